package floor

import (
	"crypto/sha256"
	"encoding/binary"
	"strings"
	"sync"

	"rollcall"
)

// shared is what the rows of an instance have in common: statuses, routing
// profiles, hierarchy paths, queues of contacts, concurrency, and the forms of
// answers. Each value is there once, counted by the rows that hold it, and goes
// with the last of them. So it is a function of the rows, and so are its bytes.
//
// The writer changes it, under mu; whoever asks what events would add reads it
// (Floors.Need). The directory is here, too, and is no function of the rows: it
// remembers.
type shared struct {
	mu       sync.Mutex
	statuses shelf[*rollcall.Status, *rollcall.Status] // with no start
	profiles shelf[*rollcall.RoutingProfile, *rollcall.RoutingProfile]
	paths    shelf[*rollcall.HierarchyPath, *rollcall.HierarchyPath]
	queues   shelf[*rollcall.Queue, *rollcall.Queue] // but agents' own, which are as many as agents
	slots    shelf[*rollcall.Concurrency, []rollcall.Concurrency]
	forms    formTable
	names    *names
}

func newShared() *shared {
	s := &shared{names: newNames()}
	s.statuses = newShelf(same[rollcall.Status], appendStatus, priceOfStatus)
	s.profiles = newShelf(same[rollcall.RoutingProfile], appendProfile, priceOfProfile)
	s.paths = newShelf(same[rollcall.HierarchyPath], appendPath, priceOfPath)
	s.queues = newShelf(same[rollcall.Queue], appendQueue, priceOfQueue)
	s.slots = newShelf(firstOf, appendSlots, priceOfSlots)
	return s
}

// bytes is what everything in it takes.
func (s *shared) bytes() int64 {
	return s.statuses.bytes + s.profiles.bytes + s.paths.bytes + s.queues.bytes + s.slots.bytes + s.forms.size() + s.names.bytes
}

// hold makes a row hold shared values in the place of its own equal ones; those
// that it has from the row before, nil if there is none, are counted for both.
func (s *shared) hold(r, was *row) {
	if was == nil {
		was = noRow
	}
	r.status = s.statuses.pass(was.status, r.status)
	r.profile = s.profiles.pass(was.profile, r.profile)
	r.hierarchy = s.paths.pass(was.hierarchy, r.hierarchy)
	r.concurrency = s.slots.pass(was.concurrency, r.concurrency)
	if !sameContacts(was, r) {
		for i := range r.contacts {
			s.holdQueue(&r.contacts[i])
		}
	}
}

func (s *shared) holdQueue(c *rollcall.Contact) {
	switch {
	case c.Queue == nil:
	case !c.Queue.Agent:
		c.Queue = s.queues.take(c.Queue)
	default: // cut from its event's text, see rollcall.Queue.Agent
		own := *c.Queue
		own.ARN = strings.Clone(own.ARN)
		own.ID = rollcall.QueueID(strings.Clone(string(own.ID)))
		c.Queue = &own
	}
}

// release takes a row out of the count, but for what the row in its place has
// from it; is is nil where there is none.
func (s *shared) release(was, is *row) {
	if was == nil {
		return
	}
	if is == nil {
		is = noRow
	}
	s.statuses.leave(was.status, is.status)
	s.profiles.leave(was.profile, is.profile)
	s.paths.leave(was.hierarchy, is.hierarchy)
	s.slots.leave(was.concurrency, is.concurrency)
	if !sameContacts(was, is) {
		for i := range was.contacts {
			if q := was.contacts[i].Queue; q != nil && !q.Agent {
				s.queues.leave(q, nil)
			}
		}
	}
	s.forms.release(&was.answer)
}

// noRow stands for the row that isn't there.
var noRow = new(row)

func sameContacts(a, b *row) bool {
	return len(a.contacts) > 0 && len(b.contacts) > 0 && &a.contacts[0] == &b.contacts[0]
}

// shelf is the shared values of one kind.
type shelf[K comparable, V any] struct {
	known  map[string]*kept[V] // :: a value in full, or its hash -> the value
	held   map[K]*kept[V]      // :: which value it is in memory -> the same
	bytes  int64
	key    []byte // scratch
	which  func(V) K
	encode func(dst []byte, v V) []byte
	price  func(V) int64
}

