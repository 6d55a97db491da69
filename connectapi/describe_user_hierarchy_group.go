package connectapi

import "time"

// DescribeUserHierarchyGroup describes a group of the hierarchy.
var DescribeUserHierarchyGroup = define[DescribeUserHierarchyGroupInput, DescribeUserHierarchyGroupOutput](Operation{
	Route: Route{"DescribeUserHierarchyGroup", "GET", "/user-hierarchy-groups/{InstanceId}/{HierarchyGroupId}", AccessRead},
	Doc:   "Describes a group of the hierarchy: its level, and the groups above it.",
})

// DescribeUserHierarchyGroupInput is what it takes.
type DescribeUserHierarchyGroupInput struct {
	HierarchyGroupID string `json:"HierarchyGroupId" api:"path,required" doc:"The id of the group."`
	InstanceID       string `json:"InstanceId" api:"path,required,min=1,max=100" doc:"The id or ARN of the instance."`
}

// DescribeUserHierarchyGroupOutput is the answer.
type DescribeUserHierarchyGroupOutput struct {
	HierarchyGroup *HierarchyGroup `json:"HierarchyGroup,omitzero" doc:"The group."`
}

// HierarchyGroup is a group of the hierarchy.
type HierarchyGroup struct {
	ID                 string              `json:"Id,omitzero" doc:"Its id."`
	ARN                string              `json:"Arn,omitzero" doc:"Its ARN."`
	Name               string              `json:"Name,omitzero" doc:"Its name."`
	LevelID            string              `json:"LevelId,omitzero" doc:"The id of its level."`
	HierarchyPath      *HierarchyGroupPath `json:"HierarchyPath,omitzero" doc:"The groups above it, from level one down, and itself."`
	Tags               map[string]string   `json:"Tags,omitzero" api:"min=1,max=50,key.min=1,key.max=128,each.max=256" doc:"The tags."`
	LastModifiedTime   time.Time           `json:"LastModifiedTime,omitzero" doc:"When that was last changed."`
	LastModifiedRegion string              `json:"LastModifiedRegion,omitzero" doc:"The Region in which that was."`
}

// HierarchyGroupPath is a group's place in the hierarchy: the group and those above it.
type HierarchyGroupPath struct {
	LevelOne   *HierarchyGroupSummary `json:"LevelOne,omitzero"`
	LevelTwo   *HierarchyGroupSummary `json:"LevelTwo,omitzero"`
	LevelThree *HierarchyGroupSummary `json:"LevelThree,omitzero"`
	LevelFour  *HierarchyGroupSummary `json:"LevelFour,omitzero"`
	LevelFive  *HierarchyGroupSummary `json:"LevelFive,omitzero"`
}
