package contactevent

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"rollcall"
	"rollcall/internal/agentevent"
)

// DetailType is what EventBridge calls contact events.
const DetailType = "Amazon Connect Contact Event"

// Document is one contact event that was taken.
type Document struct {
	Event  rollcall.ContactEvent
	Record []byte // for the journal, see DecodeRecord
}

// Decode reads one contact event. If it can't be taken it gives a refusal, whose
// offset counts from the document's beginning. Of limits it knows those of a
// document: DocumentBytes, Depth and TextBytes. The Document does not refer to
// the bytes.
func Decode(document []byte, limits agentevent.Limits) (Document, *agentevent.Refusal) {
	refuse := func(reason string) (Document, *agentevent.Refusal) {
		return Document{}, &agentevent.Refusal{Reason: reason}
	}
	if size := len(document); size > limits.DocumentBytes {
		return refuse(fmt.Sprintf("found a document of %d bytes, expected at most %d", size, limits.DocumentBytes))
	}
	r := newReader(document, limits.TextBytes)
	event := r.event()
	if r.refusal != nil {
		return Document{}, r.refusal
	}
	record := append(append(make([]byte, 0, 1+len(document)), Form), document...)
	compact := jsontext.Value(record[1:])
	if err := compact.Compact(jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true)); err != nil {
		return refuse("not JSON: " + err.Error())
	}
	if depth := agentevent.Nesting(compact); depth > limits.Depth {
		return refuse(fmt.Sprintf("found objects and arrays %d deep, expected at most %d", depth, limits.Depth))
	}
	return Document{Event: event, Record: record[:1+len(compact)]}, nil
}

// Is tells whether a document is an event of EventBridge, and of which
// detail-type; it is read no further than needed for that.
func Is(document []byte) (detailType string, is bool) {
	if !bytes.Contains(document, []byte(`"detail-type"`)) {
		return "", false
	}
	r := newReader(document, len(document))
	r.options = []jsontext.Options{jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)}
	r.json.Reset(bytes.NewReader(document), r.options...)
	r.object("", func(name string) bool {
		if name != "detail-type" || is {
			return false
		}
		detailType, is = r.text(name), true
		return true
	})
	return detailType, is
}

// event reads the whole document.
func (r *reader) event() rollcall.ContactEvent {
	e := rollcall.ContactEvent{Channel: rollcall.ChannelVoice}
	detailType, d := "", detail{}
	r.object("", func(name string) bool {
		switch name {
		case "id":
			e.ID = rollcall.EventID(r.id(name))
		case "detail-type":
			detailType = r.text(name)
		case "time":
			e.At = r.instant(name)
		case "detail":
			d = r.detail(&e)
		default:
			return false
		}
		return true
	})
	switch {
	case r.refusal != nil:
	case detailType != DetailType:
		r.refuse(0, "detail-type", "found "+quoted(detailType)+", expected "+quoted(DetailType))
	case !d.there:
		r.missing("detail", "an object")
	case e.Type == "":
		r.missing("detail.eventType", "INITIATED, QUEUED, CONNECTED_TO_AGENT, DISCONNECTED, COMPLETED or another of Amazon Connect's")
	case e.Contact == "":
		r.missing("detail.contactId", validID)
	case e.Instance == rollcall.ARN{}:
		r.missing("detail.instanceArn", instanceARN)
	case e.At.IsZero():
		r.missing("time", "a timestamp")
	}
	d.settle(r, &e)
	return e
}

// detail is what decides, but is of no event.
type detail struct {
	there                   bool
	queueARN                string
	enqueued                stamp
	connected, disconnected stamp
}

// detail reads the contact.
func (r *reader) detail(e *rollcall.ContactEvent) (d detail) {
	d.there = r.folded("detail", func(name, path string) bool {
		switch name {
		case "eventtype":
			e.Type = rollcall.ContactEventType(r.label(path))
		case "contactid":
			e.Contact = rollcall.ContactID(r.id(path))
		case "instancearn":
			e.Instance = r.instance(path)
		case "channel":
			if channel := rollcall.Channel(strings.ToUpper(r.label(path))); channel != "" {
				e.Channel = channel
			}
		case "disconnecttimestamp":
			d.disconnected = r.instant(path)
		case "queueinfo":
			r.folded(path, func(name, path string) bool {
				switch name {
				case "queuearn", "arn":
					d.queueARN = r.text(path)
				case "enqueuetimestamp":
					d.enqueued = r.instant(path)
				default:
					return false
				}
				return true
			})
		case "agentinfo":
			r.folded(path, func(name, path string) bool {
				if name != "connectedtoagenttimestamp" {
					return false
				}
				d.connected = r.instant(path)
				return true
			})
		default:
			return false
		}
		return true
	})
	return d
}

// settle says what the detail means for the wait.
func (d *detail) settle(r *reader, e *rollcall.ContactEvent) {
	if r.refusal != nil {
		return
	}
	switch e.Type {
	case rollcall.ContactConnectedToAgent, rollcall.ContactDisconnected, rollcall.ContactCompleted:
		e.LeftAt = e.At
	case rollcall.ContactQueued:
		if d.queueARN == "" {
			r.missing("detail.queueInfo.queueArn", queueARN)
			return
		}
		id := rollcall.LastSegment(d.queueARN)
		if !rollcall.ValidID(id) {
			r.refuse(0, "detail.queueInfo.queueArn", "found "+quoted(d.queueARN)+", expected "+queueARN)
			return
		}
		e.Queue, e.EnqueuedAt = rollcall.QueueID(strings.Clone(id)), d.enqueued
		if e.EnqueuedAt.IsZero() {
			e.EnqueuedAt = e.At
		}
	case rollcall.ContactInitiated:
	}
	for _, at := range [...]stamp{d.connected, d.disconnected} {
		if at.After(e.LeftAt) {
			e.LeftAt = at
		}
	}
}
