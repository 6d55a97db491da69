package floor_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"rollcall"
	"rollcall/internal/floor"
)

// journal numbers events as a journal would.
type journal struct{ pack uint64 }

func (j *journal) record(e *rollcall.Event) rollcall.Record {
	j.pack++
	return rollcall.Record{Position: rollcall.Position{Epoch: epoch, Pack: j.pack}, Event: e}
}

// event is an agent's event with a snapshot.
func event(agent string, at int, s *rollcall.Snapshot) *rollcall.Event {
	instance := instanceARN("1", "north")
	arn := instance.Child(rollcall.TypeAgent, agent)
	return &rollcall.Event{
		Type: rollcall.EventStateChange, At: midnight.Add(time.Duration(at) * time.Second),
		Instance: instance, Agent: arn, AgentARN: arn.String(), Snapshot: s,
	}
}

func available(queues ...string) *rollcall.Snapshot {
	profile := &rollcall.RoutingProfile{ID: rollcall.RoutingProfileID(fmt.Sprint(queues))}
	for _, q := range queues {
		profile.InboundQueues = append(profile.InboundQueues, *queue(q))
	}
	return &rollcall.Snapshot{
		Status:        &rollcall.Status{Name: "Available", Type: rollcall.StatusRoutable, StartedAt: midnight},
		Configuration: &rollcall.Configuration{RoutingProfile: profile},
	}
}

