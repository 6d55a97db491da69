package connectapi

import (
	"slices"
	"sync"
)

// Operation is one operation of Amazon Connect that rollcall has.
type Operation struct {
	Route
	Doc string // what it does, in a sentence or two

	Input  func() *Shape // a structure
	Output func() *Shape // a structure, of no members if the answer is empty
	// Errors are the exceptions that it declares, in its order, by name.
	Errors []string
	// Page says how clients page by themselves; nil if they don't.
	Page *Page
	// Quota is how often Amazon lets an account ask it in a Region.
	Quota Quota
}

// Page is how the AWS CLI and boto3 join an operation's pages. All have the
// members NextToken, in both directions, and MaxResults.
type Page struct {
	Result string   // the list of the output that is joined
	First  []string // members of the output that are taken from the first page, in this order
}

// The names of the members that page.
const (
	NextToken  = "NextToken"
	MaxResults = "MaxResults"
)

// Quota is a rate and how many requests may come at once. Source: Amazon
// Connect service quotas, API throttling quotas.
type Quota struct {
	PerSecond float64
	Burst     int
}

// Typed is an operation with its Go types.
type Typed[In, Out any] struct{ Operation }

// commonErrors are what nearly all operations declare.
var commonErrors = []string{
	"InvalidRequestException", "InvalidParameterException", "ResourceNotFoundException", "ThrottlingException", "InternalServiceException",
}

// define fills in what an operation has in common with most.
func define[In, Out any](o Operation) *Typed[In, Out] {
	o.Input, o.Output = sync.OnceValue(Of[In]), sync.OnceValue(Of[Out])
	if o.Errors == nil {
		o.Errors = commonErrors
	}
	if o.Quota == (Quota{}) {
		o.Quota = Quota{PerSecond: 2, Burst: 5}
	}
	return &Typed[In, Out]{o}
}

// All are the operations that rollcall has, by name.
var All = []*Operation{
	&DescribeAgentStatus.Operation,
	&DescribeContact.Operation,
	&DescribeInstance.Operation,
	&DescribeQueue.Operation,
	&DescribeRoutingProfile.Operation,
	&DescribeUser.Operation,
	&DescribeUserHierarchyGroup.Operation,
	&DescribeUserHierarchyStructure.Operation,
	&DismissUserContact.Operation,
	&GetCurrentMetricData.Operation,
	&GetCurrentUserData.Operation,
	&ListAgentStatuses.Operation,
	&ListInstances.Operation,
	&ListQueues.Operation,
	&ListRoutingProfileQueues.Operation,
	&ListRoutingProfiles.Operation,
	&ListUserHierarchyGroups.Operation,
	&ListUsers.Operation,
	&PutUserStatus.Operation,
	&SearchAgentStatuses.Operation,
	&SearchQueues.Operation,
	&SearchRoutingProfiles.Operation,
	&SearchUserHierarchyGroups.Operation,
	&SearchUsers.Operation,
}

// Find gives the operation of a name, or nil.
func Find(name string) *Operation {
	i := slices.IndexFunc(All, func(o *Operation) bool { return o.Name == name })
	if i < 0 {
		return nil
	}
	return All[i]
}
