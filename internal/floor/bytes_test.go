package floor_test

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"rollcall"
	"rollcall/internal/agentevent"
	"rollcall/internal/connect"
	"rollcall/internal/floor"
)

// wide is an agent's event with so many contacts, and a profile with so many
// queues, all of them others than in any other event. Strings are short or long.
func wide(agent string, at, contacts, queues int, long bool) *rollcall.Event {
	name := func(kind string, i int) string {
		s := fmt.Sprintf("%s-%s-%d-%d", kind, agent, at, i)
		if long {
			s += strings.Repeat("x", 60)
		}
		return s
	}
	s := available()
	e := event(agent, at, s)
	profile := s.Configuration.RoutingProfile
	profile.ID = rollcall.RoutingProfileID(name("profile", 0))
	queue := func(i int) rollcall.Queue {
		id := name("queue", i)
		return rollcall.Queue{ID: rollcall.QueueID(id), ARN: e.Instance.Child(rollcall.TypeQueue, id).String(), Name: name("name", i)}
	}
	for i := range queues {
		profile.InboundQueues = append(profile.InboundQueues, queue(i))
	}
	for i := range contacts {
		q := queue(queues + i)
		s.Contacts = append(s.Contacts, rollcall.Contact{
			ID: rollcall.ContactID(name("contact", i)), Channel: rollcall.Channel(fmt.Sprint("channel-", agent, i)), State: rollcall.StateConnected,
			StateStartedAt: e.At, Queue: &q,
		})
	}
	return e
}

func newFloors() *floor.Floors { return floor.New(floor.Options{Encode: connect.EncodeUserData}) }

// What is reckoned is what is there: not much less, so that memory suffices for
// what was accepted, and not much more, so that it is put to use.
func TestBytes_FollowTheHeap(t *testing.T) {
	for _, c := range []struct {
		name   string
		agents int
		event  func(i int) *rollcall.Event
	}{
		{"ordinary agents", 20_000, func(i int) *rollcall.Event { return fleetEvent(i, 20_000, 0) }},
		{"many contacts", 300, func(i int) *rollcall.Event { return wide(fmt.Sprint("ana", i), 1, 100, 0, false) }},
		{"many contacts, long names", 300, func(i int) *rollcall.Event { return wide(fmt.Sprint("ana", i), 1, 100, 0, true) }},
		{"many queues", 100, func(i int) *rollcall.Event { return wide(fmt.Sprint("ana", i), 1, 0, 500, false) }},
		{"many queues, long names", 100, func(i int) *rollcall.Event { return wide(fmt.Sprint("ana", i), 1, 0, 500, true) }},
		{"many instances", 500, func(i int) *rollcall.Event {
			e := fleetEvent(i, 20_000, 0)
			e.Instance.Instance += rollcall.InstanceID(strconv.Itoa(i))
			e.Agent.Instance = e.Instance.Instance
			return e
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			liveHeap() // what pools let go of in two rounds
			before := int64(liveHeap())
			f, j := newFloors(), new(journal)
			for i := range c.agents {
				f.Apply([]rollcall.Record{j.record(c.event(i))})
			}
			heap, reckoned := int64(liveHeap())-before, f.Counts().Bytes
			t.Logf("%d bytes of heap, %d reckoned: %.2f", heap, reckoned, float64(heap)/float64(reckoned))
			if heap > reckoned*11/10 || heap < reckoned/3 {
				t.Errorf("%d bytes of heap, %d reckoned", heap, reckoned)
			}
			runtime.KeepAlive(f)
		})
	}
}

// One agent who has ever new profiles of 500 queues takes no more memory than
// with the first, but for the newest names.
func TestBytes_NothingIsKeptThatNoRowHolds(t *testing.T) {
	f, j := newFloors(), new(journal)
	first := int64(0)
	for i := range 300 {
		f.Apply([]rollcall.Record{j.record(wide("ana", 1000+i, 20, 500, false))})
		bytes := f.Counts().Bytes - floor.NamedBytes(f.Instances()[0])
		if bytes > first && i > 0 {
			t.Fatalf("profile %d: %d bytes are reckoned, with the first %d", i, bytes, first)
		}
		first = bytes
		if err := floor.CheckFloor(f.Instances()[0]); err != nil {
			t.Fatal(err)
		}
	}
	liveHeap()
	if heap := liveHeap(); heap > 64<<20 {
		t.Errorf("%d bytes of heap for one agent", heap)
	}
}

// What goes gives back all that it took, but for its names.
func TestBytes_ReturnWhenAllIsForgotten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, j := floor.New(floor.Options{Encode: answer}), new(journal)
		records := drawRecords(t, 60)
		f.Apply(records)
		j.pack = records[len(records)-1].Position.Pack
		for _, fl := range f.Instances() {
			for _, a := range fl.Select(&rollcall.Query{IncludeOffline: true}, rollcall.Cursor{}, floor.NoLimit).Agents {
				logout := rollcall.NewLogout(fl.ARN(), a, a.EventAt)
				gone := *a
				gone.EventAt = logout.At
				f.Apply([]rollcall.Record{j.record(logout), j.record(rollcall.NewForgetting(fl.ARN(), &gone))})
			}
			if c := fl.Counts(); c.Agents > 0 || c.Bytes != floor.InstanceBytes+floor.NamedBytes(fl) {
				t.Fatalf("left: %+v", c)
			}
			f.Apply([]rollcall.Record{j.record(rollcall.NewRemoval(fl.ARN(), fl.Since()))})
		}
		if c := f.Counts(); c != (floor.Counts{}) {
			t.Fatalf("left of all: %+v", c)
		}
		if home, one := f.Home(); one {
			t.Fatalf("no instance is left, and all are of %v", home)
		}
	})
}

// No events take more than Need says, and that is no more than MostBytes.
func TestNeed_IsEnough(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, j := newFloors(), new(journal)
		draw := func() (records []rollcall.Record, events []*rollcall.Event) {
			for i := range rapid.IntRange(0, 6).Draw(t, "events") {
				e := drawEvent(t, midnight.Add(time.Duration(i)*time.Second))
				if rapid.Bool().Draw(t, "wide") {
					e = wide(e.Agent.ID, rapid.IntRange(0, 9).Draw(t, "at"), rapid.IntRange(0, 100).Draw(t, "contacts"),
						rapid.SampledFrom([]int{0, 1, 50, 500}).Draw(t, "queues"), rapid.Bool().Draw(t, "long"))
				}
				records, events = append(records, j.record(e)), append(events, e)
			}
			return records, events
		}
		for range 3 {
			records, events := draw()
			before, need := f.Counts(), f.Need(events)
			bytes := int64(0)
			for _, n := range need.Bytes {
				bytes += n
			}
			most := int64(0)
			for _, e := range events {
				most += floor.MostBytes(e, len(agentevent.AppendDocument(nil, e)))
			}
			if most += int64(len(need.Begins)) * floor.InstanceBytes; bytes > most {
				t.Fatalf("%d bytes are needed, at most %d were told at once", bytes, most)
			}
			for _, r := range records {
				f.Apply([]rollcall.Record{r})
				if after := f.Counts(); after.Bytes > before.Bytes+bytes || after.Agents > before.Agents+need.Agents || after.Instances > before.Instances+len(need.Begins) {
					t.Fatalf("%+v became %+v, need was %+v", before, after, need)
				}
			}
		}
	})
}
