package connect

import (
	"slices"

	"rollcall"
	"rollcall/connectapi"
	"rollcall/internal/floor"
)

// ListAgentStatuses: the statuses that events named, in order of first appearance.
//
//	GET /agent-status/{InstanceId}?AgentStatusTypes=CUSTOM&nextToken=…&maxResults=100
//
// Without AgentStatusTypes all are listed. A status that events named as somebody's
// next one alone is listed when an event tells its type.
//
// Needs connect:ListAgentStatuses on agent-state/*. Exceptions are those of
// GetCurrentUserData.
//
// Source: Amazon Connect API Reference, ListAgentStatuses.
var listAgentStatuses = spec[connectapi.ListAgentStatusesInput, connectapi.ListAgentStatusesOutput]{
	of: connectapi.ListAgentStatuses,
	resources: func(_ *connectapi.ListAgentStatusesInput, instance rollcall.ARN) []rollcall.ARN {
		return []rollcall.ARN{instance.Child(rollcall.TypeAgentStatus, everyOne)}
	},
	answer: func(q *question, in *connectapi.ListAgentStatusesInput) (out *connectapi.ListAgentStatusesOutput, err error) {
		wanted := func(r *floor.Resource) bool {
			return len(in.AgentStatusTypes) == 0 || slices.Contains(in.AgentStatusTypes, connectapi.AgentStatusType(r.Type.Nearest()))
		}
		out = new(connectapi.ListAgentStatusesOutput)
		out.AgentStatusSummaryList, out.NextToken, _, err = list(q, in, statusesOf, wanted, func(r *floor.Resource) connectapi.AgentStatusSummary {
			return connectapi.AgentStatusSummary{
				ID: r.ID, ARN: q.arnOf(rollcall.TypeAgentStatus, r), Name: r.Name, Type: connectapi.AgentStatusType(r.Type.Nearest()),
				LastModifiedTime: r.ChangedAt, LastModifiedRegion: q.regionOf(r.ChangedAt),
			}
		})
		return out, err
	},
}
