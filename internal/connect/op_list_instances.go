package connect

import (
	"slices"

	"rollcall"
	"rollcall/connectapi"
	"rollcall/internal/access"
	"rollcall/internal/floor"
)

// ListInstances: the instances of which events came and about which the key may
// ask so, in order of their first events.
//
//	GET /instance?nextToken=…&maxResults=10
//
// What events don't tell is left out: alias, where users are kept, when it was
// created, role, address. An instance whose events come is ACTIVE, with calls in
// and out.
//
// Needs connect:ListInstances on an instance that is here, or on any. Exceptions
// are InvalidRequestException and InternalServiceException.
//
// Source: Amazon Connect API Reference, ListInstances; DIVERGENCES.md.
var listInstances = spec[connectapi.ListInstancesInput, connectapi.ListInstancesOutput]{
	of: connectapi.ListInstances,
	answer: func(q *question, in *connectapi.ListInstancesInput) (*connectapi.ListInstancesOutput, error) {
		all := slices.DeleteFunc(q.o.Floors.Instances(), func(fl *floor.Floor) bool {
			return !access.May(q.pass, q.of.Action(), fl.ARN())
		})
		if len(all) == 0 {
			if err := q.Permit(q.pass, q.of.Action(), nil); err != nil {
				return nil, err
			}
		}
		p, err := q.page(in)
		if err != nil {
			return nil, err
		}
		if in.MaxResults == 0 {
			p.limit = 10
		}
		slices.SortStableFunc(all, func(a, b *floor.Floor) int { return a.Since().Compare(b.Since()) })
		g := gather[connectapi.InstanceSummary](p)
		for i, fl := range all {
			g.add(uint32(i), func() connectapi.InstanceSummary {
				is := describedInstance(fl.ARN())
				return connectapi.InstanceSummary{
					ID: is.ID, ARN: is.ARN, InstanceStatus: is.InstanceStatus,
					InboundCallsEnabled: is.InboundCallsEnabled, OutboundCallsEnabled: is.OutboundCallsEnabled,
				}
			})
		}
		next, err := g.end(q.o.Floors.Position())
		return &connectapi.ListInstancesOutput{InstanceSummaryList: g.list, NextToken: next}, err
	},
}

// describedInstance is what is known of an instance whose events come.
func describedInstance(arn rollcall.ARN) *connectapi.Instance {
	return &connectapi.Instance{
		ID: string(arn.Instance), ARN: arn.String(), InstanceStatus: "ACTIVE", InboundCallsEnabled: true, OutboundCallsEnabled: true,
	}
}
