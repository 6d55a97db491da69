package floor

import (
	"math/bits"
	"sync"
)

// scratch is a set that a union is gathered in: a bitset, and above it one bit
// for each of its words that is not zero, so that walking and wiping it cost
// what was put in and not the floor's size.
type scratch struct {
	words   []uint64
	summary []uint64 // bit w%64 of word w/64: words[w] is not zero
}

// scratches lends scratch sets. Those in the pool are empty.
type scratches struct{ pool sync.Pool }

// get gives an empty set for ordinals below span.
func (p *scratches) get(span int) *scratch {
	s, _ := p.pool.Get().(*scratch)
	if s == nil {
		s = new(scratch)
	}
	if n := (span + wordBits - 1) / wordBits; n > len(s.words) {
		s.words = make([]uint64, n)
		s.summary = make([]uint64, (n+wordBits-1)/wordBits)
	}
	return s
}

// put takes a set back and wipes it.
func (p *scratches) put(s *scratch) {
	for i, word := range s.summary {
		for ; word != 0; word &= word - 1 {
			s.words[i*wordBits+bits.TrailingZeros64(word)] = 0
		}
		s.summary[i] = 0
	}
	p.pool.Put(s)
}

// add unites the set with a posting.
func (s *scratch) add(p *posting) {
	for _, o := range p.list {
		w := o / wordBits
		s.words[w] |= 1 << (o % wordBits)
		s.summary[w/wordBits] |= 1 << (w % wordBits)
	}
	for w, word := range p.dense.words {
		if word != 0 {
			s.words[w] |= word
			s.summary[w/wordBits] |= 1 << (w % wordBits)
		}
	}
}

// next gives the first word from w on that is not zero.
func (s *scratch) next(w int) (int, uint64, bool) {
	above := ^uint64(0) << (w % wordBits)
	for i := w / wordBits; i < len(s.summary); i++ {
		if word := s.summary[i] & above; word != 0 {
			w = i*wordBits + bits.TrailingZeros64(word)
			return w, s.words[w], true
		}
		above = ^uint64(0)
	}
	return 0, 0, false
}