// kept is a value, and how many rows hold it.
type kept[V any] struct {
	value V
	key   string
	rows  int
	bytes int64
}

func newShelf[K comparable, V any](which func(V) K, encode func([]byte, V) []byte, price func(V) int64) shelf[K, V] {
	return shelf[K, V]{known: make(map[string]*kept[V]), held: make(map[K]*kept[V]), which: which, encode: encode, price: price}
}

// take gives the value that is kept and equals v, v itself if there is none,
// and counts one row more.
func (s *shelf[K, V]) take(v V) V {
	k := s.held[s.which(v)]
	if k == nil {
		s.key = keyOf(s.encode(s.key[:0], v))
		if k = s.known[string(s.key)]; k == nil {
			k = &kept[V]{value: v, key: string(s.key), bytes: s.price(v)}
			s.known[k.key], s.held[s.which(v)] = k, k
			s.bytes += k.bytes
		}
	}
	k.rows++
	return k.value
}

// pass is take for a row in the place of one that has was.
func (s *shelf[K, V]) pass(was, v V) V {
	var none K
	switch s.which(v) {
	case none, s.which(was):
		return v
	}
	v = s.take(v)
	if s.which(v) == s.which(was) {
		s.held[s.which(v)].rows--
	}
	return v
}

// leave counts one row less for was, unless the row in its place has the same.
func (s *shelf[K, V]) leave(was, is V) {
	var none K
	which := s.which(was)
	if which == none || which == s.which(is) {
		return
	}
	k := s.held[which]
	if k.rows--; k.rows == 0 {
		delete(s.known, k.key)
		delete(s.held, which)
		s.bytes -= k.bytes
	}
}

// missing sums the bytes of what is here and not in the other.
func (s *shelf[K, V]) missing(other *shelf[K, V]) (bytes int64) {
	for key, k := range s.known {
		if other.known[key] == nil {
			bytes += k.bytes
		}
	}
	return bytes
}

// keyOf is the encoded value, or a hash where that is shorter by far.
func keyOf(encoded []byte) []byte {
	if len(encoded) <= mostKeyBytes {
		return encoded
	}
	sum := sha256.Sum256(encoded)
	return append(encoded[:0], sum[:]...)
}

const mostKeyBytes = 256

func same[T any](p *T) *T { return p }

func firstOf(list []rollcall.Concurrency) *rollcall.Concurrency {
	if len(list) == 0 {
		return nil
	}
	return &list[0]
}

func appendStatus(dst []byte, s *rollcall.Status) []byte {
	dst = appendWord(appendWord(dst, string(s.ID)), s.ARN)
	return appendWord(appendWord(dst, s.Name), string(s.Type))
}

func appendQueue(dst []byte, q *rollcall.Queue) []byte {
	dst = appendWord(appendWord(appendWord(dst, string(q.ID)), q.ARN), q.Name)
	own := byte(0)
	if q.Agent {
		own = 1
	}
	dst = appendCount(append(dst, own), len(q.Channels), q.Channels == nil)
	for _, channel := range q.Channels {
		dst = appendWord(dst, string(channel))
	}
	return dst
}

func appendProfile(dst []byte, p *rollcall.RoutingProfile) []byte {
	dst = appendWord(appendWord(appendWord(dst, string(p.ID)), p.ARN), p.Name)
	dst = appendCount(dst, len(p.InboundQueues), p.InboundQueues == nil)
	for i := range p.InboundQueues {
		dst = appendQueue(dst, &p.InboundQueues[i])
	}
	if p.DefaultOutboundQueue != nil {
		dst = appendQueue(dst, p.DefaultOutboundQueue)
	}
	return dst
}

func appendPath(dst []byte, p *rollcall.HierarchyPath) []byte {
	for i := range p {
		dst = appendWord(appendWord(appendWord(dst, string(p[i].ID)), p[i].ARN), p[i].Name)
	}
	return dst
}

func appendSlots(dst []byte, list []rollcall.Concurrency) []byte {
	dst = appendCount(dst, len(list), false)
	for _, c := range list {
		dst = appendWord(dst, string(c.Channel))
		dst = binary.AppendVarint(dst, int64(c.MaximumSlots))
		dst = binary.AppendVarint(dst, int64(c.AvailableSlots))
	}
	return dst
}
