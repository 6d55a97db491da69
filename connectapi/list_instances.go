package connectapi

import "time"

// ListInstances lists the instances of an account in a Region.
var ListInstances = define[ListInstancesInput, ListInstancesOutput](Operation{
	Route:  Route{"ListInstances", "GET", "/instance", AccessList},
	Doc:    "Lists the Amazon Connect instances of an account in a Region.",
	Errors: []string{"InvalidRequestException", "InternalServiceException"},
	Page:   &Page{Result: "InstanceSummaryList"},
})

// ListInstancesInput is what it takes.
type ListInstancesInput struct {
	NextToken  string `json:"NextToken,omitzero" api:"query=nextToken" doc:"The NextToken of the page before."`
	MaxResults int32  `json:"MaxResults,omitzero" api:"query=maxResults,min=1,max=10" doc:"The greatest number of instances on a page." more:"It may be 1 to 10, and is 10 unless given."`
}

// ListInstancesOutput is one page of the answer.
type ListInstancesOutput struct {
	InstanceSummaryList []InstanceSummary `json:"InstanceSummaryList" doc:"The instances of this page."`
	NextToken           string            `json:"NextToken,omitzero" doc:"The token for the next page, if there is one."`
}

// InstanceSummary is an instance in a list.
type InstanceSummary struct {
	ID                     string                 `json:"Id,omitzero" api:"min=1,max=100" doc:"Its id."`
	ARN                    string                 `json:"Arn,omitzero" doc:"Its ARN."`
	IdentityManagementType IdentityManagementType `json:"IdentityManagementType,omitzero"`
	InstanceAlias          string                 `json:"InstanceAlias,omitzero" api:"min=1,max=45"`
	CreatedTime            time.Time              `json:"CreatedTime,omitzero"`
	ServiceRole            string                 `json:"ServiceRole,omitzero"`
	InstanceStatus         InstanceStatus         `json:"InstanceStatus,omitzero"`
	InboundCallsEnabled    bool                   `json:"InboundCallsEnabled"`
	OutboundCallsEnabled   bool                   `json:"OutboundCallsEnabled"`
	InstanceAccessURL      string                 `json:"InstanceAccessUrl,omitzero"`
}

// IdentityManagementType is where the users of an instance are kept.
type IdentityManagementType string

// Values are all places.
func (IdentityManagementType) Values() []string {
	return []string{"SAML", "CONNECT_MANAGED", "EXISTING_DIRECTORY"}
}

// InstanceStatus is the state of an instance.
type InstanceStatus string

// Values are all states of instances.
func (InstanceStatus) Values() []string {
	return []string{"CREATION_IN_PROGRESS", "ACTIVE", "CREATION_FAILED"}
}
