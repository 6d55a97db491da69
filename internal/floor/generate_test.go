package floor_test

import (
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"rollcall"
)

// The generators draw from few values, so that agents, queues, instants and
// ids collide all the time.

const epoch rollcall.Epoch = 7

var midnight = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

func instanceARN(account, id string) rollcall.ARN {
	return rollcall.ARN{Partition: "aws", Region: "eu-central-1", Account: account, Instance: rollcall.InstanceID(id)}
}

// drawRecords gives the records of a journal, of a few instances.
func drawRecords(t *rapid.T, most int) []rollcall.Record {
	n := rapid.IntRange(1, most).Draw(t, "events")
	records := make([]rollcall.Record, n)
	now := midnight
	p := rollcall.Position{Epoch: epoch, Pack: 1}
	for i := range records {
		now = now.Add(time.Duration(rapid.IntRange(-2, 4).Draw(t, "seconds")) * time.Second)
		records[i] = rollcall.Record{Position: p, Event: drawEvent(t, now)}
		if rapid.IntRange(0, 5).Draw(t, "ours") == 0 {
			records[i].Event = drawOurs(t, records[:i+1])
		}
		if rapid.Bool().Draw(t, "new pack") {
			p.Pack, p.Event = p.Pack+1, 0
		} else {
			p.Event++
		}
	}
	return records
}

func drawEvent(t *rapid.T, at time.Time) *rollcall.Event {
	instance := instanceARN(rapid.SampledFrom([]string{"1", "1", "1", "2"}).Draw(t, "account"),
		rapid.SampledFrom([]string{"north", "north", "south"}).Draw(t, "instance"))
	agent := instance.Child(rollcall.TypeAgent, draw(t, "agent", "ana", "ben", "cem", "dor", "eva", "fay", "gil"))
	e := &rollcall.Event{
		ID: rollcall.EventID(draw(t, "id", "", "1", "2", "3")), At: at,
		Type: rapid.SampledFrom([]rollcall.EventType{
			rollcall.EventLogin, rollcall.EventLogout, rollcall.EventStateChange, rollcall.EventStateChange, rollcall.EventHeartBeat, "PROFILE_CHANGE", rollcall.EventSeed,
		}).Draw(t, "type"),
		Instance: instance, Agent: agent, AgentARN: agent.String(),
	}
	if rapid.IntRange(0, 3).Draw(t, "snapshot") > 0 {
		e.Snapshot = drawSnapshot(t, at, agent)
	}
	return e
}

// drawOurs gives an event that forgets, judged on the outcome of an earlier one.
func drawOurs(t *rapid.T, before []rollcall.Record) *rollcall.Event {
	judged := before[max(0, len(before)-rapid.IntRange(1, 8).Draw(t, "judged on"))].Event
	if rapid.IntRange(0, 7).Draw(t, "remove") == 0 {
		return rollcall.NewRemoval(judged.Instance, judged.At)
	}
	for i := len(before) - 1; i >= 0 && rapid.Bool().Draw(t, "on a logout"); i-- {
		if before[i].Event.Type == rollcall.EventLogout {
			judged = before[i].Event
			break
		}
	}
	return rollcall.NewForgetting(judged.Instance, &rollcall.Agent{ID: rollcall.AgentID(judged.Agent.ID), EventAt: judged.At})
}

func draw(t *rapid.T, label string, from ...string) string {
	return rapid.SampledFrom(from).Draw(t, label)
}

func drawSnapshot(t *rapid.T, at time.Time, agent rollcall.ARN) *rollcall.Snapshot {
	s := new(rollcall.Snapshot)
	if name := draw(t, "status", "", "Available", "Available", "Lunch", "Offline"); name != "" {
		s.Status = &rollcall.Status{
			ID: rollcall.AgentStatusID("id " + name), ARN: agent.Child(rollcall.TypeAgentStatus, name).String(),
			Name: name + draw(t, "renamed", "", "", "!"), Type: statusType(name), StartedAt: at,
		}
	}
	if name := draw(t, "next", "", "", "Lunch", "Offline"); name != "" {
		s.Next = &rollcall.NextStatus{ID: rollcall.AgentStatusID(draw(t, "next id", "", "id ", "late ") + name), Name: name, EnqueuedAt: at}
	}
	if rapid.IntRange(0, 3).Draw(t, "configuration") > 0 {
		s.Configuration = drawConfiguration(t, agent)
		for _, c := range rapid.SampledFrom([][]rollcall.Channel{nil, {"VOICE"}, {"VOICE", "CHAT"}}).Draw(t, "channels") {
			s.Concurrency = append(s.Concurrency, rollcall.Concurrency{
				Channel: c, MaximumSlots: 2, AvailableSlots: rapid.IntRange(0, 2).Draw(t, "available"),
			})
		}
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "contacts") {
		s.Contacts = append(s.Contacts, drawContact(t, i, at))
	}
	return s
}

