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

	nameAt int // of the member's name passed last

	failed  bool
	plain   bool // the string passed last has no escapes: its text is its bytes
	blanks  bool // white space was passed
	depth   int  // of the objects and arrays that are open
	deepest int  // depth that was reached

	names []nameText // of the open objects, those of the innermost last
	known []member   // what is known to be JSON, to be recognized when it comes again
}

// nameText is a member's name without its escapes.
type nameText = []byte

// member is where a member's value stands in data.
type member struct {
	name  nameText
	value span
}

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

// peek passes white space and returns the byte behind it, 0 at the end.
func (s *scanner) peek() byte {
	if s.at < len(s.data) && s.data[s.at] > ' ' {
		return s.data[s.at]
	}
	return s.peekBehindBlanks()
}

func (s *scanner) peekBehindBlanks() byte {
	from := s.at
	s.at = skipBlank(s.data, from)
	if s.at == len(s.data) {
		return 0
	}
	s.blanks = s.blanks || s.at > from
	return s.data[s.at]
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
	case s.peek() == end:
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

// name passes a member's name and the colon behind it. The object's names
// begin at s.names[first]; seen has a bit for each of them, by which nearly
// all that are new can be told.
func (s *scanner) name(first int, seen *uint64) nameText {
	if s.peek() != '"' {
		s.fail()
		return nil
	}
	s.nameAt = s.at
	text := s.text()
	if s.failed || s.peek() != ':' || len(s.names)-first == scanNames {
		s.fail()
		return nil
	}
	s.at++
	bit := nameBit(text)
	if *seen&bit != 0 {
		for _, name := range s.names[first:] {
			if string(name) == string(text) {
				s.fail()
				return nil
			}
		}
	}
	*seen |= bit
	s.names = append(s.names, text)
	return text
}

// nameBit is one of 64 bits. Names that agents' documents have in one object
// rarely share theirs.
func nameBit(name nameText) uint64 {
	n := len(name)
	if n == 0 {
		return 1
	}
	return 1 << ((uint(name[0])*5 + uint(name[n/2])*3 + uint(name[n-1])*11 + uint(n)) & 63)
}

// skip passes a value.
func (s *scanner) skip() {
	switch c := s.peek(); c {
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
		name := s.name(first, &seen)
		if !s.failed && !s.repeats(name) {
			s.skip()
		}
	}
	s.names = s.names[:first]
}

// repeats passes the value of a member of that name whose value is known.
func (s *scanner) repeats(name nameText) bool {
	for _, m := range s.known {
		if len(m.name) != len(name) || !bytes.Equal(m.name, name) {
			continue
		}
		s.peek()
		if bytes.HasPrefix(s.data[s.at:], s.data[m.value.from:m.value.to]) {
			s.at += m.value.to - m.value.from
			return true
		}
	}
	return false
}
