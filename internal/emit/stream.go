package emit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/go-json-experiment/json/jsontext"

	"rollcall"
)

// The bounds of one PutRecords request and of a record, of Amazon Kinesis. Both
// count the partition keys, too.
const (
	putRecords  = 500
	putBytes    = 5 << 20
	recordBytes = 1 << 20
	keyBytes    = 256
)

// Putter is what a Streamer asks of Amazon Kinesis; *kinesis.Client is one.
type Putter interface {
	PutRecords(context.Context, *kinesis.PutRecordsInput, ...func(*kinesis.Options)) (*kinesis.PutRecordsOutput, error)
}

// Streamer puts documents into a Kinesis stream, a record each. An agent's events
// have its ARN for partition key, so they are in one shard, and no request has two
// of them: an entry that the service refuses for now is never overtaken by a newer
// one. A request whose answer was lost is sent again, so a record may be there twice.
type Streamer struct {
	API       Putter
	Name, ARN *string // of the stream: one of them
	OnRefused func(Refused)
	OnSent    func(bytes int64)                                // as an Emitter's
	Wait      func(ctx context.Context, d time.Duration) error // as an Emitter's

	summary Summary
	held    []record // in order; up to putRecords
	bytes   int      // of held
}

// record is a document that waits to be put.
type record struct {
	key  string
	body []byte
}

func (r record) size() int { return len(r.key) + len(r.body) }

// Emit puts all documents of one input. The error says that the input could not
// be read or the stream not be written.
func (s *Streamer) Emit(ctx context.Context, name string, r io.Reader) error {
	done := int64(0)
	sent := func(end int64) {
		if s.OnSent != nil {
			s.OnSent(end - done)
		}
		done = end
	}
	end := int64(0)
	for doc, err := range Documents(r) {
		var syntax *SyntaxError
		switch {
		case errors.As(err, &syntax):
			s.refuse(Refused{Input: name, Line: syntax.Line, Reason: syntax.Reason})
			continue
		case err != nil:
			return readError(name, err)
		case isOwn(doc.Body):
			s.summary.LeftOut++
			continue
		}
		rec, refused := asRecord(doc)
		if refused.Reason != "" {
			refused.Input = name
			s.refuse(refused)
			continue
		}
		if len(s.held) == putRecords || s.bytes+rec.size() > putBytes {
			if err := s.flush(ctx); err != nil {
				return err
			}
			sent(end)
		}
		s.held, s.bytes, end = append(s.held, rec), s.bytes+rec.size(), doc.End
	}
	if err := s.flush(ctx); err != nil {
		return err
	}
	sent(end)
	return nil
}

// Summary is what became of all inputs so far.
func (s *Streamer) Summary() Summary { return s.summary }

func (s *Streamer) refuse(r Refused) {
	s.summary.Refused++
	s.OnRefused(r)
}

// asRecord says what is put for a document, or why nothing is.
func asRecord(doc Document) (record, Refused) {
	refused := func(member, format string, args ...any) (record, Refused) {
		return record{}, Refused{Line: doc.Line, Member: member, Reason: fmt.Sprintf(format, args...)}
	}
	body := jsontext.Value(doc.Body)
	if err := body.Compact(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)); err != nil {
		return refused("", "not JSON: %v", err)
	}
	var named struct {
		AgentARN string `json:"AgentARN"`
		Detail   struct {
			ContactID string `json:"contactId"`
		} `json:"detail"`
	}
	if err := json.Unmarshal(body, &named); err != nil {
		return refused("", "neither an agent event nor a contact event: %v", err)
	}
	member, key := "AgentARN", named.AgentARN
	if key == "" && named.Detail.ContactID != "" {
		member, key = "detail.contactId", named.Detail.ContactID
	}
	rec := record{key: key, body: body}
	switch {
	case key == "":
		return refused(member, "missing: neither an agent event nor a contact event, so there is no key to keep its order by")
	case len(key) > keyBytes:
		return refused(member, "%d bytes: a partition key has at most %d", len(key), keyBytes)
	case rec.size() > recordBytes:
		return refused("", "%d bytes with the partition key: a record has at most %d", rec.size(), recordBytes)
	}
	return rec, Refused{}
}

// flush puts what is held: in each request the oldest of every key. It goes on
// while the service takes some, and gives up after maxTries that took nothing.
func (s *Streamer) flush(ctx context.Context) error {
	for tries := 0; len(s.held) > 0; {
		put, err := s.put(ctx)
		if err != nil && (ctx.Err() != nil || tries+1 == maxTries) {
			return fmt.Errorf("put records: %w", err)
		}
		if put > 0 {
			tries = 0
		}
		if err == nil {
			continue
		}
		if !slowedDown(err) {
			return fmt.Errorf("put records: %w", err)
		}
		tries++
		if err := sleep(ctx, s.Wait, pause(tries, nil)); err != nil {
			return err
		}
	}
	return nil
}

// put sends one request and drops from held what was taken. The error says why
// something was not.
func (s *Streamer) put(ctx context.Context) (taken int, err error) {
	var entries []types.PutRecordsRequestEntry
	var places []int // in held, of each entry
	keys := make(map[string]bool, len(s.held))
	for i := range s.held {
		if r := &s.held[i]; !keys[r.key] {
			keys[r.key] = true
			entries = append(entries, types.PutRecordsRequestEntry{PartitionKey: &r.key, Data: r.body})
			places = append(places, i)
		}
	}
	out, err := s.API.PutRecords(ctx, &kinesis.PutRecordsInput{StreamName: s.Name, StreamARN: s.ARN, Records: entries})
	if err != nil {
		return 0, err
	}
	if len(out.Records) != len(entries) {
		return 0, fmt.Errorf("the service answered %d records for %d", len(out.Records), len(entries))
	}
	gone := make([]bool, len(s.held))
	for i, result := range out.Records {
		if result.ErrorCode == nil {
			gone[places[i]] = true
			taken++
			continue
		}
		err = &entryError{code: *result.ErrorCode, message: deref(result.ErrorMessage)}
	}
	left := s.held[:0:0]
	s.bytes = 0
	for i, r := range s.held {
		if !gone[i] {
			left, s.bytes = append(left, r), s.bytes+r.size()
		}
	}
	s.held = left
	s.summary.Kept += taken
	return taken, err
}

// entryError is why the service did not take an entry of a request.
type entryError struct{ code, message string }

func (e *entryError) Error() string {
	return rollcall.Shorten(e.code) + ": " + rollcall.Shorten(e.message)
}

// slowedDown tells whether the same may go well later: entries fail by the
// stream's throughput or an internal failure. Requests as a whole were tried by
// the client already.
func slowedDown(err error) bool {
	return errors.As(err, new(*entryError)) || errors.As(err, new(*types.ProvisionedThroughputExceededException))
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
