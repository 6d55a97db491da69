package floor

import (
	"encoding/binary"
	"slices"

	"rollcall"
)

// interner lets rows share what many agents have in common (statuses, routing
// profiles, hierarchy paths, queues of contacts, concurrency), so that a row
// costs what is the agent's own. It belongs to the writer. It changes which
// copy of a value a row holds, never the value.
//
// Equal profiles and equal paths need not be one pointer (an interner forgets
// when it is full), but one pointer always means one value.
type interner struct {
	statuses    shared[rollcall.Status, *rollcall.Status] // :: status with no start -> itself
	eventTypes  shared[rollcall.EventType, *rollcall.EventType]
	profiles    shared[rollcall.RoutingProfileID, *rollcall.RoutingProfile]
	paths       shared[rollcall.HierarchyPath, *rollcall.HierarchyPath]
	queues      shared[rollcall.QueueID, *rollcall.Queue]
	concurrency shared[string, []rollcall.Concurrency]
	methods     shared[string, string]
	channels    shared[rollcall.Channel, rollcall.Channel]
	scratch     []byte
}

// maxShared bounds each table of an interner.
const maxShared = 1 << 14

// shared is a bounded table of values. A full one starts afresh: rows keep
// what they hold.
type shared[K comparable, V any] struct {
	values map[K]V
}

func (s *shared[K, V]) put(key K, v V) {
	if s.values == nil || len(s.values) >= maxShared {
		s.values = make(map[K]V)
	}
	s.values[key] = v
}

// one gives the value kept under key, v itself when there is none.
func (s *shared[K, V]) one(key K, v V) V {
	if kept, ok := s.values[key]; ok {
		return kept
	}
	s.put(key, v)
	return v
}

// share replaces values of an agent by equal ones that other rows hold. What
// it shares with its old self is left alone.
func (in *interner) share(old, a *rollcall.Agent) {
	if profileOf(old) != profileOf(a) {
		a.Configuration.RoutingProfile = in.profile(a.Configuration.RoutingProfile)
	}
	if path := hierarchyOf(a); path != nil && path != hierarchyOf(old) {
		a.Configuration.Hierarchy = in.paths.one(*path, path)
	}
	if old != nil && slices.Equal(old.Concurrency, a.Concurrency) {
		a.Concurrency = old.Concurrency
	} else {
		a.Concurrency = in.slots(a.Concurrency)
	}
	if old == nil || len(a.Contacts) == 0 || len(old.Contacts) == 0 || &old.Contacts[0] != &a.Contacts[0] {
		for i := range a.Contacts {
			in.contact(&a.Contacts[i])
		}
	}
}

// status is the status without its start.
func (in *interner) status(s *rollcall.Status) *rollcall.Status {
	key := *s
	key.StartedAt = rollcall.Status{}.StartedAt
	kept := in.statuses.values[key]
	if kept == nil {
		kept = new(rollcall.Status)
		*kept = key
		in.statuses.put(key, kept)
	}
	return kept
}

func (in *interner) eventType(t rollcall.EventType) *rollcall.EventType {
	kept := in.eventTypes.values[t]
	if kept == nil {
		kept = new(rollcall.EventType)
		*kept = t
		in.eventTypes.put(t, kept)
	}
	return kept
}

func (in *interner) profile(p *rollcall.RoutingProfile) *rollcall.RoutingProfile {
	if p == nil {
		return nil
	}
	if kept := in.profiles.values[p.ID]; kept != nil && sameProfile(kept, p) {
		return kept
	}
	in.profiles.put(p.ID, p) // the newest version of a profile is what agents to come will have
	return p
}

func (in *interner) contact(c *rollcall.Contact) {
	c.Channel = in.channels.one(c.Channel, c.Channel)
	c.InitiationMethod = in.methods.one(c.InitiationMethod, c.InitiationMethod)
	if c.Queue == nil || c.Queue.Agent { // agents' own queues are as many as agents
		return
	}
	if kept := in.queues.values[c.Queue.ID]; kept != nil && sameQueue(kept, c.Queue) {
		c.Queue = kept
		return
	}
	in.queues.put(c.Queue.ID, c.Queue)
}

func (in *interner) slots(c []rollcall.Concurrency) []rollcall.Concurrency {
	if len(c) == 0 {
		return nil
	}
	key := in.scratch[:0]
	for i := range c {
		key = appendWord(key, c[i].Channel)
		key = binary.AppendVarint(key, int64(c[i].MaximumSlots))
		key = binary.AppendVarint(key, int64(c[i].AvailableSlots))
	}
	in.scratch = key
	if kept, ok := in.concurrency.values[string(key)]; ok {
		return kept
	}
	in.concurrency.put(string(key), c)
	return c
}
