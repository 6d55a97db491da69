package connectapi

import "time"

// ListAgentStatuses lists the statuses that agents can have.
var ListAgentStatuses = define[ListAgentStatusesInput, ListAgentStatusesOutput](Operation{
	Route: Route{"ListAgentStatuses", "GET", "/agent-status/{InstanceId}", AccessList},
	Doc:   "Lists the statuses that the agents of an Amazon Connect instance can have: their ids, ARNs, names and types.",
	Page:  &Page{Result: "AgentStatusSummaryList"},
})

// ListAgentStatusesInput is what it takes.
type ListAgentStatusesInput struct {
	InstanceID       string            `json:"InstanceId" api:"path,required,min=1,max=100" doc:"The id or ARN of the instance."`
	NextToken        string            `json:"NextToken,omitzero" api:"query=nextToken" doc:"The NextToken of the page before."`
	MaxResults       int32             `json:"MaxResults,omitzero" api:"query=maxResults,min=1,max=1000" doc:"The greatest number of statuses on a page." more:"It may be 1 to 1000, and is 100 unless given."`
	AgentStatusTypes []AgentStatusType `json:"AgentStatusTypes,omitzero" api:"query=AgentStatusTypes,max=3" doc:"The types of statuses to list."`
}

// ListAgentStatusesOutput is one page of the answer.
type ListAgentStatusesOutput struct {
	NextToken              string               `json:"NextToken,omitzero" doc:"The token for the next page, if there is one."`
	AgentStatusSummaryList []AgentStatusSummary `json:"AgentStatusSummaryList" doc:"The statuses of this page."`
}

// AgentStatusSummary is a status in a list.
type AgentStatusSummary struct {
	ID                 string          `json:"Id,omitzero" doc:"Its id."`
	ARN                string          `json:"Arn,omitzero" doc:"Its ARN."`
	Name               string          `json:"Name,omitzero" api:"min=1,max=127" doc:"Its name."`
	Type               AgentStatusType `json:"Type,omitzero"`
	LastModifiedTime   time.Time       `json:"LastModifiedTime,omitzero" doc:"When that was last changed."`
	LastModifiedRegion string          `json:"LastModifiedRegion,omitzero" doc:"The Region in which that was."`
}

// AgentStatusType is a type of statuses.
type AgentStatusType string

// Values are all types of statuses.
func (AgentStatusType) Values() []string { return []string{"ROUTABLE", "CUSTOM", "OFFLINE"} }
