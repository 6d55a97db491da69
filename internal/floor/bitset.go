package floor

import "math/bits"

// wordBits is how many ordinals one word of a set holds.
const wordBits = 64

// bitset is a dense set of ordinals that knows its size. Blocks that hold
// nobody are nil, so that ordinals long forgotten cost next to nothing. The
// zero value is empty.
type bitset struct {
	blocks []*[blockWords]uint64
	n      int
}

// put makes the set hold the ordinal, or not.
func (b *bitset) put(o uint32, in bool) {
	k, w, bit := int(o/blockOrdinals), o/wordBits%blockWords, uint64(1)<<(o%wordBits)
	words := b.block(k)
	had := words != nil && words[w]&bit != 0
	switch {
	case in && !had:
		if words == nil {
			words = b.grow(k)
		}
		words[w] |= bit
		b.n++
	case !in && had:
		words[w] &^= bit
		b.n--
		if words[w] == 0 && *words == [blockWords]uint64{} {
			b.blocks[k] = nil
		}
	}
}

// has tells whether the set holds the ordinal.
func (b *bitset) has(o uint32) bool {
	words := b.block(int(o / blockOrdinals))
	return words != nil && words[o/wordBits%blockWords]&(1<<(o%wordBits)) != 0
}

// block is block number k, nil when nobody is in it.
func (b *bitset) block(k int) *[blockWords]uint64 {
	if k >= len(b.blocks) {
		return nil
	}
	return b.blocks[k]
}

// grow makes block number k.
func (b *bitset) grow(k int) *[blockWords]uint64 {
	if k >= len(b.blocks) {
		b.blocks = append(b.blocks, make([]*[blockWords]uint64, k+1-len(b.blocks))...)
	}
	b.blocks[k] = new([blockWords]uint64)
	return b.blocks[k]
}

// unite puts a posting's ordinals into the set.
func (b *bitset) unite(p *posting) {
	for _, o := range p.ordinals() {
		b.put(o, true)
	}
}

// appendTo appends the set's ordinals in order.
func (b *bitset) appendTo(list []uint32) []uint32 {
	for k, words := range b.blocks {
		if words == nil {
			continue
		}
		for w, word := range words {
			for ; word != 0; word &= word - 1 {
				list = append(list, ordinalOf(k*blockWords+w, word))
			}
		}
	}
	return list
}

// ordinalOf is the ordinal of the lowest bit of word number w.
func ordinalOf(w int, word uint64) uint32 {
	return uint32(w*wordBits + bits.TrailingZeros64(word))
}
