package agentevent_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall"
	"rollcall/internal/agentevent"
)

// decode reads a body that can be judged.
func decode(t *testing.T, body string) agentevent.Batch {
	t.Helper()
	batch, err := agentevent.Decode([]byte(body), agentevent.DefaultLimits)
	if err != nil {
		t.Fatalf("Decode: %v", err)
	}
	return batch
}

// event reads a body of one good document.
func event(t *testing.T, body string) rollcall.Event {
	t.Helper()
	batch := decode(t, body)
	if len(batch.Documents) != 1 || len(batch.Refused) != 0 {
		t.Fatalf("Decode: %d documents, refused %v, want one document", len(batch.Documents), batch.Refused)
	}
	return batch.Documents[0].Event
}

func instant(text string) time.Time {
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		panic(err)
	}
	return at.UTC()
}

func TestDecode_ReadsEveryMember(t *testing.T) {
	arn, _ := rollcall.ParseARN(agent)
	care := rollcall.Queue{
		ID: "q-care", ARN: instance + "/queue/q-care", Name: "Care",
		Channels: []rollcall.Channel{rollcall.ChannelVoice, rollcall.ChannelChat},
	}
	want := rollcall.Event{
		ID: "e-7001", Type: rollcall.EventStateChange, At: instant("2026-03-02T09:14:01.501Z"),
		Agent: arn, AgentARN: agent, Instance: arn.InstanceARN(),
		Snapshot: &rollcall.Snapshot{
			Status: &rollcall.Status{
				ID: "st-1", ARN: instance + "/agent-state/st-1", Name: "Available",
				Type: rollcall.StatusRoutable, StartedAt: instant("2026-03-02T07:59:30.030Z"),
			},
			Next: &rollcall.NextStatus{
				ID: "st-7", ARN: instance + "/agent-state/st-7", Name: "Training",
				EnqueuedAt: instant("2026-03-02T09:14:01.5Z"),
			},
			Configuration: &rollcall.Configuration{
				Username: "mira.sol", FirstName: "Mira", LastName: "Sol",
				Hierarchy: &rollcall.HierarchyPath{
					{ID: "g-eu", ARN: instance + "/agent-group/g-eu", Name: "Europe"},
					{ID: "g-care", ARN: instance + "/agent-group/g-care", Name: "Care"},
				},
				Proficiencies: []rollcall.Proficiency{
					{Name: "Language", Value: "Deutsch", Level: 4},
					{Name: "Product", Value: "Router", Level: 2.5},
				},
				RoutingProfile: &rollcall.RoutingProfile{
					ID: "rp-care", ARN: instance + "/routing-profile/rp-care", Name: "Care",
					DefaultOutboundQueue: &rollcall.Queue{
						ID: "q-out", ARN: instance + "/queue/q-out", Name: "Outbound",
						Channels: []rollcall.Channel{rollcall.ChannelVoice},
					},
					InboundQueues: []rollcall.Queue{
						{
							ID: "0b54cf0e-6f0f-4d66-8f3a-0a6c4f2d9e01", ARN: agent2queue, Agent: true,
							Channels: []rollcall.Channel{rollcall.ChannelVoice, rollcall.ChannelChat, rollcall.ChannelTask},
						},
						care,
					},
				},
			},
			Concurrency: []rollcall.Concurrency{
				{Channel: rollcall.ChannelVoice, MaximumSlots: 1},
				{Channel: rollcall.ChannelChat, MaximumSlots: 2, AvailableSlots: 2},
				{Channel: rollcall.ChannelTask, MaximumSlots: 3, AvailableSlots: 3},
			},
			Contacts: []rollcall.Contact{{
				ID: "c-100", InitialID: "c-99", Channel: rollcall.ChannelVoice, InitiationMethod: "INBOUND",
				State: rollcall.StateConnectedOnHold, StateStartedAt: instant("2026-03-02T09:13:44.044Z"),
				ConnectedToAgentAt: instant("2026-03-02T09:10:02Z"), QueuedAt: instant("2026-03-02T09:09:12.120Z"),
				Queue: &rollcall.Queue{ID: "q-care", ARN: care.ARN, Name: "Care"},
			}},
		},
	}
	if diff := cmp.Diff(want, event(t, callDocument)); diff != "" {
		t.Errorf("event (-want +got):\n%s", diff)
	}
}

