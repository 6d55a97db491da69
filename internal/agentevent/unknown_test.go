package agentevent_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall"
	"rollcall/internal/agentevent"
)

// What Amazon's lists will have one day is taken, kept as it came, and counted by
// either walk; a value that could not be shown is refused.
func TestDecode_TakesWordsOfGrowingLists(t *testing.T) {
	typed := strings.Replace(least(1), "HEART_BEAT", "PROFILE_CHANGE", 1)
	status := with(`"CurrentAgentSnapshot":{"AgentStatus":{"Name":"Break","Type":"BUSY"}}`)
	ringing := withContact(`"State":"RINGING","ContactId":"c"`)
	joined := withContact(`"ContactId":"c","State":"CO_BROWSING","ConnectedToAgentTimestamp":"2026-03-02T09:00:00Z"`)
	body := strings.Join([]string{typed, status, ringing, joined}, "\n")
	checkWalks(t, []byte(body), agentevent.DefaultLimits)
	batch, err := agentevent.Decode([]byte(body), agentevent.DefaultLimits)
	if err != nil || len(batch.Refused) > 0 || len(batch.Documents) != 4 {
		t.Fatalf("Decode = %+v, %v, want all four taken", batch, err)
	}
	var unknown agentevent.Unknown
	unknown.Add(batch.Documents)
	if want := (agentevent.Unknown{EventTypes: 1, StatusTypes: 1, ContactStates: 2}); unknown != want {
		t.Errorf("counted %+v, want %+v", unknown, want)
	}
	if got := batch.Documents[0].Event.Type; got != "PROFILE_CHANGE" {
		t.Errorf("the event type became %q", got)
	}
	if s := batch.Documents[1].Event.Snapshot.Status; s.Type != "BUSY" || s.Type.Nearest() != rollcall.StatusCustom {
		t.Errorf("the status type became %q, nearest %q", s.Type, s.Type.Nearest())
	}
	for i, want := range []rollcall.Contact{
		{State: rollcall.StateConnecting, StateWord: "RINGING"}, {State: rollcall.StateConnected, StateWord: "CO_BROWSING"},
	} {
		c := batch.Documents[2+i].Event.Snapshot.Contacts[0]
		if c.State != want.State || c.StateName() != want.StateWord {
			t.Errorf("the contact's state became %v, %q, want %v, %q", c.State, c.StateName(), want.State, want.StateWord)
		}
	}
	for i := range batch.Documents {
		d := &batch.Documents[i]
		again, err := agentevent.Decode(agentevent.AppendDocument(nil, &d.Event), agentevent.DefaultLimits)
		if err != nil || len(again.Documents) != 1 {
			t.Fatalf("document %d written again: %+v, %v", d.Number, again, err)
		}
		if diff := cmp.Diff(d.Event, again.Documents[0].Event); diff != "" {
			t.Errorf("document %d is otherwise when it is written again (-before +after):\n%s", d.Number, diff)
		}
	}
}

func TestDecode_BoundsWordsOfGrowingLists(t *testing.T) {
	for word, taken := range map[string]bool{
		strings.Repeat("W", 64): true, strings.Repeat("W", 65): false, strings.Repeat("é", 32): true, strings.Repeat("é", 33): false,
		`a\u001b[2J`: false, "a/b": false, "ROLLCALL": true,
	} {
		for _, document := range []string{
			strings.Replace(least(1), "HEART_BEAT", word, 1),
			with(`"CurrentAgentSnapshot":{"AgentStatus":{"Name":"Break","Type":"` + word + `"}}`),
			withContact(`"ContactId":"c","State":"` + word + `"`),
		} {
			checkWalks(t, []byte(document), agentevent.DefaultLimits)
			batch, err := agentevent.Decode([]byte(document), agentevent.DefaultLimits)
			if err != nil || taken != (len(batch.Refused) == 0) {
				t.Errorf("%s: %+v, %v, want it taken: %v", document, batch.Refused, err, taken)
			}
		}
	}
}
