package floor

import (
	"cmp"
	"math/bits"
	"slices"
)

// set is one condition of a question: the agents that fulfil it, in whichever
// form they are at hand. One of tree, lists, dense and list is in use, in this
// order. It is read a block at a time, going forward.
type set struct {
	tree  *scratch   // a union, gathered
	lists [][]uint32 // a union: sorted ordinals not yet passed, united with dense
	span  int        // of lists, as scratches.get wants it
	dense []*bitset  // bitsets, united
	list  []uint32   // sorted ordinals not yet passed
	size  int        // agents in the set; for a union of sets that overlap, an upper bound
	exact bool       // size is no bound
}

func (s *set) isList() bool { return s.tree == nil && s.lists == nil && s.dense == nil }

// hasAll tells whether the ordinal is in all sets. Lists are asked for ordinals
// going forward, like everything of a set.
func hasAll(sets []set, o uint32) bool {
	for i := range sets {
		if !sets[i].has(o) {
			return false
		}
	}
	return true
}

func (s *set) has(o uint32) bool {
	switch {
	case s.tree != nil:
		return s.tree.has(o)
	case s.dense != nil:
		for _, b := range s.dense {
			if b.has(o) {
				return true
			}
		}
		return false
	}
	n := 0
	for n < len(s.list) && s.list[n] < o {
		n++
	}
	s.list = s.list[n:]
	return len(s.list) > 0 && s.list[0] == o
}

// countBoth is how many ordinals of block number k are in the union and in what
// masks it, if nothing does or one mask made of bitsets, as it is when somebody
// asks for many queues. It tells whether that is so.
func countBoth(lead *set, masks []set, k int) (n int, ok bool) {
	switch {
	case lead.tree == nil:
		return 0, false
	case len(masks) == 0:
		return lead.tree.count(k), true
	case len(masks) > 1 || masks[0].dense == nil:
		return 0, false
	}
	words := (*[blockWords]uint64)(lead.tree.block(k))
	var none [blockWords]uint64
	first, second := &none, &none
	for i, b := range masks[0].dense {
		switch words := b.block(k); {
		case words == nil:
		case i > 1:
			return 0, false
		case i == 1:
			second = words
		default:
			first = words
		}
	}
	for i := range words {
		n += bits.OnesCount64(words[i] & (first[i] | second[i]))
	}
	return n, true
}

// seek tells the first block from number k on that may have somebody.
func (s *set) seek(k int) (int, bool) {
	switch {
	case s.tree != nil:
		for ; k < len(s.tree.summary); k++ {
			if s.tree.summary[k] != 0 {
				return k, true
			}
		}
		return 0, false
	case s.lists != nil:
		return s.seekUnion(k)
	case s.dense != nil:
		return s.seekDense(k)
	}
	if s.list = passed(s.list, uint64(k)*blockOrdinals); len(s.list) == 0 {
		return 0, false
	}
	return int(s.list[0] / blockOrdinals), true
}

// load fills b with the wanted words of the set's block number k, of which there
// are some, and no others that count.
func (s *set) load(k int, want uint64, b *block) {
	switch {
	case s.tree != nil:
		s.tree.load(k, want, b)
	case s.lists != nil:
		s.loadUnion(k, want, b)
	case s.dense != nil:
		b.live = want
		s.loadDense(k, b)
	default:
		b.live = 0
		low, high := span(k, want)
		s.list = b.take(passed(s.list, low), high)
	}
}

// loadAll fills b with what all sets have of the wanted words of block number k.
func loadAll(lead *set, masks []set, k int, want uint64, b, mask *block) {
	lead.load(k, want, b)
	for i := range masks {
		if b.live == 0 {
			return
		}
		masks[i].load(k, b.live, mask)
		b.and(mask)
	}
}

func (s *set) seekUnion(k int) (int, bool) {
	least, ok := s.seekDense(k)
	for i, list := range s.lists {
		list = passed(list, uint64(k)*blockOrdinals)
		s.lists[i] = list
		if len(list) > 0 && (!ok || int(list[0]/blockOrdinals) < least) {
			least, ok = int(list[0]/blockOrdinals), true
		}
	}
	return least, ok
}

func (s *set) loadUnion(k int, want uint64, b *block) {
	b.live = want
	s.loadDense(k, b) // leaves nothing live when no bitset has the block
	low, high := span(k, want)
	for i, list := range s.lists {
		s.lists[i] = b.take(passed(list, low), high)
	}
}

func (s *set) seekDense(k int) (int, bool) {
	for more := true; more; k++ {
		more = false
		for _, b := range s.dense {
			if b.block(k) != nil {
				return k, true
			}
			more = more || k < len(b.blocks)
		}
	}
	return 0, false
}

// loadDense fills the live words of b with the union of the bitsets' blocks
// number k.
func (s *set) loadDense(k int, b *block) {
	few := bits.OnesCount64(b.live) < fewWords
	first := true
	for _, dense := range s.dense {
		words := dense.block(k)
		switch {
		case words == nil:
			continue
		case first && !few:
			b.words = *words
		case few:
			uniteLive(b, words, first)
		default:
			for i := range b.words {
				b.words[i] |= words[i]
			}
		}
		first = false
	}
	if first {
		b.live = 0 // nobody has the block
	}
}

// uniteLive unites the live words of b with others, or sets them.
func uniteLive(b *block, words *[blockWords]uint64, set bool) {
	for live := b.live; live != 0; live &= live - 1 {
		i := bits.TrailingZeros64(live) % blockWords
		if set {
			b.words[i] = 0
		}
		b.words[i] |= words[i]
	}
}

// passed is what a list holds from an ordinal on.
func passed(list []uint32, low uint64) []uint32 {
	if len(list) == 0 || uint64(list[0]) >= low {
		return list
	}
	n, _ := slices.BinarySearchFunc(list, low, func(o uint32, low uint64) int { return cmp.Compare(uint64(o), low) })
	return list[n:]
}
