package connectapi

import "time"

// ListRoutingProfiles lists the routing profiles of an instance.
var ListRoutingProfiles = define[ListRoutingProfilesInput, ListRoutingProfilesOutput](Operation{
	Route: Route{"ListRoutingProfiles", "GET", "/routing-profiles-summary/{InstanceId}", AccessList},
	Doc:   "Lists the routing profiles of an Amazon Connect instance: their ids, ARNs and names.",
	Page:  &Page{Result: "RoutingProfileSummaryList"},
})

// ListRoutingProfilesInput is what it takes.
type ListRoutingProfilesInput struct {
	InstanceID string `json:"InstanceId" api:"path,required,min=1,max=100" doc:"The id or ARN of the instance."`
	NextToken  string `json:"NextToken,omitzero" api:"query=nextToken" doc:"The NextToken of the page before."`
	MaxResults int32  `json:"MaxResults,omitzero" api:"query=maxResults,min=1,max=1000" doc:"The greatest number of routing profiles on a page." more:"It may be 1 to 1000, and is 100 unless given."`
}

// ListRoutingProfilesOutput is one page of the answer.
type ListRoutingProfilesOutput struct {
	RoutingProfileSummaryList []RoutingProfileSummary `json:"RoutingProfileSummaryList" doc:"The routing profiles of this page."`
	NextToken                 string                  `json:"NextToken,omitzero" doc:"The token for the next page, if there is one."`
}

// RoutingProfileSummary is a routing profile in a list.
type RoutingProfileSummary struct {
	ID                 string    `json:"Id,omitzero" doc:"Its id."`
	ARN                string    `json:"Arn,omitzero" doc:"Its ARN."`
	Name               string    `json:"Name,omitzero" api:"min=1,max=127" doc:"Its name."`
	LastModifiedTime   time.Time `json:"LastModifiedTime,omitzero" doc:"When that was last changed."`
	LastModifiedRegion string    `json:"LastModifiedRegion,omitzero" doc:"The Region in which that was."`
}
