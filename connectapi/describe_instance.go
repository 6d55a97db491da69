package connectapi

import "time"

// DescribeInstance describes an instance.
var DescribeInstance = define[DescribeInstanceInput, DescribeInstanceOutput](Operation{
	Route:  Route{"DescribeInstance", "GET", "/instance/{InstanceId}", AccessRead},
	Doc:    "Describes an Amazon Connect instance.",
	Errors: []string{"InvalidRequestException", "ResourceNotFoundException", "InternalServiceException"},
})

// DescribeInstanceInput is what it takes.
type DescribeInstanceInput struct {
	InstanceID string `json:"InstanceId" api:"path,required,min=1,max=100" doc:"The id or ARN of the instance."`
}

// DescribeInstanceOutput is the answer.
type DescribeInstanceOutput struct {
	Instance                 *Instance                 `json:"Instance,omitzero" doc:"The instance."`
	ReplicationConfiguration *ReplicationConfiguration `json:"ReplicationConfiguration,omitzero" doc:"Where the instance is replicated to."`
}

// Instance is an instance.
type Instance struct {
	ID                     string                 `json:"Id,omitzero" api:"min=1,max=100" doc:"Its id."`
	ARN                    string                 `json:"Arn,omitzero" doc:"Its ARN."`
	IdentityManagementType IdentityManagementType `json:"IdentityManagementType,omitzero"`
	InstanceAlias          string                 `json:"InstanceAlias,omitzero" api:"min=1,max=45"`
	CreatedTime            time.Time              `json:"CreatedTime,omitzero"`
	ServiceRole            string                 `json:"ServiceRole,omitzero" doc:"The IAM role of the instance."`
	InstanceStatus         InstanceStatus         `json:"InstanceStatus,omitzero"`
	StatusReason           *InstanceStatusReason  `json:"StatusReason,omitzero" doc:"Why it could not be created."`
	InboundCallsEnabled    bool                   `json:"InboundCallsEnabled"`
	OutboundCallsEnabled   bool                   `json:"OutboundCallsEnabled"`
	InstanceAccessURL      string                 `json:"InstanceAccessUrl,omitzero"`
	Tags                   map[string]string      `json:"Tags,omitzero" api:"min=1,max=50,key.min=1,key.max=128,each.max=256" doc:"The tags."`
}

// ReplicationConfiguration is where an instance is replicated to.
type ReplicationConfiguration struct {
	ReplicationStatusSummaryList []ReplicationStatusSummary `json:"ReplicationStatusSummaryList,omitzero" api:"min=0,max=11"`
	SourceRegion                 string                     `json:"SourceRegion,omitzero" api:"min=8,max=31"`
	GlobalSignInEndpoint         string                     `json:"GlobalSignInEndpoint,omitzero" api:"min=1,max=128"`
}

// InstanceStatusReason says why an instance could not be created.
type InstanceStatusReason struct {
	Message string `json:"Message,omitzero"`
}

// ReplicationStatusSummary is the state of a replica.
type ReplicationStatusSummary struct {
	Region                  string                    `json:"Region,omitzero" api:"min=8,max=31"`
	ReplicationStatus       InstanceReplicationStatus `json:"ReplicationStatus,omitzero"`
	ReplicationStatusReason string                    `json:"ReplicationStatusReason,omitzero" api:"min=0,max=1024" doc:"Why it failed."`
}

// InstanceReplicationStatus is the state of a replica.
type InstanceReplicationStatus string

// Values are all states of replicas.
func (InstanceReplicationStatus) Values() []string {
	return []string{
		"INSTANCE_REPLICATION_COMPLETE", "INSTANCE_REPLICATION_IN_PROGRESS", "INSTANCE_REPLICATION_FAILED",
		"INSTANCE_REPLICA_DELETING", "INSTANCE_REPLICATION_DELETION_FAILED", "RESOURCE_REPLICATION_NOT_STARTED",
	}
}
