package ingest

import (
	"fmt"
	"slices"
	"time"

	"rollcall"
	"rollcall/internal/access"
	"rollcall/internal/agentevent"
)

// judge decodes a body and decides on every document in it. The error is for
// what fails the whole request, whatever else is in it: a body that can't be
// judged, a sender who may not put events into an instance named.
func (in *Intake) judge(pass access.Pass, body []byte) (agentevent.Batch, error) {
	batch, err := agentevent.Decode(body, in.limits.Documents)
	if err != nil {
		return batch, err
	}
	if err := allow(pass, batch.Documents); err != nil {
		return batch, err
	}
	in.refuseFuture(&batch)
	return batch, nil
}

// allow asks once for each instance that the documents name.
func allow(pass access.Pass, documents []agentevent.Document) error {
	var asked rollcall.ARN
	var all map[rollcall.ARN]struct{} // made when a second instance shows up
	for i := range documents {
		instance := documents[i].Event.Instance
		if instance == asked {
			continue
		}
		if _, ok := all[instance]; ok {
			continue
		}
		if err := pass.Allow(access.ActionPutEvents, instance); err != nil {
			return fmt.Errorf("put events into %s: %w", instance, err)
		}
		if all == nil {
			all = make(map[rollcall.ARN]struct{})
		}
		all[instance] = struct{}{}
		asked = instance
	}
	return nil
}

// refuseFuture refuses documents that lie further ahead than clocks differ:
// each would freeze its agent, for which all true events would be late.
func (in *Intake) refuseFuture(batch *agentevent.Batch) {
	now := in.o.Now()
	latest := now.Add(rollcall.MaxAhead)
	var refused []agentevent.Refusal
	batch.Documents = slices.DeleteFunc(batch.Documents, func(d agentevent.Document) bool {
		if !d.Event.At.After(latest) {
			return false
		}
		refused = append(refused, agentevent.Refusal{
			Number: d.Number, Offset: d.Offset, Member: "EventTimestamp",
			Reason: fmt.Sprintf("found %s, expected at most %s ahead of the server's clock, which says %s",
				d.Event.At.Format(time.RFC3339Nano), rollcall.MaxAhead, now.UTC().Format(time.RFC3339Nano)),
		})
		return true
	})
	if len(refused) > 0 {
		batch.Refused = append(batch.Refused, refused...)
		slices.SortFunc(batch.Refused, func(a, b agentevent.Refusal) int { return a.Number - b.Number })
	}
}

// room asks whether what the documents name still fits into the server.
func (in *Intake) room(documents []agentevent.Document) error {
	if in.o.Room == nil || len(documents) == 0 {
		return nil
	}
	return in.o.Room(documents)
}
