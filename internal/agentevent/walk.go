package agentevent

import (
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// raw reads the next value and returns its JSON, nil after a failure. The bytes
// hold until the next read.
func (r *reader) raw() jsontext.Value {
	if r.careful {
		return r.carefulRaw()
	}
	r.peek()
	from := r.at
	r.skip()
	if r.failed {
		return nil
	}
	r.valueAt = r.base + int64(from)
	return r.data[from:r.at]
}

// enter opens an object or an array. It is false where there is none to walk
// over: at a null, at a value of another kind, after a failure.
func (r *reader) enter(bracket byte, expected string) bool {
	if r.careful {
		return r.carefulEnter(jsontext.Kind(bracket), expected)
	}
	if r.byte() == bracket || r.peek() == bracket {
		r.valueAt = r.base + int64(r.at)
		r.scanner.open()
		return !r.failed
	}
	if raw := r.raw(); raw != nil && raw[0] != 'n' {
		r.mismatch(raw, expected)
	}
	return false
}

func (r *reader) object() bool { return r.enter('{', "an object") }

// members walks over the object that object opened. A member whose value the
// loop leaves unread is skipped.
func (r *reader) members(yield func(name []byte) bool) {
	if r.careful {
		r.carefulMembers(yield)
		return
	}
	first, seen := len(r.names), uint64(0)
	for n := 0; r.more(n, '}'); n++ {
		if r.member(first, &seen); r.failed {
			return
		}
		name := r.name
		if r.byte() <= ' ' {
			r.peek()
		}
		from := r.at
		if !yield(r.data[name.from:name.to]) {
			return
		}
		if r.at == from {
			r.skip()
		}
		if r.noting && r.at-from >= noteBytes {
			r.note(name, from)
		}
	}
	r.names = r.names[:first]
}

// Which values are looked for again: a snapshot has about a dozen that long, and
// more would cost more than they save.
const (
	noteBytes = 32
	maxNotes  = 24
)

// note keeps in mind an object or array of the current snapshot. The previous
// snapshot has most of them again, byte for byte.
func (r *reader) note(name span, from int) {
	if c := r.data[from]; (c == '{' || c == '[') && len(r.notes) < maxNotes {
		r.notes = append(r.notes, member{name, span{from, r.at}})
	}
}

// items gives a walk over an array of at most so many of something, if the next
// value is one. An item that the loop leaves unread is skipped; items over the
// limit are a fault.
func (r *reader) items(most int, what string) func(yield func(i int) bool) {
	return func(yield func(i int) bool) { r.walkItems(most, what, yield) }
}

func (r *reader) walkItems(most int, what string, yield func(i int) bool) {
	if !r.enter('[', "an array") {
		return
	}
	if r.careful {
		r.carefulItems(most, what, yield)
		return
	}
	for i := 0; r.more(i, ']'); i++ {
		before := r.at
		if i < most && !yield(i) {
			return
		}
		if r.at == before {
			r.skip()
		}
		if i == most {
			r.tooMany(most, what)
		}
	}
}

func (r *reader) tooMany(most int, what string) {
	r.refuse("found more than " + strconv.Itoa(most) + " " + what + ", the limit of a document")
}
