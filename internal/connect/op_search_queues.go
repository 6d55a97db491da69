package connect

import (
	"rollcall"
	"rollcall/connectapi"
	"rollcall/internal/floor"
)

// SearchQueues: the queues that events named, but agents' own, of which the
// criteria are true, in order of first appearance; all without any.
//
//	POST /search-queues
//	{"InstanceId": "…", "SearchCriteria": {…}, "NextToken": "…", "MaxResults": 100}
//
// Criteria are as in SearchUsers; the fields of a StringCondition are name,
// description (which events don't tell) and resourceID. QueueTypeCondition can be
// STANDARD alone, as all that are found. SearchFilter is refused: events tell no
// tags.
//
// Needs connect:SearchQueues on the instance. Exceptions are those of
// GetCurrentUserData.
//
// Source: Amazon Connect API Reference, SearchQueues; DIVERGENCES.md.
var searchQueues = spec[connectapi.SearchQueuesInput, connectapi.SearchQueuesOutput]{
	of: connectapi.SearchQueues,
	judge: func(in *connectapi.SearchQueuesInput, _ rollcall.ARN, f *faults) {
		if in.SearchFilter != nil {
			judgeTagFilter(f, in.SearchFilter.TagFilter)
		}
		queueCriteria(f, in)
	},
	answer: func(q *question, in *connectapi.SearchQueuesInput) (out *connectapi.SearchQueuesOutput, err error) {
		out = new(connectapi.SearchQueuesOutput)
		out.Queues, out.NextToken, out.ApproximateTotalCount, err = list(q, in, queuesOf, queueCriteria(new(faults), in).match, q.queue)
		return out, err
	},
}

// resourceFields are the texts of a resource that any search can look at.
func resourceFields(further fields[*floor.Resource]) fields[*floor.Resource] {
	further["name"] = func(r *floor.Resource) string { return r.Name }
	further["description"] = func(*floor.Resource) string { return "" }
	further["resourceid"] = func(r *floor.Resource) string { return r.ID }
	return further
}

var queueFields = resourceFields(fields[*floor.Resource]{})

func queueCriteria(f *faults, in *connectapi.SearchQueuesInput) allOf[*floor.Resource] {
	return criteria(f, "SearchCriteria", in.SearchCriteria, func(c *connectapi.QueueSearchCriteria) (or, and []connectapi.QueueSearchCriteria) {
		return c.OrConditions, c.AndConditions
	}, func(f *faults, path string, c *connectapi.QueueSearchCriteria) (all allOf[*floor.Resource]) {
		if c.StringCondition != nil {
			all = append(all, queueFields.condition(f, path+".StringCondition", c.StringCondition))
		}
		return all
	})
}
