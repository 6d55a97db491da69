package floor_test

import (
	"fmt"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"rollcall"
	"rollcall/internal/floor"
)

// The benchmarks' floors: 100 agents feed from each queue, scattered over the
// whole floor, whatever its size, and all feed from one common queue. One in
// three has a contact.
const agentsPerQueue = 100

var sizes = []int{1_000, 5_000, 10_000, 100_000, 1_000_000}

// fleetEvent is the event number round of one agent on a floor of n. The
// agents' profiles are made anew for every event, as decoding makes them.
func fleetEvent(i, n, round int) *rollcall.Event {
	instance := instanceARN("123456789012", "6a1c2f0e-55d1-4d8c-a3a5-000000000000")
	id := fmt.Sprintf("6a1c2f0e-55d1-4d8c-a3a5-%012d", i)
	at := midnight.Add(time.Duration(round) * time.Second)
	group := i % max(1, n/agentsPerQueue)
	profile := &rollcall.RoutingProfile{ID: rollcall.RoutingProfileID("profile-" + strconv.Itoa(group))}
	for _, q := range []string{"q" + strconv.Itoa(group), "common", id} {
		arn := instance.Child(rollcall.TypeQueue, q)
		profile.InboundQueues = append(profile.InboundQueues, rollcall.Queue{ID: rollcall.QueueID(q), ARN: arn.String(), Agent: q == id})
	}
	s := &rollcall.Snapshot{
		Status: &rollcall.Status{ID: "available", ARN: "arn", Name: "Available", Type: rollcall.StatusRoutable, StartedAt: midnight},
		Configuration: &rollcall.Configuration{
			Username: "agent" + strconv.Itoa(i), FirstName: "First" + strconv.Itoa(i%1000), LastName: "Last" + strconv.Itoa(i),
			RoutingProfile: profile,
			Hierarchy:      &rollcall.HierarchyPath{{ID: "all", ARN: "arn"}, {ID: rollcall.HierarchyGroupID("team" + strconv.Itoa(group)), ARN: "arn"}},
		},
		Concurrency: []rollcall.Concurrency{{Channel: "VOICE", MaximumSlots: 1, AvailableSlots: 1}, {Channel: "CHAT", MaximumSlots: 3, AvailableSlots: 2}},
	}
	if (i/7+round)%3 == 0 {
		s.Contacts = []rollcall.Contact{{
			ID: rollcall.ContactID(fmt.Sprintf("%036d", i+round)), Channel: "VOICE", InitiationMethod: "INBOUND",
			State: rollcall.StateConnected + rollcall.ContactState(i%2), StateStartedAt: at, ConnectedToAgentAt: at, Queue: &profile.InboundQueues[0],
		}}
	}
	arn := instance.Child(rollcall.TypeAgent, id)
	return &rollcall.Event{
		ID: rollcall.EventID(fmt.Sprintf("%036d", i+round*n)), Type: rollcall.EventStateChange, At: at,
		Instance: instance, Agent: arn, AgentARN: arn.String(), Snapshot: s,
	}
}

// readyAnswer stands for an answer of a usual length.
func readyAnswer(t *floor.Text, a *rollcall.Agent, _ rollcall.ARN) {
	t.ID()
	t.Form = append(t.Form, make([]byte, 600)...)
	t.Share()
	t.Form = append(append(t.Form, a.Status.Name...), make([]byte, 400)...)
	t.Value([]byte("1772409600"))
	for i := range a.Contacts {
		t.Form = append(t.Form, make([]byte, 200)...)
		t.Value([]byte(a.Contacts[i].ID))
	}
}

func fleet(n int) *floor.Floors {
	f := floor.New(floor.Options{Encode: readyAnswer})
	records := make([]rollcall.Record, 0, 1000)
	for i := range n {
		records = append(records, rollcall.Record{Position: rollcall.Position{Epoch: epoch, Pack: uint64(i + 1)}, Event: fleetEvent(i, n, 0)})
		if len(records) == cap(records) || i == n-1 {
			f.Apply(records)
			records = records[:0]
		}
	}
	return f
}

var fleets sync.Map // :: agents -> func() *floor.Floors; made once a run

func fleetOf(n int) *floor.Floor {
	made, _ := fleets.LoadOrStore(n, sync.OnceValue(func() *floor.Floors { return fleet(n) }))
	return made.(func() *floor.Floors)().Instances()[0]
}

