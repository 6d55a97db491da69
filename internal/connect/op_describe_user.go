package connect

import (
	"rollcall"
	"rollcall/connectapi"
)

// DescribeUser: what events said of one user, on the floor or off it.
//
//	GET /users/{InstanceId}/{UserId}
//
// UserId is the user's id or its percent-encoded ARN. LastModifiedTime is as in
// ListUsers. What events don't tell is left out: addresses, phone, security
// profiles, directory, tags, and what is set for each channel.
//
// Needs connect:DescribeUser on the user. Exceptions are those of
// GetCurrentUserData; ResourceNotFoundException also for a user of whom no event
// came, or who is forgotten.
//
// Source: Amazon Connect API Reference, DescribeUser.
var describeUser = spec[connectapi.DescribeUserInput, connectapi.DescribeUserOutput]{
	of: connectapi.DescribeUser,
	resources: func(in *connectapi.DescribeUserInput, instance rollcall.ARN) []rollcall.ARN {
		return resource(instance, rollcall.TypeAgent, in.UserID)
	},
	judge: func(in *connectapi.DescribeUserInput, instance rollcall.ARN, f *faults) {
		judgeResource(f, instance, rollcall.TypeAgent, "UserId", in.UserID)
	},
	answer: func(q *question, in *connectapi.DescribeUserInput) (*connectapi.DescribeUserOutput, error) {
		arn, _ := rollcall.ParseResource(q.ARN, rollcall.TypeAgent, in.UserID)
		a, ok := q.Floor.Agent(rollcall.AgentID(arn.ID))
		if !ok {
			return nil, noSuch("User", in.UserID)
		}
		u := &connectapi.User{
			ID: string(a.ID), ARN: a.ARN, Username: a.Configuration.Username,
			RoutingProfileID: profileID(a), HierarchyGroupID: string(a.Configuration.Group().ID),
			LastModifiedTime: a.ConfiguredAt, LastModifiedRegion: q.regionOf(a.ConfiguredAt),
		}
		if c := &a.Configuration; c.FirstName+c.LastName != "" {
			u.IdentityInfo = &connectapi.UserIdentityInfo{FirstName: c.FirstName, LastName: c.LastName}
		}
		return &connectapi.DescribeUserOutput{User: u}, nil
	},
}
