package floor

import (
	"slices"
	"time"

	"rollcall"
)

// Restate gives the events that make the row of an agent where nothing is known
// of the agent yet, in their order: for a journal that begins with a state. The
// row comes out the same but for its ordinal. Most rows need one event. Several
// come where several ids are remembered, and where a contact was first seen in
// another state than it is in: then the first event shows that. And one that is
// older, where the agent was set up before its last event.
func Restate(instance rollcall.ARN, a *rollcall.Agent) []*rollcall.Event {
	agent := instance.Child(rollcall.TypeAgent, string(a.ID))
	last := &rollcall.Event{
		Type: a.EventType, At: a.EventAt, Agent: agent, AgentARN: a.ARN, Instance: instance.InstanceARN(), Snapshot: snapshotOf(instance, a),
	}
	ids := a.EventIDs
	if len(ids) == 0 {
		ids = []rollcall.EventID{""}
	}
	var events []*rollcall.Event
	if !a.ConfiguredAt.IsZero() && a.ConfiguredAt.Before(a.EventAt) && last.Snapshot != nil {
		e := *last
		e.Type, e.At, e.Snapshot = rollcall.EventStateChange, a.ConfiguredAt, &rollcall.Snapshot{Configuration: last.Snapshot.Configuration}
		events = append(events, &e)
	}
	if before, needed := firstSeen(a.Contacts); needed {
		e := *last
		e.Snapshot = new(rollcall.Snapshot)
		*e.Snapshot = *last.Snapshot
		e.Snapshot.Contacts = before
		events = append(events, &e)
	}
	for _, id := range ids {
		e := *last
		e.ID = id
		events = append(events, &e)
	}
	return events
}

// snapshotOf is the snapshot that makes the row; nil where no event had one.
func snapshotOf(instance rollcall.ARN, a *rollcall.Agent) *rollcall.Snapshot {
	c := a.Configuration
	s := &rollcall.Snapshot{Next: a.Next, Concurrency: a.Concurrency, Contacts: slices.Clone(a.Contacts)}
	for i := range s.Contacts {
		s.Contacts[i].ShownStateStartedAt = time.Time{}
	}
	if a.Status.Known() {
		status := a.Status
		s.Status = &status
	}
	if c.Username+c.FirstName+c.LastName != "" || c.RoutingProfile != nil || c.Hierarchy != nil || len(c.Proficiencies) > 0 {
		s.Configuration = &c
	}
	if p := c.RoutingProfile; p != nil && a.OwnQueue {
		own := rollcall.Queue{ID: rollcall.QueueID(a.ID), ARN: instance.Child(rollcall.TypeAgentQueue, string(a.ID)).String(), Agent: true}
		with := *p
		with.InboundQueues = append(slices.Clip(p.InboundQueues), own)
		c.RoutingProfile = &with
	}
	if s.Status == nil && s.Next == nil && s.Configuration == nil && len(s.Concurrency)+len(s.Contacts) == 0 {
		return nil
	}
	return s
}

// firstSeen gives the contacts as they must have been before for the starts that
// are shown of them, and whether that differs from what would be shown of them
// as they are.
func firstSeen(contacts []rollcall.Contact) (before []rollcall.Contact, needed bool) {
	before = slices.Clone(contacts)
	for i := range before {
		c := &before[i]
		shown := c.ShownStateStartedAt
		c.ShownStateStartedAt = time.Time{}
		if !shown.Equal(shownSince(nil, c)) {
			c.State, c.StateWord, c.StateStartedAt = rollcall.StateConnected, "", shown
			needed = true
		}
	}
	return before, needed
}
