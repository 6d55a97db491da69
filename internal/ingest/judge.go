package ingest

import (
	"fmt"
	"slices"
	"time"

	"rollcall"
	"rollcall/internal/access"
	"rollcall/internal/agentevent"
	"rollcall/internal/slab"
)

// judge decodes a body and decides on every document in it. The error is for
// what fails the whole request, whatever else is in it: a body that can't be
// judged, a sender who may not put events into an instance named.
func (in *Intake) judge(pass access.Pass, body []byte, records *slab.Loan) (judged, error) {
	batch, err := agentevent.DecodeInto(records, body, in.limits.Documents)
	j := judged{Batch: batch}
	if err != nil {
		return j, err
	}
	in.findContacts(body, &j)
	if err := allow(pass, &j); err != nil {
		return j, err
	}
	in.refuseFuture(&j)
	in.refuseForeign(pass, &j)
	if len(j.Refused) > 1 {
		slices.SortFunc(j.Refused, func(a, b agentevent.Refusal) int { return a.Number - b.Number })
	}
	return j, nil
}

// allow asks once for each instance that the documents name.
func allow(pass access.Pass, j *judged) error {
	var asked rollcall.ARN
	var all map[rollcall.ARN]struct{} // made when a second instance shows up
	ask := func(instance rollcall.ARN) error {
		if instance == asked {
			return nil
		}
		if _, ok := all[instance]; ok {
			return nil
		}
		if err := pass.Allow(access.ActionPutEvents, instance); err != nil {
			return fmt.Errorf("put events into %s: %w", instance, err)
		}
		if all == nil {
			all = make(map[rollcall.ARN]struct{})
		}
		all[instance] = struct{}{}
		asked = instance
		return nil
	}
	for i := range j.Documents {
		if err := ask(j.Documents[i].Event.Instance); err != nil {
			return err
		}
	}
	for i := range j.contacts {
		if err := ask(j.contacts[i].Event.Instance); err != nil {
			return err
		}
	}
	return nil
}

// sift refuses the documents for which judge gives a reason, and names the
// member that is at fault.
func sift(batch *agentevent.Batch, judge func(e *rollcall.Event) (member, reason string)) {
	var refused []agentevent.Refusal
	good := batch.Documents[:0]
	for i := range batch.Documents {
		d := &batch.Documents[i]
		member, reason := judge(&d.Event)
		switch {
		case reason != "":
			refused = append(refused, agentevent.Refusal{Number: d.Number, Offset: d.Offset, Member: member, Reason: reason})
		case len(refused) > 0:
			good = append(good, *d)
		default:
			good = batch.Documents[:i+1] // they stand where they should
		}
	}
	clear(batch.Documents[len(good):])
	batch.Documents = good
	batch.Refused = append(batch.Refused, refused...)
}

// refuseFuture refuses documents that lie further ahead than clocks differ:
// each would freeze its agent, for which all true events would be late.
func (in *Intake) refuseFuture(j *judged) {
	now := in.o.Now()
	latest := now.Add(rollcall.MaxAhead)
	ahead := func(at time.Time) string {
		return fmt.Sprintf("found %s, expected at most %s ahead of the server's clock, which says %s",
			at.Format(time.RFC3339Nano), rollcall.MaxAhead, now.UTC().Format(time.RFC3339Nano))
	}
	sift(&j.Batch, func(e *rollcall.Event) (member, reason string) {
		if !e.At.After(latest) {
			return "", ""
		}
		return "EventTimestamp", ahead(e.At)
	})
	siftContacts(j, func(e *rollcall.ContactEvent) (member, reason string) {
		switch {
		case e.At.After(latest):
			return "time", ahead(e.At)
		case e.EnqueuedAt.After(latest):
			return "detail.queueInfo.enqueueTimestamp", ahead(e.EnqueuedAt)
		case e.LeftAt.After(latest):
			return "detail", ahead(e.LeftAt)
		}
		return "", ""
	})
}

// refuseForeign refuses documents whose instance's id is another account's or
// Region's: no floor would ever show them. Whoever may not put events into the
// owner's instance isn't told who that is.
//
// It judges by what the floor has applied, and by the request itself. Where two
// requests bring the same new id at the same time, or the floor is still
// catching up, the journal's order decides, and the floor drops and counts the
// later one.
func (in *Intake) refuseForeign(pass access.Pass, j *judged) {
	if in.o.Owner == nil {
		return
	}
	owners := make(map[rollcall.InstanceID]rollcall.ARN) // :: instance id -> instance, as far as asked
	var last rollcall.ARN                                // was no stranger
	foreign := func(what string, sent rollcall.ARN) (reason string) {
		if sent == last {
			return ""
		}
		owner, asked := owners[sent.Instance]
		if !asked {
			var owned bool
			if owner, owned = in.o.Owner(sent.Instance); !owned {
				owner = sent
			}
			owners[sent.Instance] = owner
		}
		if sent == owner {
			last = sent
			return ""
		}
		expected := owner.String()
		if !access.May(pass, access.ActionPutEvents, owner) {
			expected = "another account or Region"
		}
		return fmt.Sprintf("found %s of %s, expected %s: the first account and Region seen for an instance id own it", what, sent, expected)
	}
	sift(&j.Batch, func(e *rollcall.Event) (member, reason string) {
		return "AgentARN", foreign("an agent", e.Instance.InstanceARN())
	})
	siftContacts(j, func(e *rollcall.ContactEvent) (member, reason string) {
		return "detail.instanceArn", foreign("a contact", e.Instance)
	})
}
