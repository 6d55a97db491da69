package connect

import (
	"rollcall"
	"rollcall/connectapi"
)

// DescribeRoutingProfile: what events said of one routing profile: its channels
// and how many contacts of each an agent may have, its queues, and how many users
// have it.
//
//	GET /routing-profiles/{InstanceId}/{RoutingProfileId}
//
// RoutingProfileId is its id or percent-encoded ARN. What events don't tell is left
// out: description, tags, the availability timer, whether it is the default.
//
// Needs connect:DescribeRoutingProfile on the routing profile. Exceptions are those
// of GetCurrentUserData; ResourceNotFoundException also for one that no event
// named.
//
// Source: Amazon Connect API Reference, DescribeRoutingProfile.
var describeRoutingProfile = spec[connectapi.DescribeRoutingProfileInput, connectapi.DescribeRoutingProfileOutput]{
	of: connectapi.DescribeRoutingProfile,
	resources: func(in *connectapi.DescribeRoutingProfileInput, instance rollcall.ARN) []rollcall.ARN {
		return resource(instance, rollcall.TypeRoutingProfile, in.RoutingProfileID)
	},
	judge: func(in *connectapi.DescribeRoutingProfileInput, instance rollcall.ARN, f *faults) {
		judgeResource(f, instance, rollcall.TypeRoutingProfile, "RoutingProfileId", in.RoutingProfileID)
	},
	answer: func(q *question, in *connectapi.DescribeRoutingProfileInput) (*connectapi.DescribeRoutingProfileOutput, error) {
		directory, _ := q.Floor.Directory()
		r, err := q.find(&directory.Profiles, rollcall.TypeRoutingProfile, "Routing profile", in.RoutingProfileID)
		if err != nil {
			return nil, err
		}
		is := q.profile(r)
		return &connectapi.DescribeRoutingProfileOutput{RoutingProfile: &is}, nil
	},
}
