package agentevent

import (
	"bytes"
	"fmt"
	"strconv"

	"rollcall"
	"rollcall/internal/slab"
)

// Limits bound what one body may make us hold. All are inclusive.
type Limits struct {
	Documents     int // in a body
	DocumentBytes int // of one document as it came, PreviousAgentSnapshot included
	Depth         int // of objects and arrays in one another, the document itself being 1
	TextBytes     int // of a name or an ARN; ids have less
	Lists         Lists
}

// Lists bound how many items each list of a document has.
type Lists struct {
	Contacts      int
	Queues        int // inbound, of a routing profile
	Proficiencies int
	Channels      int // of a queue, or with a concurrency
}

// DefaultLimits are beyond what Amazon Connect's own quotas allow: 10 contacts of
// a channel at once, 50 queues and channels of a routing profile (more on
// request), 127 characters of a name.
var DefaultLimits = Limits{
	Documents:     20_000,
	DocumentBytes: 256 << 10,
	Depth:         64,
	TextBytes:     1 << 10,
	Lists:         Lists{Contacts: 100, Queues: 500, Proficiencies: 100, Channels: 20},
}

// Document is one agent event document that was taken.
type Document struct {
	Number int   // in its body, from 1
	Offset int64 // of its first byte in the body
	Event  rollcall.Event
	Record []byte // for the journal, see DecodeRecord
}

// Batch is what a body held, both lists in the body's order. Every document is
// in exactly one of them.
type Batch struct {
	Documents []Document
	Refused   []Refusal
}

// byteOrderMark begins files that some tools write and that JSON does not
// allow.
var byteOrderMark = []byte("\xef\xbb\xbf")

// Decode judges every document of a body. The error, an *rollcall.Error, is
// for bodies of which no document can be judged: empty ones, those with a byte
// order mark, and those with too many documents.
//
// A document that isn't JSON is refused with the place where it stops being
// so. What follows can be told apart only in a newline-delimited body, where
// reading goes on at the next line; elsewhere it is the last document judged,
// and its reason says so.
//
// Nothing in the Batch refers to the body.
func Decode(body []byte, limits Limits) (Batch, error) { return DecodeInto(nil, body, limits) }

// DecodeInto does the same with the records in memory that the caller gives
// back: they hold until then.
func DecodeInto(loan *slab.Loan, body []byte, limits Limits) (Batch, error) {
	r := readers.Get().(*reader)
	defer r.release()
	return r.decode(loan, body, limits)
}

func (r *reader) decode(loan *slab.Loan, body []byte, limits Limits) (Batch, error) {
	if bytes.HasPrefix(body, byteOrderMark) {
		return Batch{}, rollcall.Errorf(rollcall.CodeMalformed,
			"the body begins with a byte order mark (EF BB BF), expected UTF-8 without one")
	}
	d := &decoding{body: body, limits: limits, r: r, loan: loan}
	d.r.limits = limits
	switch start := skipBlank(body, 0); {
	case start == len(body):
		return Batch{}, rollcall.Errorf(rollcall.CodeMalformed,
			"the body is empty, expected agent event documents: one, an array, or any number one after another")
	case body[start] == '[':
		d.array()
	default:
		d.sequence()
	}
	if d.tooMany {
		return Batch{}, rollcall.Errorf(rollcall.CodeTooLarge,
			"the body has more than %d documents, the limit of a request; send them in several", limits.Documents)
	}
	if d.number == 0 {
		return Batch{}, rollcall.Errorf(rollcall.CodeMalformed, "the body is an empty array, expected at least one agent event document")
	}
	return d.batch, nil
}

// recordsBytes is how much memory is taken at once for the records of a body.
const recordsBytes = 64 << 10

// decoding is the work on one body.
type decoding struct {
	body    []byte
	limits  Limits
	r       *reader
	batch   Batch
	number  int // of documents judged so far
	tooMany bool
	aLine   bool       // a document so far had a line for itself
	loan    *slab.Loan // where records lie; nil: in memory of their own
	records []byte     // of all documents, one behind the other
}

// array reads a body that is one JSON array.
func (d *decoding) array() {
	d.r.open(d.body, 0)
	d.r.at = skipBlank(d.body, 0) + 1
	d.r.inArray = true
	for !d.r.arrayEnds() {
		if !d.document() {
			d.inseparable(d.body)
			return
		}
	}
	if rest := d.r.behind(); rest < len(d.body) {
		d.number++
		d.refuse(fault{offset: int64(rest), reason: "found " + d.excerpt(rest) + " after the array, expected the end of the body"}, span{})
	}
}

// sequence reads a body of documents with any white space between them, or
// none.
func (d *decoding) sequence() {
	d.r.open(d.body, 0)
	for start := d.r.behind(); start < len(d.body); start = d.r.behind() {
		if !d.document() {
			d.recover(start)
			return
		}
		d.aLine = d.aLine || d.fillsLine(start, d.r.at)
	}
}

