package connect_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"rollcall"
	"rollcall/connectapi"
	"rollcall/internal/connect"
	"rollcall/internal/lobby"
)

func TestMetrics_TellWhoWaitsWhereContactEventsCame(t *testing.T) {
	floors := newFloors(7,
		agent("ann", profile("p-voice", "q-sales"), onLunch), agent("bob", profile("p-all", "q-sales", "q-claims"), onLunch))
	instance := floors.Instances()[0].ARN()
	l := lobby.New(lobby.Bytes)
	now := time.Unix(1772452800, 0)
	a := newAsker(t, connect.Options{Floors: floors, Now: func() time.Time { return now }, Lobby: l, View: func(read func()) { read() }, WaitForget: time.Hour})
	metrics := func(request string) string {
		t.Helper()
		in := new(connectapi.GetCurrentMetricDataInput)
		request = `{"CurrentMetrics":[{"Name":"CONTACTS_IN_QUEUE"},{"Name":"OLDEST_CONTACT_AGE"},{"Name":"AGENTS_ONLINE"}],` + request + `}`
		if err := connectapi.Unmarshal([]byte(request), in); err != nil {
			t.Fatal(err)
		}
		var rows []string
		for _, r := range a.metrics(in).MetricResults {
			rows = append(rows, short(r))
		}
		return strings.Join(rows, ", ")
	}
	const three = `"Filters":{"Queues":["q-sales","q-claims","q-empty","q-night"]}`
	if got := metrics(three); got != "? ? 2" {
		t.Errorf("without a source: %s", got)
	}
	l.Apply(&rollcall.ContactEvent{Type: rollcall.ContactInitiated, At: now, Instance: instance, Contact: "c"})
	if got := metrics(three); got != "0 0 2" {
		t.Errorf("when nobody waits: %s", got)
	}
	for _, w := range []struct {
		id, queue string
		channel   rollcall.Channel
		seconds   int
	}{{"c1", "q-sales", "VOICE", 30}, {"c2", "q-sales", "CHAT", 90}, {"c3", "q-night", "VOICE", 10}, {"c4", "q-other", "VOICE", 500}, {"old", "q-sales", "VOICE", 3601}} {
		at := now.Add(-time.Duration(w.seconds)*time.Second - 300*time.Millisecond)
		l.Apply(&rollcall.ContactEvent{
			Type: rollcall.ContactQueued, At: at, Instance: instance, Contact: rollcall.ContactID(w.id),
			Channel: w.channel, Queue: rollcall.QueueID(w.queue), EnqueuedAt: at,
		})
	}
	for request, want := range map[string]string{
		three:                            "3 90000 2",
		three + `,"Groupings":["QUEUE"]`: "q-sales 2 90 2, q-claims 0 0 1, q-night 1 10 0",
		three + `,"Groupings":["QUEUE"],"SortCriteria":[{"SortByMetric":"OLDEST_CONTACT_AGE","SortOrder":"ASCENDING"}]`: "q-claims 0 0 1, q-night 1 10 0, q-sales 2 90 2",
		three + `,"Groupings":["QUEUE"],"SortCriteria":[{"SortByMetric":"CONTACTS_IN_QUEUE"}]`:                          "q-sales 2 90 2, q-night 1 10 0, q-claims 0 0 1",
		`"Filters":{"Queues":["q-sales"],"Channels":["CHAT"]},"Groupings":["CHANNEL"]`:                                  "CHAT 1 90 0",
		`"Filters":{"RoutingProfiles":["p-voice","p-all"]},"Groupings":["ROUTING_PROFILE"]`:                             "p-all 2 90 1, p-voice 2 90 1",
		`"Filters":{"RoutingProfiles":["p-voice"]}`:                                                                     "2 90000 1",
	} {
		if got := metrics(request); got != want {
			t.Errorf("%s: %s, want %s", request, got, want)
		}
	}
}

// short is a row: its dimensions and its values.
func short(r connectapi.CurrentMetricResult) string {
	var line []string
	if d := r.Dimensions; d != nil {
		for _, ref := range []*connectapi.Reference{d.Queue, d.RoutingProfile} {
			if ref != nil {
				line = append(line, ref.ID)
			}
		}
		if d.Channel != "" {
			line = append(line, string(d.Channel))
		}
	}
	for _, c := range r.Collections {
		value := "?"
		if c.Value != nil {
			b, _ := json.Marshal(*c.Value)
			value = string(b)
		}
		line = append(line, value)
	}
	return strings.Join(line, " ")
}
