package connectapi

// SearchUserHierarchyGroups finds groups of the hierarchy by criteria.
var SearchUserHierarchyGroups = define[SearchUserHierarchyGroupsInput, SearchUserHierarchyGroupsOutput](Operation{
	Route: Route{"SearchUserHierarchyGroups", "POST", "/search-user-hierarchy-groups", AccessRead},
	Doc:   "Searches the groups of the hierarchy of an Amazon Connect instance by their names.",
	Page:  &Page{Result: "UserHierarchyGroups", First: []string{"ApproximateTotalCount"}},
})

// SearchUserHierarchyGroupsInput is what it takes.
type SearchUserHierarchyGroupsInput struct {
	InstanceID     string                            `json:"InstanceId" api:"required,min=1,max=100" doc:"The id or ARN of the instance."`
	NextToken      string                            `json:"NextToken,omitzero" api:"min=1,max=2500" doc:"The NextToken of the page before."`
	MaxResults     int32                             `json:"MaxResults,omitzero" api:"min=1,max=100" doc:"The greatest number of groups on a page." more:"It may be 1 to 100, and is 100 unless given."`
	SearchFilter   *UserHierarchyGroupSearchFilter   `json:"SearchFilter,omitzero" doc:"Tags that what is found must have."`
	SearchCriteria *UserHierarchyGroupSearchCriteria `json:"SearchCriteria,omitzero" doc:"What must be true of a group."`
}

// UserHierarchyGroupSearchFilter narrows a search by tags.
type UserHierarchyGroupSearchFilter struct {
	AttributeFilter *AttributeFilter `json:"AttributeFilter,omitzero" doc:"Tags that it must have."`
}

// UserHierarchyGroupSearchCriteria is what must be true of a group.
type UserHierarchyGroupSearchCriteria struct {
	OrConditions    []UserHierarchyGroupSearchCriteria `json:"OrConditions,omitzero" doc:"Of these, one must hold."`
	AndConditions   []UserHierarchyGroupSearchCriteria `json:"AndConditions,omitzero" doc:"Of these, all must hold."`
	StringCondition *StringCondition                   `json:"StringCondition,omitzero" doc:"A condition on a text." more:"FieldName may be name, parentId, levelId or resourceID."`
}

// SearchUserHierarchyGroupsOutput is one page of the answer.
type SearchUserHierarchyGroupsOutput struct {
	UserHierarchyGroups   []HierarchyGroup `json:"UserHierarchyGroups" doc:"The groups of this page."`
	NextToken             string           `json:"NextToken,omitzero" api:"min=1,max=2500" doc:"The token for the next page, if there is one."`
	ApproximateTotalCount int64            `json:"ApproximateTotalCount" doc:"How many there are on all pages."`
}
