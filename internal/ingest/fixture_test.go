package ingest_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"rollcall"
	"rollcall/internal/access"
	"rollcall/internal/agentevent"
	"rollcall/internal/contactevent"
	"rollcall/internal/ingest"
	"rollcall/internal/journal"
	"rollcall/internal/journal/logtest"
	"rollcall/internal/journal/memlog"
)

const instance = "arn:aws:connect:eu-central-1:222233334444:instance/north"

// now is the clock of all tests here.
var now = time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)

// document is a good document of this agent at this instant.
func document(agent string, at time.Time) string {
	return fmt.Sprintf(`{"AgentARN":"%s/agent/%s","EventTimestamp":"%s","EventType":"HEART_BEAT"}`,
		instance, agent, at.Format(time.RFC3339Nano))
}

// good is a good document.
func good(agent string) string { return document(agent, now) }

// gate lets everybody in who doesn't say otherwise.
type gate struct {
	knock  error            // what Knock gives
	claims string           // the same
	admit  error            // what Admit gives
	allow  map[string]error // :: instance ARN -> what Allow gives

	mu      sync.Mutex // for what follows
	claimed string     // body that was admitted
	asked   []string   // instances
}

func (g *gate) Knock(*http.Request) (string, error) { return g.claims, g.knock }

func (g *gate) Admit(_ *http.Request, body []byte) (access.Pass, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.claimed = string(body)
	return g, g.admit
}

func (g *gate) KeyID() string   { return "KEY" }
func (g *gate) Unlimited() bool { return false }

func (g *gate) Allow(action string, instance rollcall.ARN, _ ...rollcall.ARN) error {
	if action != access.ActionPutEvents {
		return fmt.Errorf("action %s", action)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.asked = append(g.asked, instance.String())
	return g.allow[instance.String()]
}

// house is an Intake and what stands around it.
type house struct {
	*ingest.Intake
	log      *logtest.FaultyLog
	gate     *gate
	outcomes []ingest.Outcome
}

// open makes a house; change may change the options.
func open(tb testing.TB, change func(*ingest.Options)) *house {
	tb.Helper()
	log := memlog.New(memlog.Options{})
	tb.Cleanup(func() { _ = log.Close() })
	h := &house{log: logtest.Faulty(log), gate: &gate{}}
	o := ingest.Options{
		Log: h.log, Gate: h.gate, Now: func() time.Time { return now },
		Wait: func(context.Context, rollcall.Position) error { return nil },
		Observe: func(out ingest.Outcome) {
			h.gate.mu.Lock()
			defer h.gate.mu.Unlock()
			h.outcomes = append(h.outcomes, out)
		},
	}
	if change != nil {
		change(&o)
	}
	h.Intake = ingest.New(o)
	return h
}

// reply is an answer of any kind.
type reply struct {
	Status int         `json:"-"`
	Header http.Header `json:"-"`

	Accepted     int       `json:"accepted"`
	Position     string    `json:"position"`
	Visible      *bool     `json:"visible"`
	RefusedCount int       `json:"refusedCount"`
	Refused      []refused `json:"refused"`
	Error        struct {
		Code         string    `json:"code"`
		Message      string    `json:"message"`
		RequestID    string    `json:"requestId"`
		RefusedCount int       `json:"refusedCount"`
		Documents    []refused `json:"documents"`
	} `json:"error"`
}

type refused struct {
	Number int    `json:"number"`
	Offset int64  `json:"offset"`
	Member string `json:"member"`
	Reason string `json:"reason"`
}

func (h *house) post(tb testing.TB, query, body string) reply {
	tb.Helper()
	return h.send(tb, httptest.NewRequest(http.MethodPost, ingest.Path+query, strings.NewReader(body)))
}

func (h *house) send(tb testing.TB, r *http.Request) reply {
	tb.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	got := reply{Status: w.Code, Header: w.Header()}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		tb.Fatalf("status %d, body %q: %v", w.Code, w.Body, err)
	}
	if id := w.Header().Get("X-Request-Id"); id == "" || got.Status >= 400 && id != got.Error.RequestID {
		tb.Errorf("request id %q in the header and %q in the error, want the same", id, got.Error.RequestID)
	}
	if held := h.InFlightBytes(); held != 0 {
		tb.Errorf("%d bytes are in flight after the answer, want 0", held)
	}
	return got
}

