package agentevent

import (
	"bytes"
	"errors"
	"math"
	"strconv"
	"sync"

	"github.com/go-json-experiment/json/jsontext"

	"rollcall"
)

// reader walks over JSON and turns it into the domain's values. Both kinds of
// failure stick, so that the walk needs no error handling at each step: after
// err every read returns nothing, and fault holds the first value that does
// not fit its member while the walk goes on to the document's end.
type reader struct {
	json  jsontext.Decoder
	input bytes.Buffer
	data  []byte // what is read: the body, one line of it, or one value
	base  int64  // offset of data in the body

	err       error // data is not JSON
	fault     fault // first fault of meaning; set when faulty
	faulty    bool
	arrays    int     // arrays around a document: 1 in the body's own array
	listItems int     // most items that a list may have
	valueAt   int64   // offset of the value read last
	cut       span    // where the top-level PreviousAgentSnapshot stands in data, with its name
	inner     *reader // reads a value that raw returned before
}

// span is a part of a reader's data.
type span struct{ from, to int }

var readers = sync.Pool{New: func() any { return new(reader) }}

// Strict reading is for what arrives. What was read strictly before need not
// be checked for the same again.
var (
	strict  []jsontext.Options
	trusted = []jsontext.Options{jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)}
)

// open begins to read data that stands at offset base of the body.
func (r *reader) open(data []byte, base int64, options []jsontext.Options) {
	r.data, r.base = data, base
	r.input = *bytes.NewBuffer(data)
	r.json.Reset(&r.input, options...)
	r.err, r.arrays = nil, 0
	r.begin()
}

// begin forgets what was found in the document before.
func (r *reader) begin() {
	r.fault, r.faulty = fault{}, false
	r.cut = span{}
}

// release lets go of the data, and gives the reader back.
func (r *reader) release() {
	if r.inner != nil {
		r.inner.open(nil, 0, strict)
	}
	r.open(nil, 0, strict)
	readers.Put(r)
}

// next is where in data the next value or the end of data stands.
func (r *reader) next() int {
	i := int(r.json.InputOffset())
	for i < len(r.data) {
		switch r.data[i] {
		case ' ', '\t', '\r', '\n', ',', ':':
			i++
		default:
			return i
		}
	}
	return i
}

// behind is where in data something other than white space stands behind the
// value read last, or the end of data.
func (r *reader) behind() int { return skipBlank(r.data, int(r.json.InputOffset())) }

func (r *reader) kind() jsontext.Kind {
	if r.err != nil {
		return jsontext.KindInvalid
	}
	return r.json.PeekKind()
}

// raw reads the next value and returns its JSON, nil after an error. The bytes
// belong to data.
func (r *reader) raw() jsontext.Value {
	if r.err != nil {
		return nil
	}
	value, err := r.json.ReadValue()
	if err != nil {
		r.err = err
		return nil
	}
	r.valueAt = r.base + r.json.InputOffset() - int64(len(value))
	return value
}

// refuse notes that the value read last does not fit its member.
func (r *reader) refuse(reason string) { r.refuseAt(r.valueAt, "", reason) }

// refuseAt notes a fault of the value read last, or of a member of it.
func (r *reader) refuseAt(offset int64, member, reason string) {
	if r.faulty || r.err != nil {
		return
	}
	path := memberPath(r.json.StackPointer(), r.arrays)
	if path != "" && member != "" && member[0] != '[' {
		path += "."
	}
	r.fault = fault{offset: offset, member: path + member, reason: reason}
	r.faulty = true
}

// missing notes that the object read last lacks a member.
func (r *reader) missing(objectAt int64, member, expected string) {
	r.refuseAt(objectAt, member, "found nothing, expected "+expected)
}

func (r *reader) mismatch(raw jsontext.Value, expected string) {
	r.refuse("found " + describe(raw) + ", expected " + expected)
}

// enter opens an object or an array. It is false where there is none to walk
// over: at a null, at a value of another kind, after an error.
func (r *reader) enter(kind jsontext.Kind, expected string) bool {
	if r.kind() == kind {
		_, r.err = r.json.ReadToken()
		return r.err == nil
	}
	if raw := r.raw(); raw != nil && raw.Kind() != jsontext.KindNull {
		r.mismatch(raw, expected)
	}
	return false
}

func (r *reader) object() bool { return r.enter(jsontext.KindBeginObject, "an object") }

// members walks over the object that object opened. A member whose value the
// loop leaves unread is skipped.
func (r *reader) members(yield func(name []byte) bool) {
	for r.kind() != jsontext.KindEndObject {
		name := r.raw()
		if r.err != nil {
			return
		}
		after := r.json.InputOffset()
		if !yield(unquote(name)) {
			return
		}
		if r.json.InputOffset() == after {
			r.raw()
		}
	}
	r.leave()
}

