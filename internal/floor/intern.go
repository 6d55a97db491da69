package floor

import (
	"slices"
	"strconv"

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
	statuses    shared[rollcall.Status, rollcall.Status] // :: status with no start -> itself
	profiles    shared[rollcall.RoutingProfileID, *rollcall.RoutingProfile]
	paths       shared[rollcall.HierarchyPath, *rollcall.HierarchyPath]
	queues      shared[rollcall.QueueID, *rollcall.Queue]
	concurrency shared[string, []rollcall.Concurrency]
	methods     shared[string, string]
	channels    shared[rollcall.Channel, rollcall.Channel]
	key         []byte // scratch of slots
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

// row replaces values of a fresh row by equal ones that other rows hold. What
// the row shares with the one before it is left alone.
func (in *interner) row(old, a *rollcall.Agent) {
	if old == nil || old.Status.ARN != a.Status.ARN || old.Status.Name != a.Status.Name {
		in.status(&a.Status)
	}
	if profileOf(old) != profileOf(a) {
		a.Configuration.RoutingProfile = in.profile(a.Configuration.RoutingProfile)
	}
	if path := hierarchyOf(a); path != nil && path != hierarchyOf(old) {
		a.Configuration.Hierarchy = in.paths.one(*path, path)
	}
	if old == nil || !slices.Equal(old.Concurrency, a.Concurrency) {
		a.Concurrency = in.slots(a.Concurrency)
	}
	if old == nil || len(a.Contacts) == 0 || len(old.Contacts) == 0 || &old.Contacts[0] != &a.Contacts[0] {
		for i := range a.Contacts {
			in.contact(&a.Contacts[i])
		}
	}
}

func (in *interner) status(s *rollcall.Status) {
	key := *s
	key.StartedAt = rollcall.Status{}.StartedAt
	is := in.statuses.one(key, key)
	is.StartedAt = s.StartedAt
	*s = is
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
	key := in.key[:0]
	for i := range c {
		key = strconv.AppendQuote(key, string(c[i].Channel))
		key = strconv.AppendInt(key, int64(c[i].MaximumSlots), 10)
		key = append(key, '/')
		key = strconv.AppendInt(key, int64(c[i].AvailableSlots), 10)
	}
	in.key = key
	if kept, ok := in.concurrency.values[string(key)]; ok {
		return kept
	}
	in.concurrency.put(string(key), c)
	return c
}
