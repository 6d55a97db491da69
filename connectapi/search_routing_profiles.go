package connectapi

// SearchRoutingProfiles finds routing profiles by criteria.
var SearchRoutingProfiles = define[SearchRoutingProfilesInput, SearchRoutingProfilesOutput](Operation{
	Route: Route{"SearchRoutingProfiles", "POST", "/search-routing-profiles", AccessRead},
	Doc:   "Searches the routing profiles of an Amazon Connect instance by their names and descriptions.",
	Page:  &Page{Result: "RoutingProfiles", First: []string{"ApproximateTotalCount"}},
})

// SearchRoutingProfilesInput is what it takes.
type SearchRoutingProfilesInput struct {
	InstanceID     string                        `json:"InstanceId" api:"required,min=1,max=100" doc:"The id or ARN of the instance."`
	NextToken      string                        `json:"NextToken,omitzero" api:"min=1,max=2500" doc:"The NextToken of the page before."`
	MaxResults     int32                         `json:"MaxResults,omitzero" api:"min=1,max=500" doc:"The greatest number of routing profiles on a page." more:"It may be 1 to 500, and is 100 unless given."`
	SearchFilter   *RoutingProfileSearchFilter   `json:"SearchFilter,omitzero" doc:"Tags that what is found must have."`
	SearchCriteria *RoutingProfileSearchCriteria `json:"SearchCriteria,omitzero" doc:"What must be true of a routing profile."`
}

// RoutingProfileSearchFilter narrows a search by tags.
type RoutingProfileSearchFilter struct {
	TagFilter *TagFilter `json:"TagFilter,omitzero" doc:"Tags that it must have."`
}

// RoutingProfileSearchCriteria is what must be true of a routing profile.
type RoutingProfileSearchCriteria struct {
	OrConditions    []RoutingProfileSearchCriteria `json:"OrConditions,omitzero" doc:"Of these, one must hold."`
	AndConditions   []RoutingProfileSearchCriteria `json:"AndConditions,omitzero" doc:"Of these, all must hold."`
	StringCondition *StringCondition               `json:"StringCondition,omitzero" doc:"A condition on a text." more:"FieldName may be associatedQueueIds, name, description or resourceID."`
}

// SearchRoutingProfilesOutput is one page of the answer.
type SearchRoutingProfilesOutput struct {
	RoutingProfiles       []RoutingProfile `json:"RoutingProfiles" doc:"The routing profiles of this page."`
	NextToken             string           `json:"NextToken,omitzero" api:"min=1,max=2500" doc:"The token for the next page, if there is one."`
	ApproximateTotalCount int64            `json:"ApproximateTotalCount" doc:"How many there are on all pages."`
}
