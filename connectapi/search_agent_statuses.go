package connectapi

// SearchAgentStatuses finds statuses by criteria.
var SearchAgentStatuses = define[SearchAgentStatusesInput, SearchAgentStatusesOutput](Operation{
	Route: Route{"SearchAgentStatuses", "POST", "/search-agent-statuses", AccessRead},
	Doc:   "Searches the statuses of an Amazon Connect instance by their names and types.",
	Page:  &Page{Result: "AgentStatuses", First: []string{"ApproximateTotalCount"}},
})

// SearchAgentStatusesInput is what it takes.
type SearchAgentStatusesInput struct {
	InstanceID     string                     `json:"InstanceId" api:"required,min=1,max=100" doc:"The id or ARN of the instance."`
	NextToken      string                     `json:"NextToken,omitzero" api:"min=1,max=2500" doc:"The NextToken of the page before."`
	MaxResults     int32                      `json:"MaxResults,omitzero" api:"min=1,max=100" doc:"The greatest number of statuses on a page." more:"It may be 1 to 100, and is 100 unless given."`
	SearchFilter   *AgentStatusSearchFilter   `json:"SearchFilter,omitzero" doc:"Tags that what is found must have."`
	SearchCriteria *AgentStatusSearchCriteria `json:"SearchCriteria,omitzero" doc:"What must be true of a status."`
}

// AgentStatusSearchFilter narrows a search by tags.
type AgentStatusSearchFilter struct {
	AttributeFilter *AttributeFilter `json:"AttributeFilter,omitzero" doc:"Tags that it must have."`
}

// AgentStatusSearchCriteria is what must be true of a status.
type AgentStatusSearchCriteria struct {
	OrConditions    []AgentStatusSearchCriteria `json:"OrConditions,omitzero" doc:"Of these, one must hold."`
	AndConditions   []AgentStatusSearchCriteria `json:"AndConditions,omitzero" doc:"Of these, all must hold."`
	StringCondition *StringCondition            `json:"StringCondition,omitzero" doc:"A condition on a text." more:"FieldName may be name, description, state, type, displayOrder or resourceID."`
}

// AttributeFilter is a condition on tags: one of its members.
type AttributeFilter struct {
	OrConditions []TagAndCondition `json:"OrConditions,omitzero" doc:"Of these, one must hold."`
	AndCondition *TagAndCondition  `json:"AndCondition,omitzero" doc:"Of these, all must hold."`
	TagCondition *TagCondition     `json:"TagCondition,omitzero" doc:"The only condition."`
}

// TagAndCondition is tags that must all be there.
type TagAndCondition struct {
	TagConditions []TagCondition `json:"TagConditions,omitzero" doc:"The tags."`
}

// SearchAgentStatusesOutput is one page of the answer.
type SearchAgentStatusesOutput struct {
	AgentStatuses         []AgentStatus `json:"AgentStatuses" doc:"The statuses of this page."`
	NextToken             string        `json:"NextToken,omitzero" api:"min=1,max=2500" doc:"The token for the next page, if there is one."`
	ApproximateTotalCount int64         `json:"ApproximateTotalCount" doc:"How many there are on all pages."`
}
