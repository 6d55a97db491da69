package contactevent

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"rollcall"
	"rollcall/internal/agentevent"
	"rollcall/internal/lobby"
)

// Form is the first byte of the journal records of this package: see package
// agentevent. What follows is the event as it came, without white space; or a
// document of rollcall's own, which has a detail-type of its own, too.
const Form = 0x03

// The detail-types of our own. A newer one has another name, so that older
// programs name it and end.
const (
	ownPrefix   = "ROLLCALL_"
	typeForget  = "ROLLCALL_FORGET_WAIT"
	typeRestate = "ROLLCALL_LOBBY"
)

// Record is what a journal record of this form says: one of these.
type Record struct {
	Event   *rollcall.ContactEvent
	Forget  *lobby.Forgetting
	Restate *lobby.Restatement
}

// Own tells whether a record is rollcall's own: of no use outside its journal.
func Own(record []byte) bool {
	detailType, _ := ownType(record)
	return detailType != ""
}

// Mine tells whether a line of JSON is the document of a record of this form.
func Mine(line []byte) bool {
	detailType, is := Is(line)
	return is && (detailType == DetailType || strings.HasPrefix(detailType, ownPrefix))
}

func ownType(record []byte) (detailType string, document []byte) {
	if len(record) == 0 || record[0] != Form || !bytes.Contains(record, []byte(`"`+ownPrefix)) {
		return "", nil
	}
	if detailType, _ = Is(record[1:]); !strings.HasPrefix(detailType, ownPrefix) {
		return "", nil
	}
	return detailType, record[1:]
}

// DecodeRecord reads a journal record. A *agentevent.NewerError wants a newer
// release; any other error says that today's rules make nothing of it, which then
// changes nothing. It survives any bytes and knows no limits.
func DecodeRecord(record []byte) (Record, error) {
	if len(record) == 0 || record[0] != Form {
		return Record{}, errors.New("journal record: no contact event")
	}
	if detailType, document := ownType(record); detailType != "" {
		return decodeOwn(detailType, document)
	}
	r := newReader(record[1:], math.MaxInt)
	e := r.event()
	if r.refusal != nil {
		return Record{}, fmt.Errorf("journal record: %s", r.refusal)
	}
	return Record{Event: &e}, nil
}

// The documents of our own. Instants are milliseconds since 1970 but where one
// stands alone.
type (
	forget struct {
		DetailType       string    `json:"detail-type"`
		InstanceARN      string    `json:"instanceArn"`
		ContactID        string    `json:"contactId"`
		EnqueueTimestamp time.Time `json:"enqueueTimestamp"`
	}
	restate struct {
		DetailType  string           `json:"detail-type"`
		InstanceARN string           `json:"instanceArn"`
		Clock       int64            `json:"clock"`
		Contacts    []restateContact `json:"contacts,omitempty"`
	}
	restateContact struct {
		ID        string `json:"id"`
		Channel   string `json:"channel,omitempty"`
		Queue     string `json:"queue,omitempty"`
		Enqueued  int64  `json:"enqueued,omitzero"`
		Forgotten int64  `json:"forgotten,omitzero"`
		Left      int64  `json:"left,omitzero"`
	}
)

// AppendForgetting appends the record that forgets a wait.
func AppendForgetting(dst []byte, f lobby.Forgetting) ([]byte, error) {
	return appendOwn(dst, &forget{typeForget, f.Instance.String(), string(f.Contact), f.Since.UTC()})
}

// AppendRestatement appends the record that restates a part of the lobby.
func AppendRestatement(dst []byte, s *lobby.Restatement) ([]byte, error) {
	d := restate{typeRestate, s.Instance.String(), s.Clock, make([]restateContact, len(s.Contacts))}
	for i := range s.Contacts {
		c := &s.Contacts[i]
		d.Contacts[i] = restateContact{string(c.ID), string(c.Channel), string(c.Queue), c.Enqueued, c.Forgotten, c.Left}
	}
	return appendOwn(dst, &d)
}

func appendOwn(dst []byte, document any) ([]byte, error) {
	text, err := json.Marshal(document)
	if err != nil {
		return dst, fmt.Errorf("contact record: %w", err)
	}
	return append(append(dst, Form), text...), nil
}

// decodeOwn reads a document of our own. Members that we do not know are refused:
// a newer program gave them a meaning that would be missed.
func decodeOwn(detailType string, document []byte) (Record, error) {
	switch detailType {
	case typeForget:
		var d forget
		if err := unmarshal(document, &d); err != nil {
			return Record{}, err
		}
		instance, ok := rollcall.ParseARN(d.InstanceARN)
		if !ok || instance.Type != "" || !rollcall.ValidID(d.ContactID) || d.EnqueueTimestamp.IsZero() {
			return Record{}, fmt.Errorf("contact record: %s of %q and %q, which names no wait", detailType, rollcall.Shorten(d.InstanceARN), rollcall.Shorten(d.ContactID))
		}
		return Record{Forget: &lobby.Forgetting{Instance: instance, Contact: rollcall.ContactID(d.ContactID), Since: d.EnqueueTimestamp.UTC()}}, nil
	case typeRestate:
		var d restate
		if err := unmarshal(document, &d); err != nil {
			return Record{}, err
		}
		instance, ok := rollcall.ParseARN(d.InstanceARN)
		if !ok || instance.Type != "" {
			return Record{}, fmt.Errorf("contact record: %s of %q, which is no instance", detailType, rollcall.Shorten(d.InstanceARN))
		}
		s := &lobby.Restatement{Instance: instance, Clock: d.Clock, Contacts: make([]lobby.Contact, len(d.Contacts))}
		for i := range d.Contacts {
			c := &d.Contacts[i]
			if !rollcall.ValidID(c.ID) {
				return Record{}, fmt.Errorf("contact record: %s of the contact %q, which is no id", detailType, rollcall.Shorten(c.ID))
			}
			s.Contacts[i] = lobby.Contact{
				ID: rollcall.ContactID(c.ID), Channel: rollcall.Channel(c.Channel), Queue: rollcall.QueueID(c.Queue),
				Enqueued: c.Enqueued, Forgotten: c.Forgotten, Left: c.Left,
			}
		}
		return Record{Restate: s}, nil
	}
	return Record{}, agentevent.Newer(fmt.Sprintf("contact record: one of rollcall's own of the type %q, which this release does not know", rollcall.Shorten(detailType)))
}

func unmarshal(document []byte, into any) error {
	err := json.Unmarshal(document, into, json.RejectUnknownMembers(true))
	switch {
	case err == nil:
		return nil
	case json.Unmarshal(document, into) == nil:
		return agentevent.Newer(fmt.Sprintf("contact record: one of rollcall's own with a member that this release does not know (%v)", err))
	}
	return fmt.Errorf("contact record: %w", err)
}
