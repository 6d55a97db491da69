package agentevent_test

import (
	"bytes"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall"
	"rollcall/internal/agentevent"
)

var controlInstance = rollcall.ARN{Partition: "aws", Region: "eu-central-1", Account: "123456789012", Instance: "north"}

// controls are an event of each type of our own.
func controls() map[string]*rollcall.Event {
	at := time.Date(2026, 3, 2, 8, 30, 0, 123_456_789, time.UTC)
	agent := controlInstance.Child(rollcall.TypeAgent, "zoë \"<&>\" 7")
	row := &rollcall.Agent{ID: rollcall.AgentID(agent.ID), ARN: agent.String(), EventAt: at}
	return map[string]*rollcall.Event{
		"forget_agent":    rollcall.NewForgetting(controlInstance, row),
		"remove_instance": rollcall.NewRemoval(controlInstance, at),
	}
}

// seed is a seed with much in it.
func seed(t *testing.T) *rollcall.Event {
	t.Helper()
	e := decode(t, callDocument).Documents[0].Event
	e.ID, e.Type = "", rollcall.EventSeed
	return &e
}

// A seed is a record of its own form, which is carried by exports and never taken
// from outside.
func TestSeed_Golden(t *testing.T) {
	path := filepath.Join("testdata", "record_v5_seed.record")
	records, err := agentevent.Records(seed(t))
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		write(t, path, records[0])
	}
	golden := read(t, path)
	if diff := cmp.Diff(string(golden), string(records[0])); diff != "" {
		t.Errorf("the record is written otherwise (-golden +got):\n%s", diff)
	}
	got, err := agentevent.DecodeRecord(golden)
	if diff := cmp.Diff(seed(t), got); diff != "" || err != nil {
		t.Errorf("the record is read otherwise: %v (-want +got):\n%s", err, diff)
	}
	line := agentevent.ControlDocument(golden)
	if again, err := agentevent.AppendControlDocument(nil, line); err != nil || !bytes.Equal(again, golden) {
		t.Errorf("a line of an export became %q, %v", again, err)
	}
	if batch, err := agentevent.Decode(line, agentevent.DefaultLimits); err != nil || len(batch.Refused) != 1 || batch.Refused[0].Member != "EventType" {
		t.Errorf("from outside: %+v, %v, want EventType refused", batch, err)
	}
	for name, record := range map[string]string{
		"an agent event": "\x05" + least(1), "a seed as an agent event": "\x01" + string(line), "no JSON": "\x05{", "nothing": "\x05",
	} {
		if e, err := agentevent.DecodeRecord([]byte(record)); err == nil {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

// TestControl_Golden keeps control records on people's disks readable.
func TestControl_Golden(t *testing.T) {
	for name, event := range controls() {
		path := filepath.Join("testdata", "record_v2_"+name+".record")
		record, err := agentevent.AppendControl(nil, event)
		if err != nil {
			t.Fatal(err)
		}
		if *update {
			write(t, path, record)
		}
		if diff := cmp.Diff(string(read(t, path)), string(record)); diff != "" {
			t.Errorf("%s: the record is written otherwise (-golden +got):\n%s", name, diff)
		}
		got, err := agentevent.DecodeRecord(read(t, path))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(event, got); diff != "" {
			t.Errorf("%s: the record is read otherwise (-want +got):\n%s", name, diff)
		}
		if _, err := agentevent.Canonical(record); err == nil || !agentevent.IsControl(record) {
			t.Errorf("%s: a control record passed for an agent event document", name)
		}
	}
}

func TestDecode_RefusesEventsOfOurOwn(t *testing.T) {
	for name, event := range controls() {
		record, err := agentevent.AppendControl(nil, event)
		if err != nil {
			t.Fatal(err)
		}
		document := string(record[1:])
		for _, body := range []string{document, "[" + document + "]", string(record), with(`"EventType":"` + string(event.Type) + `"`)} {
			if batch, err := agentevent.Decode([]byte(body), agentevent.DefaultLimits); err == nil && len(batch.Documents) > 0 {
				t.Errorf("%s: taken from outside: %s", name, body)
			}
		}
		if e, err := agentevent.DecodeRecord([]byte("\x01" + document)); err == nil {
			t.Errorf("%s: read as an agent event: %+v", name, e)
		}
	}
}

func TestDecodeRecord_RefusesWhatIsNoControlRecord(t *testing.T) {
	const at = `"EventTimestamp":"2026-03-02T08:30:00Z"`
	agent, instance := controlInstance.Child(rollcall.TypeAgent, "a").String(), controlInstance.String()
	for name, document := range map[string]string{
		"nothing":               ``,
		"no object":             `[]`,
		"no type":               `{` + at + `,"InstanceARN":"` + instance + `"}`,
		"a type of documents":   `{"EventType":"LOGOUT",` + at + `,"AgentARN":"` + agent + `"}`,
		"a type of the future":  `{"EventType":"ROLLCALL_RENAME",` + at + `,"InstanceARN":"` + instance + `"}`,
		"a member of the same":  `{"EventType":"ROLLCALL_REMOVE_INSTANCE",` + at + `,"InstanceARN":"` + instance + `","Unless":1}`,
		"an instance to forget": `{"EventType":"ROLLCALL_FORGET_AGENT",` + at + `,"AgentARN":"` + instance + `"}`,
		"an agent to remove":    `{"EventType":"ROLLCALL_REMOVE_INSTANCE",` + at + `,"InstanceARN":"` + agent + `"}`,
		"no instant":            `{"EventType":"ROLLCALL_REMOVE_INSTANCE","InstanceARN":"` + instance + `"}`,
		"no true instant":       `{"EventType":"ROLLCALL_REMOVE_INSTANCE","EventTimestamp":"soon","InstanceARN":"` + instance + `"}`,
		"two documents":         `{"EventType":"ROLLCALL_REMOVE_INSTANCE",` + at + `,"InstanceARN":"` + instance + `"}{}`,
	} {
		if e, err := agentevent.DecodeRecord([]byte("\x02" + document)); err == nil {
			t.Errorf("%s: got %+v, want an error", name, e)
		}
	}
	if record, err := agentevent.AppendControl(nil, &rollcall.Event{Type: rollcall.EventLogin, Instance: controlInstance}); err == nil {
		t.Errorf("an agent event became the control record %q", record)
	}
}
