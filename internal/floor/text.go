package floor

import (
	"math"
	"sync"

	"rollcall"
)

// Text is an answer that is being encoded. The zero value is ready. It is for
// one instance, and remembers pieces for the answers to come.
type Text struct {
	// Own is what is the agent's own, so far.
	Own []byte

	shared [maxPieces]*string
	before [maxPieces]uint16
	n      int // pieces shared
	size   int // bytes of them

	pieces *pieces           // of all texts; nil: pieces are this text's alone
	known  map[Basis]*string // :: what a piece was made of -> piece
}

// Basis is all that a piece is made of: values that never change, by their
// addresses, which is how the agents of a floor share them. What it has none of
// is nil.
type Basis struct {
	Profile   *rollcall.RoutingProfile
	Hierarchy *rollcall.HierarchyPath
	Queue     *rollcall.Queue
}

// maxKnown bounds the pieces that a text remembers. When they are as many, it
// starts afresh.
const maxKnown = 1 << 15

// Recall appends the piece that Remember was given for the same basis, if it
// still knows it.
func (t *Text) Recall(b Basis) bool {
	piece := t.known[b]
	return piece != nil && t.add(piece, len(t.Own))
}

// Remember is Share for a piece that is made of the basis alone.
func (t *Text) Remember(b Basis, from int) {
	piece := t.Share(from)
	if piece == nil {
		return
	}
	if t.known == nil || len(t.known) >= maxKnown {
		t.known = make(map[Basis]*string)
	}
	t.known[b] = piece
}

// Share makes Own[from:] a piece that the answers of other agents have, too.
// Pieces are to be few and long: each costs 10 bytes, and some 20 ns when the
// answer is appended.
func (t *Text) Share(from int) (piece *string) {
	if !t.room(from) || from == len(t.Own) {
		return nil
	}
	if t.pieces == nil {
		t.pieces = new(pieces)
	}
	piece = t.pieces.find(t.Own[from:])
	t.Own = t.Own[:from]
	t.add(piece, from)
	return piece
}

func (t *Text) room(from int) bool { return t.n < maxPieces && from <= math.MaxUint16 }

func (t *Text) add(piece *string, from int) bool {
	if !t.room(from) {
		return false
	}
	t.shared[t.n], t.before[t.n] = piece, uint16(from)
	t.n++
	t.size += len(*piece)
	return true
}

// Reset empties the text.
func (t *Text) Reset() {
	t.Own, t.shared, t.n, t.size = t.Own[:0], [maxPieces]*string{}, 0, 0
}

// Answer is the answer that the text is.
func (t *Text) Answer() Answer { return t.answer(len(t.Own)) }

// answer is the answer of which Own[:own] is; behind it are the row's words.
func (t *Text) answer(own int) Answer {
	return Answer{
		text: string(t.Own), shared: t.shared, before: t.before,
		own: uint32(own), size: uint32(own + t.size),
	}
}

// pieces are the pieces that answers share. Several goroutines use them while a
// snapshot is loaded, else the writer alone.
type pieces struct {
	mu sync.Mutex
	of map[string]*string // :: piece -> itself
}

// maxKnownPieces bounds the table. A full one starts afresh: answers keep what
// they hold.
const maxKnownPieces = 1 << 17

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
