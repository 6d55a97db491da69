package connectapi

import "time"

// ListRoutingProfileQueues lists the queues of a routing profile.
var ListRoutingProfileQueues = define[ListRoutingProfileQueuesInput, ListRoutingProfileQueuesOutput](Operation{
	Route: Route{"ListRoutingProfileQueues", "GET", "/routing-profiles/{InstanceId}/{RoutingProfileId}/queues", AccessList},
	Doc:   "Lists the queues of a routing profile, one line for each channel.",
	Page:  &Page{Result: "RoutingProfileQueueConfigSummaryList", First: []string{"LastModifiedRegion", "LastModifiedTime"}},
})

// ListRoutingProfileQueuesInput is what it takes.
type ListRoutingProfileQueuesInput struct {
	InstanceID       string `json:"InstanceId" api:"path,required,min=1,max=100" doc:"The id or ARN of the instance."`
	RoutingProfileID string `json:"RoutingProfileId" api:"path,required" doc:"The id of the routing profile."`
	NextToken        string `json:"NextToken,omitzero" api:"query=nextToken" doc:"The NextToken of the page before."`
	MaxResults       int32  `json:"MaxResults,omitzero" api:"query=maxResults,min=1,max=100" doc:"The greatest number of queues on a page." more:"It may be 1 to 100, and is 100 unless given."`
}

// ListRoutingProfileQueuesOutput is one page of the answer.
type ListRoutingProfileQueuesOutput struct {
	NextToken                            string                             `json:"NextToken,omitzero" doc:"The token for the next page, if there is one."`
	RoutingProfileQueueConfigSummaryList []RoutingProfileQueueConfigSummary `json:"RoutingProfileQueueConfigSummaryList" doc:"The queues of this page."`
	LastModifiedTime                     time.Time                          `json:"LastModifiedTime,omitzero" doc:"When that was last changed."`
	LastModifiedRegion                   string                             `json:"LastModifiedRegion,omitzero" doc:"The Region in which that was."`
}

// RoutingProfileQueueConfigSummary is a queue of a routing profile, with one channel.
type RoutingProfileQueueConfigSummary struct {
	QueueID   string  `json:"QueueId" api:"required" doc:"The queue's id."`
	QueueARN  string  `json:"QueueArn" api:"required"`
	QueueName string  `json:"QueueName" api:"required,min=1,max=256"`
	Priority  int32   `json:"Priority" api:"required,min=1,max=99" doc:"In which order the queues are served; 1 first."`
	Delay     int32   `json:"Delay" api:"required,min=0,max=9999" doc:"How many seconds a contact waits before these agents get it."`
	Channel   Channel `json:"Channel" api:"required"`
}
