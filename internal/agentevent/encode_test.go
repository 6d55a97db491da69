package agentevent_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall"
	"rollcall/internal/agentevent"
)

// FuzzAppendDocument holds that every document that is taken says the same when
// it is written from what was understood of it.
func FuzzAppendDocument(f *testing.F) {
	for _, body := range []string{
		callDocument, least(1), large(7), with(`"CurrentAgentSnapshot":{}`), with(`"EventType":"LOGOUT","EventId":"x"`),
		withContact(`"ContactId":"c","State":"PAUSED","Channel":"TASKS","Queue":{"ARN":"q"}`),
		with(`"CurrentAgentSnapshot":{"Configuration":{"RoutingProfile":{"Concurrency":[{"Channel":"VOICE","MaximumSlots":1}]}}}`),
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		batch, err := agentevent.Decode(body, agentevent.DefaultLimits)
		if err != nil {
			return
		}
		for _, d := range batch.Documents {
			written := agentevent.AppendDocument(nil, &d.Event)
			again, err := agentevent.Decode(written, agentevent.DefaultLimits)
			if err != nil || len(again.Documents) != 1 || len(again.Refused) > 0 {
				t.Fatalf("%s: %v %+v", written, err, again.Refused)
			}
			if diff := cmp.Diff(d.Event, again.Documents[0].Event); diff != "" {
				t.Errorf("(-read +written and read):\n%s", diff)
			}
			if record := again.Documents[0].Record; !bytes.HasSuffix(record, written) {
				t.Errorf("what was written is not compact: %s", written)
			}
		}
	})
}

func TestAppendDocument_KeepsBytesThatAreNoText(t *testing.T) {
	e := &rollcall.Event{
		Type: rollcall.EventLogin, AgentARN: "arn:aws:connect:x:1:instance/i/agent/a",
		Snapshot: &rollcall.Snapshot{Configuration: &rollcall.Configuration{Username: "a\xff\"\n\u2028"}},
	}
	if got := agentevent.AppendDocument(nil, e); !bytes.Contains(got, []byte("\"a\ufffd\\\"\\n\u2028\"")) {
		t.Errorf("wrote %s", got)
	}
}
