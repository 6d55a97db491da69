package floor

import (
	"slices"
	"time"

	"rollcall"
)

// configure puts into c, a copy of the old configuration, what the snapshot's
// names. Old and hand-made events leave out username, names or routing
// profile, which every agent has; a missing hierarchy or proficiency list
// means that there is none.
func configure(c, s *rollcall.Configuration) {
	replaceText(&c.Username, s.Username)
	replaceText(&c.FirstName, s.FirstName)
	replaceText(&c.LastName, s.LastName)
	if s.RoutingProfile != nil && !sameProfile(c.RoutingProfile, s.RoutingProfile) {
		c.RoutingProfile = commonProfile(s.RoutingProfile)
	}
	if s.Hierarchy == nil || c.Hierarchy == nil || *c.Hierarchy != *s.Hierarchy {
		c.Hierarchy = s.Hierarchy
	}
	if !slices.Equal(c.Proficiencies, s.Proficiencies) {
		c.Proficiencies = s.Proficiencies
	}
}

// replaceText keeps the old string where the new one is missing or the same.
func replaceText(dst *string, s string) {
	if s != "" && s != *dst {
		*dst = s
	}
}

// commonProfile is the profile without the agent's own queue, which documents
// list among the inbound queues: nobody can ask for it, it tells no more than
// the agent's id, and without it all agents of a profile share one value.
func commonProfile(p *rollcall.RoutingProfile) *rollcall.RoutingProfile {
	common := *p // p is a part of its event
	if hasOwnQueue(p) {
		common.InboundQueues = slices.DeleteFunc(slices.Clone(p.InboundQueues), func(q rollcall.Queue) bool { return q.Agent })
	}
	return &common
}

// hasOwnQueue tells whether the profile, as an event has it, names its agent's
// own queue.
func hasOwnQueue(p *rollcall.RoutingProfile) bool {
	return p != nil && slices.ContainsFunc(p.InboundQueues, func(q rollcall.Queue) bool { return q.Agent })
}

// sameProfile tells whether the common profile p stays what it is when the
// profile s arrives.
func sameProfile(p, s *rollcall.RoutingProfile) bool {
	if p == nil || p.ID != s.ID || p.ARN != s.ARN || p.Name != s.Name ||
		!sameQueue(p.DefaultOutboundQueue, s.DefaultOutboundQueue) {
		return false
	}
	n := 0
	for i := range s.InboundQueues {
		q := &s.InboundQueues[i]
		if q.Agent {
			continue
		}
		if n == len(p.InboundQueues) || !sameQueue(&p.InboundQueues[n], q) {
			return false
		}
		n++
	}
	return n == len(p.InboundQueues)
}

func sameQueue(a, b *rollcall.Queue) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.ID == b.ID && a.ARN == b.ARN && a.Name == b.Name && a.Agent == b.Agent &&
		slices.Equal(a.Channels, b.Channels)
}

// contacts are the snapshot's contacts with the start that the operation
// shows. When nothing changed they are the old ones, not copied.
func contacts(old, s []rollcall.Contact) []rollcall.Contact {
	if slices.EqualFunc(old, s, sameContact) {
		return old
	}
	if len(s) == 0 {
		return nil
	}
	is := slices.Clone(s)
	for i := range is {
		is[i].ShownStateStartedAt = shownSince(old, &is[i])
	}
	return is
}

// sameContact tells whether the contact s came as the one in the row did.
func sameContact(row, s rollcall.Contact) bool {
	queue := s.Queue
	row.ShownStateStartedAt, s.ShownStateStartedAt = time.Time{}, time.Time{}
	s.Queue = row.Queue
	return row == s && sameQueue(row.Queue, queue)
}

// shownSince is when the contact entered the state that the operation shows.
// Amazon Connect keeps the start of CONNECTED through hold; resume and a
// task's pause, which it does not document, are taken the same way. A contact
// first seen on hold or paused was connected when it came to the agent.
// Source: Amazon Connect API Reference, AgentContactReference,
// StateStartTimestamp.
func shownSince(old []rollcall.Contact, c *rollcall.Contact) time.Time {
	if !talking(c.State) {
		return c.StateStartedAt
	}
	i := slices.IndexFunc(old, func(o rollcall.Contact) bool { return o.ID == c.ID })
	if i >= 0 && talking(old[i].State) && !old[i].ShownStateStartedAt.IsZero() {
		return old[i].ShownStateStartedAt
	}
	if c.State == rollcall.StateConnected || c.ConnectedToAgentAt.IsZero() {
		return c.StateStartedAt
	}
	return c.ConnectedToAgentAt
}

// talking tells whether agent and contact are joined, be it on hold.
func talking(s rollcall.ContactState) bool {
	return s.Shown() == rollcall.StateConnected || s == rollcall.StateConnectedOnHold
}
