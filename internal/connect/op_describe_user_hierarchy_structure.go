package connect

import (
	"rollcall"
	"rollcall/connectapi"
)

// DescribeUserHierarchyStructure: which levels the hierarchy has, as far as events
// named groups on them.
//
//	GET /user-hierarchy-structure/{InstanceId}
//
// A level that has a group, or has one below it, is there, and is empty: events
// don't tell ids and names of levels.
//
// Needs connect:DescribeUserHierarchyStructure on the instance. Exceptions are
// those of GetCurrentUserData.
//
// Source: Amazon Connect API Reference, DescribeUserHierarchyStructure;
// DIVERGENCES.md.
var describeUserHierarchyStructure = spec[connectapi.DescribeUserHierarchyStructureInput, connectapi.DescribeUserHierarchyStructureOutput]{
	of: connectapi.DescribeUserHierarchyStructure,
	answer: func(q *question, _ *connectapi.DescribeUserHierarchyStructureInput) (*connectapi.DescribeUserHierarchyStructureOutput, error) {
		directory, _ := q.Floor.Directory()
		deepest := 0
		for _, r := range directory.Groups.All {
			deepest = max(deepest, r.Level)
		}
		s := new(connectapi.HierarchyStructure)
		levels := [rollcall.HierarchyLevels]**connectapi.HierarchyLevel{&s.LevelOne, &s.LevelTwo, &s.LevelThree, &s.LevelFour, &s.LevelFive}
		for _, level := range levels[:deepest] {
			*level = new(connectapi.HierarchyLevel)
		}
		return &connectapi.DescribeUserHierarchyStructureOutput{HierarchyStructure: s}, nil
	},
}
