// Package plain tells how far a text is plain: printable ASCII with neither a
// quote nor a backslash, which is the same inside a JSON string and outside.
// Nearly all text that rollcall reads and writes is, so whoever asks first need
// not look at it byte by byte.
package plain

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// Eight bytes are judged in one step: ones has the lowest bit of each byte,
// highs the highest.
const (
	ones  = 0x0101010101010101
	highs = ones << 7
)

// End returns where from i the first byte of data stands that isn't printable
// ASCII, or is a quote or a backslash; the length of data if none does. With c
// one byte of eight, the highest bit of c-0x20 is set if c is a control
// character, that of (c^x)-1 if c is x, and that of c if it isn't ASCII. A
// borrow only reaches bytes behind one that ends the search.
func End(data []byte, i int) int {
	rest := data[i:]
	for len(rest) >= 8 {
		w := binary.LittleEndian.Uint64(rest)
		found := (w | (w - ones*' ') | ((w ^ ones*'"') - ones) | ((w ^ ones*'\\') - ones)) & highs
		if found != 0 {
			return len(data) - len(rest) + bits.TrailingZeros64(found)/8
		}
		rest = rest[8:]
	}
	for i = len(data) - len(rest); i < len(data); i++ {
		if c := data[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			break
		}
	}
	return i
}
