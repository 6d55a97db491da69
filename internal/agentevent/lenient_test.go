package agentevent_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall"
)

// snapshot reads a document with this CurrentAgentSnapshot.
func snapshot(t *testing.T, text string) *rollcall.Snapshot {
	t.Helper()
	return event(t, with(`"CurrentAgentSnapshot":`+text)).Snapshot
}

func TestDecode_SnapshotsMayLackAnything(t *testing.T) {
	for text, want := range map[string]*rollcall.Snapshot{
		`null`: nil,
		`{}`:   {},
		`{"AgentStatus":null,"NextAgentStatus":null,"Configuration":null,"Contacts":null}`: {},
		`{"Contacts":[]}`:      {},
		`{"Contacts":[null]}`:  {},
		`{"Configuration":{}}`: {Configuration: &rollcall.Configuration{}},
		`{"Configuration":{"AgentHierarchyGroups":null,"RoutingProfile":null,"FirstName":null,"Proficiencies":null}}`: {Configuration: &rollcall.Configuration{}},
		`{"Configuration":{"AgentHierarchyGroups":{"Level1":null}}}`:                                                  {Configuration: &rollcall.Configuration{}},
		`{"Configuration":{"RoutingProfile":{"Name":"P","InboundQueues":null,"DefaultOutboundQueue":null}}}`: {
			Configuration: &rollcall.Configuration{RoutingProfile: &rollcall.RoutingProfile{Name: "P"}},
		},
		`{"Configuration":{"RoutingProfile":{"InboundQueues":[{"Name":"no ARN"},null,{"ARN":"` + instance + `/queue/q"}]}}}`: {
			Configuration: &rollcall.Configuration{RoutingProfile: &rollcall.RoutingProfile{
				InboundQueues: []rollcall.Queue{{ID: "q", ARN: instance + "/queue/q"}},
			}},
		},
		`{"NextAgentStatus":{},"AgentStatus":{"StartTimestamp":"2026-03-02T09:00:00Z"}}`: {},
	} {
		if diff := cmp.Diff(want, snapshot(t, text)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

func TestDecode_StatusTypeFollowsFromItsName(t *testing.T) {
	for text, want := range map[string]rollcall.StatusType{
		`{"Name":"Available"}`:                  rollcall.StatusRoutable,
		`{"Name":"Offline"}`:                    rollcall.StatusOffline,
		`{"Name":"Lunch"}`:                      rollcall.StatusCustom,
		`{"Name":"Error"}`:                      rollcall.StatusCustom,
		`{"ARN":"st-9"}`:                        rollcall.StatusCustom,
		`{"Name":"Available","Type":null}`:      rollcall.StatusRoutable,
		`{"Type":"OFFLINE","Name":"Available"}`: rollcall.StatusOffline,
	} {
		if got := snapshot(t, `{"AgentStatus":`+text+`}`).Status.Type; got != want {
			t.Errorf("status %s has type %s, want %s", text, got, want)
		}
	}
}

func TestDecode_BothSpellings(t *testing.T) {
	enqueued := instant("2026-03-02T08:00:00Z")
	for _, text := range []string{
		`{"Name":"Lunch","EnqueuedTimestamp":"2026-03-02T08:00:00Z"}`,
		`{"Name":"Lunch","EnqueueTimestamp":"2026-03-02T08:00:00Z"}`,
		`{"Name":"Lunch","EnqueuedTimestamp":"2026-03-02T08:00:00Z","EnqueueTimestamp":null}`,
	} {
		if got := snapshot(t, `{"NextAgentStatus":`+text+`}`).Next.EnqueuedAt; !got.Equal(enqueued) {
			t.Errorf("%s: enqueued at %v, want %v", text, got, enqueued)
		}
	}
	for _, text := range []string{`{"ProficiencyLevel":3}`, `{"Level":3.0}`, `{"ProficiencyLevel":3e0,"Level":null}`} {
		if got := snapshot(t, `{"Configuration":{"Proficiencies":[`+text+`]}}`).Configuration.Proficiencies[0].Level; got != 3 {
			t.Errorf("%s: level %v, want 3", text, got)
		}
	}
	group := `{"Level1":{"ARN":"` + instance + `/agent-group/g"}}`
	for _, text := range []string{`"AgentHierarchyGroups":` + group, `"HierarchyGroups":` + group, `"AgentHierarchyGroups":` + group + `,"HierarchyGroups":null`} {
		if got := snapshot(t, `{"Configuration":{`+text+`}}`).Configuration.Hierarchy; got == nil || got[0].ID != "g" {
			t.Errorf("%s: hierarchy %v, want group g", text, got)
		}
	}
	for text, want := range map[string]rollcall.Channel{
		`"TASK"`: rollcall.ChannelTask, `"TASKS"`: rollcall.ChannelTask, `"EMAIL"`: rollcall.ChannelEmail,
		`"FAX"`: "FAX", `null`: rollcall.ChannelVoice, `"VOICE"`: rollcall.ChannelVoice,
	} {
		got := event(t, withContact(`"ContactId":"c","State":"PAUSED","Channel":`+text)).Snapshot.Contacts[0]
		if got.Channel != want || got.State != rollcall.StatePaused {
			t.Errorf("channel %s: got %s in %s, want %s in PAUSED", text, got.Channel, got.State, want)
		}
	}
	if got := event(t, strings.Replace(least(1), `"EventType"`, `"Event\u0054ype"`, 1)).Type; got != rollcall.EventHeartBeat {
		t.Errorf("escaped member name: event type %q, want HEART_BEAT", got)
	}
}

func TestDecode_IDsOfWhatIsNoARN(t *testing.T) {
	s := snapshot(t, `{"AgentStatus":{"ARN":"status-of-a-sample","Name":"Available"},"Contacts":[
		{"ContactId":"c","State":"CONNECTED","Queue":{"ARN":"`+agent2queue+`"}},
		{"ContactId":"d","State":"CONNECTED","Queue":{"ARN":"queue/agent/x"}},
		{"ContactId":"e","State":"CONNECTED","Queue":{"ARN":"`+instance+`/queue/agent","Name":null}}]}`)
	if s.Status.ID != "status-of-a-sample" || s.Status.ARN != "status-of-a-sample" {
		t.Errorf("status %+v, want the id as it came", s.Status)
	}
	own := []bool{true, false, false}
	ids := []rollcall.QueueID{"0b54cf0e-6f0f-4d66-8f3a-0a6c4f2d9e01", "x", "agent"}
	for i, c := range s.Contacts {
		if c.Queue.Agent != own[i] || c.Queue.ID != ids[i] {
			t.Errorf("queue %+v: want id %s and agent's own %v", c.Queue, ids[i], own[i])
		}
	}
}

func TestDecode_Timestamps(t *testing.T) {
	for text, want := range map[string]time.Time{
		"2026-03-02T09:00:00Z":                 time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC),
		"2026-03-02T09:00:00.5Z":               time.Date(2026, 3, 2, 9, 0, 0, 500_000_000, time.UTC),
		"2026-03-02T09:00:59.059Z":             time.Date(2026, 3, 2, 9, 0, 59, 59_000_000, time.UTC),
		"2026-03-02T09:00:00.123456789Z":       time.Date(2026, 3, 2, 9, 0, 0, 123_456_789, time.UTC),
		"2026-03-02T09:00:00.123456789987654Z": time.Date(2026, 3, 2, 9, 0, 0, 123_456_789, time.UTC),
		"2026-03-02T09:00:00+00:00":            time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC),
		"2026-03-02T09:00:00.001-05:30":        time.Date(2026, 3, 2, 14, 30, 0, 1_000_000, time.UTC),
		"1970-01-01T00:00:00Z":                 time.Unix(0, 0).UTC(),
		"9999-12-31T23:59:59.999Z":             time.Date(9999, 12, 31, 23, 59, 59, 999_000_000, time.UTC),
		"":                                     {},
		"2026-03-02T09:00:00":                  {},
		"2026-03-02 09:00:00Z":                 {},
		"2026-03-02T09:00:00,5Z":               {},
		"2026-03-02T9:00:00Z":                  {},
		"2026-03-02T0:00:00Z":                  {},
		"2026-03-02T09:00Z":                    {},
		"2026-03-02":                           {},
		"2026-02-30T09:00:00Z":                 {},
		"2026-03-02T24:00:00Z":                 {},
		"2026-03-02T09:00:00+0000":             {},
		"2026-03-02T09:00:00+24:00":            {},
		"0001-01-01T00:00:00Z":                 {},
		"9999-12-31T23:59:59-01:00":            {},
		"1970-01-01T00:00:00+01:00":            {},

		"2026-03-02T09:00:00." + strings.Repeat("1", 60) + "Z": {},
	} {
		batch := decode(t, strings.Replace(least(1), "2026-03-02T09:00:00Z", text, 1))
		if want.IsZero() {
			if len(batch.Refused) != 1 || batch.Refused[0].Member != "EventTimestamp" {
				t.Errorf("%q: refused %v, want it refused", text, batch.Refused)
			}
			continue
		}
		if len(batch.Documents) != 1 || batch.Documents[0].Event.At != want {
			t.Errorf("%q: got %+v, want %v", text, batch, want)
		}
	}
}

// Two values may fall on one slot of what is remembered, by the process's seed:
// then they are not shared. Seldom are those of an event, and hardly of several.
func TestDecode_EqualValuesAreShared(t *testing.T) {
	const tries = 8
	paths, queues := 0, 0
	for try := range tries {
		of := func(n int) rollcall.Event {
			return event(t, strings.ReplaceAll(large(n), instance, fmt.Sprintf("%s-%d", instance, try)))
		}
		a, b := of(1), of(2)
		if a.Snapshot.Configuration.Hierarchy == b.Snapshot.Configuration.Hierarchy {
			paths++
		}
		if a.Snapshot.Contacts[0].Queue == b.Snapshot.Contacts[0].Queue {
			queues++
		}
	}
	if paths < tries-2 || queues < tries-2 {
		t.Errorf("of %d pairs of agents of one hierarchy group and with contacts of one queue, %d share the path and %d the queue", tries, paths, queues)
	}
}
