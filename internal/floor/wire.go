package floor

import (
	"encoding/binary"
	"math"
	"strings"
	"time"
)

// The form in which rows and snapshots hold fields one after another: numbers
// as varints, strings with their length before them, lists with their length
// plus one, so that no list and an empty one stay what they are.

func appendWord[S ~string | ~[]byte](dst []byte, s S) []byte {
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

func (c *cursor) uint32() uint32 {
	n := c.uvarint()
	if n > math.MaxUint32 {
		c.fail()
	}
	return uint32(n)
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

// own is a word that does not keep the text.
func (c *cursor) own() string { return strings.Clone(c.word()) }

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

// list reads a list, nil for none. Every element takes at least a byte, so no
// list is longer than what is left.
func list[V any](c *cursor, element func() V) []V {
	n := c.uvarint()
	if n == 0 {
		return nil
	}
	if n--; n > uint64(len(c.rest)) {
		c.fail()
		return nil
	}
	elements := make([]V, 0, min(n, listRoom))
	for ; n > 0 && !c.bad; n-- {
		elements = append(elements, element())
	}
	return elements
}

// listRoom is for how many elements a list is made before any was read: what a
// damaged snapshot claims must not take memory.
const listRoom = 32

func (c *cursor) instant() time.Time {
	seconds, nanos := c.varint(), c.uvarint()
	if nanos >= uint64(time.Second) || seconds < firstSecond || seconds > lastSecond {
		c.fail()
		return time.Time{}
	}
	return time.Unix(seconds, int64(nanos)).UTC()
}

// Instants are those that RFC 3339 can write, from the zero time on.
var (
	firstSecond = time.Time{}.Unix()
	lastSecond  = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC).Unix()
)

func (c *cursor) float() float64 {
	var n uint64
	for i, b := range []byte(c.cut(8)) {
		n |= uint64(b) << (8 * i)
	}
	f := math.Float64frombits(n)
	if math.IsNaN(f) || math.IsInf(f, 0) {
		c.fail()
		return 0
	}
	return f
}
