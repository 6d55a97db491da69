package connect

import (
	"slices"
	"strings"

	"rollcall"
	"rollcall/connectapi"
	"rollcall/internal/floor"
)

// SearchRoutingProfiles: the routing profiles that events named of which the
// criteria are true, in order of first appearance; all without any.
//
//	POST /search-routing-profiles
//	{"InstanceId": "…", "SearchCriteria": {…}, "NextToken": "…", "MaxResults": 100}
//
// Criteria are as in SearchUsers; the fields of a StringCondition are name,
// description (which events don't tell), resourceID and associatedQueueIds, of
// which one must fulfil it. SearchFilter is refused: events tell no tags.
//
// Needs connect:SearchRoutingProfiles on the instance. Exceptions are those of
// GetCurrentUserData.
//
// Source: Amazon Connect API Reference, SearchRoutingProfiles; DIVERGENCES.md.
var searchRoutingProfiles = spec[connectapi.SearchRoutingProfilesInput, connectapi.SearchRoutingProfilesOutput]{
	of: connectapi.SearchRoutingProfiles,
	judge: func(in *connectapi.SearchRoutingProfilesInput, _ rollcall.ARN, f *faults) {
		if in.SearchFilter != nil {
			judgeTagFilter(f, in.SearchFilter.TagFilter)
		}
		profileCriteria(f, in)
	},
	answer: func(q *question, in *connectapi.SearchRoutingProfilesInput) (out *connectapi.SearchRoutingProfilesOutput, err error) {
		out = new(connectapi.SearchRoutingProfilesOutput)
		out.RoutingProfiles, out.NextToken, out.ApproximateTotalCount, err = list(q, in, profilesOf, profileCriteria(new(faults), in).match, q.profile)
		return out, err
	},
}

const associatedQueues = "associatedqueueids"

var (
	profileFields = resourceFields(fields[*floor.Resource]{associatedQueues: nil}) // looked at one by one
	queueIDField  = fields[string]{associatedQueues: func(id string) string { return id }}
)

func profileCriteria(f *faults, in *connectapi.SearchRoutingProfilesInput) allOf[*floor.Resource] {
	return criteria(f, "SearchCriteria", in.SearchCriteria, func(c *connectapi.RoutingProfileSearchCriteria) (or, and []connectapi.RoutingProfileSearchCriteria) {
		return c.OrConditions, c.AndConditions
	}, func(f *faults, path string, c *connectapi.RoutingProfileSearchCriteria) (all allOf[*floor.Resource]) {
		s := c.StringCondition
		if s != nil && strings.ToLower(s.FieldName) == associatedQueues {
			one := queueIDField.condition(f, path+".StringCondition", s)
			return append(all, func(r *floor.Resource) bool { return slices.ContainsFunc(queueIDs(r), one) })
		}
		if s != nil {
			all = append(all, profileFields.condition(f, path+".StringCondition", s))
		}
		return all
	})
}
