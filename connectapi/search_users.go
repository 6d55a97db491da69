package connectapi

// SearchUsers finds users by criteria.
var SearchUsers = define[SearchUsersInput, SearchUsersOutput](Operation{
	Route: Route{"SearchUsers", "POST", "/search-users", AccessRead},
	Doc:   "Searches the users of an Amazon Connect instance by their names, routing profile, group and proficiencies.",
	Page:  &Page{Result: "Users", First: []string{"ApproximateTotalCount"}},
})

// SearchUsersInput is what it takes.
type SearchUsersInput struct {
	InstanceID     string              `json:"InstanceId" api:"required,min=1,max=100" doc:"The id or ARN of the instance."`
	NextToken      string              `json:"NextToken,omitzero" api:"min=1,max=2500" doc:"The NextToken of the page before."`
	MaxResults     int32               `json:"MaxResults,omitzero" api:"min=1,max=500" doc:"The greatest number of users on a page." more:"It may be 1 to 500, and is 100 unless given."`
	SearchFilter   *UserSearchFilter   `json:"SearchFilter,omitzero" doc:"Tags that users must have, and the groups they must be in."`
	SearchCriteria *UserSearchCriteria `json:"SearchCriteria,omitzero" doc:"What must be true of a user."`
}

// UserSearchFilter narrows a search by tags and groups.
type UserSearchFilter struct {
	TagFilter           *TagFilter           `json:"TagFilter,omitzero" doc:"Tags that users must have."`
	UserAttributeFilter *UserAttributeFilter `json:"UserAttributeFilter,omitzero" doc:"Tags that users must have and groups they must be in."`
}

// UserAttributeFilter is a condition on tags and groups: one of its members.
type UserAttributeFilter struct {
	OrConditions            []AttributeAndCondition  `json:"OrConditions,omitzero" doc:"Of these, one must hold."`
	AndCondition            *AttributeAndCondition   `json:"AndCondition,omitzero" doc:"Of these, all must hold."`
	TagCondition            *TagCondition            `json:"TagCondition,omitzero" doc:"The only condition."`
	HierarchyGroupCondition *HierarchyGroupCondition `json:"HierarchyGroupCondition,omitzero" doc:"The only condition."`
}

// AttributeAndCondition is conditions that must all hold.
type AttributeAndCondition struct {
	TagConditions           []TagCondition           `json:"TagConditions,omitzero" doc:"The tags."`
	HierarchyGroupCondition *HierarchyGroupCondition `json:"HierarchyGroupCondition,omitzero" doc:"The group."`
}

// UserSearchCriteria is what must be true of a user.
type UserSearchCriteria struct {
	OrConditions            []UserSearchCriteria     `json:"OrConditions,omitzero" doc:"Of these, one must hold."`
	AndConditions           []UserSearchCriteria     `json:"AndConditions,omitzero" doc:"Of these, all must hold."`
	StringCondition         *StringCondition         `json:"StringCondition,omitzero" doc:"A condition on a text of the user." more:"FieldName may be Username, FirstName, LastName, RoutingProfileId, SecurityProfileId or ResourceId."`
	ListCondition           *ListCondition           `json:"ListCondition,omitzero" doc:"A condition on the user's proficiencies."`
	HierarchyGroupCondition *HierarchyGroupCondition `json:"HierarchyGroupCondition,omitzero" doc:"The group of the hierarchy that the user is in."`
}

// ListCondition is a condition on the elements of a list.
type ListCondition struct {
	TargetListType TargetListType  `json:"TargetListType,omitzero" doc:"The list."`
	Conditions     []ListCriterion `json:"Conditions,omitzero" doc:"The conditions."`
}

// ListCriterion is a condition on an element.
type ListCriterion struct {
	StringCondition *StringCondition `json:"StringCondition,omitzero" doc:"A condition on a text of the element."`
	NumberCondition *NumberCondition `json:"NumberCondition,omitzero" doc:"A condition on a number of the element."`
}

