package floor

import "rollcall"

// sharedReader holds what sharedWriter wrote.
type sharedReader struct {
	words    []string
	queues   []*rollcall.Queue
	profiles []*rollcall.RoutingProfile
	paths    []*rollcall.HierarchyPath
	statuses []*rollcall.Status
	slots    [][]rollcall.Concurrency
}

// read reads a block of a table.
func (s *sharedReader) read(k kind, c *cursor) {
	for c.rest != "" {
		switch k {
		case kindWords:
			s.words = append(s.words, c.own())
		case kindQueues:
			s.queues = append(s.queues, c.queue())
		case kindProfiles:
			s.profiles = append(s.profiles, c.profile(s))
		case kindPaths:
			s.paths = append(s.paths, c.path())
		case kindStatuses:
			s.statuses = append(s.statuses, &rollcall.Status{
				ID: rollcall.AgentStatusID(c.own()), ARN: c.own(), Name: c.own(),
				Type: rollcall.StatusType(c.own()),
			})
		case kindSlots:
			s.slots = append(s.slots, c.concurrency())
		case kindHead, kindInstance, kindAgents, kindEnd, kindNamed, kindBeside:
			c.fail()
		}
	}
}

// pick reads the number of a value and gives the value.
func pick[V any](c *cursor, from []V) V {
	n := c.uvarint()
	if n == 0 || n > uint64(len(from)) {
		c.fail()
		var none V
		return none
	}
	return from[n-1]
}

// pickOrNone is pick where there may be none.
func pickOrNone[V any](c *cursor, from []V) V {
	if c.rest != "" && c.rest[0] == 0 {
		c.rest = c.rest[1:]
		var none V
		return none
	}
	return pick(c, from)
}

func (c *cursor) queue() *rollcall.Queue {
	q := &rollcall.Queue{
		ID: rollcall.QueueID(c.own()), ARN: c.own(), Name: c.own(), Agent: c.byte() == 1,
	}
	q.Channels = list(c, func() rollcall.Channel { return rollcall.Channel(c.own()) })
	return q
}

func (c *cursor) profile(s *sharedReader) *rollcall.RoutingProfile {
	p := &rollcall.RoutingProfile{
		ID: rollcall.RoutingProfileID(c.own()), ARN: c.own(), Name: c.own(),
	}
	p.InboundQueues = list(c, func() rollcall.Queue {
		if q := pick(c, s.queues); q != nil {
			return *q
		}
		return rollcall.Queue{}
	})
	p.DefaultOutboundQueue = pickOrNone(c, s.queues)
	return p
}

func (c *cursor) path() *rollcall.HierarchyPath {
	p := new(rollcall.HierarchyPath)
	for i := range p {
		p[i] = rollcall.HierarchyGroup{
			ID: rollcall.HierarchyGroupID(c.own()), ARN: c.own(), Name: c.own(),
		}
	}
	return p
}

func (c *cursor) concurrency() []rollcall.Concurrency {
	return list(c, func() rollcall.Concurrency {
		return rollcall.Concurrency{Channel: rollcall.Channel(c.own()), MaximumSlots: int(c.varint()), AvailableSlots: int(c.varint())}
	})
}