func BenchmarkSelect(b *testing.B) {
	for _, n := range sizes {
		groups := n / agentsPerQueue
		kinds := []struct {
			name string
			q    func(i int) rollcall.Query
		}{
			{"agent", func(i int) rollcall.Query { return rollcall.Query{Agents: agentIDs(i, n, 1)} }},
			{"100_agents", func(i int) rollcall.Query { return rollcall.Query{Agents: agentIDs(i, n, 100)} }},
			{"queue", func(i int) rollcall.Query { return rollcall.Query{Queues: queueIDs(i, groups, 1)} }},
			{"100_queues", func(i int) rollcall.Query { return rollcall.Query{Queues: queueIDs(i, groups, 100)} }},
			{"common_queue", func(int) rollcall.Query { return rollcall.Query{Queues: []rollcall.QueueID{"common"}} }},
			{"group", func(i int) rollcall.Query {
				return rollcall.Query{HierarchyGroups: []rollcall.HierarchyGroupID{rollcall.HierarchyGroupID("team" + strconv.Itoa(i%groups))}}
			}},
			{"everybody", func(int) rollcall.Query { return rollcall.Query{} }},
		}
		for _, kind := range kinds {
			for _, states := range []bool{false, true} {
				name := fmt.Sprintf("agents=%d/%s", n, kind.name)
				if states {
					name += "+states"
				}
				b.Run(name, func(b *testing.B) {
					fl := fleetOf(n)
					queries := make([]rollcall.Query, 64)
					for i := range queries {
						queries[i] = kind.q(i * 37)
						if states {
							queries[i].ContactStates.Add(rollcall.StateConnected)
							queries[i].ContactStates.Add(rollcall.StateConnectedOnHold)
						}
					}
					b.ReportAllocs()
					total := 0
					for i := 0; b.Loop(); i++ {
						after := rollcall.Cursor{Ordinal: uint32(i * 7919 % n / 2), Started: i%2 == 1}
						total = fl.SelectAnswers(&queries[i%len(queries)], after, 100).Total
					}
					b.ReportMetric(float64(total), "matches")
				})
			}
		}
	}
}

func agentIDs(i, n, count int) []rollcall.AgentID {
	ids := make([]rollcall.AgentID, count)
	for k := range ids {
		ids[k] = rollcall.AgentID(fmt.Sprintf("6a1c2f0e-55d1-4d8c-a3a5-%012d", (i+k*(n/count))%n))
	}
	return ids
}

func queueIDs(i, groups, count int) []rollcall.QueueID {
	ids := make([]rollcall.QueueID, count)
	for k := range ids {
		ids[k] = rollcall.QueueID("q" + strconv.Itoa((i+k*max(1, groups/count))%groups))
	}
	return ids
}

// BenchmarkApply: an event a round; a third of the agents get or lose a
// contact.
func BenchmarkApply(b *testing.B) {
	for _, n := range sizes {
		b.Run("agents="+strconv.Itoa(n), func(b *testing.B) {
			f := fleet(n)
			const ready = 20_000
			records := make([]rollcall.Record, ready)
			pack, round, at := uint64(n), 0, ready
			b.ReportAllocs()
			for b.Loop() {
				if at == ready {
					b.StopTimer()
					for i := range records {
						pack++
						if i%n == 0 {
							round++
						}
						records[i] = rollcall.Record{Position: rollcall.Position{Epoch: epoch, Pack: pack}, Event: fleetEvent(i*53%n, n, round)}
					}
					at = 0
					b.StartTimer()
				}
				f.Apply(records[at : at+100])
				at += 100
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*100), "ns/event")
			if s := f.Stats(); s.Late+s.Repeated+s.Skipped > 0 {
				b.Fatalf("events did not apply: %+v", s)
			}
		})
	}
}

// BenchmarkMemory tells the live heap an agent takes (row, indexes and answer),
// and how many times the bytes of the answers that is.
func BenchmarkMemory(b *testing.B) {
	for _, n := range sizes[3:] {
		b.Run("agents="+strconv.Itoa(n), func(b *testing.B) {
			var before, after runtime.MemStats
			for b.Loop() {
				runtime.GC()
				runtime.ReadMemStats(&before)
				f := fleet(n)
				runtime.GC()
				runtime.ReadMemStats(&after)
				answers := 0
				for _, answer := range f.Instances()[0].SelectAnswers(&rollcall.Query{}, rollcall.Cursor{}, n).Answers {
					answers += answer.Len()
				}
				heap := float64(after.HeapAlloc - before.HeapAlloc)
				b.ReportMetric(heap/float64(n), "B/agent")
				b.ReportMetric(float64(answers)/float64(n), "answerB/agent")
				b.ReportMetric(heap/float64(answers), "heap/answers")
			}
		})
	}
}
