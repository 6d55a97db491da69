package ingest_test

import (
	"testing"
	"time"

	"rollcall/internal/access"
)

// A source inside the process goes the same way as a request, under a policy of
// its own.
func TestTake_IsForSourcesThatAreNoRequests(t *testing.T) {
	h := open(t, nil)
	policy, err := access.ParsePolicy([]byte(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"rollcall:PutEvents","Resource":"` + instance + `"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	source := access.Within("stream-1", policy, time.Now())
	batch, position, err := h.Take(t.Context(), source, []byte(good("a")+good("b")+"{}"), true)
	if err != nil || batch.Accepted != 2 || len(batch.Refused) != 1 || position != h.log.End() {
		t.Errorf("%+v up to %s, %v; want two kept and one refused", batch, position, err)
	}
	other := `{"AgentARN":"arn:aws:connect:eu-central-1:222233334444:instance/south/agent/a","EventTimestamp":"2026-04-01T12:00:00Z","EventType":"HEART_BEAT"}`
	if _, _, err := h.Take(t.Context(), source, []byte(other), true); err == nil {
		t.Error("took events for an instance that the policy doesn't name")
	}
}
