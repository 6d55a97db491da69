package floor

import (
	"encoding/binary"
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
	own    string             // the agent's own pieces, the length before each but the last
	shared [maxPieces]*string // each follows one piece of its own; nil: no more
}

// maxPieces is how many pieces an answer shares. What an encoder marks beyond
// is the agent's own.
const maxPieces = 8

// Append appends the answer's bytes.
func (a *Answer) Append(dst []byte) []byte {
	own := a.own
	for _, piece := range &a.shared {
		if piece == nil {
			break
		}
		n, from := ownPiece(own)
		dst = append(append(dst, own[from:from+n]...), *piece...)
		own = own[from+n:]
	}
	return append(dst, own...)
}

// Len is how many bytes Append appends.
func (a *Answer) Len() int {
	sum, own := 0, a.own
	for _, piece := range &a.shared {
		if piece == nil {
			break
		}
		n, from := ownPiece(own)
		sum += n + len(*piece)
		own = own[from+n:]
	}
	return sum + len(own)
}

// ownPiece gives the length of the first piece in own, and where it begins.
func ownPiece(own string) (length, from int) {
	if n := own[0]; n < 0x80 {
		return int(n), 1
	}
	for shift := 0; ; shift += 7 {
		n := own[from]
		from++
		length |= int(n&0x7f) << shift
		if n < 0x80 {
			return length, from
		}
	}
}

// Touch reads one byte of what is the agent's own. Whoever appends the answers
// of many agents touches all of them first: the processor need not wait for one
// to ask memory for the next, and they come together.
func (a *Answer) Touch() byte {
	if a.own == "" {
		return 0
	}
	return a.own[0]
}

// Text is an answer that is being encoded.
type Text struct {
	Bytes []byte
	marks []mark // in order, and apart
}

// mark says that a part of a text is in other agents' answers, too.
type mark struct{ from, to int }

// Share marks Bytes[from:to] as what the answers of other agents have, too.
// Parts are marked in order. Short ones are better not: each costs 8 bytes.
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
	var a Answer
	scratch, end := scratch[:0], 0
	same := was != nil
	for i, m := range t.marks {
		scratch = binary.AppendUvarint(scratch, uint64(m.from-end))
		scratch = append(scratch, t.Bytes[end:m.from]...)
		end = m.to
		piece := t.Bytes[m.from:m.to]
		if was != nil && was.shared[i] != nil && *was.shared[i] == string(piece) {
			a.shared[i] = was.shared[i]
			continue
		}
		same = false
		a.shared[i] = p.find(piece)
	}
	scratch = append(scratch, t.Bytes[end:]...)
	if same && was.own == string(scratch) {
		return *was, scratch
	}
	a.own = string(scratch)
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
