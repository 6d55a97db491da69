package connect

import (
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"rollcall"
	"rollcall/internal/floor"
	"rollcall/internal/plain"
)

// rowWriter appends JSON members to the text. Names are constants that need no
// escapes.
type rowWriter struct {
	*floor.Text
	instance rollcall.ARN
	named    bool // with the members of EncodeNamedUserData
	begun    bool // the innermost object has a member
}

// open begins an object or a list.
func (w *rowWriter) open(bracket byte) {
	w.Form = append(w.Form, bracket)
	w.begun = false
}

// close ends it.
func (w *rowWriter) close(bracket byte) {
	w.Form = append(w.Form, bracket)
	w.begun = true
}

// next begins a member of the innermost object, or an element of the list.
func (w *rowWriter) next() {
	if w.begun {
		w.Form = append(w.Form, ',')
	}
	w.begun = true
}

func (w *rowWriter) name(name string) {
	w.next()
	w.Form = append(w.Form, '"')
	w.Form = append(w.Form, name...)
	w.Form = append(w.Form, '"', ':')
}

// string writes a member unless it is empty.
func (w *rowWriter) string(name, value string) {
	if value == "" {
		return
	}
	w.name(name)
	w.Form = appendString(w.Form, value)
}

// ownString writes a member that is the agent's own, unless it is empty.
func (w *rowWriter) ownString(name, value string) {
	var room [256]byte
	w.own(name, jsonString(room[:0], value))
}

// own is ownString for a value that is JSON.
func (w *rowWriter) own(name string, value []byte) {
	if len(value) == 0 {
		return
	}
	w.name(name)
	w.Value(value)
}

// endingWithID writes a member that ends with the agent's id.
func (w *rowWriter) endingWithID(name, prefix string) {
	w.name(name)
	w.Form = appendString(w.Form, prefix)
	w.Form = w.Form[:len(w.Form)-1]
	w.ID()
	w.Form = append(w.Form, '"')
}

// isPlain tells whether a JSON string has s as it is.
func isPlain(s string) bool {
	var room [64]byte
	return len(appendString(room[:0], s)) == len(s)+len(`""`)
}

// jsonString is a JSON string, nil for an empty one.
func jsonString(dst []byte, s string) []byte {
	if s == "" {
		return nil
	}
	return appendString(dst, s)
}

// jsonSeconds is a number of seconds, nil for an instant that isn't known.
func jsonSeconds(dst []byte, at time.Time) []byte {
	if at.IsZero() {
		return nil
	}
	return appendEpochSeconds(dst, at)
}

// appendString writes a JSON string. What isn't UTF-8 becomes U+FFFD, which is
// what the error of AppendQuote would say; decoding has refused it long before.
func appendString(dst []byte, s string) []byte {
	from := len(dst)
	dst = append(append(append(dst, '"'), s...), '"')
	if plain.End(dst, from+1) < len(dst)-1 {
		dst, _ = jsontext.AppendQuote(dst[:from], s)
	}
	return dst
}

// appendEpochSeconds writes an instant as clients of REST-JSON read it: seconds
// since 1970 as a number, with milliseconds where there are any, never with an
// exponent. It is made of integers, so no digit is lost.
func appendEpochSeconds(dst []byte, at time.Time) []byte {
	ms := at.UnixMilli()
	if ms < 0 {
		dst, ms = append(dst, '-'), -ms
	}
	dst = strconv.AppendInt(dst, ms/1000, 10)
	fraction := ms % 1000
	if fraction == 0 {
		return dst
	}
	dst = append(dst, '.', byte('0'+fraction/100), byte('0'+fraction/10%10), byte('0'+fraction%10))
	for dst[len(dst)-1] == '0' {
		dst = dst[:len(dst)-1]
	}
	return dst
}
