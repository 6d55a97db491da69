package connectapi

import "time"

// DescribeAgentStatus describes a status.
var DescribeAgentStatus = define[DescribeAgentStatusInput, DescribeAgentStatusOutput](Operation{
	Route: Route{"DescribeAgentStatus", "GET", "/agent-status/{InstanceId}/{AgentStatusId}", AccessRead},
	Doc:   "Describes a status that agents can have.",
})

// DescribeAgentStatusInput is what it takes.
type DescribeAgentStatusInput struct {
	InstanceID    string `json:"InstanceId" api:"path,required,min=1,max=100" doc:"The id or ARN of the instance."`
	AgentStatusID string `json:"AgentStatusId" api:"path,required" doc:"The id of the status."`
}

// DescribeAgentStatusOutput is the answer.
type DescribeAgentStatusOutput struct {
	AgentStatus *AgentStatus `json:"AgentStatus,omitzero" doc:"The status."`
}

// AgentStatus is a status that agents can have.
type AgentStatus struct {
	AgentStatusARN     string            `json:"AgentStatusARN,omitzero" doc:"Its ARN."`
	AgentStatusID      string            `json:"AgentStatusId,omitzero" doc:"Its id."`
	Name               string            `json:"Name,omitzero" api:"min=1,max=127" doc:"Its name."`
	Description        string            `json:"Description,omitzero" api:"min=1,max=250" doc:"What it is for."`
	Type               AgentStatusType   `json:"Type,omitzero" doc:"Whether contacts are routed to who has it."`
	DisplayOrder       *int32            `json:"DisplayOrder,omitzero" api:"min=1,max=50" doc:"Its place in the list that agents see."`
	State              AgentStatusState  `json:"State,omitzero" doc:"Whether it can be chosen."`
	Tags               map[string]string `json:"Tags,omitzero" api:"min=1,max=50,key.min=1,key.max=128,each.max=256" doc:"The tags."`
	LastModifiedTime   time.Time         `json:"LastModifiedTime,omitzero" doc:"When that was last changed."`
	LastModifiedRegion string            `json:"LastModifiedRegion,omitzero" doc:"The Region in which that was."`
}

// AgentStatusState is whether a status can be chosen.
type AgentStatusState string

// Values are all states of statuses.
func (AgentStatusState) Values() []string { return []string{"ENABLED", "DISABLED"} }
