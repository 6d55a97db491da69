package connectapi

import "time"

// ListQueues lists the queues of an instance.
var ListQueues = define[ListQueuesInput, ListQueuesOutput](Operation{
	Route: Route{"ListQueues", "GET", "/queues-summary/{InstanceId}", AccessList},
	Doc:   "Lists the queues of an Amazon Connect instance: their ids, ARNs, names and types.",
	Page:  &Page{Result: "QueueSummaryList"},
})

// ListQueuesInput is what it takes.
type ListQueuesInput struct {
	InstanceID string      `json:"InstanceId" api:"path,required,min=1,max=100" doc:"The id or ARN of the instance."`
	QueueTypes []QueueType `json:"QueueTypes,omitzero" api:"query=queueTypes,max=2" doc:"The types of queues to list."`
	NextToken  string      `json:"NextToken,omitzero" api:"query=nextToken" doc:"The NextToken of the page before."`
	MaxResults int32       `json:"MaxResults,omitzero" api:"query=maxResults,min=1,max=1000" doc:"The greatest number of queues on a page." more:"It may be 1 to 1000, and is 100 unless given."`
}

// ListQueuesOutput is one page of the answer.
type ListQueuesOutput struct {
	QueueSummaryList []QueueSummary `json:"QueueSummaryList" doc:"The queues of this page."`
	NextToken        string         `json:"NextToken,omitzero" doc:"The token for the next page, if there is one."`
}

// QueueSummary is a queue in a list.
type QueueSummary struct {
	ID                 string    `json:"Id,omitzero" doc:"Its id."`
	ARN                string    `json:"Arn,omitzero" doc:"Its ARN."`
	Name               string    `json:"Name,omitzero" api:"min=1,max=256" doc:"Its name."`
	QueueType          QueueType `json:"QueueType,omitzero"`
	LastModifiedTime   time.Time `json:"LastModifiedTime,omitzero" doc:"When that was last changed."`
	LastModifiedRegion string    `json:"LastModifiedRegion,omitzero" doc:"The Region in which that was."`
}

// QueueType is a type of queues.
type QueueType string

// Values are all types of queues.
func (QueueType) Values() []string { return []string{"STANDARD", "AGENT"} }
