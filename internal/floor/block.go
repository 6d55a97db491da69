package floor

import "math/bits"

// Questions are worked out a block at a time: 64 words of 64 ordinals.
const (
	blockWords    = 64
	blockOrdinals = blockWords * wordBits
)

// fewWords: below this, a block's words are better looked up one by one than
// gone over in a row.
const fewWords = 16

// block is a set's part that lies in one block of ordinals.
type block struct {
	live  uint64 // bit i: words[i] counts; the other words hold anything
	words [blockWords]uint64
}

// whole is a block's live when all words count.
const whole = ^uint64(0)

// set puts an ordinal into the block, wherever it lies in the block.
func (b *block) set(o uint32) {
	w, bit := o/wordBits%blockWords, uint64(1)<<(o%wordBits)
	if b.live&(1<<w) == 0 {
		b.live |= 1 << w
		b.words[w] = 0
	}
	b.words[w] |= bit
}

// span is the ordinals from the first to the last of the wanted words of block
// number k: from low up to high.
func span(k int, want uint64) (low, high uint64) {
	first, last := bits.TrailingZeros64(want), bits.Len64(want)
	return uint64(k*blockWords+first) * wordBits, uint64(k*blockWords+last) * wordBits
}

// take puts what a list begins with into the block, as far as it lies before
// high, in the same block, and gives the rest.
func (b *block) take(list []uint32, high uint64) []uint32 {
	for len(list) > 0 && uint64(list[0]) < high {
		b.set(list[0])
		list = list[1:]
	}
	return list
}

// and keeps what is in the other block as well.
func (b *block) and(o *block) {
	b.live &= o.live
	if b.live == whole {
		for i := range b.words {
			b.words[i] &= o.words[i]
		}
		return
	}
	for live := b.live; live != 0; live &= live - 1 {
		i := bits.TrailingZeros64(live) % blockWords
		b.words[i] &= o.words[i]
	}
}

// count is how many ordinals are in the block.
func (b *block) count() int {
	n := 0
	if b.live == whole {
		for _, word := range b.words {
			n += bits.OnesCount64(word)
		}
		return n
	}
	for live := b.live; live != 0; live &= live - 1 {
		n += bits.OnesCount64(b.words[bits.TrailingZeros64(live)%blockWords])
	}
	return n
}
