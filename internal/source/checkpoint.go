// Package source keeps how far streams of events have been read. A checkpoint is
// a journal record, appended with the events that it covers: what is durable and
// how far it was read can't disagree, and snapshots, exports and imports carry
// both. Whoever reads a stream again from a checkpoint reads nothing twice and
// misses nothing.
package source

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"rollcall"
)

// Form is the first byte of a checkpoint's record, see package replay. What
// follows is the checkpoint as JSON, which is also its line in an export.
const Form = 0x04

// eventType is what a line calls itself; senders of events leave out what begins so.
const eventType = "ROLLCALL_CHECKPOINT"

// Checkpoint says how far a shard of a stream was read, or, without a shard, from
// when on a stream is read at all.
type Checkpoint struct {
	EventType string `json:"EventType"` // set by Record

	Stream string    `json:"Stream"`          // as the reader names it, such as kinesis:ARN
	Made   time.Time `json:"Made,omitzero"`   // when the stream was created: a stream that was made anew is another
	Shard  string    `json:"Shard,omitempty"` // empty: of the stream as a whole
	Since  time.Time `json:"Since,omitzero"`  // of the stream: from when on it is read; zero for all that it holds
	At     time.Time `json:"At,omitzero"`     // up to when, by the stream's clock, everything was read
	After  string    `json:"After,omitempty"` // the last record that was read, as the stream numbers them
	Ended  bool      `json:"Ended,omitzero"`  // the shard is closed, and was read to its end
	Gone   bool      `json:"Gone,omitzero"`   // the stream has no such shard any more, or goes by another name: it is forgotten
}

// Bounds of a checkpoint's members, in bytes. Streams' names and shards' ids have
// at most 128, ARNs and sequence numbers fewer than 300.
const maxBytes = 2048

// Record gives the journal record.
func (c *Checkpoint) Record() []byte {
	is := *c
	is.EventType = eventType
	document, err := json.Marshal(&is)
	if err != nil {
		panic(fmt.Sprintf("source: encode a checkpoint: %v", err)) // of strings and instants alone
	}
	return append([]byte{Form}, document...)
}

// Mine tells whether a line of an export is a checkpoint.
func Mine(line []byte) bool {
	if !bytes.Contains(line, []byte(eventType)) {
		return false
	}
	var is struct {
		EventType string `json:"EventType"`
	}
	return json.Unmarshal(line, &is) == nil && is.EventType == eventType
}

// Decode reads a record. A member that is not known is ignored: without it a
// stream is read from where an older program would go on.
func Decode(record []byte) (Checkpoint, error) {
	var c Checkpoint
	if len(record) == 0 || record[0] != Form {
		return c, errors.New("checkpoint: another form of record")
	}
	if err := json.Unmarshal(record[1:], &c); err != nil {
		return c, fmt.Errorf("checkpoint: %w", err)
	}
	switch {
	case c.EventType != eventType:
		return c, fmt.Errorf("checkpoint: EventType is %q", rollcall.Shorten(c.EventType))
	case c.Stream == "":
		return c, errors.New("checkpoint: of no stream")
	case max(len(c.Stream), len(c.Shard), len(c.After)) > maxBytes:
		return c, fmt.Errorf("checkpoint: a member has more than %d bytes", maxBytes)
	}
	c.EventType = ""
	c.Made, c.Since, c.At = c.Made.UTC(), c.Since.UTC(), c.At.UTC()
	return c, nil
}

// before orders sequence numbers: decimal numbers of any length.
func before(a, b string) bool {
	if len(a) != len(b) {
		return len(a) < len(b)
	}
	return a < b
}
