package connect

import (
	"rollcall"
	"rollcall/connectapi"
)

// ListUsers: every user of whom an event ever came, on the floor or off it, in
// order of first appearance.
//
//	GET /users-summary/{InstanceId}?nextToken=…&maxResults=100
//
// LastModifiedTime is the instant of the newest event that told other names,
// another routing profile or another group, and LastModifiedRegion the
// instance's Region; both are left out when no event told any. Forgotten users
// are left out.
//
// Needs connect:ListUsers on the instance. Exceptions are those of
// GetCurrentUserData.
//
// Source: Amazon Connect API Reference, ListUsers.
var listUsers = spec[connectapi.ListUsersInput, connectapi.ListUsersOutput]{
	of: connectapi.ListUsers,
	answer: func(q *question, in *connectapi.ListUsersInput) (*connectapi.ListUsersOutput, error) {
		p, err := q.page(in)
		if err != nil {
			return nil, err
		}
		page := q.Floor.Select(&rollcall.Query{IncludeOffline: true}, p.after, p.limit)
		out := &connectapi.ListUsersOutput{UserSummaryList: make([]connectapi.UserSummary, len(page.Agents))}
		for i, a := range page.Agents {
			out.UserSummaryList[i] = connectapi.UserSummary{
				ID: string(a.ID), ARN: a.ARN, Username: a.Configuration.Username,
				LastModifiedTime: a.ConfiguredAt, LastModifiedRegion: q.regionOf(a.ConfiguredAt),
			}
		}
		out.NextToken, err = p.next(&page)
		return out, err
	},
}
