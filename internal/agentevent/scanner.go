package agentevent

import "bytes"

// scanner walks over JSON, once and strictly: whatever it passes is JSON by
// RFC 7493, down to the members that nobody asked for. It only tells whether,
// never why not: at the first byte that it isn't sure about it fails, and what
// it was reading is read again by jsontext (careful.go), whose word counts. So
// it may fail at whatever is rare, and must never pass what jsontext refuses.
type scanner struct {
	data []byte
	at   int // of the next byte in data

	failed  bool
	blanks  bool // white space was passed
	depth   int  // of the objects and arrays that are open
	deepest int  // depth that was reached

	name  span     // of the member passed last, between the quotes
	names []span   // of the open objects, those of the innermost last
	known []member // what is known to be JSON, to be recognized when it comes again
}

// span is a part of data.
type span struct{ from, to int }

// member is where a member stands in data.
type member struct{ name, value span }

// Deeper or wider than these the scanner fails.
const (
	scanDepth = 200
	scanNames = 64 // in one object
)

// fail sticks: nothing more is passed.
func (s *scanner) fail() {
	s.failed = true
	s.at = len(s.data)
}

// byte is the next byte, 0 at the end.
func (s *scanner) byte() byte {
	if s.at < len(s.data) {
		return s.data[s.at]
	}
	return 0
}

// peek passes white space and returns the byte behind it, 0 at the end. Where
// there rarely is any, who looks for one byte looks for it without, first.
func (s *scanner) peek() byte {
	from := s.at
	s.at = skipBlank(s.data, from)
	s.blanks = s.blanks || s.at > from
	return s.byte()
}

// open passes the bracket that peek returned.
func (s *scanner) open() {
	s.at++
	s.depth++
	s.deepest = max(s.deepest, s.depth)
	if s.depth > scanDepth {
		s.fail()
	}
}

// more passes what stands before the member or item number n, from 0, of the
// innermost object or array. It is false when there is none but its end, which
// it passes too.
func (s *scanner) more(n int, end byte) bool {
	switch {
	case s.byte() == ',' && n > 0:
		s.at++
	case s.byte() == end, s.peek() == end:
		s.at++
		s.depth--
		return false
	case n > 0:
		s.comma()
	}
	return !s.failed
}

func (s *scanner) comma() {
	if s.peek() != ',' {
		s.fail()
		return
	}
	s.at++
}

// member passes a member's name, which is in s.name then, and the colon behind
// it. The object's names begin at s.names[first]; seen has a bit for each of
// them, by which nearly all that are new can be told. A name with escapes is
// too rare.
func (s *scanner) member(first int, seen *uint64) {
	if s.byte() != '"' && s.peek() != '"' {
		s.fail()
		return
	}
	from := s.at + 1
	if escaped := s.string(); escaped {
		s.fail()
	}
	name := span{from, s.at - 1}
	if s.byte() != ':' && s.peek() != ':' || len(s.names)-first == scanNames {
		s.fail()
		return
	}
	s.at++
	bit := nameBit(s.data[name.from:name.to])
	if *seen&bit != 0 && s.hasName(first, name) {
		s.fail()
	}
	*seen |= bit
	s.name = name
	s.names = append(s.names, name)
}

func (s *scanner) hasName(first int, name span) bool {
	for _, n := range s.names[first:] {
		if s.same(n, name) {
			return true
		}
	}
	return false
}

func (s *scanner) same(a, b span) bool {
	return a.to-a.from == b.to-b.from && string(s.data[a.from:a.to]) == string(s.data[b.from:b.to])
}

// nameBit is one of 64 bits. Names that agents' documents have in one object
// rarely share theirs.
func nameBit(name []byte) uint64 {
	n := len(name)
	if n == 0 {
		return 1
	}
	return 1 << ((uint(name[0]) + uint(name[n/2])*3 + uint(name[n-1])*9 + uint(n)) & 63)
}

// skip passes a value.
func (s *scanner) skip() {
	c := s.byte()
	if c <= ' ' {
		c = s.peek()
	}
	switch c {
	case '"':
		s.string()
	case '{':
		s.skipObject()
	case '[':
		s.open()
		for n := 0; s.more(n, ']'); n++ {
			s.skip()
		}
	case 'n':
		s.literal("null")
	case 't':
		s.literal("true")
	case 'f':
		s.literal("false")
	default:
		s.number()
	}
}

func (s *scanner) skipObject() {
	s.open()
	first, seen := len(s.names), uint64(0)
	for n := 0; s.more(n, '}'); n++ {
		if s.member(first, &seen); !s.repeats() {
			s.skip()
		}
	}
	s.names = s.names[:first]
}

// repeats passes the value of a member like one whose value is known.
func (s *scanner) repeats() bool {
	for _, m := range s.known {
		if !s.same(m.name, s.name) {
			continue
		}
		s.peek()
		if value := s.data[m.value.from:m.value.to]; bytes.HasPrefix(s.data[s.at:], value) {
			s.at += len(value)
			return true
		}
	}
	return false
}