func drawConfiguration(t *rapid.T, agent rollcall.ARN) *rollcall.Configuration {
	c := &rollcall.Configuration{Username: draw(t, "username", "", "u", "v")}
	if id := draw(t, "profile", "", "p1", "p2", "p3"); id != "" {
		c.RoutingProfile = &rollcall.RoutingProfile{ID: rollcall.RoutingProfileID(id), Name: "profile " + id + draw(t, "renamed", "", "", "!")}
		queues := rapid.SliceOfN(rapid.SampledFrom([]string{"q1", "q2", "q3", "q4"}), 0, 4).Draw(t, "queues")
		for _, q := range queues {
			c.RoutingProfile.InboundQueues = append(c.RoutingProfile.InboundQueues, *drawQueue(t, q))
		}
		own := rollcall.Queue{ID: rollcall.QueueID(agent.ID), Agent: true}
		c.RoutingProfile.InboundQueues = slices.Insert(c.RoutingProfile.InboundQueues, len(queues)/2, own)
	}
	if path := rapid.SampledFrom([][]string{nil, {"g1"}, {"g1", "g2"}, {"g1", "g3"}, {"g4"}, {"g3", "g2"}}).Draw(t, "path"); path != nil {
		c.Hierarchy = new(rollcall.HierarchyPath)
		for i, g := range path {
			c.Hierarchy[i] = rollcall.HierarchyGroup{ID: rollcall.HierarchyGroupID(g), Name: g + draw(t, "renamed", "", "", "!")}
		}
	}
	return c
}

func drawContact(t *rapid.T, i int, at time.Time) rollcall.Contact {
	c := rollcall.Contact{
		ID: rollcall.ContactID(fmt.Sprint("c", i)), Channel: rollcall.Channel(draw(t, "channel", "VOICE", "CHAT", "TASK")),
		State: rollcall.ContactState(rapid.IntRange(1, int(rollcall.StatePaused)).Draw(t, "state")), StateStartedAt: at,
	}
	if rapid.Bool().Draw(t, "was connected") {
		c.ConnectedToAgentAt = at.Add(-time.Minute)
	}
	if c.StateWord = draw(t, "state word", "", "", "", "TRANSFERRING", "SUMMARISING"); c.StateWord != "" {
		c.State = c.NearestState()
	}
	if id := draw(t, "queue", "", "q1", "q2"); id != "" {
		c.Queue = drawQueue(t, id)
	}
	return c
}

// drawQueue gives a queue that may have been renamed.
func drawQueue(t *rapid.T, id string) *rollcall.Queue {
	q := queue(id)
	q.Name += draw(t, "renamed", "", "", " anew")
	return q
}

func queue(id string) *rollcall.Queue {
	return &rollcall.Queue{ID: rollcall.QueueID(id), Name: "queue " + id, Channels: []rollcall.Channel{"VOICE"}}
}

func statusType(name string) rollcall.StatusType {
	switch name {
	case "Available":
		return rollcall.StatusRoutable
	case "Offline":
		return rollcall.StatusOffline
	default:
		return rollcall.StatusCustom
	}
}

// drawQuery gives a query with any filters together, some of them asking for
// what nobody has.
func drawQuery(t *rapid.T) *rollcall.Query {
	q := &rollcall.Query{
		Queues:          drawFilter[rollcall.QueueID](t, "q1", "q2", "q3", "q4", "ana", "none"),
		RoutingProfiles: drawFilter[rollcall.RoutingProfileID](t, "p1", "p2", "p3", "none"),
		Agents:          drawFilter[rollcall.AgentID](t, "ana", "ben", "cem", "dor", "none"),
		HierarchyGroups: drawFilter[rollcall.HierarchyGroupID](t, "g1", "g2", "g3", "g4", "none"),
		IncludeOffline:  rapid.Bool().Draw(t, "include offline"),
	}
	if rapid.Bool().Draw(t, "states") {
		for _, state := range rapid.SliceOfN(rapid.Uint8Range(0, 12), 0, 8).Draw(t, "state set") {
			q.ContactStates.Add(rollcall.ContactState(state))
		}
	}
	if rapid.IntRange(0, 2).Draw(t, "traits") == 0 {
		q.Traits = rollcall.Traits{
			Statuses:    drawFilter(t, "Available", "Lunch", "Offline"),
			StatusTypes: drawFilter(t, rollcall.StatusRoutable, rollcall.StatusCustom, rollcall.StatusOffline),
			Activities:  drawFilter(t, "Available", "Lunch", "Custom", "On contact", "After contact work", "Missed"),
			Channels:    drawFilter[rollcall.Channel](t, "VOICE", "CHAT", "TASK"),
			Name:        draw(t, "name", "", "", "A", "e"),
		}
	}
	return q
}

func drawFilter[K ~string](t *rapid.T, from ...K) []K {
	if rapid.IntRange(0, 2).Draw(t, "filter") > 0 {
		return nil
	}
	return rapid.SliceOfN(rapid.SampledFrom(from), 1, 4).Draw(t, "keys")
}
