package floor_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall"
	"rollcall/internal/agentevent"
	"rollcall/internal/floor"
)

// What any journal made is made again by the events that restate it, also when
// they are written as documents in between.
func TestRestate_MakesTheSameRows(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		was := floor.New(floor.Options{})
		was.Apply(drawRecords(rt, 60))
		is, written := floor.New(floor.Options{}), floor.New(floor.Options{})
		p := rollcall.Position{Epoch: epoch, Pack: 1}
		for _, fl := range was.Instances() {
			for _, a := range fl.Select(&rollcall.Query{Instance: fl.ARN().Instance, IncludeOffline: true}, rollcall.Cursor{}, floor.NoLimit).Agents {
				for _, e := range floor.Restate(fl.ARN(), a) {
					p.Event++
					is.Apply([]rollcall.Record{{Position: p, Event: e}})
					written.Apply([]rollcall.Record{{Position: p, Event: reread(rt, e)}})
				}
			}
		}
		compareRows(rt, was, is, false)
		compareRows(rt, was, written, true)
	})
}

// reread writes an event as a document and reads it.
func reread(t *rapid.T, e *rollcall.Event) *rollcall.Event {
	document := agentevent.AppendDocument(nil, e)
	if e.Type == rollcall.EventSeed {
		record, err := agentevent.AppendControlDocument(nil, document)
		if err != nil {
			t.Fatalf("%s: %v", document, err)
		}
		seed, err := agentevent.DecodeRecord(record)
		if err != nil {
			t.Fatalf("%s: %v", record, err)
		}
		return seed
	}
	batch, err := agentevent.Decode(document, agentevent.DefaultLimits)
	if err != nil || len(batch.Refused) > 0 || len(batch.Documents) != 1 {
		t.Fatalf("%s: %v %+v", document, err, batch.Refused)
	}
	return &batch.Documents[0].Event
}

func compareRows(t *rapid.T, was, is *floor.Floors, written bool) {
	for _, fl := range was.Instances() {
		q := rollcall.Query{Instance: fl.ARN().Instance, IncludeOffline: true}
		want := fl.Select(&q, rollcall.Cursor{}, floor.NoLimit).Agents
		if len(want) == 0 {
			continue // nobody is left of whom there would be an event
		}
		other, ok := is.Floor(fl.ARN().Instance)
		if !ok || other.ARN() != fl.ARN() {
			t.Fatalf("%s is not there", fl.ARN())
		}
		got := other.Select(&q, rollcall.Cursor{}, floor.NoLimit).Agents
		if len(got) != len(want) {
			t.Fatalf("%d agents, want %d", len(got), len(want))
		}
		for i := range want {
			a, b := *want[i], *got[i]
			a.Ordinal, b.Ordinal = 0, 0
			if a.Configuration.SameSetting(new(rollcall.Configuration)) {
				a.ConfiguredAt = b.ConfiguredAt // no event says since when there is nothing
			}
			if written {
				a, b = withARNs(a), withARNs(b)
			}
			if diff := cmp.Diff(a, b); diff != "" {
				t.Fatalf("%s (-was +is):\n%s", a.ID, diff)
			}
		}
	}
}

// withARNs leaves out what documents can't say: the generators make ids of which
// no ARN is known.
func withARNs(a rollcall.Agent) rollcall.Agent {
	blank := func(arn *string) { *arn = "" }
	a.Status.ID, a.Status.ARN = "", ""
	if a.Next != nil {
		next := *a.Next
		next.ID, next.ARN = "", ""
		a.Next = &next
	}
	if p := a.Configuration.RoutingProfile; p != nil {
		profile := *p
		profile.InboundQueues = append([]rollcall.Queue(nil), p.InboundQueues...)
		blank(&profile.ARN)
		for i := range profile.InboundQueues {
			blank(&profile.InboundQueues[i].ARN)
		}
		if a.Configuration.RoutingProfile = &profile; profile.ID == "" {
			a.Configuration.RoutingProfile = nil // in documents concurrency stands in a profile
		}
	}
	if h := a.Configuration.Hierarchy; h != nil {
		path := *h
		for i := range path {
			blank(&path[i].ARN)
		}
		a.Configuration.Hierarchy = &path
	}
	contacts := append([]rollcall.Contact(nil), a.Contacts...)
	for i := range contacts {
		if contacts[i].Queue != nil {
			queue := *contacts[i].Queue
			blank(&queue.ARN)
			contacts[i].Queue = &queue
		}
	}
	a.Contacts = contacts
	return a
}
