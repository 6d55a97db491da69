package floor

import (
	"math/bits"
	"runtime"
	"sync"
)

// scratch is a set that a union is gathered in: a bitset, and above it one bit
// for each of its words that is not zero, so that walking and wiping it cost
// what was put in and not the floor's size.
type scratch struct {
	words   []uint64
	summary []uint64 // a word a block; bit i: the block's word number i is not zero
}

// scratches lends scratch sets. Those in the pool are empty.
type scratches struct{ pool sync.Pool }

// get gives an empty set for ordinals below span.
func (p *scratches) get(span int) *scratch {
	s, _ := p.pool.Get().(*scratch)
	if s == nil {
		s = new(scratch)
	}
	if n := (span + blockOrdinals - 1) / blockOrdinals; n > len(s.summary) {
		s.words = make([]uint64, n*blockWords)
		s.summary = make([]uint64, n)
	}
	return s
}

// put takes a set back and wipes it.
func (p *scratches) put(s *scratch) {
	for k, live := range s.summary {
		if bits.OnesCount64(live) >= fewWords {
			clear(s.block(k))
			live = 0
		}
		for ; live != 0; live &= live - 1 {
			s.words[k*blockWords+bits.TrailingZeros64(live)] = 0
		}
		s.summary[k] = 0
	}
	p.pool.Put(s)
}

// has tells whether the set holds the ordinal.
func (s *scratch) has(o uint32) bool {
	w := int(o / wordBits)
	return w < len(s.words) && s.words[w]&(1<<(o%wordBits)) != 0
}

// add unites the set with lists and bitsets.
func (s *scratch) add(lists [][]uint32, dense []*bitset) {
	var touched uint32
	for _, list := range lists { // which lie anywhere in memory, see touch.go
		for i := 0; i < len(list); i += cacheLine / 4 {
			touched += list[i]
		}
	}
	runtime.KeepAlive(touched)
	for _, list := range lists {
		for _, o := range list {
			w := o / wordBits
			s.words[w] |= 1 << (o % wordBits)
			s.summary[w/blockWords] |= 1 << (w % blockWords)
		}
	}
	for _, b := range dense {
		s.addDense(b)
	}
}

func (s *scratch) addDense(b *bitset) {
	for k, words := range b.blocks {
		if words == nil {
			continue
		}
		for i, word := range words {
			if word != 0 {
				s.words[k*blockWords+i] |= word
				s.summary[k] |= 1 << i
			}
		}
	}
}

// load fills b with block number k.
func (s *scratch) load(k int, want uint64, b *block) {
	b.live = 0
	if k >= len(s.summary) {
		return
	}
	b.live = s.summary[k] & want
	if bits.OnesCount64(b.live) >= fewWords {
		copy(b.words[:], s.block(k))
		b.live = want
		return
	}
	for live := b.live; live != 0; live &= live - 1 {
		i := bits.TrailingZeros64(live) % blockWords
		b.words[i] = s.words[k*blockWords+i]
	}
}

// count is how many ordinals are in block number k.
func (s *scratch) count(k int) (n int) {
	for live := s.summary[k]; live != 0; live &= live - 1 {
		n += bits.OnesCount64(s.words[k*blockWords+bits.TrailingZeros64(live)])
	}
	return n
}

func (s *scratch) block(k int) []uint64 { return s.words[k*blockWords : (k+1)*blockWords] }
