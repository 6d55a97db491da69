package connect

import (
	"rollcall"
	"rollcall/connectapi"
)

// DescribeAgentStatus: what events said of one status.
//
//	GET /agent-status/{InstanceId}/{AgentStatusId}
//
// AgentStatusId is its id or percent-encoded ARN. What events don't tell is left
// out: description, place in the list, whether it is enabled, tags.
//
// Needs connect:DescribeAgentStatus on the status. Exceptions are those of
// GetCurrentUserData; ResourceNotFoundException also for a status that no event
// named with its type.
//
// Source: Amazon Connect API Reference, DescribeAgentStatus.
var describeAgentStatus = spec[connectapi.DescribeAgentStatusInput, connectapi.DescribeAgentStatusOutput]{
	of: connectapi.DescribeAgentStatus,
	resources: func(in *connectapi.DescribeAgentStatusInput, instance rollcall.ARN) []rollcall.ARN {
		return resource(instance, rollcall.TypeAgentStatus, in.AgentStatusID)
	},
	judge: func(in *connectapi.DescribeAgentStatusInput, instance rollcall.ARN, f *faults) {
		judgeResource(f, instance, rollcall.TypeAgentStatus, "AgentStatusId", in.AgentStatusID)
	},
	answer: func(q *question, in *connectapi.DescribeAgentStatusInput) (*connectapi.DescribeAgentStatusOutput, error) {
		directory, _ := q.Floor.Directory()
		r, err := q.find(&directory.Statuses, rollcall.TypeAgentStatus, "Agent status", in.AgentStatusID)
		if err != nil {
			return nil, err
		}
		is := q.status(r)
		return &connectapi.DescribeAgentStatusOutput{AgentStatus: &is}, nil
	},
}
