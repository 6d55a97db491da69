package connect

import (
	"rollcall"
	"rollcall/connectapi"
	"rollcall/internal/floor"
)

// ListRoutingProfiles: the routing profiles that events named, in order of first
// appearance.
//
//	GET /routing-profiles-summary/{InstanceId}?nextToken=…&maxResults=100
//
// Needs connect:ListRoutingProfiles on the instance. Exceptions are those of
// GetCurrentUserData.
//
// Source: Amazon Connect API Reference, ListRoutingProfiles.
var listRoutingProfiles = spec[connectapi.ListRoutingProfilesInput, connectapi.ListRoutingProfilesOutput]{
	of: connectapi.ListRoutingProfiles,
	answer: func(q *question, in *connectapi.ListRoutingProfilesInput) (out *connectapi.ListRoutingProfilesOutput, err error) {
		out = new(connectapi.ListRoutingProfilesOutput)
		out.RoutingProfileSummaryList, out.NextToken, _, err = list(q, in, profilesOf, anyResource, func(r *floor.Resource) connectapi.RoutingProfileSummary {
			return connectapi.RoutingProfileSummary{
				ID: r.ID, ARN: q.arnOf(rollcall.TypeRoutingProfile, r), Name: r.Name,
				LastModifiedTime: r.ChangedAt, LastModifiedRegion: q.regionOf(r.ChangedAt),
			}
		})
		return out, err
	},
}
