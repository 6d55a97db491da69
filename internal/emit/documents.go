// Package emit sends agent event documents to a rollcall server: it cuts any
// input into documents, gathers them into batches, sends each batch until the
// server has said what became of it, and says which document of which file
// was refused and why.
//
// A batch may be sent twice when an answer was lost. That is harmless: events
// carry ids and instants, and the floor counts a repetition and changes
// nothing.
package emit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/go-json-experiment/json/jsontext"
)

// Document is one document of an input, as it came.
type Document struct {
	Body []byte // its own copy
	Line int    // where it begins, from 1
	End  int64  // bytes of the input read up to its end
}

// maxDocumentBytes is the largest document, with the blanks before it in an
// array, that is held to be sent: a server takes no more in one request.
const maxDocumentBytes = 8 << 20

// SyntaxError is a place in an input that is no JSON, or no end of it: then what
// stands between it and the next line that begins with "{" is skipped. Or it is
// an array where a document should be.
type SyntaxError struct {
	Line   int
	Reason string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Reason) }

// Documents cuts an input into documents: one, a JSON array of them, one a
// line, or one after the other without a separator. It yields a *SyntaxError
// for each place that is no JSON and goes on behind it, and ends after any
// other error. Only syntax is judged here; the server judges the rest.
func Documents(r io.Reader) iter.Seq2[Document, error] {
	return func(yield func(Document, error) bool) {
		c := &cutter{lines: newLineReader(r), dec: new(jsontext.Decoder)}
		for c.cut(yield) {
			if !c.skipToDocument() {
				return
			}
		}
	}
}

// cutter reads one input. Its offsets are those of the input.
type cutter struct {
	lines *lineReader
	dec   *jsontext.Decoder
	base  int64 // where dec began
	at    int64 // behind the newest syntax error: what comes next is still to be looked at
}

// cut yields documents up to the end or to a syntax error. It reports whether
// there is more to read behind such an error.
func (c *cutter) cut(yield func(Document, error) bool) bool {
	c.begin()
	for {
		if c.dec.StackDepth() == 0 && len(bytes.TrimLeft(c.dec.UnreadBuffer(), blanks)) == 0 {
			c.lines.skipBlanks() // which the decoder would gather
			c.begin()
		}
		c.lines.limit = c.base + c.dec.InputOffset() + maxDocumentBytes
		if kind := c.dec.PeekKind(); kind == '[' && c.dec.StackDepth() == 0 || kind == ']' {
			if _, err := c.dec.ReadToken(); err != nil {
				return c.failed(err, yield)
			}
			continue
		}
		value, err := c.dec.ReadValue()
		if err != nil {
			return c.failed(err, yield)
		}
		end := c.base + c.dec.InputOffset()
		doc := Document{
			Body: append([]byte(nil), value...),
			Line: c.lines.lines.at(end - int64(len(value))),
			End:  end,
		}
		if value.Kind() == '[' { // alone in a request it would be taken for the list of documents
			if !yield(Document{}, &SyntaxError{Line: doc.Line, Reason: "found an array within an array, expected an object: an agent event"}) {
				return false
			}
			continue
		}
		if !yield(doc, nil) {
			return false
		}
	}
}

// begin makes a decoder for what comes next.
func (c *cutter) begin() {
	c.base = c.lines.offset
	// Names and encoding are the server's to judge: it says which document is wrong.
	c.dec.Reset(c.lines, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

// failed tells what err means, which the decoder met behind the last document.
// It reports as cut does.
func (c *cutter) failed(err error, yield func(Document, error) bool) bool {
	unread := c.dec.UnreadBuffer()
	blank := len(unread) - len(bytes.TrimLeft(unread, " \t\r\n,"))
	at := c.base + c.dec.InputOffset() + int64(blank)
	var syntactic *jsontext.SyntacticError
	var reason string
	switch {
	case errors.Is(err, io.EOF) && c.dec.StackDepth() == 0:
		return false
	case errors.Is(err, errLimit):
		c.at, reason = c.lines.offset, fmt.Sprintf("no end of a document within %d bytes", maxDocumentBytes)
	case errors.Is(err, io.ErrUnexpectedEOF):
		c.at, reason = at, "not JSON: the input ends inside a document"
	case errors.As(err, &syntactic):
		at = c.base + syntactic.ByteOffset
		c.at, reason = at, "not JSON: "+syntactic.Err.Error()
	default:
		yield(Document{}, errors.Unwrap(err)) // without the decoder's words around it
		return false
	}
	return yield(Document{}, &SyntaxError{Line: c.lines.lines.at(at), Reason: reason})
}

// skipToDocument moves behind what could not be read: to the next line that
// begins with "{".
func (c *cutter) skipToDocument() bool {
	unread := c.dec.UnreadBuffer()
	behind := min(c.lines.offset-c.at, int64(len(unread)))
	c.lines.unread(unread[int64(len(unread))-behind:])
	return c.lines.skipToBrace()
}
