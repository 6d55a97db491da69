package connectapi

// Exception is the shape of what an exception says beside its message. Those
// that say nothing, and those that Amazon Connect doesn't have, give nil.
func Exception(name string) *Shape {
	if of := exceptions[name]; of != nil {
		return of()
	}
	return nil
}

// :: name -> shape. Of all operations, not only of those here: the AWS CLI
// shows them whichever operation it called.
var exceptions = map[string]func() *Shape{
	"InvalidContactFlowException":       Of[lowerProblems],
	"InvalidContactFlowModuleException": Of[problems],
	"InvalidRequestException":           Of[invalidRequest],
	"InvalidTestCaseException":          Of[problems],
	"PropertyValidationException":       Of[propertyValidation],
	"ResourceInUseException":            Of[resourceInUse],
	"ServiceQuotaExceededException":     Of[serviceQuotaExceeded],
}

type invalidRequest struct {
	Reason *struct {
		AttachedFileInvalidRequestExceptionReason string `json:"AttachedFileInvalidRequestExceptionReason,omitzero"`
	} `json:"Reason,omitzero"`
}

type serviceQuotaExceeded struct {
	Reason *struct {
		AttachedFileServiceQuotaExceededExceptionReason string `json:"AttachedFileServiceQuotaExceededExceptionReason,omitzero"`
	} `json:"Reason,omitzero"`
}

type resourceInUse struct {
	ResourceType string `json:"ResourceType,omitzero"`
	ResourceID   string `json:"ResourceId,omitzero"`
}

type propertyValidation struct {
	PropertyList []struct {
		PropertyPath string `json:"PropertyPath" api:"required"`
		Reason       string `json:"Reason" api:"required"`
		Message      string `json:"Message" api:"required"`
	} `json:"PropertyList,omitzero"`
}

type problem struct {
	Message string `json:"message,omitzero"`
}

type problems struct {
	Problems []problem `json:"Problems,omitzero"`
}

type lowerProblems struct {
	Problems []problem `json:"problems,omitzero"`
}
