package contactevent

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"rollcall"
	"rollcall/internal/agentevent"
)

type stamp = time.Time

// reader walks over a document. Its first fault sticks: what is read after it
// is nothing, so that a walk needs no error handling at each step.
type reader struct {
	json      *jsontext.Decoder
	options   []jsontext.Options
	textBytes int
	refusal   *agentevent.Refusal
}

func newReader(document []byte, textBytes int) *reader {
	return &reader{json: jsontext.NewDecoder(bytes.NewReader(document)), textBytes: textBytes}
}

func (r *reader) refuse(offset int64, member, reason string) {
	if r.refusal == nil {
		r.refusal = &agentevent.Refusal{Offset: offset, Member: member, Reason: reason}
	}
}

func (r *reader) missing(member, expected string) {
	r.refuse(0, member, "found nothing, expected "+expected)
}

// broken takes note that the document is no JSON.
func (r *reader) broken(err error) {
	reason := "the document ends before its object does"
	switch syntax := (*jsontext.SyntacticError)(nil); {
	case errors.Is(err, jsontext.ErrDuplicateName):
		reason = "a member of this name stands before in the same object, expected each name once"
	case errors.As(err, &syntax) && !errors.Is(err, io.ErrUnexpectedEOF):
		reason = "not JSON: " + syntax.Err.Error()
	}
	r.refuse(r.json.InputOffset(), "", reason)
}

// object walks over an object, if there is one: at null there is none. Values
// that read leaves, as its answer false says, are stepped over.
func (r *reader) object(path string, read func(name string) bool) bool {
	if r.refusal != nil {
		return false
	}
	if kind := r.json.PeekKind(); kind != '{' {
		r.scalar(path, kind, 'n', "an object")
		return false
	}
	if _, err := r.json.ReadToken(); err != nil {
		r.broken(err)
		return false
	}
	for r.refusal == nil && r.json.PeekKind() != '}' {
		name, err := r.json.ReadToken()
		if err != nil {
			r.broken(err)
			return false
		}
		if read(name.String()) || r.refusal != nil {
			continue
		}
		if err := r.json.SkipValue(); err != nil {
			r.broken(err)
		}
	}
	if r.refusal != nil {
		return false
	}
	if _, err := r.json.ReadToken(); err != nil {
		r.broken(err)
	}
	return r.refusal == nil
}

// folded walks over an object whose names are read in lower case. A name that is
// read may stand once, in whatever case.
func (r *reader) folded(path string, read func(name, path string) bool) bool {
	var seen []string
	return r.object(path, func(name string) bool {
		folded := strings.ToLower(name)
		inner := path + "." + rollcall.Shorten(name)
		if !read(folded, inner) {
			return false
		}
		for _, before := range seen {
			if before == folded {
				r.refuse(r.json.InputOffset(), inner, "a member of this name stands before in the same object, expected each name once, in whatever case")
			}
		}
		seen = append(seen, folded)
		return true
	})
}

// scalar reads a value that is to be of a kind, or null, and gives its JSON.
func (r *reader) scalar(path string, is, want jsontext.Kind, expected string) jsontext.Value {
	if r.refusal != nil {
		return nil
	}
	raw, err := r.json.ReadValue()
	switch {
	case err != nil:
		r.broken(err)
	case is != want && is != 'n':
		r.refuse(r.json.InputOffset()-int64(len(raw)), path, "found "+agentevent.Describe(raw)+", expected "+expected)
	case is == want:
		return raw
	}
	return nil
}

// text reads a string; null is empty.
func (r *reader) text(path string) string {
	if r.refusal != nil {
		return ""
	}
	raw := r.scalar(path, r.json.PeekKind(), '"', "a string")
	if raw == nil {
		return ""
	}
	text, err := jsontext.AppendUnquote(nil, raw)
	if err != nil && r.options == nil {
		r.broken(err)
	}
	if len(text) > r.textBytes {
		r.refuse(r.json.InputOffset()-int64(len(raw)), path, "found "+strconv.Itoa(len(text))+" bytes, expected at most "+strconv.Itoa(r.textBytes))
		return ""
	}
	return string(text)
}

const (
	validID     = `1 to 256 printable characters without "/"`
	instanceARN = "the ARN of an instance, arn:aws:connect:REGION:ACCOUNT:instance/INSTANCE"
	queueARN    = "the ARN of a queue, arn:aws:connect:REGION:ACCOUNT:instance/INSTANCE/queue/QUEUE"
	labelBytes  = 64
)

// wrong refuses the text read last.
func (r *reader) wrong(path, text, expected string) {
	r.refuse(r.json.InputOffset()-int64(len(text))-2, path, "found "+quoted(text)+", expected "+expected)
}

func (r *reader) id(path string) string {
	id := r.text(path)
	if id != "" && !rollcall.ValidID(id) {
		r.wrong(path, id, validID)
	}
	return id
}

// label reads a word of a list that grows.
func (r *reader) label(path string) string {
	word := r.text(path)
	if word != "" && (len(word) > labelBytes || !rollcall.ValidID(word)) {
		r.wrong(path, word, `1 to 64 printable characters without "/"`)
	}
	return word
}

func (r *reader) instant(path string) time.Time {
	text := r.text(path)
	if text == "" {
		return time.Time{}
	}
	at, ok := agentevent.ParseTimestamp([]byte(text))
	if !ok {
		r.wrong(path, text, "a timestamp with a zone, such as 2026-11-22T08:30:00.000Z, from 1970 to 9999")
	}
	return at
}

func (r *reader) instance(path string) rollcall.ARN {
	text := r.text(path)
	if text == "" {
		return rollcall.ARN{}
	}
	arn, ok := rollcall.ParseARN(strings.Replace(text, "::connect:", ":connect:", 1))
	if !ok || arn.Type != "" {
		r.wrong(path, text, instanceARN)
	}
	return arn
}

func quoted(text string) string { return strconv.Quote(rollcall.Shorten(text)) }
