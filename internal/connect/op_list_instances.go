package connect

import (
	"cmp"
	"hash/crc32"
	"slices"

	"rollcall"
	"rollcall/connectapi"
	"rollcall/internal/access"
	"rollcall/internal/floor"
	"rollcall/internal/pagetoken"
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
		behind := func(fl *floor.Floor, at pagetoken.Place) int {
			is := instancePlace(fl)
			return cmp.Or(cmp.Compare(int64(is.Epoch), int64(at.Epoch)), cmp.Compare(is.Ordinal, at.Ordinal))
		}
		if p.after.Started {
			all = slices.DeleteFunc(all, func(fl *floor.Floor) bool { return behind(fl, p.opened) <= 0 })
		}
		slices.SortFunc(all, func(a, b *floor.Floor) int { return behind(a, instancePlace(b)) })
		shown := all[:min(p.limit, len(all))]
		out := &connectapi.ListInstancesOutput{InstanceSummaryList: make([]connectapi.InstanceSummary, len(shown))}
		for i, fl := range shown {
			is := describedInstance(fl.ARN())
			out.InstanceSummaryList[i] = connectapi.InstanceSummary{
				ID: is.ID, ARN: is.ARN, InstanceStatus: is.InstanceStatus,
				InboundCallsEnabled: is.InboundCallsEnabled, OutboundCallsEnabled: is.OutboundCallsEnabled,
			}
		}
		if len(all) > len(shown) {
			last := instancePlace(shown[len(shown)-1])
			last.IssuedAt = q.o.Now()
			out.NextToken = q.tokens.Seal(last, p.binding)
		}
		return out, nil
	},
}

// instancePlace is where an instance stands in the list, whichever others come
// and go: the instant of its first event, to the millisecond, which a token
// carries for an epoch, and of those that began together the checksum of its id.
func instancePlace(fl *floor.Floor) pagetoken.Place {
	return pagetoken.Place{
		Epoch:   rollcall.Epoch(fl.Since().UnixMilli()),
		Ordinal: crc32.ChecksumIEEE([]byte(fl.ARN().Instance)),
	}
}

// describedInstance is what is known of an instance whose events come.
func describedInstance(arn rollcall.ARN) *connectapi.Instance {
	return &connectapi.Instance{
		ID: string(arn.Instance), ARN: arn.String(), InstanceStatus: "ACTIVE", InboundCallsEnabled: true, OutboundCallsEnabled: true,
	}
}
