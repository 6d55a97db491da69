package floor

import "slices"

// set is one condition of a question: the agents that fulfil it, in whichever
// form they are at hand. Exactly one of list, tree and dense is in use. Walks
// go forward only.
type set struct {
	list  []uint32   // sorted ordinals not yet passed
	tree  *scratch   // a union
	dense [][]uint64 // words of bitsets, united
	size  int        // agents in the set; for a union of several, an upper bound
	exact bool       // size is no bound
}

// next gives the first word from w on that is not zero.
func (s *set) next(w int) (int, uint64, bool) {
	switch {
	case s.tree != nil:
		return s.tree.next(w)
	case s.dense != nil:
		return s.nextDense(w)
	}
	s.pass(w)
	if len(s.list) == 0 {
		return 0, 0, false
	}
	w = int(s.list[0] / wordBits)
	return w, s.take(w), true
}

func (s *set) nextDense(w int) (int, uint64, bool) {
	end := 0
	for _, words := range s.dense {
		end = max(end, len(words))
	}
	for ; w < end; w++ {
		if word := s.wordDense(w); word != 0 {
			return w, word, true
		}
	}
	return 0, 0, false
}

// word gives the set's word number w.
func (s *set) word(w int) uint64 {
	switch {
	case s.tree != nil:
		if w < len(s.tree.words) {
			return s.tree.words[w]
		}
		return 0
	case s.dense != nil:
		return s.wordDense(w)
	}
	s.pass(w)
	return s.take(w)
}

func (s *set) wordDense(w int) uint64 {
	var word uint64
	for _, words := range s.dense {
		if w < len(words) {
			word |= words[w]
		}
	}
	return word
}

// pass drops what lies before word w.
func (s *set) pass(w int) {
	if len(s.list) == 0 || int(s.list[0]/wordBits) >= w {
		return
	}
	i, _ := slices.BinarySearchFunc(s.list, w, func(o uint32, w int) int { return int(o/wordBits) - w })
	s.list = s.list[i:]
}

// take removes word w from the front and gives it.
func (s *set) take(w int) uint64 {
	var word uint64
	i := 0
	for ; i < len(s.list) && int(s.list[i]/wordBits) == w; i++ {
		word |= 1 << (s.list[i] % wordBits)
	}
	s.list = s.list[i:]
	return word
}
