package floor

import (
	"slices"
	"sync"
)

// Answer is what a question gets of one agent: bytes that were ready before it
// was asked. It is immutable.
//
// Most of an answer is in the answers of many agents, too: names and ARNs of
// profiles, groups, queues and statuses. Such pieces are kept once, and an
// answer refers to them. So it takes a third of the memory that its bytes
// would, and a page of a hundred agents from all over a large floor waits for a
// third as much of it to come to the processor.
type Answer struct {
	own    string             // the agent's own pieces, one after another
	shared [maxPieces]*string // in order; nil: no more
	before [maxPieces]uint32  // :: shared piece -> how much of own comes before it
	size   uint32             // of own and of all shared pieces
}

// maxPieces is how many pieces an answer shares. What an encoder marks beyond
// is the agent's own.
const maxPieces = 5

// Append appends the answer's bytes.
func (a *Answer) Append(dst []byte) []byte {
	n, from := len(dst), uint32(0)
	dst = slices.Grow(dst, int(a.size))[:n+int(a.size)]
	for i, piece := range &a.shared {
		if piece == nil {
			break
		}
		n += copy(dst[n:], a.own[from:a.before[i]])
		n += copy(dst[n:], *piece)
		from = a.before[i]
	}
	copy(dst[n:], a.own[from:])
	return dst
}

// Len is how many bytes Append appends.
func (a *Answer) Len() int { return int(a.size) }

// Touch reads what is the agent's own, a byte a cache line. Whoever appends the
// answers of many agents touches all of them first: the processor need not wait
// for one to ask memory for the next, and they come together.
func (a *Answer) Touch() (sum byte) {
	for i := 0; i < len(a.own); i += cacheLine {
		sum += a.own[i]
	}
	return sum
}

const cacheLine = 64

// Text is an answer that is being encoded.
type Text struct {
	Bytes []byte
	marks []mark // in order, and apart
}

// mark says that a part of a text is in other agents' answers, too.
type mark struct{ from, to int }

// Share marks Bytes[from:to] as what the answers of other agents have, too.
// Parts are marked in order, few and long ones: each costs 8 bytes, and some
// 20 ns when the answer is appended.
func (t *Text) Share(from, to int) {
	if len(t.marks) < maxPieces && from < to {
		t.marks = append(t.marks, mark{from, to})
	}
}

// Reset empties the text.
func (t *Text) Reset() { t.Bytes, t.marks = t.Bytes[:0], t.marks[:0] }

// pieces are the pieces that answers share. Several goroutines use them while a
// snapshot is loaded, else the writer alone.
type pieces struct {
	mu sync.Mutex
	of map[string]*string // :: piece -> itself
}

// maxKnownPieces bounds the table. A full one starts afresh: answers keep what
// they hold.
const maxKnownPieces = 1 << 17

// answer makes the answer that the text is, of what it shares with the one
// before, which may be nil, and with others. scratch is for the work.
func (p *pieces) answer(t *Text, was *Answer, scratch []byte) (Answer, []byte) {
	a, scratch, from := Answer{size: uint32(len(t.Bytes))}, scratch[:0], 0
	for i, m := range t.marks {
		scratch = append(scratch, t.Bytes[from:m.from]...)
		a.before[i] = uint32(len(scratch))
		if piece := t.Bytes[m.from:m.to]; was != nil && was.shared[i] != nil && *was.shared[i] == string(piece) {
			a.shared[i] = was.shared[i]
		} else {
			a.shared[i] = p.find(piece)
		}
		from = m.to
	}
	scratch = append(scratch, t.Bytes[from:]...)
	if was != nil && was.own == string(scratch) {
		a.own = was.own
	} else {
		a.own = string(scratch)
	}
	return a, scratch
}

// find gives the piece as others have it.
func (p *pieces) find(piece []byte) *string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if known := p.of[string(piece)]; known != nil {
		return known
	}
	if p.of == nil || len(p.of) >= maxKnownPieces {
		p.of = make(map[string]*string)
	}
	kept := string(piece)
	p.of[kept] = &kept
	return &kept
}