// items walks over an array, if the next value is one. An item that the loop
// leaves unread is skipped; items over the limit are a fault.
func (r *reader) items(yield func(i int) bool) {
	if !r.enter(jsontext.KindBeginArray, "an array") {
		return
	}
	for i := 0; r.kind() != jsontext.KindEndArray; i++ {
		if r.err != nil {
			return
		}
		before := r.json.InputOffset()
		if i < r.listItems && !yield(i) {
			return
		}
		if r.err == nil && r.json.InputOffset() == before {
			r.raw()
		}
		if i == r.listItems {
			r.refuse("found more than " + strconv.Itoa(r.listItems) + " items, the limit of a list")
		}
	}
	r.leave()
}

func (r *reader) leave() {
	if r.err == nil {
		_, r.err = r.json.ReadToken()
	}
}

// text reads a string. It is empty for null, and where there is no string.
func (r *reader) text() []byte {
	raw := r.raw()
	switch raw.Kind() {
	case jsontext.KindString:
		return unquote(raw)
	case jsontext.KindNull, jsontext.KindInvalid:
	case jsontext.KindFalse, jsontext.KindTrue, jsontext.KindNumber, jsontext.KindBeginObject,
		jsontext.KindEndObject, jsontext.KindBeginArray, jsontext.KindEndArray:
		r.mismatch(raw, "a string")
	}
	return nil
}

// word reads a string that events repeat.
func (r *reader) word() string { return intern(r.text()) }

// unquote returns the text of a JSON string, in place when nothing is escaped.
func unquote(raw jsontext.Value) []byte {
	if len(raw) < 2 {
		return nil
	}
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1]
	}
	text, err := jsontext.AppendUnquote(nil, raw)
	if err != nil && len(text) == 0 {
		return nil
	}
	return text
}

// number reads a JSON number; false for null, and where there is none.
func (r *reader) number() (float64, bool) {
	raw := r.raw()
	switch raw.Kind() {
	case jsontext.KindNumber:
		n, err := strconv.ParseFloat(string(raw), 64)
		if err == nil || !errors.Is(err, strconv.ErrRange) {
			return n, err == nil
		}
		r.mismatch(raw, "a number that a 64 bit float can hold")
	case jsontext.KindNull, jsontext.KindInvalid:
	case jsontext.KindString, jsontext.KindFalse, jsontext.KindTrue, jsontext.KindBeginObject,
		jsontext.KindEndObject, jsontext.KindBeginArray, jsontext.KindEndArray:
		r.mismatch(raw, "a number")
	}
	return 0, false
}

// maxSlots is more slots than any agent can have.
const maxSlots = 1_000_000

// slots reads a number of slots.
func (r *reader) slots() int {
	n, ok := r.number()
	if ok && (n < 0 || n > maxSlots || n != math.Trunc(n)) {
		r.refuse("found " + strconv.FormatFloat(n, 'g', -1, 64) + ", expected a whole number from 0 to " + strconv.Itoa(maxSlots))
		return 0
	}
	return int(n)
}

// id reads an ARN, or what stands in its place, and returns its last segment,
// the identifier, with it. Both are empty where there is none.
func (r *reader) id() (id, arn string) {
	arn = r.word()
	if arn == "" {
		return "", ""
	}
	id = rollcall.LastSegment(arn)
	if !rollcall.ValidID(id) {
		r.refuse("found " + strconv.Quote(rollcall.Shorten(arn)) + ", expected an ARN that ends in " + validID)
		return "", ""
	}
	return id, arn
}

const validID = "1 to 256 printable characters without \"/\""

// label reads a short word of an open list, such as a channel.
func (r *reader) label() string {
	word := r.word()
	if word != "" && (len(word) > 64 || !rollcall.ValidID(word)) {
		r.refuse("found " + strconv.Quote(rollcall.Shorten(word)) + ", expected 1 to 64 printable characters without \"/\"")
		return ""
	}
	return word
}

// remembered reads a value that events repeat: the same bytes give the value
// that read made of them before. A value with a fault is never remembered.
func remembered[V any](r *reader, m *memo[V], read func(*reader) V, worth func(V) bool) V {
	raw := r.raw()
	if value, ok := m.find(raw); ok || r.err != nil {
		return value
	}
	if r.inner == nil {
		r.inner = new(reader)
	}
	r.inner.listItems = r.listItems
	r.inner.open(raw, r.valueAt, trusted)
	value := read(r.inner)
	switch f := r.inner.fault; {
	case r.inner.faulty:
		r.refuseAt(f.offset, f.member, f.reason)
	case len(raw) <= memoKeyBytes && worth(value):
		m.keep(raw, string(raw), value)
	}
	return value
}
