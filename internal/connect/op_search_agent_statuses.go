package connect

import (
	"rollcall"
	"rollcall/connectapi"
	"rollcall/internal/floor"
)

// SearchAgentStatuses: the statuses that events named of which the criteria are
// true, in order of first appearance; all without any.
//
//	POST /search-agent-statuses
//	{"InstanceId": "…", "SearchCriteria": {…}, "NextToken": "…", "MaxResults": 100}
//
// Criteria are as in SearchUsers; the fields of a StringCondition are name, type,
// resourceID, and description, state and displayOrder, which events don't tell.
// SearchFilter is refused: events tell no tags.
//
// Needs connect:SearchAgentStatuses on the instance. Exceptions are those of
// GetCurrentUserData.
//
// Source: Amazon Connect API Reference, SearchAgentStatuses; DIVERGENCES.md.
var searchAgentStatuses = spec[connectapi.SearchAgentStatusesInput, connectapi.SearchAgentStatusesOutput]{
	of: connectapi.SearchAgentStatuses,
	judge: func(in *connectapi.SearchAgentStatusesInput, _ rollcall.ARN, f *faults) {
		if in.SearchFilter != nil {
			judgeAttributeFilter(f, in.SearchFilter.AttributeFilter)
		}
		statusCriteria(f, in)
	},
	answer: func(q *question, in *connectapi.SearchAgentStatusesInput) (out *connectapi.SearchAgentStatusesOutput, err error) {
		out = new(connectapi.SearchAgentStatusesOutput)
		out.AgentStatuses, out.NextToken, out.ApproximateTotalCount, err = list(q, in, statusesOf, statusCriteria(new(faults), in).match, q.status)
		return out, err
	},
}

var statusFields = resourceFields(fields[*floor.Resource]{
	"type":         func(r *floor.Resource) string { return string(r.Type) },
	"state":        func(*floor.Resource) string { return "" },
	"displayorder": func(*floor.Resource) string { return "" },
})

func statusCriteria(f *faults, in *connectapi.SearchAgentStatusesInput) allOf[*floor.Resource] {
	return criteria(f, "SearchCriteria", in.SearchCriteria, func(c *connectapi.AgentStatusSearchCriteria) (or, and []connectapi.AgentStatusSearchCriteria) {
		return c.OrConditions, c.AndConditions
	}, func(f *faults, path string, c *connectapi.AgentStatusSearchCriteria) (all allOf[*floor.Resource]) {
		if c.StringCondition != nil {
			all = append(all, statusFields.condition(f, path+".StringCondition", c.StringCondition))
		}
		return all
	})
}