// recover goes on after the document at start, which isn't JSON.
func (d *decoding) recover(start int) {
	if d.tooMany {
		return
	}
	rest := d.body[start:]
	end := bytes.IndexByte(rest, '\n')
	if end < 0 {
		d.inseparable(rest)
		return
	}
	// The broken document may have swallowed lines that are good, so lines
	// count from its first.
	next := skipBlank(rest, end)
	if !d.aLine && (next == len(rest) || rest[next] != '{' || rest[next-1] != '\n') {
		d.inseparable(rest)
		return
	}
	d.lines(start + end + 1)
}

// lines reads the newline-delimited rest of the body, each line on its own.
func (d *decoding) lines(from int) {
	for from < len(d.body) && !d.tooMany {
		end := len(d.body)
		if n := bytes.IndexByte(d.body[from:], '\n'); n >= 0 {
			end = from + n
		}
		line := d.body[from:end]
		d.r.open(line, int64(from))
		for d.r.behind() < len(line) && d.document() {
		}
		from = end + 1
	}
}

// document judges the next document of the reader's data. It is false when
// that isn't JSON, and nothing behind it can be read.
func (d *decoding) document() bool {
	if d.number == d.limits.Documents {
		d.tooMany = true
		return false
	}
	d.number++
	r := d.r
	event, raw := r.next(d.number, strict)
	if r.err != nil {
		d.refuse(r.notJSON(), span{})
		return false
	}
	if size := raw.to - raw.from; size > d.limits.DocumentBytes {
		d.refuse(fault{offset: r.base + int64(raw.from), reason: fmt.Sprintf(
			"found a document of %d bytes, expected at most %d", size, d.limits.DocumentBytes)}, raw)
		return true
	}
	if r.faulty {
		d.refuse(r.fault, raw)
		return true
	}
	record := d.record(raw)
	if depth := d.depth(record); depth > d.limits.Depth {
		d.refuse(fault{offset: r.base + int64(raw.from), reason: fmt.Sprintf(
			"found objects and arrays %d deep, expected at most %d", depth, d.limits.Depth)}, raw)
		return true
	}
	if d.batch.Documents == nil {
		d.batch.Documents = make([]Document, 0, d.expected(raw))
	}
	d.batch.Documents = append(d.batch.Documents, Document{
		Number: d.number,
		Offset: r.base + int64(raw.from),
		Event:  event,
		Record: record,
	})
	return true
}

// expected is how many documents there may be if those that follow are as long
// as the first, which stands at raw.
func (d *decoding) expected(raw span) int {
	const most = 256 // the list grows by itself
	behind := len(d.body) - int(d.r.base) - raw.to
	return min(1+behind/(raw.to-raw.from), most, d.limits.Documents)
}

// record makes the record of the document that stands at raw in the reader's
// data.
func (d *decoding) record(raw span) []byte {
	if size := 1 + raw.to - raw.from - (d.r.cut.to - d.r.cut.from); cap(d.records)-len(d.records) < size {
		d.records = d.loan.Take(max(size, min(len(d.body)/2, recordsBytes)))
	}
	from := len(d.records)
	d.records = appendCanonical(append(d.records, recordVersion), d.r.data, raw, d.r.cut, d.r.blanks || d.r.careful)
	return d.records[from:len(d.records):len(d.records)]
}

// depth is how deep the document read last nests, PreviousAgentSnapshot left
// out. The careful walk doesn't count.
func (d *decoding) depth(record []byte) int {
	if d.r.careful {
		return Nesting(record)
	}
	return d.r.deepest
}

// refuse takes note of the fault of the document that stands at raw in the reader's
// data; nowhere if it isn't JSON.
func (d *decoding) refuse(f fault, raw span) {
	r := Refusal{Number: d.number, Offset: f.offset, Member: f.member, Reason: f.reason}
	if raw.to > 0 {
		r.Start, r.End = d.r.base+int64(raw.from), d.r.base+int64(raw.to)
	}
	d.batch.Refused = append(d.batch.Refused, r)
}

// inseparable adds to the newest refusal that nothing behind it was judged,
// if there may be something.
func (d *decoding) inseparable(rest []byte) {
	if d.tooMany {
		return
	}
	last := &d.batch.Refused[len(d.batch.Refused)-1]
	if tail := last.Offset - int64(len(d.body)-len(rest)); skipBlank(rest, int(tail)) < len(rest) {
		last.Reason += "; nothing behind this place was read"
	}
}

// fillsLine tells whether the document from start to end has a line for
// itself.
func (d *decoding) fillsLine(start, end int) bool {
	return (start == 0 || d.body[start-1] == '\n') &&
		end < len(d.body) && (d.body[end] == '\n' || d.body[end] == '\r') &&
		bytes.IndexByte(d.body[start:end], '\n') < 0
}

func (d *decoding) excerpt(from int) string {
	return strconv.Quote(rollcall.Shorten(string(d.body[from:min(from+128, len(d.body))])))
}

// skipBlank returns where from i the next byte stands that isn't JSON's white
// space.
func skipBlank(data []byte, i int) int {
	for i < len(data) {
		switch data[i] {
		case ' ', '\t', '\r', '\n':
			i++
		default:
			return i
		}
	}
	return i
}
