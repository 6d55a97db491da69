package lobby

import (
	"cmp"
	"maps"
	"slices"

	"rollcall"
)

// restateContacts is how many contacts one Restatement holds at most.
const restateContacts = 1000

// Restatement says what is known of some contacts of an instance, for a lobby that
// knows nothing yet.
type Restatement struct {
	Instance rollcall.ARN
	Clock    int64 // the newest instant that the instance's events told, in milliseconds since 1970
	Contacts []Contact
}

// Restate gives what makes the lobby what it is, the same for the same lobby.
func (l *Lobby) Restate() (all []Restatement) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	for _, instance := range slices.SortedFunc(maps.Keys(l.rooms), compareARNs) {
		r := l.rooms[instance]
		contacts := make([]Contact, 0, len(r.contacts))
		for _, c := range r.contacts {
			contacts = append(contacts, *c)
		}
		slices.SortFunc(contacts, func(a, b Contact) int { return cmp.Compare(a.ID, b.ID) })
		for more := true; more; {
			some := contacts[:min(len(contacts), restateContacts)]
			contacts = contacts[len(some):]
			more = len(contacts) > 0
			all = append(all, Restatement{instance, r.clock, some})
		}
	}
	return all
}

// Restated takes in what Restate gave.
func (l *Lobby) Restated(s *Restatement) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.room(s.Instance)
	before := r.bytes
	r.clock = max(r.clock, s.Clock)
	for i := range s.Contacts {
		c := s.Contacts[i]
		if was := r.contacts[c.ID]; was != nil {
			r.drop(was)
		}
		r.contacts[c.ID] = &c
		r.bytes += c.bytes()
	}
	r.changed()
	l.bound(r.bytes - before)
}
