package connectapi

import "time"

// ListUserHierarchyGroups lists the groups of the hierarchy.
var ListUserHierarchyGroups = define[ListUserHierarchyGroupsInput, ListUserHierarchyGroupsOutput](Operation{
	Route: Route{"ListUserHierarchyGroups", "GET", "/user-hierarchy-groups-summary/{InstanceId}", AccessList},
	Doc:   "Lists the groups of the hierarchy of an Amazon Connect instance: their ids, ARNs and names.",
	Page:  &Page{Result: "UserHierarchyGroupSummaryList"},
})

// ListUserHierarchyGroupsInput is what it takes.
type ListUserHierarchyGroupsInput struct {
	InstanceID string `json:"InstanceId" api:"path,required,min=1,max=100" doc:"The id or ARN of the instance."`
	NextToken  string `json:"NextToken,omitzero" api:"query=nextToken" doc:"The NextToken of the page before."`
	MaxResults int32  `json:"MaxResults,omitzero" api:"query=maxResults,min=1,max=1000" doc:"The greatest number of groups on a page." more:"It may be 1 to 1000, and is 100 unless given."`
}

// ListUserHierarchyGroupsOutput is one page of the answer.
type ListUserHierarchyGroupsOutput struct {
	UserHierarchyGroupSummaryList []HierarchyGroupSummary `json:"UserHierarchyGroupSummaryList" doc:"The groups of this page."`
	NextToken                     string                  `json:"NextToken,omitzero" doc:"The token for the next page, if there is one."`
}

// HierarchyGroupSummary is a group in a list.
type HierarchyGroupSummary struct {
	ID                 string    `json:"Id,omitzero" doc:"Its id."`
	ARN                string    `json:"Arn,omitzero" doc:"Its ARN."`
	Name               string    `json:"Name,omitzero" doc:"Its name."`
	LastModifiedTime   time.Time `json:"LastModifiedTime,omitzero" doc:"When that was last changed."`
	LastModifiedRegion string    `json:"LastModifiedRegion,omitzero" doc:"The Region in which that was."`
}