func TestDecode_TakesTheLeast(t *testing.T) {
	arn, _ := rollcall.ParseARN(instance + "/agent/a-1")
	want := rollcall.Event{
		Type: rollcall.EventHeartBeat, At: instant("2026-03-02T09:00:00Z"),
		Agent: arn, AgentARN: instance + "/agent/a-1", Instance: arn.InstanceARN(),
	}
	if diff := cmp.Diff(want, event(t, least(1))); diff != "" {
		t.Errorf("event (-want +got):\n%s", diff)
	}
}

func TestDecode_NothingReadRefersToTheBody(t *testing.T) {
	body := []byte(callDocument)
	batch, err := agentevent.Decode(body, agentevent.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	record := string(batch.Documents[0].Record)
	for i := range body {
		body[i] = 'x'
	}
	if diff := cmp.Diff(event(t, callDocument), batch.Documents[0].Event); diff != "" {
		t.Errorf("the event changed with the body (-want +got):\n%s", diff)
	}
	if record != string(batch.Documents[0].Record) {
		t.Error("the record changed with the body")
	}
}

func TestDecode_BodyForms(t *testing.T) {
	a, b, c := least(1), least(2), least(3)
	pretty := strings.NewReplacer(",", ",\n  ", "{", "{\n  ", "}", "\n}").Replace(a)
	for name, tt := range map[string]struct {
		body    string
		offsets []int64
	}{
		"one":               {a, []int64{0}},
		"one in blanks":     {"\r\n \t" + a + "\n\n", []int64{4}},
		"array":             {"[" + a + " , " + b + "]\n", []int64{1, int64(len(a) + 4)}},
		"lines":             {a + "\n" + b + "\n" + c + "\n", []int64{0, int64(len(a) + 1), int64(2 * (len(a) + 1))}},
		"lines of Windows":  {a + "\r\n" + b + "\r\n", []int64{0, int64(len(a) + 2)}},
		"blank lines":       {a + "\n\n\n" + b, []int64{0, int64(len(a) + 3)}},
		"no separator":      {a + b + c, []int64{0, int64(len(a)), int64(2 * len(a))}},
		"indented":          {pretty + "\n" + pretty, []int64{0, int64(len(pretty) + 1)}},
		"line then indents": {a + "\n" + pretty, []int64{0, int64(len(a) + 1)}},
	} {
		t.Run(name, func(t *testing.T) {
			batch := decode(t, tt.body)
			if len(batch.Refused) > 0 {
				t.Fatalf("refused: %v", batch.Refused)
			}
			for i, d := range batch.Documents {
				if d.Number != i+1 {
					t.Errorf("document %d has number %d", i+1, d.Number)
				}
			}
			var offsets []int64
			for _, d := range batch.Documents {
				offsets = append(offsets, d.Offset)
			}
			if diff := cmp.Diff(tt.offsets, offsets); diff != "" {
				t.Errorf("offsets (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDecode_BodiesThatCannotBeJudged(t *testing.T) {
	limits := agentevent.DefaultLimits
	limits.Documents = 2
	for name, tt := range map[string]struct {
		body, message string
		code          rollcall.Code
	}{
		"empty":           {"", "the body is empty", rollcall.CodeMalformed},
		"blank":           {" \n\t\r\n", "the body is empty", rollcall.CodeMalformed},
		"empty array":     {"[ ]", "an empty array", rollcall.CodeMalformed},
		"byte order mark": {"\xef\xbb\xbf" + least(1), "byte order mark", rollcall.CodeMalformed},
		"too many":        {least(1) + least(2) + least(3), "more than 2 documents", rollcall.CodeTooLarge},
		"too many, array": {"[{},{},{}]", "more than 2 documents", rollcall.CodeTooLarge},
		"too many, lines": {"{}\n{}\n{x\n", "more than 2 documents", rollcall.CodeTooLarge},
		"too many broken": {"{x\n{x\n{x\n", "more than 2 documents", rollcall.CodeTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			batch, err := agentevent.Decode([]byte(tt.body), limits)
			var e *rollcall.Error
			if !errors.As(err, &e) || e.Code != tt.code || !strings.Contains(e.Message, tt.message) {
				t.Errorf("Decode = %v, %v, want code %s and a message with %q", batch, err, tt.code, tt.message)
			}
		})
	}
}

func TestDecode_GoesOnAfterBrokenLines(t *testing.T) {
	a, b := least(1), least(2)
	type found struct{ Accepted, Refused []int }
	for name, tt := range map[string]struct {
		body string
		want found
		last string // what the last refusal ends with
	}{
		"first line broken":       {`{"AgentARN" ` + "\n" + a + "\n" + b, found{[]int{2, 3}, []int{1}}, ""},
		"line cut in a value":     {a + "\n" + `{"CurrentAgentSnapshot":` + "\n" + b + "\n", found{[]int{1, 3}, []int{2}}, ""},
		"line cut in a string":    {`{"AgentARN":"ar` + "\n" + b + "\n", found{[]int{2}, []int{1}}, ""},
		"line of text":            {a + "\nhello\n" + b + "\n", found{[]int{1, 3}, []int{2}}, ""},
		"two broken lines":        {a + "\nhello\nthere\n" + b, found{[]int{1, 4}, []int{2, 3}}, ""},
		"one brace too many":      {a + "}\n" + b + "\n", found{[]int{1, 3}, []int{2}}, ""},
		"last line broken":        {a + "\n" + `{"AgentARN"`, found{[]int{1}, []int{2}}, "ends before the document does"},
		"broken without lines":    {a + `{"AgentARN" 5}` + b, found{[]int{1}, []int{2}}, "nothing behind this place was read"},
		"broken and indented":     {"{\n \"AgentARN\" 5\n}\n{\n }\n", found{nil, []int{1}}, "nothing behind this place was read"},
		"broken in an array":      {"[" + a + ",\n{5},\n" + b + "]", found{[]int{1}, []int{2}}, "nothing behind this place was read"},
		"array without its end":   {"[" + a, found{[]int{1}, []int{2}}, "ends before the document does"},
		"array without a comma":   {"[" + a + b + "]", found{[]int{1}, []int{2}}, "nothing behind this place was read"},
		"array with a last comma": {"[" + a + ",]", found{[]int{1}, []int{2}}, "nothing behind this place was read"},
		"more after the array":    {"[" + a + "]" + b, found{[]int{1}, []int{2}}, "expected the end of the body"},
		"comma between":           {a + "," + b, found{[]int{1}, []int{2}}, "nothing behind this place was read"},
		"comma at the end":        {a + ",", found{[]int{1}, []int{2}}, ""},
		"text at the end":         {a + " end", found{[]int{1}, []int{2}}, "nothing behind this place was read"},
		"not even JSON":           {"agent=1&state=2", found{nil, []int{1}}, "nothing behind this place was read"},
	} {
		t.Run(name, func(t *testing.T) {
			batch := decode(t, tt.body)
			var got found
			for _, d := range batch.Documents {
				got.Accepted = append(got.Accepted, d.Number)
			}
			for _, r := range batch.Refused {
				got.Refused = append(got.Refused, r.Number)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("documents (-want +got):\n%s\nrefused: %v", diff, batch.Refused)
			}
			if n := len(batch.Refused); n > 0 && !strings.HasSuffix(batch.Refused[n-1].Reason, tt.last) {
				t.Errorf("last reason %q, want it to end in %q", batch.Refused[n-1].Reason, tt.last)
			}
		})
	}
}
