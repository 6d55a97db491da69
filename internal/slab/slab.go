// Package slab lends memory that is used again and again: for what is large,
// lives as long as one request or one pack, and comes thousands of times a
// second. The collector then runs a few times a minute for it instead of twice
// a second, and whoever waits for an answer notices each run.
//
// A Slab has one owner, who is whoever took it until it is given back. Who
// forgets to give one back loses nothing but the use of it: the collector takes
// it, as it takes those that nobody borrowed for a while. Tests with the race
// detector find those who read what they gave back: it is overwritten.
package slab

import (
	"math/bits"
	"sync"
)

// Slabs have powers of two of bytes. A smaller one isn't worth the trouble, and
// a larger one is too rare to lie about: it is made for its owner alone.
const (
	leastBits = 10
	mostBits  = 23
)

// Slab is a piece of memory.
type Slab struct {
	bytes []byte // all of it
}

var pools [mostBits - leastBits + 1]sync.Pool // :: of *Slab, by the bits of their size

// class is where slabs of at least size bytes are; false where they are not
// kept.
func class(size int) (int, bool) {
	c := max(bits.Len(uint(max(size, 1)-1)), leastBits) - leastBits
	return c, c < len(pools)
}

// Take lends a slab of at least size bytes, whose content is whatever was there
// before, and of less than twice as many unless they are very few.
func Take(size int) *Slab {
	c, kept := class(size)
	if !kept {
		return &Slab{bytes: make([]byte, size)}
	}
	if s, ok := pools[c].Get().(*Slab); ok {
		return s
	}
	return &Slab{bytes: make([]byte, 1<<(c+leastBits))}
}

// Bytes is the slab's memory as an empty list. Who appends to it past its
// capacity goes on in memory that is not the slab's.
func (s *Slab) Bytes() []byte { return s.bytes[:0] }

// GiveBack ends the use of the slab and of everything that points into it. A nil
// slab has nothing to give.
func (s *Slab) GiveBack() {
	if s == nil {
		return
	}
	if overwrites {
		overwrite(s.bytes)
	}
	if c, kept := class(len(s.bytes)); kept {
		pools[c].Put(s)
	}
}

// overwrite writes what is no text and no record.
func overwrite(b []byte) {
	if len(b) > 0 {
		b[0] = 0xDB
	}
	for n := 1; n < len(b); n *= 2 {
		copy(b[n:], b[:n])
	}
}
