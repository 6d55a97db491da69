package connect

import (
	"slices"

	"rollcall"
	"rollcall/connectapi"
)

// ListQueues: the queues that events named, in order of first appearance, and
// behind them agents' own queues, which are of the type AGENT.
//
//	GET /queues-summary/{InstanceId}?queueTypes=STANDARD&queueTypes=AGENT&nextToken=…&maxResults=100
//
// Without queueTypes both are listed. An agent's own queue is listed when an event
// named it among those of the agent's profile, until the agent is forgotten; it
// has the agent's id, and no name.
//
// Needs connect:ListQueues on queue/*. Exceptions are those of GetCurrentUserData.
//
// Source: Amazon Connect API Reference, ListQueues.
var listQueues = spec[connectapi.ListQueuesInput, connectapi.ListQueuesOutput]{
	of: connectapi.ListQueues,
	resources: func(_ *connectapi.ListQueuesInput, instance rollcall.ARN) []rollcall.ARN {
		return []rollcall.ARN{instance.Child(rollcall.TypeQueue, everyOne)}
	},
	answer: func(q *question, in *connectapi.ListQueuesInput) (*connectapi.ListQueuesOutput, error) {
		p, err := q.page(in)
		if err != nil {
			return nil, err
		}
		directory, at := q.Floor.Directory()
		g := gather[connectapi.QueueSummary](p)
		wants := func(kind connectapi.QueueType) bool {
			return len(in.QueueTypes) == 0 || slices.Contains(in.QueueTypes, kind)
		}
		if wants("STANDARD") {
			for _, r := range directory.Queues.All {
				g.add(r.Ordinal, func() connectapi.QueueSummary {
					return connectapi.QueueSummary{
						ID: r.ID, ARN: q.arnOf(rollcall.TypeQueue, r), Name: r.Name, QueueType: "STANDARD",
						LastModifiedTime: r.ChangedAt, LastModifiedRegion: q.regionOf(r.ChangedAt),
					}
				})
			}
		}
		if wants("AGENT") {
			q.ownQueues(g)
		}
		next, err := g.end(at)
		return &connectapi.ListQueuesOutput{QueueSummaryList: g.list, NextToken: next}, err
	},
}

// behindAll is added to an agent's ordinal for the place of the agent's own
// queue: such queues come behind all others.
const behindAll = 1 << 31

// ownQueues gathers agents' own queues.
func (q *question) ownQueues(g *gathering[connectapi.QueueSummary]) {
	var after rollcall.Cursor
	if g.after.Started && g.after.Ordinal >= behindAll {
		after = rollcall.Cursor{Ordinal: g.after.Ordinal - behindAll, Started: true}
	}
	for more := !g.more; more; {
		page := q.Floor.Select(&rollcall.Query{IncludeOffline: true}, after, g.limit+1)
		for _, a := range page.Agents {
			if a.OwnQueue && !g.add(behindAll+a.Ordinal, func() connectapi.QueueSummary { return ownQueue(q.ARN, a) }) {
				return
			}
		}
		after, more = page.Next, page.More
	}
}

func ownQueue(instance rollcall.ARN, a *rollcall.Agent) connectapi.QueueSummary {
	return connectapi.QueueSummary{ID: string(a.ID), ARN: instance.Child(rollcall.TypeAgentQueue, string(a.ID)).String(), QueueType: "AGENT"}
}
