package lobby

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"

	"rollcall"
)

// Bytes is how much a Lobby keeps in all, as it is reckoned: some 250,000 contacts.
const Bytes = 64 << 20

// What there is, is reckoned to take so many bytes beside its texts.
const (
	roomBytes    = 1 << 10
	contactBytes = 192
)

// Lobby is who waits, of all instances. One goroutine applies; any may read.
type Lobby struct {
	most int64 // bytes

	mu    sync.RWMutex // the writer reads without
	rooms map[rollcall.ARN]*room
	bytes int64
}

// New makes a lobby of which nothing is known, that keeps at most so many bytes.
func New(most int64) *Lobby { return &Lobby{most: most, rooms: make(map[rollcall.ARN]*room)} }

// Apply takes a contact event.
func (l *Lobby) Apply(e *rollcall.ContactEvent) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.room(e.Instance)
	before := r.bytes
	r.advance(max(milli(e.At), milli(e.EnqueuedAt), milli(e.LeftAt)))
	if e.Queue != "" {
		r.enqueue(e)
	}
	r.leave(e.Contact, milli(e.LeftAt))
	l.bound(r.bytes - before)
}

// Follow takes an agent event: contacts that are with the agent don't wait. Where
// nothing tells of waiting contacts nothing is kept.
func (l *Lobby) Follow(e *rollcall.Event) {
	if len(l.rooms) == 0 || e.Snapshot == nil || len(e.Snapshot.Contacts) == 0 {
		return
	}
	r := l.rooms[e.Instance.InstanceARN()]
	if r == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	before := r.bytes
	for i := range e.Snapshot.Contacts {
		switch c := &e.Snapshot.Contacts[i]; c.State {
		case rollcall.StateConnected, rollcall.StateConnectedOnHold, rollcall.StatePaused, rollcall.StateEnded:
			r.leave(c.ID, milli(e.At))
		case rollcall.StateUnknown, rollcall.StateIncoming, rollcall.StatePending, rollcall.StateConnecting,
			rollcall.StateMissed, rollcall.StateError, rollcall.StateRejected:
		}
	}
	l.bound(r.bytes - before)
}

// Remove forgets all of an instance.
func (l *Lobby) Remove(instance rollcall.ARN) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if r := l.rooms[instance]; r != nil {
		delete(l.rooms, instance)
		l.bytes -= r.bytes
	}
}

// Forgetting is a wait that is to be forgotten: of a contact that was put into its
// queue then, or before.
type Forgetting struct {
	Instance rollcall.ARN
	Contact  rollcall.ContactID
	Since    time.Time
}

// Forget forgets a wait.
func (l *Lobby) Forget(f *Forgetting) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.rooms[f.Instance]
	if r == nil {
		return
	}
	if c := r.contacts[f.Contact]; c != nil && c.waits() && c.Enqueued <= milli(f.Since) {
		c.Forgotten = milli(f.Since)
		r.changed()
	}
}

// Overdue lists the waits that began before, at most limit. It changes nothing:
// they are forgotten when such a record has come back through the journal.
func (l *Lobby) Overdue(before time.Time, limit int) (list []Forgetting) {
	for _, instance := range l.instances() {
		waits, _ := l.Waiting(instance)
		for _, w := range waits {
			if len(list) == limit || !w.Since.Before(before) {
				break
			}
			list = append(list, Forgetting{instance, w.Contact, w.Since})
		}
	}
	return list
}

// Waiting gives who waits, the longest first, and of one instant by id. Nobody may
// change the list. source is false where no contact event ever came: then nobody
// can tell who waits.
func (l *Lobby) Waiting(instance rollcall.ARN) (waits []rollcall.Wait, source bool) {
	l.mu.RLock()
	r := l.rooms[instance]
	if r == nil || r.listed {
		defer l.mu.RUnlock()
		if r == nil {
			return nil, false
		}
		return r.waits, true
	}
	l.mu.RUnlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	return r.list(), true
}

// HasSource tells whether contact events came of an instance.
func (l *Lobby) HasSource(instance rollcall.ARN) bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.rooms[instance] != nil
}

// Counts tells how many contacts are remembered, and what that takes.
func (l *Lobby) Counts() (contacts int, bytes int64) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	for _, r := range l.rooms {
		contacts += len(r.contacts)
	}
	return contacts, l.bytes
}

func (l *Lobby) instances() []rollcall.ARN {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return slices.SortedFunc(maps.Keys(l.rooms), compareARNs)
}

func compareARNs(a, b rollcall.ARN) int { return cmp.Compare(a.String(), b.String()) }

func (l *Lobby) room(instance rollcall.ARN) *room {
	r := l.rooms[instance]
	if r == nil {
		r = &room{contacts: make(map[rollcall.ContactID]*Contact), bytes: roomBytes}
		l.rooms[instance] = r
		l.bytes += roomBytes
	}
	return r
}

// bound takes note of how many bytes there are more, and takes away what is too
// much: a quarter of what the instance with most has.
func (l *Lobby) bound(more int64) {
	for l.bytes += more; l.bytes > l.most && len(l.rooms) > 0; {
		var largest rollcall.ARN
		for instance, r := range l.rooms {
			if is := l.rooms[largest]; is == nil || r.bytes > is.bytes || r.bytes == is.bytes && compareARNs(instance, largest) < 0 {
				largest = instance
			}
		}
		r := l.rooms[largest]
		before := r.bytes
		r.shrink(before - before/4)
		if len(r.contacts) == 0 {
			delete(l.rooms, largest)
			r.bytes = 0
		}
		l.bytes += r.bytes - before
	}
}

// milli is an instant as it is kept: milliseconds since 1970; 0 for none.
func milli(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return at.UnixMilli()
}
