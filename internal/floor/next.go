package floor

import (
	"slices"
	"time"

	"rollcall"
)

// judge tells what an event does to the agent whose row is old, nil for an
// agent not seen before.
func judge(old *rollcall.Agent, e *rollcall.Event) rollcall.Effect {
	switch {
	case e.Type == rollcall.EventForgetAgent:
		return judgeForgetting(old, e)
	case old == nil || e.At.After(old.EventAt):
		return rollcall.EffectApplied
	case e.At.Before(old.EventAt):
		return rollcall.EffectLate
	case e.Type == rollcall.EventSeed && !old.Seeded():
		return rollcall.EffectLate // what a stream said of the same instant stays
	case e.ID != "" && slices.Contains(old.EventIDs, e.ID):
		return rollcall.EffectRepeated
	default:
		return rollcall.EffectApplied // another event of the same instant
	}
}

// judgeForgetting tells whether the agent still is as it was when it was judged
// that it can be forgotten.
func judgeForgetting(old *rollcall.Agent, e *rollcall.Event) rollcall.Effect {
	switch {
	case old == nil:
		return rollcall.EffectRepeated
	case !old.EventAt.Equal(e.At) || old.Online():
		return rollcall.EffectLate
	default:
		return rollcall.EffectForgotten
	}
}

// next is the row that an event makes of the row before, nil for an agent not
// seen before. It changes neither, and what is equal in both the new row shares
// with the old one. The ordinal of a first row is the caller's to give.
//
//   - A snapshot replaces status, next status, contacts and concurrency, and as
//     much of the configuration as it names.
//   - A logout without a snapshot makes the agent offline without contacts.
//   - Any other event without a snapshot only says that it came. Presence goes
//     by status, never by heartbeats: those go on for an hour after the logout.
func next(old *rollcall.Agent, e *rollcall.Event) *rollcall.Agent {
	a := new(rollcall.Agent)
	if old == nil {
		old = a
		a.ARN, a.ID = identity(e)
	} else {
		*a = *old
		if e.AgentARN != "" && e.AgentARN != old.ARN {
			a.ARN = e.AgentARN
		}
	}
	switch {
	case e.Snapshot != nil:
		replace(a, old, e)
	case e.Type == rollcall.EventLogout:
		a.Status, a.Next, a.Contacts = offline(old.Status, e.At), nil, nil
		a.Concurrency = freed(old.Concurrency, nil)
	}
	a.EventIDs = eventIDs(old, e)
	a.EventAt, a.EventType = e.At, e.Type
	return a
}

// identity gives the agent's ARN as it came, and its id.
func identity(e *rollcall.Event) (string, rollcall.AgentID) {
	arn := e.AgentARN
	if arn == "" {
		arn = e.Agent.String()
	}
	return arn, rollcall.AgentID(e.Agent.ID)
}

// replace puts the event's snapshot into a, which is a copy of old.
func replace(a, old *rollcall.Agent, e *rollcall.Event) {
	s := e.Snapshot
	switch {
	case s.Status != nil:
		a.Status = status(old.Status, *s.Status)
	case e.Type == rollcall.EventLogout:
		a.Status = offline(old.Status, e.At)
	}
	if s.Next == nil || old.Next == nil || *s.Next != *old.Next {
		a.Next = s.Next
	}
	if s.Configuration != nil {
		before := a.Configuration
		configure(&a.Configuration, s.Configuration)
		if !a.Configuration.SameSetting(&before) {
			a.ConfiguredAt = e.At
		}
		a.OwnQueue = a.OwnQueue || hasOwnQueue(s.Configuration.RoutingProfile)
	}
	a.Contacts = contacts(old.Contacts, s.Contacts)
	slots := s.Concurrency
	if !namesProfile(s) {
		slots = freed(old.Concurrency, a.Contacts)
	}
	if !slices.Equal(old.Concurrency, slots) {
		a.Concurrency = slots
	}
}

// status is the new status, with the old one's strings where it is the same.
func status(old, s rollcall.Status) rollcall.Status {
	if sameStatus(&old, &s) {
		old.StartedAt = s.StartedAt
		return old
	}
	return s
}

// sameStatus tells whether two statuses are the same, whenever they began.
func sameStatus(a, b *rollcall.Status) bool {
	return a.ID == b.ID && a.ARN == b.ARN && a.Name == b.Name && a.Type == b.Type
}

// offline is the status after a logout that told none. Its id is not known.
func offline(old rollcall.Status, at time.Time) rollcall.Status {
	if old.Type == rollcall.StatusOffline {
		return old
	}
	return rollcall.Status{Name: "Offline", Type: rollcall.StatusOffline, StartedAt: at}
}

// namesProfile tells whether the snapshot speaks of the routing profile, which
// is where documents have the concurrency. Events of old named it without one:
// then none is known.
func namesProfile(s *rollcall.Snapshot) bool {
	return len(s.Concurrency) > 0 || (s.Configuration != nil && s.Configuration.RoutingProfile != nil)
}

// freed is the concurrency that is still known after an event that told none:
// the maxima stay, and each contact in whatever state takes a slot.
func freed(old []rollcall.Concurrency, contacts []rollcall.Contact) []rollcall.Concurrency {
	is := slices.Clone(old)
	for i := range is {
		is[i].AvailableSlots = is[i].MaximumSlots
		for j := range contacts {
			if contacts[j].Channel == is[i].Channel && is[i].AvailableSlots > 0 {
				is[i].AvailableSlots--
			}
		}
	}
	return is
}

// eventIDs are the ids applied at the newest instant.
func eventIDs(old *rollcall.Agent, e *rollcall.Event) []rollcall.EventID {
	var ids []rollcall.EventID
	if e.At.Equal(old.EventAt) {
		ids = old.EventIDs
	}
	if e.ID == "" {
		return ids
	}
	if len(ids) == rollcall.MaxEventIDs {
		ids = ids[1:]
	}
	return append(slices.Clip(ids), e.ID)
}