// NumberCondition is a condition on a number.
type NumberCondition struct {
	FieldName      string               `json:"FieldName,omitzero" doc:"The member that is looked at."`
	MinValue       *int32               `json:"MinValue,omitzero" doc:"What it is compared with, and the least of a range."`
	MaxValue       *int32               `json:"MaxValue,omitzero" doc:"The greatest of a range."`
	ComparisonType NumberComparisonType `json:"ComparisonType,omitzero" doc:"How the two are compared."`
}

// SearchUsersOutput is one page of the answer.
type SearchUsersOutput struct {
	Users                 []UserSearchSummary `json:"Users" doc:"The users of this page."`
	NextToken             string              `json:"NextToken,omitzero" api:"min=1,max=2500" doc:"The token for the next page, if there is one."`
	ApproximateTotalCount int64               `json:"ApproximateTotalCount" doc:"The number of users on all pages."`
}

// UserSearchSummary is a user that was found.
type UserSearchSummary struct {
	ARN                         string                       `json:"Arn,omitzero" doc:"The user's ARN."`
	DirectoryUserID             string                       `json:"DirectoryUserId,omitzero" doc:"The user's id in a directory of users."`
	HierarchyGroupID            string                       `json:"HierarchyGroupId,omitzero" doc:"The user's group of the hierarchy."`
	ID                          string                       `json:"Id,omitzero" doc:"The user's id."`
	IdentityInfo                *UserIdentityInfoLite        `json:"IdentityInfo,omitzero" doc:"The user's names."`
	PhoneConfig                 *UserPhoneConfig             `json:"PhoneConfig,omitzero" doc:"The user's phone."`
	RoutingProfileID            string                       `json:"RoutingProfileId,omitzero" doc:"The user's routing profile."`
	SecurityProfileIDs          []string                     `json:"SecurityProfileIds,omitzero" api:"min=1,max=10,each.name=SecurityProfileId" doc:"The user's security profiles."`
	Tags                        map[string]string            `json:"Tags,omitzero" api:"min=1,max=50,key.min=1,key.max=128,each.max=256" doc:"The user's tags."`
	Username                    string                       `json:"Username,omitzero" api:"min=1,max=100" doc:"The name the user logs in with."`
	AutoAcceptConfigs           []AutoAcceptConfig           `json:"AutoAcceptConfigs,omitzero" doc:"For each channel, whether contacts are accepted without the user."`
	AfterContactWorkConfigs     []AfterContactWorkPerChannel `json:"AfterContactWorkConfigs,omitzero" doc:"For each channel, how long the work after a contact may take."`
	PhoneNumberConfigs          []PhoneNumberConfig          `json:"PhoneNumberConfigs,omitzero" doc:"For each channel, the user's phone."`
	PersistentConnectionConfigs []PersistentConnectionConfig `json:"PersistentConnectionConfigs,omitzero" doc:"For each channel, whether the phone stays connected between contacts."`
	VoiceEnhancementConfigs     []VoiceEnhancementConfig     `json:"VoiceEnhancementConfigs,omitzero" doc:"For each channel, how the user's voice is made clearer."`
}

// UserIdentityInfoLite has a user's names.
type UserIdentityInfoLite struct {
	FirstName string `json:"FirstName,omitzero" api:"min=0,max=255"`
	LastName  string `json:"LastName,omitzero" api:"min=0,max=300"`
}

// TargetListType is a list that a search can look into.
type TargetListType string

// Values are all lists.
func (TargetListType) Values() []string { return []string{"PROFICIENCIES"} }

// NumberComparisonType is a way to compare numbers.
type NumberComparisonType string

// Values are all ways to compare numbers.
func (NumberComparisonType) Values() []string {
	return []string{"GREATER_OR_EQUAL", "GREATER", "LESSER_OR_EQUAL", "LESSER", "EQUAL", "NOT_EQUAL", "RANGE"}
}
