package simulate_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"rollcall/internal/simulate"
)

// told is a contact event, or an agent event, as far as it matters here.
type told struct {
	Time       time.Time
	DetailType string `json:"detail-type"`
	Detail     struct {
		EventType, ContactID, Channel, InstanceArn string
		QueueInfo                                  struct {
			QueueArn         string
			EnqueueTimestamp time.Time
		}
	}
	AgentARN             string
	CurrentAgentSnapshot struct {
		Contacts []struct{ ContactID, State string }
	}
}

// hours are the lines of a day, with contact events or without.
func hours(contactEvents bool) (lines [][]byte) {
	c := simulate.New(simulate.Config{
		Agents: 60, Seed: 9, Start: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC), Duration: 2 * time.Hour, ContactEvents: contactEvents,
	})
	for e, ok := c.Next(); ok; e, ok = c.Next() {
		lines = append(lines, e.AppendJSON(nil))
	}
	return lines
}

func TestContactEvents_AreAmongTheSameAgentEvents(t *testing.T) {
	var agents [][]byte
	types, last := map[string]int{}, time.Time{}
	for _, line := range hours(true) {
		var d told
		if err := json.Unmarshal(line, &d); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if d.DetailType == "" {
			agents = append(agents, line)
			continue
		}
		types[d.Detail.EventType]++
		if d.Time.Before(last) || d.DetailType != "Amazon Connect Contact Event" || d.Detail.ContactID == "" || d.Detail.InstanceArn == "" {
			t.Fatalf("%s", line)
		}
		last = d.Time
		if q := d.Detail.QueueInfo; d.Detail.EventType == "QUEUED" && (q.QueueArn == "" || !q.EnqueueTimestamp.Equal(d.Time)) {
			t.Fatalf("%s", line)
		}
	}
	for _, typ := range []simulate.Type{simulate.Initiated, simulate.Queued, simulate.ConnectedToAgent, simulate.Disconnected, simulate.Completed} {
		if types[string(typ)] == 0 {
			t.Errorf("there is no %s among %v", typ, types)
		}
	}
	if without := hours(false); !bytes.Equal(bytes.Join(agents, []byte("\n")), bytes.Join(without, []byte("\n"))) {
		t.Errorf("%d agent events with contact events, and %d without, differ", len(agents), len(without))
	}
}

// Whoever is connected waited before, and nobody waits for ever.
func TestContactEvents_TellWholeLives(t *testing.T) {
	waiting, waited := map[string]time.Time{}, map[string]bool{}
	var now time.Time
	most := 0
	for _, line := range hours(true) {
		var d told
		if err := json.Unmarshal(line, &d); err != nil {
			t.Fatal(err)
		}
		for _, c := range d.CurrentAgentSnapshot.Contacts {
			if _, still := waiting[c.ContactID]; still && c.State == "CONNECTED" {
				delete(waiting, c.ContactID) // the contact event of the same instant follows
			}
		}
		if d.DetailType == "" {
			continue
		}
		now = d.Time
		switch id := d.Detail.ContactID; d.Detail.EventType {
		case "QUEUED":
			waiting[id], waited[id] = d.Time, true
			most = max(most, len(waiting))
		case "CONNECTED_TO_AGENT", "DISCONNECTED":
			if q := d.Detail.QueueInfo.QueueArn; q != "" && d.Detail.EventType == "CONNECTED_TO_AGENT" && !waited[id] && d.Detail.Channel != "VOICE" {
				t.Errorf("%s is connected from a queue and never was in it: %s", id, line)
			}
			delete(waiting, id)
		}
	}
	late := 0
	for _, since := range waiting {
		if now.Sub(since) > 30*time.Minute {
			late++
		}
	}
	if most == 0 || late > most/2 {
		t.Errorf("at most %d wait, and at the end %d for more than half an hour", most, late)
	}
}
