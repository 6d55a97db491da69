package floor

import (
	"runtime"
	"slices"
)

// Answer is what a question gets of one agent: bytes that were ready before it
// was asked. It is immutable.
//
// Most of an answer is in the answers of many agents, too: names and ARNs of
// profiles, groups, queues and statuses. Such pieces are kept once, and an
// answer refers to them. So it takes a third of the memory that its bytes
// would, and a page of a hundred agents from all over a large floor waits for a
// third as much of it to come to the processor.
//
// It is 64 bytes, a cache line, and stands first in the agent's row, which has
// an address that is a multiple of that: a page waits for one line of a row.
type Answer struct {
	text   string             // begins with the agent's own pieces, one after another; the row has more behind them
	shared [maxPieces]*string // in order; nil: no more
	before [maxPieces]uint16  // :: shared piece -> how much of own comes before it
	own    uint32             // bytes of text that are the answer's
	size   uint32             // bytes of own and of all shared pieces
}

// maxPieces is how many pieces an answer shares. What an encoder marks beyond
// is the agent's own.
const maxPieces = 4

// Append appends the answer's bytes.
func (a *Answer) Append(dst []byte) []byte {
	n, from := len(dst), uint16(0)
	dst = slices.Grow(dst, int(a.size))[:n+int(a.size)]
	for i, piece := range &a.shared {
		if piece == nil {
			break
		}
		n += copy(dst[n:], a.text[from:a.before[i]])
		n += copy(dst[n:], *piece)
		from = a.before[i]
	}
	copy(dst[n:], a.text[from:a.own])
	return dst
}

// Len is how many bytes Append appends.
func (a *Answer) Len() int { return int(a.size) }

// Join appends answers with commas between them.
func Join(dst []byte, answers []*Answer) []byte {
	dst = slices.Grow(dst, touch(answers)+roomBehind)
	for i, a := range answers {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = a.Append(dst)
	}
	return dst
}

// roomBehind is left for what comes behind the answers.
const roomBehind = 128

// touch touches the answers, and tells how many bytes Join makes of them.
func touch(answers []*Answer) (size int) {
	var touched byte
	for _, a := range answers {
		size += int(a.size) + 1
	}
	for _, a := range answers {
		for i := uint32(0); i < a.own; i += cacheLine {
			touched += a.text[i]
		}
	}
	for k := range maxPieces {
		touched += touchPieces(answers, k)
	}
	runtime.KeepAlive(touched)
	return size
}

// touchPieces touches the shared pieces number k, but not one that the answer
// before has, too.
func touchPieces(answers []*Answer, k int) (touched byte) {
	var pieces [touchAtOnce]*string
	n := 0
	var last *string
	for _, a := range answers {
		if piece := a.shared[k]; piece != last && piece != nil && n < len(pieces) {
			pieces[n], last = piece, piece
			n++
		}
	}
	if n <= fewAtOnce {
		return 0
	}
	for _, piece := range pieces[:n] {
		touched += byte(len(*piece))
	}
	for _, piece := range pieces[:n] {
		for i := 0; i < len(*piece); i += cacheLine {
			touched += (*piece)[i]
		}
	}
	return touched
}
