package agentevent

import (
	"errors"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"rollcall"
)

// Refusal says why a document was not taken: its first fault, or, when it
// isn't JSON, where it stops being JSON.
type Refusal struct {
	Number int    // of the document in its body, from 1
	Offset int64  // of the fault in the body, in bytes from 0; of the object when a member is missing
	Member string // CurrentAgentSnapshot.Contacts[0].State; empty when the document as a whole is at fault
	Reason string // what was found, shortened, and what was expected

	// Where the document stands in its body; End is 0 if that can't be told, as it
	// isn't JSON.
	Start, End int64
}

// String is the refusal in one line.
func (r Refusal) String() string {
	if r.Member == "" {
		return r.Reason
	}
	return r.Member + ": " + r.Reason
}

// fault is a Refusal of which only the document's number is not known yet.
type fault struct {
	offset int64
	member string
	reason string
}

// syntaxFault turns what the JSON reader found wrong into words. Its offset
// still counts from the reader's start.
func syntaxFault(err error, arrayDepth int, end int64) fault {
	var syntax *jsontext.SyntacticError
	if !errors.As(err, &syntax) {
		// The reader met the end of the body, or a number that it can't hold.
		return fault{offset: end, reason: "the body ends before the document does"}
	}
	f := fault{offset: syntax.ByteOffset, member: memberPath(syntax.JSONPointer, arrayDepth)}
	switch {
	case errors.Is(syntax.Err, io.ErrUnexpectedEOF):
		f.reason = "the body ends before the document does"
	case errors.Is(syntax.Err, jsontext.ErrDuplicateName):
		f.reason = "a member of this name stands before in the same object, expected each name once"
	case errors.Is(syntax.Err, jsontext.ErrNonStringName):
		f.reason = "found a member name that is no string, expected JSON"
	default:
		f.reason = "not JSON: " + syntax.Err.Error()
	}
	return f
}

// memberPathBytes bounds a path in a Refusal: names come from the document.
const memberPathBytes = 256

// memberPath writes a JSON Pointer the way people write members, leaving out
// the first skip tokens, which lead through the body's own array.
func memberPath(pointer jsontext.Pointer, skip int) string {
	var path strings.Builder
	for token := range pointer.Tokens() {
		switch {
		case skip > 0:
			skip--
			continue
		case isIndex(token):
			path.WriteString("[" + token + "]")
		case path.Len() == 0:
			path.WriteString(rollcall.Shorten(token))
		default:
			path.WriteString("." + rollcall.Shorten(token))
		}
		if path.Len() > memberPathBytes {
			return path.String() + "…"
		}
	}
	return path.String()
}

func isIndex(token string) bool {
	for _, c := range token {
		if c < '0' || c > '9' {
			return false
		}
	}
	return token != "" && len(token) < 8
}

// Describe names a JSON value for a Reason: its kind, and a scalar's text.
func Describe(raw jsontext.Value) string {
	switch raw.Kind() {
	case jsontext.KindBeginObject:
		return "an object"
	case jsontext.KindBeginArray:
		return "an array"
	case jsontext.KindString:
		return "the string " + rollcall.Shorten(string(raw))
	case jsontext.KindNumber:
		return "the number " + rollcall.Shorten(string(raw))
	case jsontext.KindNull, jsontext.KindFalse, jsontext.KindTrue,
		jsontext.KindInvalid, jsontext.KindEndObject, jsontext.KindEndArray:
	}
	return rollcall.Shorten(string(raw))
}
