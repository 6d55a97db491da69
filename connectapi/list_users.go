package connectapi

import "time"

// ListUsers lists the users of an instance.
var ListUsers = define[ListUsersInput, ListUsersOutput](Operation{
	Route: Route{"ListUsers", "GET", "/users-summary/{InstanceId}", AccessList},
	Doc:   "Lists the users of an Amazon Connect instance: their ids, ARNs and user names.",
	Page:  &Page{Result: "UserSummaryList"},
})

// ListUsersInput is what it takes.
type ListUsersInput struct {
	InstanceID string `json:"InstanceId" api:"path,required,min=1,max=100" doc:"The id or ARN of the instance."`
	NextToken  string `json:"NextToken,omitzero" api:"query=nextToken" doc:"The NextToken of the page before."`
	MaxResults int32  `json:"MaxResults,omitzero" api:"query=maxResults,min=1,max=1000" doc:"The greatest number of users on a page." more:"It may be 1 to 1000, and is 100 unless given."`
}

// ListUsersOutput is one page of the answer.
type ListUsersOutput struct {
	UserSummaryList []UserSummary `json:"UserSummaryList" doc:"The users of this page."`
	NextToken       string        `json:"NextToken,omitzero" doc:"The token for the next page, if there is one."`
}

// UserSummary is a user in a list.
type UserSummary struct {
	ID                 string    `json:"Id,omitzero" doc:"The user's id."`
	ARN                string    `json:"Arn,omitzero" doc:"The user's ARN."`
	Username           string    `json:"Username,omitzero" api:"min=1,max=100" doc:"The name the user logs in with."`
	LastModifiedTime   time.Time `json:"LastModifiedTime,omitzero" doc:"When the user was last changed."`
	LastModifiedRegion string    `json:"LastModifiedRegion,omitzero" doc:"The Region in which that was."`
}
