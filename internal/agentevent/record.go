package agentevent

import (
	"errors"
	"fmt"
	"math"
	"runtime/debug"

	"rollcall"
	"rollcall/internal/plain"
)

// A journal record is one byte, its form, and what follows from it. In form 1
// that is the canonical document: the agent event document as it came, without
// PreviousAgentSnapshot (of which nothing is used, and which is half of it) and
// without white space. Members that we do not know are kept, and numbers and
// strings stay as they were written, so that a rule of decoding can be mended
// and the journal read again. Form 2 is a control record: an event of our own.
// Form 5 is a seed: what Amazon Connect answered, in the form of form 1. Further
// forms are of records that are not about agents: see package replay.
//
// A further member of a document is no new form: older programs keep it and step
// over it. To go to a new form, take the next number, let DecodeRecord branch on
// it, and pin a record of it in the tests; older programs then name it
// (NewerError) and end, rather than follow a journal that they misread. No form
// ever goes: an export or a journal without retention may hold all of them.
const (
	recordVersion = 0x01
	recordControl = 0x02
	recordSeed    = 0x05
)

// AppendRecord appends to dst the record of an agent event document that is
// known to be good and to be compact, such as Canonical returns it.
func AppendRecord(dst, canonical []byte) []byte {
	return append(append(dst, recordVersion), canonical...)
}

// Records gives the records of events that were not documents: for who appends
// what rollcall itself has to say, be it an event of our own or a logout.
func Records(events ...*rollcall.Event) ([][]byte, error) {
	records := make([][]byte, len(events))
	for i, e := range events {
		switch {
		case e.Type == rollcall.EventSeed:
			records[i] = AppendDocument([]byte{recordSeed}, e)
		case !e.Type.Ours():
			records[i] = AppendRecord(nil, AppendDocument(nil, e))
		default:
			var err error
			if records[i], err = AppendControl(nil, e); err != nil {
				return nil, err
			}
		}
	}
	return records, nil
}

// Canonical returns the document in a record of form 1, without copying it. A
// control record has none, nor has a seed: see IsControl.
func Canonical(record []byte) ([]byte, error) {
	switch {
	case len(record) == 0:
		return nil, errors.New("journal record: empty")
	case IsControl(record):
		return nil, errors.New("journal record: an event of rollcall's own, which is no agent event document")
	case record[0] != recordVersion:
		return nil, &NewerError{fmt.Sprintf("journal record: form %d, and this release knows 1, 2 and 5 only", record[0])}
	}
	return record[1:], nil
}

// noLimits are those of what was taken once, perhaps under others.
var noLimits = Limits{
	TextBytes: math.MaxInt,
	Lists:     Lists{Contacts: math.MaxInt, Queues: math.MaxInt, Proficiencies: math.MaxInt, Channels: math.MaxInt},
}

// NewerError says that a record has a form, or is an event of our own, that a
// newer release gave a meaning. Whoever went on without it would answer wrongly.
type NewerError struct{ what string }

// Newer makes one, of what is newer than this release.
func Newer(what string) *NewerError { return &NewerError{what} }

// Error says what is newer, than which release, and what to do.
func (e *NewerError) Error() string {
	is := "of unknown version"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		is = info.Main.Version
	}
	return e.what + "; a newer release of rollcall wrote it: start that, or a later one (this is " + is + "; --accept-loss is not for this)"
}

// DecodeRecord reads a journal record. A *NewerError wants a newer release; any
// other error says that today's rules make no event of what was kept, which then
// changes nothing: the journal always replays. DecodeRecord survives any bytes and knows no
// limits, and it takes names that stand twice and invalid UTF-8, since only what
// Decode took and what AppendControl wrote becomes a record. The Event does not
// refer to the record.
func DecodeRecord(record []byte) (*rollcall.Event, error) {
	if len(record) > 0 && record[0] == recordControl {
		return decodeControl(record[1:])
	}
	if len(record) > 0 && record[0] == recordSeed {
		return decodeDocument(record[1:], true)
	}
	document, err := Canonical(record)
	if err != nil {
		return nil, err
	}
	return decodeDocument(document, false)
}

// decodeDocument reads what stands in a record, of a seed or of an agent event.
func decodeDocument(document []byte, seed bool) (*rollcall.Event, error) {
	r := readers.Get().(*reader)
	defer r.release()
	r.limits, r.seeds = noLimits, seed
	r.open(document, 0)
	event, place := r.next(1, trusted)
	switch {
	case r.err != nil:
		return nil, fmt.Errorf("journal record: %w", r.err)
	case r.faulty:
		return nil, fmt.Errorf("journal record: %s: %s", r.fault.member, r.fault.reason)
	case place.to != len(document):
		return nil, fmt.Errorf("journal record: %d bytes behind the document", len(document)-place.to)
	case seed && event.Type != rollcall.EventSeed:
		return nil, fmt.Errorf("journal record: EventType is %q, and the record is a seed's", rollcall.Shorten(string(event.Type)))
	}
	return &event, nil
}

// appendCanonical appends the canonical form of the document that stands at
// doc in data, leaving out cut. The document is known to be JSON, and blanks
// tells whether it may have white space between its tokens, so nothing is
// checked again.
func appendCanonical(dst, data []byte, doc, cut span, blanks bool) []byte {
	appendPart := appendVerbatim
	if blanks {
		appendPart = appendCompact
	}
	if cut == (span{}) {
		return appendPart(dst, data[doc.from:doc.to])
	}
	dst = appendPart(dst, data[doc.from:cut.from])
	rest := skipBlank(data, cut.to)
	// With the member goes one comma: the one before it, or for the first
	// member the one behind it.
	if last := len(dst) - 1; dst[last] == ',' {
		dst = dst[:last]
	} else if data[rest] == ',' {
		rest++
	}
	return appendPart(dst, data[rest:doc.to])
}

func appendVerbatim(dst, src []byte) []byte { return append(dst, src...) }

// appendCompact appends JSON without the white space between its tokens.
func appendCompact(dst, src []byte) []byte {
	from := 0
	for i := 0; i < len(src); {
		switch src[i] {
		case '"':
			i = endOfString(src, i)
			continue
		case ' ', '\t', '\r', '\n':
			dst = append(dst, src[from:i]...)
			i = skipBlank(src, i)
			from = i
			continue
		}
		i++
	}
	return append(dst, src[from:]...)
}

// Nesting is how deep the objects and arrays in compact JSON nest.
func Nesting(compact []byte) int {
	open, deepest := 0, 0
	for i := 0; i < len(compact); {
		switch compact[i] {
		case '"':
			i = endOfString(compact, i)
			continue
		case '{', '[':
			open++
			deepest = max(deepest, open)
		case '}', ']':
			open--
		}
		i++
	}
	return deepest
}

// endOfString returns the place behind the string that begins at i.
func endOfString(src []byte, i int) int {
	for i = plain.End(src, i+1); i < len(src) && src[i] != '"'; i = plain.End(src, i) {
		if src[i] == '\\' {
			i++
		}
		i = min(i+1, len(src))
	}
	return min(i+1, len(src))
}
