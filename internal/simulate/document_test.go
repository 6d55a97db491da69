package simulate_test

import (
	"bytes"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"rollcall/internal/simulate"
)

// document is an agent event as the data model in the Administrator Guide has
// it, written down apart from the code under test.
type document struct {
	AWSAccountId          string
	AgentARN              string
	CurrentAgentSnapshot  jsontext.Value
	EventId               string
	EventTimestamp        instant
	EventType             string
	InstanceARN           string
	PreviousAgentSnapshot jsontext.Value // the same bytes as an earlier event's current one
	Version               string

	event   simulate.Event
	current snapshotDocument
}

type snapshotDocument struct {
	AgentStatus struct {
		ARN, Name, Type string
		StartTimestamp  instant
	}
	Configuration   jsontext.Value // decoded into configuration
	Contacts        []contactDocument
	NextAgentStatus *struct {
		ARN, Name         string
		EnqueuedTimestamp instant
	}

	configuration *configurationDocument
}

type configurationDocument struct {
	AgentHierarchyGroups          *struct{ Level1, Level2, Level3, Level4, Level5 *namedDocument }
	FirstName, LastName, Username string
	Proficiencies                 []struct {
		Name, Value      string
		ProficiencyLevel float64
	}
	RoutingProfile struct {
		ARN, Name   string
		Concurrency []struct {
			Channel                      string
			AvailableSlots, MaximumSlots int
		}
		DefaultOutboundQueue queueDocument
		InboundQueues        []queueDocument
	}
}

type namedDocument struct{ ARN, Name string }

type queueDocument struct {
	ARN      string
	Name     *string
	Channels []string
}

type contactDocument struct {
	Channel, ContactId, InitiationMethod, State string
	InitialContactId                            *string
	ConnectedToAgentTimestamp, QueueTimestamp   *instant
	StateStartTimestamp                         instant
	Queue                                       queueDocument
}

// instant is a timestamp that insists on the stream's form.
type instant struct{ time.Time }

func (i *instant) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		return nil
	}
	at, err := time.Parse(`"2006-01-02T15:04:05.000Z"`, string(b))
	i.Time = at
	return err
}

// reader reads a centre's documents strictly. An agent has few configurations
// and sends them again and again, so each is decoded once.
type reader struct {
	t              *testing.T
	centre         *simulate.Centre
	configurations map[string]*configurationDocument // :: JSON -> what it says
}

func read(t *testing.T, cfg simulate.Config) *reader {
	t.Helper()
	return &reader{t: t, centre: simulate.New(cfg), configurations: map[string]*configurationDocument{}}
}

// next is the next document, or nil after the last.
func (r *reader) next() *document {
	r.t.Helper()
	e, ok := r.centre.Next()
	if !ok {
		return nil
	}
	raw := e.AppendJSON(nil)
	if bytes.ContainsAny(raw, "\r\n") {
		r.t.Fatalf("not one line: %s", raw)
	}
	d := &document{event: e}
	decodeStrictly(r.t, raw, d)
	decodeStrictly(r.t, d.CurrentAgentSnapshot, &d.current)
	if r.configurations[string(d.current.Configuration)] == nil {
		c := &configurationDocument{}
		decodeStrictly(r.t, d.current.Configuration, c)
		r.configurations[string(d.current.Configuration)] = c
	}
	d.current.configuration = r.configurations[string(d.current.Configuration)]
	return d
}

func decodeStrictly(t *testing.T, raw []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(raw, into, json.RejectUnknownMembers(true)); err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
}

// members are the object members of the data model, by the member that holds
// the object. Those of a hierarchy path depend on its depth.
var members = map[string][]string{
	"": {
		"AWSAccountId", "AgentARN", "CurrentAgentSnapshot", "EventId", "EventTimestamp", "EventType", "InstanceARN",
		"PreviousAgentSnapshot", "Version",
	},
	"CurrentAgentSnapshot":  {"AgentStatus", "Configuration", "Contacts", "NextAgentStatus"},
	"PreviousAgentSnapshot": {"AgentStatus", "Configuration", "Contacts", "NextAgentStatus"},
	"AgentStatus":           {"ARN", "Name", "StartTimestamp", "Type"},
	"NextAgentStatus":       {"ARN", "EnqueuedTimestamp", "Name"},
	"Configuration":         {"AgentHierarchyGroups", "FirstName", "LastName", "Proficiencies", "RoutingProfile", "Username"},
	"Proficiencies":         {"Name", "ProficiencyLevel", "Value"},
	"RoutingProfile":        {"ARN", "Concurrency", "DefaultOutboundQueue", "InboundQueues", "Name"},
	"Concurrency":           {"AvailableSlots", "Channel", "MaximumSlots"},
	"DefaultOutboundQueue":  {"ARN", "Channels", "Name"},
	"InboundQueues":         {"ARN", "Channels", "Name"},
	"Queue":                 {"ARN", "Channels", "Name"},
	"Level1":                {"ARN", "Name"},
	"Level2":                {"ARN", "Name"},
	"Level3":                {"ARN", "Name"},
	"Level4":                {"ARN", "Name"},
	"Level5":                {"ARN", "Name"},
	"Contacts": {
		"Channel", "ConnectedToAgentTimestamp", "ContactId", "InitialContactId", "InitiationMethod", "Queue",
		"QueueTimestamp", "State", "StateStartTimestamp",
	},
}

func TestEvent_HasEveryMemberOfTheDataModel(t *testing.T) {
	met := map[string]bool{} // :: member that holds an object -> met
	var walk func(name string, value any)
	walk = func(name string, value any) {
		switch value := value.(type) {
		case []any:
			for _, element := range value {
				walk(name, element)
			}
		case map[string]any:
			met[name] = true
			got := slices.Sorted(maps.Keys(value))
			if want := members[name]; name != "AgentHierarchyGroups" && !slices.Equal(got, want) {
				t.Fatalf("%q has the members %v, want %v", name, got, want)
			}
			for member, held := range value {
				walk(member, held)
			}
		}
	}
	c := simulate.New(simulate.Config{Agents: 20, Seed: 1, Start: morning, Duration: time.Hour})
	for e, ok := c.Next(); ok; e, ok = c.Next() {
		var tree any
		if err := json.Unmarshal(e.AppendJSON(nil), &tree); err != nil {
			t.Fatal(err)
		}
		walk("", tree)
	}
	for name := range members {
		if !met[name] {
			t.Errorf("no event has an object in %s", name)
		}
	}
}
