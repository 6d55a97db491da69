package connectapi

import "time"

// DescribeUserHierarchyStructure describes the levels of the hierarchy.
var DescribeUserHierarchyStructure = define[DescribeUserHierarchyStructureInput, DescribeUserHierarchyStructureOutput](Operation{
	Route: Route{"DescribeUserHierarchyStructure", "GET", "/user-hierarchy-structure/{InstanceId}", AccessRead},
	Doc:   "Describes the levels of the hierarchy of an Amazon Connect instance.",
})

// DescribeUserHierarchyStructureInput is what it takes.
type DescribeUserHierarchyStructureInput struct {
	InstanceID string `json:"InstanceId" api:"path,required,min=1,max=100" doc:"The id or ARN of the instance."`
}

// DescribeUserHierarchyStructureOutput is the answer.
type DescribeUserHierarchyStructureOutput struct {
	HierarchyStructure *HierarchyStructure `json:"HierarchyStructure,omitzero" doc:"The levels."`
}

// HierarchyStructure is the levels of the hierarchy that there are.
type HierarchyStructure struct {
	LevelOne   *HierarchyLevel `json:"LevelOne,omitzero"`
	LevelTwo   *HierarchyLevel `json:"LevelTwo,omitzero"`
	LevelThree *HierarchyLevel `json:"LevelThree,omitzero"`
	LevelFour  *HierarchyLevel `json:"LevelFour,omitzero"`
	LevelFive  *HierarchyLevel `json:"LevelFive,omitzero"`
}

// HierarchyLevel is a level of the hierarchy.
type HierarchyLevel struct {
	ID                 string    `json:"Id,omitzero" doc:"Its id."`
	ARN                string    `json:"Arn,omitzero" doc:"Its ARN."`
	Name               string    `json:"Name,omitzero" doc:"Its name."`
	LastModifiedTime   time.Time `json:"LastModifiedTime,omitzero" doc:"When that was last changed."`
	LastModifiedRegion string    `json:"LastModifiedRegion,omitzero" doc:"The Region in which that was."`
}
