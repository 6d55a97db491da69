package connectapi

import "time"

// DescribeQueue describes a queue.
var DescribeQueue = define[DescribeQueueInput, DescribeQueueOutput](Operation{
	Route: Route{"DescribeQueue", "GET", "/queues/{InstanceId}/{QueueId}", AccessRead},
	Doc:   "Describes a queue.",
})

// DescribeQueueInput is what it takes.
type DescribeQueueInput struct {
	InstanceID string `json:"InstanceId" api:"path,required,min=1,max=100" doc:"The id or ARN of the instance."`
	QueueID    string `json:"QueueId" api:"path,required" doc:"The id of the queue."`
}

// DescribeQueueOutput is the answer.
type DescribeQueueOutput struct {
	Queue *Queue `json:"Queue,omitzero" doc:"The queue."`
}

// Queue is a queue.
type Queue struct {
	Name                 string                `json:"Name,omitzero" api:"min=1,max=127" doc:"Its name."`
	QueueARN             string                `json:"QueueArn,omitzero" doc:"Its ARN."`
	QueueID              string                `json:"QueueId,omitzero" doc:"Its id."`
	Description          string                `json:"Description,omitzero" api:"min=1,max=250" doc:"What it is for."`
	OutboundCallerConfig *OutboundCallerConfig `json:"OutboundCallerConfig,omitzero"`
	OutboundEmailConfig  *OutboundEmailConfig  `json:"OutboundEmailConfig,omitzero"`
	HoursOfOperationID   string                `json:"HoursOfOperationId,omitzero" doc:"When it is open."`
	MaxContacts          *int32                `json:"MaxContacts,omitzero" api:"min=0" doc:"How many contacts may wait in it."`
	Status               QueueStatus           `json:"Status,omitzero" doc:"Whether it is in use."`
	Tags                 map[string]string     `json:"Tags,omitzero" api:"min=1,max=50,key.min=1,key.max=128,each.max=256" doc:"The tags."`
	LastModifiedTime     time.Time             `json:"LastModifiedTime,omitzero" doc:"When that was last changed."`
	LastModifiedRegion   string                `json:"LastModifiedRegion,omitzero" doc:"The Region in which that was."`
}

// OutboundCallerConfig is what people see whom the queue calls.
type OutboundCallerConfig struct {
	OutboundCallerIDName     string `json:"OutboundCallerIdName,omitzero" api:"min=1,max=255"`
	OutboundCallerIDNumberID string `json:"OutboundCallerIdNumberId,omitzero"`
	OutboundFlowID           string `json:"OutboundFlowId,omitzero" api:"max=500"`
}

// OutboundEmailConfig is the address that the queue writes from.
type OutboundEmailConfig struct {
	OutboundEmailAddressID string `json:"OutboundEmailAddressId,omitzero" api:"min=1,max=500"`
}

// QueueStatus is whether a queue is in use.
type QueueStatus string

// Values are all states of queues.
func (QueueStatus) Values() []string { return []string{"ENABLED", "DISABLED"} }
