package connect

import (
	"rollcall"
	"rollcall/connectapi"
	"rollcall/internal/floor"
)

// SearchUserHierarchyGroups: the hierarchy groups that events named of which the
// criteria are true, in order of first appearance; all without any.
//
//	POST /search-user-hierarchy-groups
//	{"InstanceId": "…", "SearchCriteria": {…}, "NextToken": "…", "MaxResults": 100}
//
// Criteria are as in SearchUsers; the fields of a StringCondition are name,
// parentId, resourceID, and levelId, which events don't tell. SearchFilter is
// refused: events tell no tags.
//
// Needs connect:SearchUserHierarchyGroups on the instance. Exceptions are those of
// GetCurrentUserData.
//
// Source: Amazon Connect API Reference, SearchUserHierarchyGroups; DIVERGENCES.md.
var searchUserHierarchyGroups = spec[connectapi.SearchUserHierarchyGroupsInput, connectapi.SearchUserHierarchyGroupsOutput]{
	of: connectapi.SearchUserHierarchyGroups,
	judge: func(in *connectapi.SearchUserHierarchyGroupsInput, _ rollcall.ARN, f *faults) {
		if in.SearchFilter != nil {
			judgeAttributeFilter(f, in.SearchFilter.AttributeFilter)
		}
		groupCriteria(f, in)
	},
	answer: func(q *question, in *connectapi.SearchUserHierarchyGroupsInput) (out *connectapi.SearchUserHierarchyGroupsOutput, err error) {
		directory, _ := q.Floor.Directory()
		out = new(connectapi.SearchUserHierarchyGroupsOutput)
		out.UserHierarchyGroups, out.NextToken, out.ApproximateTotalCount, err = list(q, in, groupsOf, groupCriteria(new(faults), in).match,
			func(r *floor.Resource) connectapi.HierarchyGroup { return q.group(directory, r) })
		return out, err
	},
}

var groupFields = fields[*floor.Resource]{
	"name":       func(r *floor.Resource) string { return r.Name },
	"parentid":   func(r *floor.Resource) string { return r.Parent },
	"levelid":    func(*floor.Resource) string { return "" },
	"resourceid": func(r *floor.Resource) string { return r.ID },
}

func groupCriteria(f *faults, in *connectapi.SearchUserHierarchyGroupsInput) allOf[*floor.Resource] {
	return criteria(f, "SearchCriteria", in.SearchCriteria, func(c *connectapi.UserHierarchyGroupSearchCriteria) (or, and []connectapi.UserHierarchyGroupSearchCriteria) {
		return c.OrConditions, c.AndConditions
	}, func(f *faults, path string, c *connectapi.UserHierarchyGroupSearchCriteria) (all allOf[*floor.Resource]) {
		if c.StringCondition != nil {
			all = append(all, groupFields.condition(f, path+".StringCondition", c.StringCondition))
		}
		return all
	})
}
