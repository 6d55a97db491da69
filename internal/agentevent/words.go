package agentevent

import (
	"errors"
	"math"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"rollcall"
)

// text reads a string. It is empty for null, and where there is no string. The
// bytes hold until the next read.
func (r *reader) text() []byte {
	if !r.careful && r.peek() == '"' {
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
func (r *reader) word() string { return intern(r.text()) }

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
	text := r.text()
	if len(text) == 0 {
		return "", ""
	}
	if n, ok := seen.resources.find(text); ok {
		return n.id, n.arn
	}
	n := resource{arn: string(text)}
	n.id = rollcall.LastSegment(n.arn)
	if !rollcall.ValidID(n.id) {
		r.refuse("found " + strconv.Quote(rollcall.Shorten(n.arn)) + ", expected an ARN that ends in " + validID)
		return "", ""
	}
	if !ownQueue(n) {
		seen.resources.keep(n.arn, n)
	}
	return n.id, n.arn
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
