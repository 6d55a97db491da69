package connectapi

// DismissUserContact takes a contact that has ended off an agent's list.
var DismissUserContact = define[DismissUserContactInput, DismissUserContactOutput](Operation{
	Route:  Route{"DismissUserContact", "POST", "/users/{InstanceId}/{UserId}/contact", AccessWrite},
	Doc:    "Takes a contact off an agent's list: one that was missed or refused, or has ended, so that its slot is free.",
	Errors: []string{"InvalidRequestException", "InvalidParameterException", "ResourceNotFoundException", "ThrottlingException", "AccessDeniedException", "InternalServiceException"},
})

// DismissUserContactInput is what it takes.
type DismissUserContactInput struct {
	UserID     string `json:"UserId" api:"path,required" doc:"The id or ARN of the user."`
	InstanceID string `json:"InstanceId" api:"path,required,min=1,max=100" doc:"The id or ARN of the instance."`
	ContactID  string `json:"ContactId" api:"required,min=1,max=256" doc:"The id of the contact."`
}

// DismissUserContactOutput is the answer, which is empty.
type DismissUserContactOutput struct{}
