package floor

import "math/bits"

// wordBits is how many ordinals one word of a set holds.
const wordBits = 64

// bitset is a dense set of ordinals that knows its size. The zero value is
// empty.
type bitset struct {
	words []uint64
	n     int
}

// put makes the set hold the ordinal, or not.
func (b *bitset) put(o uint32, in bool) {
	w, bit := int(o/wordBits), uint64(1)<<(o%wordBits)
	if w >= len(b.words) {
		if !in {
			return
		}
		b.words = append(b.words, make([]uint64, w+1-len(b.words))...)
	}
	switch had := b.words[w]&bit != 0; {
	case in && !had:
		b.words[w] |= bit
		b.n++
	case !in && had:
		b.words[w] &^= bit
		b.n--
	}
}

// appendTo appends the set's ordinals in order.
func (b *bitset) appendTo(list []uint32) []uint32 {
	for w, word := range b.words {
		for ; word != 0; word &= word - 1 {
			list = append(list, ordinalOf(w, word))
		}
	}
	return list
}

// ordinalOf is the ordinal of the lowest bit of word number w.
func ordinalOf(w int, word uint64) uint32 {
	return uint32(w*wordBits + bits.TrailingZeros64(word))
}
