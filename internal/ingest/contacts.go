package ingest

import (
	"strconv"

	"rollcall"
	"rollcall/internal/agentevent"
	"rollcall/internal/contactevent"
)

// judged is what is known of a body's documents: agent events, contact events and
// what is refused.
type judged struct {
	agentevent.Batch
	contacts []contact
}

// contact is a contact event that was taken.
type contact struct {
	contactevent.Document
	number int   // in its body, from 1
	offset int64 // of its first byte in the body
}

func (j *judged) accepted() int { return len(j.Documents) + len(j.contacts) }

// contactFirst tells whether a contact event stood before the agent events that are
// left. Their order is that of the journal: an agent event that ends the wait of a
// contact must not come before what says that it waits.
func contactFirst(documents []agentevent.Document, contacts []contact) bool {
	return len(documents) == 0 || len(contacts) > 0 && contacts[0].number < documents[0].Number
}

// instancesOf are those of the contact events, each once as far as they come together.
func instancesOf(contacts []contact) (instances []rollcall.ARN) {
	for i := range contacts {
		if is := contacts[i].Event.Instance; len(instances) == 0 || instances[len(instances)-1] != is {
			instances = append(instances, is)
		}
	}
	return instances
}

// findContacts takes what isn't an agent event and comes from EventBridge as that.
// A contact event is never an agent event, so it stands among those refused.
func (in *Intake) findContacts(body []byte, j *judged) {
	refused := j.Refused[:0]
	for _, r := range j.Refused {
		if r.End == 0 {
			refused = append(refused, r)
			continue
		}
		document := body[r.Start:r.End]
		switch detailType, is := contactevent.Is(document); {
		case !is:
			refused = append(refused, r)
		case detailType != contactevent.DetailType:
			r.Offset, r.Member = r.Start, "detail-type"
			r.Reason = "found an EventBridge event of the type " + strconv.Quote(rollcall.Shorten(detailType)) +
				", which is no agent event; expected " + strconv.Quote(contactevent.DetailType)
			refused = append(refused, r)
		default:
			d, why := contactevent.Decode(document, in.limits.Documents)
			if why == nil {
				j.contacts = append(j.contacts, contact{d, r.Number, r.Start})
				continue
			}
			r.Offset, r.Member, r.Reason = r.Start+why.Offset, why.Member, why.Reason
			refused = append(refused, r)
		}
	}
	j.Refused = refused
}

// siftContacts refuses contact events as sift does agent events.
func siftContacts(j *judged, judge func(e *rollcall.ContactEvent) (member, reason string)) {
	good := j.contacts[:0]
	for i := range j.contacts {
		c := &j.contacts[i]
		member, reason := judge(&c.Event)
		if reason == "" {
			good = append(good, *c)
			continue
		}
		j.Refused = append(j.Refused, agentevent.Refusal{Number: c.number, Offset: c.offset, Member: member, Reason: reason})
	}
	j.contacts = good
}
