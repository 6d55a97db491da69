package connectapi

// PutUserStatus sets the status of an agent.
var PutUserStatus = define[PutUserStatusInput, PutUserStatusOutput](Operation{
	Route:  Route{"PutUserStatus", "PUT", "/users/{InstanceId}/{UserId}/status", AccessWrite},
	Doc:    "Sets the status of an agent. While the agent has a contact it becomes the next status.",
	Errors: []string{"InvalidRequestException", "InvalidParameterException", "ResourceNotFoundException", "ThrottlingException", "AccessDeniedException", "InternalServiceException"},
})

// PutUserStatusInput is what it takes.
type PutUserStatusInput struct {
	UserID        string `json:"UserId" api:"path,required" doc:"The id or ARN of the user."`
	InstanceID    string `json:"InstanceId" api:"path,required,min=1,max=100" doc:"The id or ARN of the instance."`
	AgentStatusID string `json:"AgentStatusId" api:"required" doc:"The id of the status that the agent shall have."`
}

// PutUserStatusOutput is the answer, which is empty.
type PutUserStatusOutput struct{}