// kept gives the agents of the events in the log, in order, and of contact events
// what became of the contact.
func (h *house) kept(tb testing.TB) []string {
	tb.Helper()
	end := h.log.End()
	if end.Pack == 0 {
		return nil
	}
	var agents []string
	for pack, err := range h.log.Tail(tb.Context(), rollcall.Position{}) {
		if err != nil {
			tb.Fatal(err)
		}
		for _, record := range pack.Records {
			if record[0] == contactevent.Form {
				r, err := contactevent.DecodeRecord(record)
				if err != nil {
					tb.Fatal(err)
				}
				agents = append(agents, string(r.Event.Contact)+" "+string(r.Event.Type))
				continue
			}
			event, err := agentevent.DecodeRecord(record)
			if err != nil {
				tb.Fatal(err)
			}
			agents = append(agents, event.Agent.ID)
		}
		if pack.Last() == end {
			break
		}
	}
	return agents
}

func zipped(tb testing.TB, text string) *bytes.Reader {
	tb.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		tb.Fatal(err)
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return bytes.NewReader(b.Bytes())
}

// nowhere is a log that is always done at once, to measure all but the log.
type nowhere struct{}

func (nowhere) Append(context.Context, [][]byte) (rollcall.Position, error) {
	return rollcall.Position{Epoch: 1, Pack: 1}, nil
}

func (nowhere) Limits() journal.Limits { return journal.Limits{Bytes: 1 << 30, Records: 1 << 20} }

// full is a document of about 8 KB with a previous snapshot, as agents with
// ten queues cause.
func full(n int) string {
	var queues strings.Builder
	for q := range 10 {
		fmt.Fprintf(&queues, `{"ARN":"%s/queue/5e1f7a52-1111-4222-8333-0000000000%02d","Channels":["VOICE","CHAT"],"Name":"Queue %d"},`, instance, q, q)
	}
	fmt.Fprintf(&queues, `{"ARN":"%s/queue/agent/9c1b8f6e-2222-4333-8444-%012d","Channels":["VOICE","CHAT"],"Name":null}`, instance, n)
	snapshot := fmt.Sprintf(`{"AgentStatus":{"ARN":"%[1]s/agent-state/st-1","Name":"Available","StartTimestamp":"2026-04-01T07:59:30.030Z"},"Configuration":{`+
		`"AgentHierarchyGroups":{"Level1":{"ARN":"%[1]s/agent-group/g-eu","Name":"Europe"}},"FirstName":"First%[2]d","LastName":"Last%[2]d","Username":"user%[2]d",`+
		`"RoutingProfile":{"ARN":"%[1]s/routing-profile/rp-care","Concurrency":[{"AvailableSlots":0,"Channel":"VOICE","MaximumSlots":1}],"InboundQueues":[%[3]s],"Name":"Care"}},`+
		`"Contacts":[{"Channel":"VOICE","ContactId":"8a4f5d0c-3333-4444-8555-%012[2]d","InitiationMethod":"INBOUND","State":"CONNECTED","StateStartTimestamp":"2026-04-01T09:10:02.002Z"}]}`,
		instance, n, queues.String())
	return fmt.Sprintf(`{"AgentARN":"%s/agent/9c1b8f6e-2222-4333-8444-%012d","CurrentAgentSnapshot":%s,"EventId":"1d7a9e00-4444-4555-8666-%012d",`+
		`"EventTimestamp":"2026-04-01T11:59:59.001Z","EventType":"STATE_CHANGE","InstanceARN":"%s","PreviousAgentSnapshot":%s,"Version":"2017-10-01"}`,
		instance, n, snapshot, n, instance, snapshot)
}
