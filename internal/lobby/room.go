package lobby

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"rollcall"
)

const (
	hour = int64(time.Hour / time.Millisecond)
	day  = 24 * hour
)

// Contact is what is known of a contact. Instants are milliseconds since 1970, 0
// for none.
type Contact struct {
	ID      rollcall.ContactID
	Channel rollcall.Channel
	Queue   rollcall.QueueID

	Enqueued  int64 // newest
	Forgotten int64 // waits that began then or before are forgotten
	Left      int64 // newest at which it was with an agent, or ended; all else is 0 then
}

func (c *Contact) waits() bool { return c.Left == 0 && c.Enqueued > c.Forgotten }

func (c *Contact) bytes() int64 {
	return contactBytes + int64(len(c.ID)+len(c.Channel)+len(c.Queue))
}

// room is an instance's part of the lobby.
type room struct {
	clock    int64 // the newest instant that was told
	contacts map[rollcall.ContactID]*Contact
	bytes    int64

	waits  []rollcall.Wait // if listed
	listed bool
}

func (r *room) changed() { r.waits, r.listed = nil, false }

// horizon is before what an event of a contact that isn't known is too late.
func (r *room) horizon() int64 { return r.clock - r.clock%hour - day }

// advance takes note of an instant, and forgets contacts that have gone long ago.
func (r *room) advance(to int64) {
	before := r.horizon()
	r.clock = max(r.clock, to)
	if r.horizon() == before {
		return
	}
	for _, c := range r.contacts {
		r.dropIfOld(c)
	}
}

func (r *room) dropIfOld(c *Contact) {
	if !c.waits() && max(c.Left, c.Enqueued) < r.horizon() {
		r.drop(c)
	}
}

func (r *room) drop(c *Contact) {
	if c.waits() {
		r.changed()
	}
	delete(r.contacts, c.ID)
	r.bytes -= c.bytes()
}

// contact is what is known of the contact, to which something is added that was so
// at the instant; nil where that is too late.
func (r *room) contact(id rollcall.ContactID, at int64) *Contact {
	c := r.contacts[id]
	if c == nil && at >= r.horizon() {
		c = &Contact{ID: id}
		r.contacts[id] = c
		r.bytes += c.bytes()
	}
	return c
}

// enqueue takes in that the contact was put into a queue. Of one instant the queue
// and channel that come last in the alphabet count.
func (r *room) enqueue(e *rollcall.ContactEvent) {
	at := milli(e.EnqueuedAt)
	c := r.contact(e.Contact, at)
	if c == nil || c.Left > 0 ||
		cmp.Or(cmp.Compare(at, c.Enqueued), cmp.Compare(e.Queue, c.Queue), cmp.Compare(e.Channel, c.Channel)) <= 0 {
		return
	}
	r.bytes -= c.bytes()
	c.Enqueued, c.Queue, c.Channel = at, e.Queue, e.Channel
	r.bytes += c.bytes()
	r.changed()
}

// leave takes in that the contact was no more in a queue at the instant; 0: that
// isn't told.
func (r *room) leave(id rollcall.ContactID, at int64) {
	if at == 0 {
		return
	}
	c := r.contact(id, at)
	if c == nil {
		return
	}
	if c.waits() {
		r.changed()
	}
	r.bytes -= c.bytes()
	*c = Contact{ID: id, Left: max(c.Left, at)}
	r.bytes += c.bytes()
	r.dropIfOld(c)
}

// list gives who waits, in order.
func (r *room) list() []rollcall.Wait {
	if r.listed {
		return r.waits
	}
	var waits []rollcall.Wait
	for _, c := range r.contacts {
		if c.waits() {
			waits = append(waits, rollcall.Wait{Contact: c.ID, Channel: c.Channel, Queue: c.Queue, Since: time.UnixMilli(c.Enqueued).UTC()})
		}
	}
	slices.SortFunc(waits, func(a, b rollcall.Wait) int {
		return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.Contact, b.Contact))
	})
	r.waits, r.listed = waits, true
	return waits
}

// shrink forgets contacts until no more than so many bytes are left: first those
// that don't wait, and of them and of the others what was told longest ago.
func (r *room) shrink(most int64) {
	order := slices.SortedFunc(maps.Values(r.contacts), func(a, b *Contact) int {
		if a.waits() != b.waits() {
			return map[bool]int{true: 1, false: -1}[a.waits()]
		}
		return cmp.Or(cmp.Compare(max(a.Left, a.Enqueued), max(b.Left, b.Enqueued)), cmp.Compare(a.ID, b.ID))
	})
	for _, c := range order {
		if r.bytes <= most {
			return
		}
		r.drop(c)
	}
}
