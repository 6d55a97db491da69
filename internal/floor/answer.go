package floor

import (
	"runtime"
	"slices"
)

// Answer is what a question gets of one agent: bytes that were ready before it
// was asked. It is immutable.
//
// Nine parts in ten of an answer are in the answers of many agents, too: the
// names of members, and names and ARNs of profiles, groups, queues and statuses.
// They are kept once, as forms; of its own an answer has what comes into their
// holes: ids and instants. So it takes a tenth of the memory that its bytes
// would, and a page of a hundred agents from all over a large floor waits for a
// tenth as much of it to come to the processor.
//
// It is 64 bytes, a cache line, and stands first in the agent's row, which has
// an address that is a multiple of that: a page waits for one line of a row, and
// mostly for one more, of its text.
type Answer struct {
	text  string             // words: the id, and the answer's values; the row has more behind them
	forms [answerForms]*form // in order; nil: no more
	own   uint32             // bytes of text that are the answer's
	size  uint32             // of the answer, in bytes
}

// answerForms is how many forms an answer has. What an encoder writes behind
// them is the agent's own.
const answerForms = 5

// Append appends the answer's bytes.
func (a *Answer) Append(dst []byte) []byte {
	if a.size == 0 {
		return dst // nobody encoded it
	}
	n := len(dst)
	to := slices.Grow(dst, int(a.size))[:n+int(a.size)]
	words := cursor{rest: a.text}
	idSize := int(words.uvarint())
	id := words.rest // and all behind it
	words.rest = id[idSize:]
	for _, f := range &a.forms {
		if f == nil {
			break
		}
		from := 0
		for i := range f.n {
			h := &f.holes[i]
			n += put(to[n:], f.text[from:], int(h.at)-from)
			if from = int(h.at); h.id {
				n += put(to[n:], id, idSize)
			} else {
				n += words.put(to[n:])
			}
		}
		n += put(to[n:], f.text[from:], int(f.size)-from)
	}
	for len(a.text)-len(words.rest) < int(a.own) {
		n += words.put(to[n:])
	}
	return to
}

// put copies the next word to dst.
func (c *cursor) put(dst []byte) int {
	size := int(c.uvarint())
	n := put(dst, c.rest, size)
	c.rest = c.rest[size:]
	return n
}

// Instants have no more than tinyBytes, ids no more than shortBytes.
const (
	tinyBytes  = 16
	shortBytes = 48
)

// put copies the first n bytes of s to dst. A short piece is copied with
// whatever is behind it, which the next piece overwrites, in steps that don't
// depend on its length: what a processor can't foresee takes it longer than the
// copying.
func put(dst []byte, s string, n int) int {
	switch {
	case n <= tinyBytes && len(s) >= tinyBytes && len(dst) >= tinyBytes:
		copy(dst[:16], s[:16])
	case n <= shortBytes && len(s) >= shortBytes && len(dst) >= shortBytes:
		copy(dst[:16], s[:16])
		copy(dst[16:32], s[16:32])
		copy(dst[32:48], s[32:48])
	default:
		copy(dst, s[:n])
	}
	return n
}

// Len is how many bytes Append appends.
func (a *Answer) Len() int { return int(a.size) }

// Size is how many bytes Join appends.
func Size(answers []*Answer) (n int) {
	for _, a := range answers {
		n += a.Len() + len(",")
	}
	return max(0, n-1)
}

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
	for k := range answerForms {
		touched += touchForms(answers, k)
	}
	runtime.KeepAlive(touched)
	return size
}

// touchForms touches the forms number k, but not one that the answer before has,
// too.
func touchForms(answers []*Answer, k int) (touched byte) {
	var list [touchAtOnce]*form
	n := 0
	var last *form
	for _, a := range answers {
		if f := a.forms[k]; f != last && f != nil && n < len(list) {
			list[n], last = f, f
			n++
		}
	}
	if n <= fewAtOnce {
		return 0
	}
	for _, f := range list[:n] {
		touched += f.n
	}
	for _, f := range list[:n] {
		for i := 0; i < int(f.size); i += cacheLine {
			touched += f.text[i]
		}
	}
	return touched
}
