package connect

import (
	"rollcall"
	"rollcall/connectapi"
)

// DescribeUserHierarchyGroup: what events said of one hierarchy group: its name,
// and the groups above it.
//
//	GET /user-hierarchy-groups/{InstanceId}/{HierarchyGroupId}
//
// HierarchyGroupId is its id or percent-encoded ARN. What events don't tell is left
// out: the id of its level, and tags.
//
// Needs connect:DescribeUserHierarchyGroup on the group. Exceptions are those of
// GetCurrentUserData; ResourceNotFoundException also for a group that no event
// named.
//
// Source: Amazon Connect API Reference, DescribeUserHierarchyGroup.
var describeUserHierarchyGroup = spec[connectapi.DescribeUserHierarchyGroupInput, connectapi.DescribeUserHierarchyGroupOutput]{
	of: connectapi.DescribeUserHierarchyGroup,
	resources: func(in *connectapi.DescribeUserHierarchyGroupInput, instance rollcall.ARN) []rollcall.ARN {
		return resource(instance, rollcall.TypeHierarchyGroup, in.HierarchyGroupID)
	},
	judge: func(in *connectapi.DescribeUserHierarchyGroupInput, instance rollcall.ARN, f *faults) {
		judgeResource(f, instance, rollcall.TypeHierarchyGroup, "HierarchyGroupId", in.HierarchyGroupID)
	},
	answer: func(q *question, in *connectapi.DescribeUserHierarchyGroupInput) (*connectapi.DescribeUserHierarchyGroupOutput, error) {
		directory, _ := q.Floor.Directory()
		r, err := q.find(&directory.Groups, rollcall.TypeHierarchyGroup, "Hierarchy group", in.HierarchyGroupID)
		if err != nil {
			return nil, err
		}
		is := q.group(directory, r)
		return &connectapi.DescribeUserHierarchyGroupOutput{HierarchyGroup: &is}, nil
	},
}
