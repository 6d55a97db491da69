package floor

import (
	"unsafe"

	"rollcall"
)

// Bytes are reckoned, not measured: each row, shared value and form has a
// price, about what it takes in memory, which is added when it is made and
// taken off when it goes. So the sum is a function of the rows, the same after a
// restart and on every node. Tests hold the sum to the heap, which is less, but
// not by much.
//
// A price is that of a value that shares nothing with others, though values
// share most strings (agentevent): the sender chooses whether they do.

const (
	// InstanceBytes is the price of an instance without agents: its indexes, and
	// what recent keeps at least.
	InstanceBytes = 48 << 10
	// pageBytes is the price of pageRows places for rows: pointers, and bits in
	// each set.
	pageBytes = pageRows*8 + 1<<10
	// agentBytes is the price of a row's place in the indexes: the table of
	// ids, which may be a quarter full, and recent.
	agentBytes = 32 + 2*int64(unsafe.Sizeof(recentChange{}))
	// memberBytes is the price of a place in a posting, which may be half full.
	memberBytes = 8
	// postingBytes is the price of a key with its posting, of its place in the
	// table, and of one among the holders that it lists.
	postingBytes = int64(unsafe.Sizeof(keyed{})) + 48 + memberBytes
	// holdersBytes is the price of a shared value's holders, and of their place
	// in a map.
	holdersBytes = int64(unsafe.Sizeof(holders{})) + 48
	// The prices of what is named are numbers, so that what is forgotten of it
	// (names.sweep) is the same on every machine: of a resource and its places, of
	// what a profile has, and of what is named with a profile or group.
	namedBytes = 320
	slotBytes  = 40
	queueBytes = 112
	wholeBytes = 240
	// keptBytes is the price of a place on a shelf, without the key.
	keptBytes = 192
)

// allocated is about what the allocator takes for so many bytes.
func allocated(n int) int64 { return int64(n+15) &^ 15 }

func priceOf(texts ...string) (bytes int64) {
	for _, s := range texts {
		bytes += allocated(len(s))
	}
	return bytes
}

// priceOfRow is the price of what is the agent's alone.
func priceOfRow(r *row) int64 {
	bytes := int64(unsafe.Sizeof(*r)) + allocated(len(r.answer.text)) + agentBytes
	if r.profile != nil {
		bytes += memberBytes * int64(1+len(r.profile.InboundQueues))
	}
	if r.hierarchy != nil {
		bytes += memberBytes * rollcall.HierarchyLevels
	}
	if n := r.next; n != nil {
		bytes += allocated(int(unsafe.Sizeof(*n))) + priceOf(string(n.ID), n.ARN, n.Name)
	}
	bytes += int64(unsafe.Sizeof(rollcall.Contact{})) * int64(len(r.contacts))
	for i := range r.contacts {
		c := &r.contacts[i]
		bytes += priceOf(string(c.ID), string(c.InitialID), string(c.Channel), c.InitiationMethod, c.StateWord)
		if c.Queue != nil && c.Queue.Agent {
			bytes += bareQueue(c.Queue)
		}
	}
	return bytes
}

// bareQueue is the price of a queue that is in something else.
func bareQueue(q *rollcall.Queue) int64 {
	bytes := int64(unsafe.Sizeof(*q)) + priceOf(string(q.ID), q.ARN, q.Name) + allocated(16*len(q.Channels))
	for _, c := range q.Channels {
		bytes += priceOf(string(c))
	}
	return bytes
}

// posted is the price of the postings of a key, among those who are online and
// among the others.
func posted(key string) int64 { return 2 * (postingBytes + priceOf(key)) }

func priceOfQueue(q *rollcall.Queue) int64 { return keptBytes + mostKeyBytes + bareQueue(q) }

func priceOfProfile(p *rollcall.RoutingProfile) int64 {
	bytes := keptBytes + 2*holdersBytes + int64(unsafe.Sizeof(*p)) + priceOf(string(p.ID), p.ARN, p.Name) + posted(string(p.ID))
	for i := range p.InboundQueues {
		q := &p.InboundQueues[i]
		bytes += bareQueue(q) + posted(string(q.ID))
	}
	if q := p.DefaultOutboundQueue; q != nil {
		bytes += bareQueue(q)
	}
	return bytes
}

func priceOfPath(p *rollcall.HierarchyPath) int64 {
	bytes := keptBytes + 2*holdersBytes + int64(unsafe.Sizeof(*p))
	for i := range p {
		if g := &p[i]; g.ID != "" {
			bytes += priceOf(string(g.ID), g.ARN, g.Name) + posted(string(g.ID))
		}
	}
	return bytes
}

func priceOfStatus(s *rollcall.Status) int64 {
	return keptBytes + mostKeyBytes + int64(unsafe.Sizeof(*s)) + priceOf(string(s.ID), s.ARN, s.Name)
}

func priceOfSlots(list []rollcall.Concurrency) int64 {
	bytes := keptBytes + int64(unsafe.Sizeof(list[0]))*int64(len(list))
	for i := range list {
		bytes += 2 * priceOf(string(list[i].Channel))
	}
	return bytes
}

// reprice reckons anew what a named resource takes.
func (d *names) reprice(n *named) {
	is := n.is
	bytes := namedBytes + priceOf(is.ID, is.ARN, is.Name, is.Parent)
	if p := is.Profile; p != nil {
		bytes += wholeBytes + slotBytes*int64(len(is.Slots)) + queueBytes*int64(len(p.InboundQueues))
		for i := range p.InboundQueues {
			bytes += priceOf(string(p.InboundQueues[i].ID), p.InboundQueues[i].ARN, p.InboundQueues[i].Name)
		}
	}
	if n.kind == nameOfGroup {
		bytes += wholeBytes
	}
	if d.trial {
		bytes = max(bytes, n.bytes)
	}
	d.bytes += bytes - n.bytes
	n.bytes = bytes
}

func priceOfForm(f *form) int64 {
	return int64(unsafe.Sizeof(*f)) + allocated(len(f.text)) + keptBytes/2
}
