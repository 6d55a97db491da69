package agentevent

import (
	"bytes"
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"

	"rollcall"
)

// reader turns JSON into the domain's values, on one of two walks over the same
// bytes by the same functions. The quick walk, by the scanner, is for documents
// that are good. The careful walk, by jsontext, follows where the quick one
// failed or met a fault, and finds the place and the words for it.
//
// Both kinds of failure stick, so that a walk needs no error handling at each
// step: once it failed every read returns nothing, and fault holds the first
// value that does not fit its member while the walk goes on to the document's
// end.
type reader struct {
	scanner          // of the quick walk; data is the body, one line of it, or a record
	base    int64    // offset of data in the body
	notes   []member // of the current snapshot, for the previous one
	noting  bool     // whether notes are taken

	careful bool             // which walk this is
	always  bool             // whether it is the only one; tests set that
	json    jsontext.Decoder // of the careful walk,
	input   bytes.Buffer     // which reads this
	shift   int64            // offset in the body of what json counts as 0
	around  int              // brackets around the document that json sees
	err     error            // data is not JSON, says json

	fault   fault // first fault of meaning; set when faulty, in the careful walk alone
	faulty  bool
	inArray bool // documents are items of the body's own array
	seeds   bool // documents are of seeds, and no others
	limits  Limits
	valueAt int64 // offset in the body of the value or the bracket read last
	startAt int64 // offset in the body of the document
	home    home  // of the document's agent; zero as long as that isn't known

	queueList   []*rollcall.Queue  // while it grows
	contactList []rollcall.Contact // while it grows
	strings     strings.Builder    // see keep
	cut         span               // where the top-level PreviousAgentSnapshot stands in data, with its name
}

var readers = sync.Pool{New: func() any { return new(reader) }}

// open begins to read data that stands at offset base of the body.
func (r *reader) open(data []byte, base int64) {
	r.data, r.base, r.at = data, base, 0
	r.inArray = false
	r.begin()
}

// begin forgets what was found in the document before.
func (r *reader) begin() {
	r.failed, r.blanks, r.depth, r.deepest = false, false, 0, 0
	r.names, r.notes, r.known, r.noting = r.names[:0], r.notes[:0], nil, false
	r.careful, r.err = false, nil
	r.fault, r.faulty = fault{}, false
	r.cut = span{}
	r.home = home{}
}

// release lets go of the data, and gives the reader back.
func (r *reader) release() {
	clear(r.queueList[:cap(r.queueList)])
	clear(r.contactList[:cap(r.contactList)])
	r.open(nil, 0)
	r.seeds = false
	readers.Put(r)
}

// next reads the next document, and returns where it stands in data. What it
// returns holds only if there is neither an error nor a fault afterwards.
// number counts documents from 1: all but the first have a comma before them in
// an array.
func (r *reader) next(number int, options []jsontext.Options) (rollcall.Event, span) {
	from := r.at
	r.begin()
	if r.inArray && number > 1 {
		r.comma()
	}
	r.peek()
	r.blanks = false // white space before a document is none of its own
	e := rollcall.Event{}
	if !r.always {
		e = r.event()
	}
	if r.failed || r.faulty || r.always {
		r.reread(from, number, options)
		e = r.event()
		r.at = r.reached()
		r.input = bytes.Buffer{} // lets go of the data
		r.json.Reset(&r.input)
	}
	return e, span{int(r.startAt - r.base), r.at}
}

// arrayEnds tells whether the body's array ends here, and passes its end.
func (r *reader) arrayEnds() bool {
	if r.peek() != ']' {
		return false
	}
	r.at++
	return true
}

// reached is where in data the value read last ends.
func (r *reader) reached() int {
	if r.careful {
		return int(r.shift + r.json.InputOffset() - r.base)
	}
	return r.at
}

// behind is where in data something other than white space stands behind the
// document read last, or the end of data.
func (r *reader) behind() int { return skipBlank(r.data, r.at) }

// refuse notes that the value read last does not fit its member.
func (r *reader) refuse(reason string) { r.refuseAt(r.valueAt, "", reason) }

// refuseAt notes a fault of the value read last, or of a member of it.
func (r *reader) refuseAt(offset int64, member, reason string) {
	if r.faulty || r.failed || r.err != nil {
		return
	}
	r.faulty = true
	if r.careful {
		r.fault = fault{offset: offset, member: r.path(member), reason: reason}
	}
}

// missing notes that the object at objectAt lacks a member.
func (r *reader) missing(objectAt int64, member, expected string) {
	r.refuseAt(objectAt, member, "found nothing, expected "+expected)
}

func (r *reader) mismatch(raw jsontext.Value, expected string) {
	r.refuse("found " + Describe(raw) + ", expected " + expected)
}
