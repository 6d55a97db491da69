package connect

import "rollcall/connectapi"

// ListUserHierarchyGroups: the hierarchy groups that events named, in order of
// first appearance.
//
//	GET /user-hierarchy-groups-summary/{InstanceId}?nextToken=…&maxResults=100
//
// Needs connect:ListUserHierarchyGroups on the instance. Exceptions are those of
// GetCurrentUserData.
//
// Source: Amazon Connect API Reference, ListUserHierarchyGroups.
var listUserHierarchyGroups = spec[connectapi.ListUserHierarchyGroupsInput, connectapi.ListUserHierarchyGroupsOutput]{
	of: connectapi.ListUserHierarchyGroups,
	answer: func(q *question, in *connectapi.ListUserHierarchyGroupsInput) (out *connectapi.ListUserHierarchyGroupsOutput, err error) {
		out = new(connectapi.ListUserHierarchyGroupsOutput)
		out.UserHierarchyGroupSummaryList, out.NextToken, _, err = list(q, in, groupsOf, anyResource, q.groupSummary)
		return out, err
	},
}
