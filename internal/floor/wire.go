package floor

import (
	"encoding/binary"
	"math"
	"time"
)

// The form in which rows and snapshots hold fields one after another: numbers
// as varints, strings with their length before them, lists with their length
// plus one, so that no list and an empty one stay what they are.

func appendWord(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

func appendCount(dst []byte, n int, none bool) []byte {
	if none {
		return append(dst, 0)
	}
	return binary.AppendUvarint(dst, uint64(n)+1)
}

func appendInstant(dst []byte, at time.Time) []byte {
	return binary.AppendUvarint(binary.AppendVarint(dst, at.Unix()), uint64(at.Nanosecond()))
}

func appendFloat(dst []byte, f float64) []byte {
	return binary.LittleEndian.AppendUint64(dst, math.Float64bits(f))
}

// cursor reads fields from the front of a text. What it can't read is zero, and
// everything behind it too: the reader looks at bad once, at the end. Strings
// are cut from the text.
type cursor struct {
	rest string
	bad  bool
}

func (c *cursor) fail() {
	c.rest, c.bad = "", true
}

func (c *cursor) uvarint() uint64 {
	var n uint64
	for i := 0; i < len(c.rest) && i < binary.MaxVarintLen64; i++ {
		b := c.rest[i]
		n |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			c.rest = c.rest[i+1:]
			return n
		}
	}
	c.fail()
	return 0
}

func (c *cursor) varint() int64 {
	n := c.uvarint()
	return int64(n>>1) ^ -int64(n&1)
}

func (c *cursor) byte() byte {
	if c.rest == "" {
		c.fail()
		return 0
	}
	b := c.rest[0]
	c.rest = c.rest[1:]
	return b
}

func (c *cursor) word() string { return c.cut(c.uvarint()) }

func (c *cursor) cut(n uint64) string {
	if n > uint64(len(c.rest)) {
		c.fail()
		return ""
	}
	s := c.rest[:n]
	c.rest = c.rest[n:]
	return s
}

// count reads the length of a list, or none. Since every element takes at least
// a byte, a list is never longer than what is left.
func (c *cursor) count() (n int, none bool) {
	switch is := c.uvarint(); {
	case is == 0:
		return 0, true
	case is-1 > uint64(len(c.rest)):
		c.fail()
		return 0, true
	default:
		return int(is - 1), false
	}
}

func (c *cursor) instant() time.Time {
	seconds, nanos := c.varint(), c.uvarint()
	if nanos >= uint64(time.Second) {
		c.fail()
		return time.Time{}
	}
	return time.Unix(seconds, int64(nanos)).UTC()
}

func (c *cursor) float() float64 {
	var n uint64
	for i, b := range []byte(c.cut(8)) {
		n |= uint64(b) << (8 * i)
	}
	return math.Float64frombits(n)
}
