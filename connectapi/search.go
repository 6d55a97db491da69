package connectapi

// What the criteria of all searches are made of.

// StringCondition is a condition on a text.
type StringCondition struct {
	FieldName      string               `json:"FieldName,omitzero" doc:"The member that is looked at."`
	Value          string               `json:"Value,omitzero" doc:"What it is compared with, in upper or lower case."`
	ComparisonType StringComparisonType `json:"ComparisonType,omitzero" doc:"How the two are compared."`
}

// HierarchyGroupCondition is a condition on a user's group.
type HierarchyGroupCondition struct {
	Value                   string                  `json:"Value,omitzero" doc:"The id of the group."`
	HierarchyGroupMatchType HierarchyGroupMatchType `json:"HierarchyGroupMatchType,omitzero" doc:"Whether the groups below it count as well."`
}

// TagFilter is a condition on tags: one of its members.
type TagFilter struct {
	OrConditions  [][]TagCondition `json:"OrConditions,omitzero" doc:"Of these lists, one must hold whole."`
	AndConditions []TagCondition   `json:"AndConditions,omitzero" doc:"Of these, all must hold."`
	TagCondition  *TagCondition    `json:"TagCondition,omitzero" doc:"The only condition."`
}

// TagCondition is a tag that must be there.
type TagCondition struct {
	TagKey   string `json:"TagKey,omitzero" doc:"The tag."`
	TagValue string `json:"TagValue,omitzero" doc:"What the tag must be."`
}

// StringComparisonType is a way to compare texts.
type StringComparisonType string

// The ways to compare texts.
const (
	StartsWith StringComparisonType = "STARTS_WITH"
	Contains   StringComparisonType = "CONTAINS"
	Exact      StringComparisonType = "EXACT"
)

// Values are all ways to compare texts.
func (StringComparisonType) Values() []string { return []string{"STARTS_WITH", "CONTAINS", "EXACT"} }

// HierarchyGroupMatchType says whether a group stands for those below it, too.
type HierarchyGroupMatchType string

// The two readings of a group.
const (
	GroupExact      HierarchyGroupMatchType = "EXACT"
	WithChildGroups HierarchyGroupMatchType = "WITH_CHILD_GROUPS"
)

// Values are both readings.
func (HierarchyGroupMatchType) Values() []string { return []string{"EXACT", "WITH_CHILD_GROUPS"} }
