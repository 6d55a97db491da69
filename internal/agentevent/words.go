package agentevent

import (
	"bytes"
	"errors"
	"math"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"rollcall"
)

// text reads a string. It is empty for null, and where there is no string. The
// bytes hold until the next read.
func (r *reader) text() []byte {
	if !r.careful && (r.byte() == '"' || r.peek() == '"') {
		r.valueAt = r.base + int64(r.at)
		return r.scanner.text()
	}
	raw := r.raw()
	switch raw.Kind() {
	case jsontext.KindString:
		return carefulText(raw)
	case jsontext.KindNull, jsontext.KindInvalid:
	case jsontext.KindFalse, jsontext.KindTrue, jsontext.KindNumber, jsontext.KindBeginObject,
		jsontext.KindEndObject, jsontext.KindBeginArray, jsontext.KindEndArray:
		r.mismatch(raw, "a string")
	}
	return nil
}

// word reads a string that events repeat.
func (r *reader) word() string { return intern(r.short(r.text())) }

// own reads a string that no other agent's events have.
func (r *reader) own() string { return r.keep(r.short(r.text())) }

// short refuses a text that is too long.
func (r *reader) short(text []byte) []byte {
	if most := r.limits.TextBytes; len(text) > most {
		r.refuse("found " + strconv.Itoa(len(text)) + " bytes, expected at most " + strconv.Itoa(most))
		return nil
	}
	return text
}

// ownBytes is how many bytes of strings are kept side by side, about those of
// three events.
const ownBytes = 1 << 10

// keep copies a text. Those of an event lie side by side, and so they go
// together: a row of the floor holds on to none of them.
func (r *reader) keep(text []byte) string {
	if len(text) == 0 {
		return ""
	}
	b := &r.strings
	if b.Cap()-b.Len() < len(text) {
		b.Reset()
		b.Grow(max(ownBytes, len(text)))
	}
	from := b.Len()
	b.Write(text)
	return b.String()[from:]
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
	text := r.short(r.text())
	if len(text) == 0 {
		return "", ""
	}
	if n, ok := seen.resources.find(text); ok {
		return n.id, n.arn
	}
	cut := bytes.LastIndexByte(text, '/') + 1
	own := bytes.HasSuffix(text[:cut], []byte(ownQueues))
	var n resource
	if own {
		n.arn = r.keep(text)
	} else {
		n.arn = string(text)
	}
	n.id = n.arn[cut:]
	if !rollcall.ValidID(n.id) {
		r.refuse("found " + quoted(text) + ", expected an ARN that ends in " + validID)
		return "", ""
	}
	if !own {
		seen.resources.keep(n.arn, n)
	}
	return n.id, n.arn
}

const validID = "1 to 256 printable characters without \"/\""

// label reads a short word of an open list, such as a channel.
func (r *reader) label() string {
	text := r.text()
	switch string(text) { // those that are on nearly every contact
	case "VOICE":
		return "VOICE"
	case "CHAT":
		return "CHAT"
	case "INBOUND":
		return "INBOUND"
	}
	return r.listed(text)
}

// listed takes a word of an open list, whose members need not be known, from the
// text read last.
func (r *reader) listed(text []byte) string {
	word := intern(text)
	if word != "" && (len(word) > 64 || !rollcall.ValidID(word)) {
		r.refuse("found " + strconv.Quote(rollcall.Shorten(word)) + ", expected 1 to 64 bytes of printable characters without \"/\"")
		return ""
	}
	return word
}
