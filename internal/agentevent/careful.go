package agentevent

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// Strict reading is for what arrives. Of records it is known that they were
// read strictly before.
var (
	strict  []jsontext.Options
	trusted = []jsontext.Options{jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)}
)

// reread begins the careful walk over the document that stands in data from
// from on, behind the comma before it in an array.
//
// Of an array that walk sees nothing: what begins as a value is read as if it
// stood alone. Anything else gets the array's bracket, an item before it, and
// the next few bytes, so that what is said about it is true of an array.
func (r *reader) reread(from, number int, options []jsontext.Options) {
	r.begin()
	r.careful = true
	input, before := r.data[from:], ""
	if r.inArray {
		at, isItem := r.item(from, number)
		if isItem {
			from, input = at, r.data[at:]
		} else {
			before = "[null"[:1+4*min(number-1, 1)]
			input = append([]byte(before), r.data[from:min(at+utf8.UTFMax, len(r.data))]...)
		}
	}
	r.around = min(len(before), 1)
	r.shift = r.base + int64(from-len(before))
	r.input = *bytes.NewBuffer(input)
	r.json.Reset(&r.input, options...)
	for r.err == nil && r.json.InputOffset() < int64(len(before)) {
		r.carefulToken()
	}
}

// item is where in data an array's item begins whose comma, if it isn't the
// first, is the next token from from on, and whether it begins as a value.
func (r *reader) item(from, number int) (at int, is bool) {
	at = skipBlank(r.data, from)
	if number > 1 && at < len(r.data) && r.data[at] == ',' {
		at = skipBlank(r.data, at+1)
	} else if number > 1 {
		return at, false
	}
	return at, at < len(r.data) && strings.IndexByte(`{["-0123456789tfn`, r.data[at]) >= 0
}

// notJSON is the fault of data that isn't JSON.
func (r *reader) notJSON() fault {
	f := syntaxFault(r.err, r.around, r.base+int64(len(r.data))-r.shift)
	f.offset += r.shift
	return f
}

// path is the member that was read last, or a member of it.
func (r *reader) path(member string) string {
	path := memberPath(r.json.StackPointer(), r.around)
	if path != "" && member != "" && member[0] != '[' {
		path += "."
	}
	return path + member
}

// carefulWhole reads a value in two steps, first whether it is JSON, then what
// it says.
func carefulWhole[V any](r *reader, read func(*reader) V) V {
	raw := r.carefulRaw()
	if r.err != nil {
		var none V
		return none
	}
	inner := &reader{limits: r.limits}
	inner.open(raw, r.valueAt)
	inner.reread(0, 1, trusted)
	value := read(inner)
	if f := inner.fault; inner.faulty {
		r.refuseAt(f.offset, f.member, f.reason)
	}
	return value
}

func (r *reader) carefulKind() jsontext.Kind {
	if r.err != nil {
		return jsontext.KindInvalid
	}
	return r.json.PeekKind()
}

func (r *reader) carefulRaw() jsontext.Value {
	if r.err != nil {
		return nil
	}
	value, err := r.json.ReadValue()
	if err != nil {
		r.err = err
		return nil
	}
	r.valueAt = r.shift + r.json.InputOffset() - int64(len(value))
	return value
}

func (r *reader) carefulEnter(bracket jsontext.Kind, expected string) bool {
	if r.carefulKind() != bracket {
		if raw := r.carefulRaw(); raw != nil && raw.Kind() != jsontext.KindNull {
			r.mismatch(raw, expected)
		}
		return false
	}
	r.carefulToken()
	r.valueAt = r.shift + r.json.InputOffset() - 1
	return r.err == nil
}

func (r *reader) carefulToken() {
	if r.err == nil {
		_, r.err = r.json.ReadToken()
	}
}

func (r *reader) carefulMembers(yield func(name []byte) bool) {
	for r.carefulKind() != jsontext.KindEndObject {
		name := r.carefulRaw()
		if r.err != nil {
			return
		}
		r.name.from = int(r.valueAt-r.base) + 1
		after := r.json.InputOffset()
		if !yield(carefulText(name)) {
			return
		}
		if r.json.InputOffset() == after {
			r.carefulRaw()
		}
	}
	r.carefulToken()
}

func (r *reader) carefulItems(most int, what string, yield func(i int) bool) {
	for i := 0; r.carefulKind() != jsontext.KindEndArray; i++ {
		if r.err != nil {
			return
		}
		before := r.json.InputOffset()
		if i < most && !yield(i) {
			return
		}
		if r.err == nil && r.json.InputOffset() == before {
			r.carefulRaw()
		}
		if i == most {
			r.tooMany(most, what)
		}
	}
	r.carefulToken()
}

// carefulText returns the text of a JSON string.
func carefulText(raw jsontext.Value) []byte {
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1]
	}
	return unquote(raw)
}
