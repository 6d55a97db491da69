package archive

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"rollcall"
	"rollcall/internal/agentevent"
	"rollcall/internal/replay"
)

// The lines of an export that are no events, by their EventType.
const (
	typeHead = "ROLLCALL_EXPORT"
	typeEnd  = "ROLLCALL_EXPORT_END"
)

// format is the version of exports. To go to format 2: head keeps EventType and
// Format, so that an older program names the format that it can't read; import
// branches on Format and goes on reading 1, since exports are what people keep;
// export writes 2 only; and an export of 1 stays in testdata. Lines between head
// and foot are journal records in words, and change with those: see agentevent.
const format = 1

// head is the first line.
type head struct {
	EventType string `json:"EventType"`
	Format    int    `json:"Format"`
	Epoch     string `json:"Epoch"`           // of the journal that was exported
	State     string `json:"State,omitempty"` // the position of the state that it begins with, if it was trimmed
	End       string `json:"End"`             // the position of its last event
}

// foot is the last line.
type foot struct {
	EventType string `json:"EventType"`
	Events    uint64 `json:"Events"` // lines between the first and this one
	SHA256    string `json:"SHA256"` // of all lines before, in hexadecimal
}

// ownPrefix begins the value of EventType where it is rollcall's own.
var ownPrefix = []byte(`"ROLLCALL_`)

// ownType is the EventType of a line that is rollcall's own, "" for any other.
func ownType(line []byte) string {
	if !bytes.Contains(line, ownPrefix) {
		return ""
	}
	var own struct {
		EventType string `json:"EventType"`
	}
	if json.Unmarshal(line, &own) != nil || !bytes.HasPrefix([]byte(own.EventType), ownPrefix[1:]) {
		return ""
	}
	return own.EventType
}

// parseHead reads the first line.
func parseHead(line []byte) (head, error) {
	var h head
	if ownType(line) != typeHead || json.Unmarshal(line, &h) != nil {
		return h, fmt.Errorf("this is no export: its first line is %q; agent events are put in with \"rollcall emit\"", rollcall.Shorten(string(line)))
	}
	if h.Format != format {
		return h, fmt.Errorf("this export has format %d, and this program reads format %d; a newer one wrote it", h.Format, format)
	}
	return h, nil
}

// limits judge a document that a journal had: the server that took it may have
// been given larger ones than others.
var limits = agentevent.Limits{
	Documents: 1, DocumentBytes: maxLineBytes, Depth: 10_000, TextBytes: maxLineBytes,
	Lists: agentevent.Lists{Contacts: maxLineBytes, Queues: maxLineBytes, Proficiencies: maxLineBytes, Channels: maxLineBytes},
}

// record makes the journal record of a line that is an event.
func record(line []byte) ([]byte, error) {
	if r, err := replay.Parse(line); r != nil || err != nil {
		return r, err
	}
	if ownType(line) != "" {
		return agentevent.AppendControlDocument(nil, line)
	}
	batch, err := agentevent.Decode(line, limits)
	if err != nil {
		return nil, err
	}
	if len(batch.Refused) > 0 {
		return nil, errors.New(batch.Refused[0].String())
	}
	return batch.Documents[0].Record, nil
}
