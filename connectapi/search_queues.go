package connectapi

// SearchQueues finds queues by criteria.
var SearchQueues = define[SearchQueuesInput, SearchQueuesOutput](Operation{
	Route: Route{"SearchQueues", "POST", "/search-queues", AccessRead},
	Doc:   "Searches the queues of an Amazon Connect instance by their names, descriptions and type.",
	Page:  &Page{Result: "Queues", First: []string{"ApproximateTotalCount"}},
})

// SearchQueuesInput is what it takes.
type SearchQueuesInput struct {
	InstanceID     string               `json:"InstanceId" api:"required,min=1,max=100" doc:"The id or ARN of the instance."`
	NextToken      string               `json:"NextToken,omitzero" api:"min=1,max=2500" doc:"The NextToken of the page before."`
	MaxResults     int32                `json:"MaxResults,omitzero" api:"min=1,max=500" doc:"The greatest number of queues on a page." more:"It may be 1 to 500, and is 100 unless given."`
	SearchFilter   *QueueSearchFilter   `json:"SearchFilter,omitzero" doc:"Tags that what is found must have."`
	SearchCriteria *QueueSearchCriteria `json:"SearchCriteria,omitzero" doc:"What must be true of a queue."`
}

// QueueSearchFilter narrows a search by tags.
type QueueSearchFilter struct {
	TagFilter *TagFilter `json:"TagFilter,omitzero" doc:"Tags that it must have."`
}

// QueueSearchCriteria is what must be true of a queue.
type QueueSearchCriteria struct {
	OrConditions       []QueueSearchCriteria `json:"OrConditions,omitzero" doc:"Of these, one must hold."`
	AndConditions      []QueueSearchCriteria `json:"AndConditions,omitzero" doc:"Of these, all must hold."`
	StringCondition    *StringCondition      `json:"StringCondition,omitzero" doc:"A condition on a text of the queue." more:"FieldName may be name, description or resourceID."`
	QueueTypeCondition SearchableQueueType   `json:"QueueTypeCondition,omitzero" doc:"The type that the queue must have."`
}

// SearchQueuesOutput is one page of the answer.
type SearchQueuesOutput struct {
	Queues                []Queue `json:"Queues" doc:"The queues of this page."`
	NextToken             string  `json:"NextToken,omitzero" api:"min=1,max=2500" doc:"The token for the next page, if there is one."`
	ApproximateTotalCount int64   `json:"ApproximateTotalCount" doc:"How many there are on all pages."`
}

// SearchableQueueType is a type of queues that a search can ask for.
type SearchableQueueType string

// Values are all of them.
func (SearchableQueueType) Values() []string { return []string{"STANDARD"} }