// All agents of a batch move from one queue to the other; readers see all of
// them in one or all in the other, and versions never go back.
func TestSelect_ReadsOneVersion(t *testing.T) {
	const agents, batches = 100, 200
	f, j := floor.New(floor.Options{Encode: answer}), new(journal)
	move := func(n int) {
		records := make([]rollcall.Record, agents)
		for i := range records {
			records[i] = j.record(event(fmt.Sprint("agent", i), n, available([]string{"q1", "q2"}[n%2])))
		}
		f.Apply(records)
	}
	move(0)
	fl, _ := f.Floor("north")
	done := make(chan struct{})
	var readers sync.WaitGroup
	for _, id := range []rollcall.QueueID{"q1", "q2"} {
		readers.Go(func() {
			q, last := &rollcall.Query{Queues: []rollcall.QueueID{id}}, rollcall.Position{}
			for {
				page := fl.Select(q, rollcall.Cursor{}, agents)
				if page.Total != len(page.Agents) || (page.Total != 0 && page.Total != agents) {
					t.Errorf("%d of %d agents in %s", len(page.Agents), page.Total, id)
				}
				if page.Position.Before(last) || page.Position.Pack%agents != 0 {
					t.Errorf("position %s after %s", page.Position, last)
				}
				for i, a := range page.Agents {
					if string(page.Answers[i].Append(nil)) != answerOf(a, fl.ARN()) {
						t.Errorf("answer of %s is of another version", a.ID)
					}
				}
				last = page.Position
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for n := range batches {
		move(n + 1)
	}
	close(done)
	readers.Wait()
}

// A page of one instance is of the journal's whole position, though the newest
// records were another's.
func TestSelect_PositionCountsOtherInstances(t *testing.T) {
	f, j := floor.New(floor.Options{}), new(journal)
	north, south := j.record(event("ana", 0, available())), j.record(event("ana", 0, available()))
	south.Event.Instance = instanceARN("1", "south")
	south.Event.Agent = south.Event.Instance.Child(rollcall.TypeAgent, "ana")
	f.Apply([]rollcall.Record{north, south})
	for _, fl := range f.Instances() {
		if p := fl.Select(&rollcall.Query{}, rollcall.Cursor{}, 1).Position; p != south.Position || p != f.Position() {
			t.Errorf("%s: position %s, want %s", fl.ARN(), p, south.Position)
		}
	}
}

func TestApply_EncodesOnceForEachAgentThatChanged(t *testing.T) {
	encoded := map[rollcall.AgentID]int{}
	f := floor.New(floor.Options{Encode: func(t *floor.Text, a *rollcall.Agent, _ rollcall.ARN) {
		encoded[a.ID]++
		t.ID()
		t.Form = append(t.Form, a.Status.Name...)
	}})
	j := new(journal)
	f.Apply([]rollcall.Record{
		j.record(event("ana", 1, available())), j.record(event("ben", 1, available())),
		j.record(event("ana", 2, available())), j.record(event("ana", 0, available())), // the last is late
	})
	fl, _ := f.Floor("north")
	before := fl.Select(&rollcall.Query{}, rollcall.Cursor{}, 9)
	if encoded["ana"] != 1 || encoded["ben"] != 1 || len(before.Answers) != 2 {
		t.Fatalf("encoded %v, %d answers", encoded, len(before.Answers))
	}
	f.Apply([]rollcall.Record{j.record(event("ana", 3, available()))})
	after := fl.Select(&rollcall.Query{}, rollcall.Cursor{}, 9)
	if after.Agents[0] == before.Agents[0] || encoded["ben"] != 1 {
		t.Errorf("row not renewed, or encoded %v", encoded)
	}
	if !after.Answers[1].Shares(after.Answers[0], 0) {
		t.Error("what answers share is kept twice")
	}
}

func TestApply_SharesWhatAgentsHaveInCommon(t *testing.T) {
	f, j := floor.New(floor.Options{}), new(journal)
	for i, agent := range []string{"ana", "ben"} {
		s := available("q1", "q2")
		s.Configuration.Hierarchy = &rollcall.HierarchyPath{{ID: "g1"}}
		s.Concurrency = []rollcall.Concurrency{{Channel: "VOICE", MaximumSlots: 1}}
		own := rollcall.Queue{ID: rollcall.QueueID(agent), Agent: true}
		s.Configuration.RoutingProfile.InboundQueues = append(s.Configuration.RoutingProfile.InboundQueues, own)
		s.Contacts = []rollcall.Contact{{ID: "c", State: rollcall.StateConnected, Queue: queue("q1")}}
		f.Apply([]rollcall.Record{j.record(event(agent, i, s))})
	}
	fl, _ := f.Floor("north")
	rows := everyone(fl)
	a, b := rows[0], rows[1]
	if a.Configuration.RoutingProfile != b.Configuration.RoutingProfile || a.Configuration.Hierarchy != b.Configuration.Hierarchy ||
		&a.Concurrency[0] != &b.Concurrency[0] || a.Contacts[0].Queue != b.Contacts[0].Queue {
		t.Errorf("not shared:\n%+v\n%+v", a, b)
	}
}

func TestApply_KeepsWhatAnEventRepeats(t *testing.T) {
	f, j := floor.New(floor.Options{}), new(journal)
	for at := range 2 {
		s := available("q1", "q2")
		own := rollcall.Queue{ID: "ana", Agent: true}
		s.Configuration.RoutingProfile.InboundQueues = append(s.Configuration.RoutingProfile.InboundQueues, own)
		s.Configuration.Hierarchy = &rollcall.HierarchyPath{{ID: "g1"}}
		s.Contacts = []rollcall.Contact{{ID: "c", State: rollcall.StateConnected, Queue: queue("q1")}}
		c := f.Apply([]rollcall.Record{j.record(event("ana", at, s))})[0]
		if at > 0 && (c.Old.Configuration.RoutingProfile != c.New.Configuration.RoutingProfile ||
			c.Old.Configuration.Hierarchy != c.New.Configuration.Hierarchy || &c.Old.Contacts[0] != &c.New.Contacts[0]) {
			t.Errorf("not kept:\n%+v\n%+v", c.Old, c.New)
		}
	}
}

// A floor of many blocks, and of queues that are lists and one that is a
// bitset, answers as brute force does.
func TestSelect_AgreesWithMatchOnALargeFloor(t *testing.T) {
	const n = 20_000
	fl := fleet(n).Instances()[0]
	if err := floor.CheckFloor(fl); err != nil {
		t.Fatal(err)
	}
	all := everyone(fl)
	var connected, talking rollcall.ContactStates
	connected.Add(rollcall.StateConnected)
	talking = connected
	talking.Add(rollcall.StateConnectedOnHold)
	groups := n / agentsPerQueue
	for _, q := range []rollcall.Query{
		{},
		{IncludeOffline: true},
		{ContactStates: connected},
		{ContactStates: talking},
		{Queues: []rollcall.QueueID{"common"}},
		{Queues: []rollcall.QueueID{"common", "q3"}, ContactStates: talking},
		{Queues: queueIDs(3, groups, 2)},
		{Queues: queueIDs(0, groups, 100), ContactStates: connected},
		{Queues: queueIDs(5, groups, 100), RoutingProfiles: []rollcall.RoutingProfileID{"profile-5", "profile-7"}},
		{Agents: agentIDs(11, n, 100), ContactStates: talking},
		{Agents: agentIDs(11, n, 100), Queues: []rollcall.QueueID{"common"}},
		{HierarchyGroups: []rollcall.HierarchyGroupID{"team9"}, Queues: queueIDs(9, groups, 50)},
	} {
		var want []*rollcall.Agent
		for _, a := range all {
			if q.Match(a) {
				want = append(want, a)
			}
		}
		var got []*rollcall.Agent
		for after, more := (rollcall.Cursor{}), true; more; {
			page := fl.Select(&q, after, 997)
			if page.Total != len(want) {
				t.Fatalf("%+v: total %d, want %d", q, page.Total, len(want))
			}
			got = append(got, page.Agents...)
			after, more = page.Next, page.More
		}
		same := func(a, b *rollcall.Agent) bool { return a.Ordinal == b.Ordinal && a.ID == b.ID }
		if !slices.EqualFunc(got, want, same) {
			t.Errorf("%+v: %d agents, want %d", q, len(got), len(want))
		}
	}
}

func TestWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, j := floor.New(floor.Options{}), new(journal)
		ctx, cancel := context.WithCancel(t.Context())
		results := make(chan error, 1)
		wait := func(p rollcall.Position) {
			go func() { results <- f.Wait(ctx, p) }()
			synctest.Wait()
		}
		wait(rollcall.Position{})
		if err := <-results; err != nil {
			t.Fatalf("the position before all: %v", err)
		}
		first, second, third := j.record(event("ana", 1, nil)), j.record(event("ana", 2, nil)), j.record(event("ana", 0, nil))
		wait(second.Position)
		f.Apply([]rollcall.Record{first})
		synctest.Wait()
		if len(results) > 0 {
			t.Fatalf("returned %v at %s, before %s", <-results, f.Position(), second.Position)
		}
		f.Apply([]rollcall.Record{second, third})
		if err := <-results; err != nil {
			t.Fatal(err)
		}
		wait(third.Position) // a late event moves the position as well
		if err := <-results; err != nil {
			t.Fatal(err)
		}
		wait(rollcall.Position{Epoch: epoch + 1, Pack: 1})
		if err := <-results; rollcall.ErrorCode(err) != rollcall.CodeInvalid {
			t.Fatalf("a foreign epoch: %v", err)
		}
		wait(rollcall.Position{Epoch: epoch, Pack: 99})
		cancel()
		if err := <-results; !errors.Is(err, context.Canceled) {
			t.Fatalf("a cancelled wait: %v", err)
		}
	})
}

// A new epoch follows the old one: its positions have no order with those
// before, and nothing of it is taken for a repetition.
func TestApply_GoesOnIntoANewEpoch(t *testing.T) {
	f := floor.New(floor.Options{})
	f.Apply([]rollcall.Record{{Position: rollcall.Position{Epoch: 9, Pack: 50}, Event: event("ana", 1, available())}})
	p := rollcall.Position{Epoch: 3, Pack: 2}
	if c := f.Apply([]rollcall.Record{{Position: p, Event: event("ben", 1, available())}}); len(c) != 1 || f.Position() != p {
		t.Fatalf("%+v at %s", c, f.Position())
	}
	fl, _ := f.Floor("north")
	if page := fl.Select(&rollcall.Query{}, rollcall.Cursor{}, 9); page.Total != 2 || page.Position != p {
		t.Fatalf("%+v", page)
	}
}
