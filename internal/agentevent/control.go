package agentevent

import (
	"bytes"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"rollcall"
)

// control is the document of a control record: an event of our own, with its
// members named as in agent events. The instance follows from AgentARN where
// that is there.
type control struct {
	EventType      rollcall.EventType `json:"EventType"`
	AgentARN       string             `json:"AgentARN,omitempty"`
	InstanceARN    string             `json:"InstanceARN,omitempty"`
	EventTimestamp time.Time          `json:"EventTimestamp"`
}

// AppendControl appends to dst the record of an event of our own, one that
// rollcall.NewForgetting or rollcall.NewRemoval made. Decode takes no such
// event, whatever its form: only who can append to the journal can forget.
func AppendControl(dst []byte, e *rollcall.Event) ([]byte, error) {
	c := control{EventType: e.Type, EventTimestamp: e.At.UTC()}
	if e.Type == rollcall.EventForgetAgent {
		c.AgentARN = e.Agent.String()
	} else {
		c.InstanceARN = e.Instance.String()
	}
	document, err := json.Marshal(&c)
	if err != nil {
		return dst, fmt.Errorf("control record: %w", err)
	}
	return AppendControlDocument(dst, document)
}

// AppendControlDocument appends to dst the record of a document such as
// ControlDocument gives: for a journal that was written out and is read in again.
func AppendControlDocument(dst, document []byte) ([]byte, error) {
	if compact := jsontext.Value(bytes.Clone(document)); isSeed(document) && compact.Compact() == nil {
		if _, err := decodeDocument(compact, true); err != nil {
			return dst, err
		}
		return append(append(dst, recordSeed), compact...), nil
	}
	if _, err := decodeControl(document); err != nil {
		return dst, err
	}
	return append(append(dst, recordControl), document...), nil
}

// isSeed tells whether a document is JSON, of a seed.
func isSeed(document []byte) bool {
	var own struct {
		EventType rollcall.EventType `json:"EventType"`
	}
	return json.Unmarshal(document, &own) == nil && own.EventType == rollcall.EventSeed
}

// ControlDocument returns the JSON in a control record or a seed, without copying
// it, and nil for any other record.
func ControlDocument(record []byte) []byte {
	if !IsControl(record) {
		return nil
	}
	return record[1:]
}

// IsControl tells whether a record is an event of our own or a seed. Such a record
// is of no use outside its journal: a dump of agent events leaves it out.
func IsControl(record []byte) bool {
	return len(record) > 0 && (record[0] == recordControl || record[0] == recordSeed)
}

// decodeControl reads the document of a control record. Members that we do not
// know are refused: a newer program gave them a meaning that would be missed.
func decodeControl(document []byte) (*rollcall.Event, error) {
	var c control
	if err := json.Unmarshal(document, &c, json.RejectUnknownMembers(true)); err != nil {
		if json.Unmarshal(document, &c) == nil {
			return nil, &NewerError{fmt.Sprintf("control record: an event of rollcall's own with a member that this release does not know (%v)", err)}
		}
		return nil, fmt.Errorf("control record: %w", err)
	}
	e := &rollcall.Event{Type: c.EventType, At: c.EventTimestamp.UTC(), AgentARN: c.AgentARN}
	arn, want := c.InstanceARN, ""
	if c.EventType == rollcall.EventForgetAgent {
		arn, want = c.AgentARN, rollcall.TypeAgent
	}
	named, ok := rollcall.ParseARN(arn)
	switch {
	case !c.EventType.Ours():
		return nil, &NewerError{fmt.Sprintf("control record: an event of rollcall's own of the type %q, which this release does not know", rollcall.Shorten(string(c.EventType)))}
	case c.EventTimestamp.IsZero():
		return nil, fmt.Errorf("control record: %s without an instant", c.EventType)
	case !ok || named.Type != want:
		return nil, fmt.Errorf("control record: %s of %q, which is not the ARN of what it is about", c.EventType, rollcall.Shorten(arn))
	}
	if e.Instance = named.InstanceARN(); want != "" {
		e.Agent = named
	}
	return e, nil
}
