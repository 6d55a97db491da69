package connect

import (
	"cmp"

	"rollcall"
	"rollcall/connectapi"
	"rollcall/internal/floor"
)

// ListRoutingProfileQueues: the queues of a routing profile, but agents' own, a
// line for each of their channels, in the order in which the newest event had
// them.
//
//	GET /routing-profiles/{InstanceId}/{RoutingProfileId}/queues?nextToken=…&maxResults=100
//
// A queue of which the event told no channels has all of the profile's. Events
// don't tell priority and delay, which answers must have: they are 1 and 0.
//
// Needs connect:ListRoutingProfileQueues on the routing profile. Exceptions are
// those of GetCurrentUserData; ResourceNotFoundException also for a routing profile
// that no event named.
//
// Source: Amazon Connect API Reference, ListRoutingProfileQueues; DIVERGENCES.md.
var listRoutingProfileQueues = spec[connectapi.ListRoutingProfileQueuesInput, connectapi.ListRoutingProfileQueuesOutput]{
	of: connectapi.ListRoutingProfileQueues,
	resources: func(in *connectapi.ListRoutingProfileQueuesInput, instance rollcall.ARN) []rollcall.ARN {
		return resource(instance, rollcall.TypeRoutingProfile, in.RoutingProfileID)
	},
	judge: func(in *connectapi.ListRoutingProfileQueuesInput, instance rollcall.ARN, f *faults) {
		judgeResource(f, instance, rollcall.TypeRoutingProfile, "RoutingProfileId", in.RoutingProfileID)
	},
	answer: func(q *question, in *connectapi.ListRoutingProfileQueuesInput) (*connectapi.ListRoutingProfileQueuesOutput, error) {
		p, err := q.page(in)
		if err != nil {
			return nil, err
		}
		directory, at := q.Floor.Directory()
		r, err := q.find(&directory.Profiles, rollcall.TypeRoutingProfile, "Routing profile", in.RoutingProfileID)
		if err != nil {
			return nil, err
		}
		g, place := gather[connectapi.RoutingProfileQueueConfigSummary](p), uint32(0)
		for i := range r.Profile.InboundQueues {
			queue := &r.Profile.InboundQueues[i]
			is := directory.Queues.Find(string(queue.ID))
			if is == nil { // forgotten, and not the profile
				is = &floor.Resource{ID: string(queue.ID), ARN: queue.ARN, Name: queue.Name}
			}
			for _, channel := range channelsOf(r, queue) {
				place++
				g.add(place, func() connectapi.RoutingProfileQueueConfigSummary {
					return connectapi.RoutingProfileQueueConfigSummary{
						QueueID: is.ID, QueueARN: q.arnOf(rollcall.TypeQueue, is), QueueName: cmp.Or(is.Name, is.ID), Priority: 1, Channel: connectapi.Channel(channel),
					}
				})
			}
		}
		next, err := g.end(at)
		return &connectapi.ListRoutingProfileQueuesOutput{
			NextToken: next, RoutingProfileQueueConfigSummaryList: g.list,
			LastModifiedTime: r.ChangedAt, LastModifiedRegion: q.regionOf(r.ChangedAt),
		}, err
	},
}

// channelsOf are the channels of a profile's queue: VOICE, where no event told any.
func channelsOf(profile *floor.Resource, queue *rollcall.Queue) []rollcall.Channel {
	if len(queue.Channels) > 0 {
		return queue.Channels
	}
	var channels []rollcall.Channel
	for _, s := range profile.Slots {
		channels = append(channels, s.Channel)
	}
	if len(channels) == 0 {
		channels = append(channels, rollcall.ChannelVoice)
	}
	return channels
}
