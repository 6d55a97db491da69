package connectapi

import "time"

// DescribeRoutingProfile describes a routing profile.
var DescribeRoutingProfile = define[DescribeRoutingProfileInput, DescribeRoutingProfileOutput](Operation{
	Route: Route{"DescribeRoutingProfile", "GET", "/routing-profiles/{InstanceId}/{RoutingProfileId}", AccessRead},
	Doc:   "Describes a routing profile: the contacts that its agents may take at once, and its queues.",
})

// DescribeRoutingProfileInput is what it takes.
type DescribeRoutingProfileInput struct {
	InstanceID       string `json:"InstanceId" api:"path,required,min=1,max=100" doc:"The id or ARN of the instance."`
	RoutingProfileID string `json:"RoutingProfileId" api:"path,required" doc:"The id of the routing profile."`
}

// DescribeRoutingProfileOutput is the answer.
type DescribeRoutingProfileOutput struct {
	RoutingProfile *RoutingProfile `json:"RoutingProfile,omitzero" doc:"The routing profile."`
}

// RoutingProfile is a routing profile.
type RoutingProfile struct {
	InstanceID                               string                 `json:"InstanceId,omitzero" api:"min=1,max=100" doc:"The id of the instance."`
	Name                                     string                 `json:"Name,omitzero" api:"min=1,max=127" doc:"Its name."`
	RoutingProfileARN                        string                 `json:"RoutingProfileArn,omitzero" doc:"Its ARN."`
	RoutingProfileID                         string                 `json:"RoutingProfileId,omitzero" doc:"Its id."`
	Description                              string                 `json:"Description,omitzero" api:"min=1,max=250" doc:"What it is for."`
	MediaConcurrencies                       []MediaConcurrency     `json:"MediaConcurrencies,omitzero" doc:"For each channel, how many contacts an agent may have at once."`
	DefaultOutboundQueueID                   string                 `json:"DefaultOutboundQueueId,omitzero" doc:"The queue of calls that agents make."`
	Tags                                     map[string]string      `json:"Tags,omitzero" api:"min=1,max=50,key.min=1,key.max=128,each.max=256" doc:"The tags."`
	NumberOfAssociatedQueues                 *int64                 `json:"NumberOfAssociatedQueues,omitzero" doc:"How many queues it has."`
	NumberOfAssociatedManualAssignmentQueues *int64                 `json:"NumberOfAssociatedManualAssignmentQueues,omitzero"`
	NumberOfAssociatedUsers                  *int64                 `json:"NumberOfAssociatedUsers,omitzero" doc:"How many users have it."`
	AgentAvailabilityTimer                   AgentAvailabilityTimer `json:"AgentAvailabilityTimer,omitzero"`
	LastModifiedTime                         time.Time              `json:"LastModifiedTime,omitzero" doc:"When that was last changed."`
	LastModifiedRegion                       string                 `json:"LastModifiedRegion,omitzero" doc:"The Region in which that was."`
	IsDefault                                *bool                  `json:"IsDefault,omitzero"`
	AssociatedQueueIDs                       []string               `json:"AssociatedQueueIds,omitzero" api:"each.name=QueueId"`
	AssociatedManualAssignmentQueueIDs       []string               `json:"AssociatedManualAssignmentQueueIds,omitzero" api:"each.name=QueueId"`
}

// MediaConcurrency is how many contacts of a channel an agent may have at once.
type MediaConcurrency struct {
	Channel              Channel               `json:"Channel" api:"required"`
	Concurrency          int32                 `json:"Concurrency" api:"required,min=1,max=10" doc:"How many."`
	CrossChannelBehavior *CrossChannelBehavior `json:"CrossChannelBehavior,omitzero" doc:"Whether contacts of other channels may come meanwhile."`
}

// CrossChannelBehavior is whether contacts of other channels may come meanwhile.
type CrossChannelBehavior struct {
	BehaviorType BehaviorType `json:"BehaviorType" api:"required"`
}

// AgentAvailabilityTimer is from when an agent is longest idle.
type AgentAvailabilityTimer string

// Values are all ways.
func (AgentAvailabilityTimer) Values() []string {
	return []string{"TIME_SINCE_LAST_ACTIVITY", "TIME_SINCE_LAST_INBOUND"}
}

// BehaviorType is whether contacts of other channels may come.
type BehaviorType string

// Values are all ways.
func (BehaviorType) Values() []string {
	return []string{"ROUTE_CURRENT_CHANNEL_ONLY", "ROUTE_ANY_CHANNEL"}
}
