package connect_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"rollcall"
	"rollcall/internal/connect"
	"rollcall/internal/floor"
)

// crowd is a floor of n agents, every third on a call.
func crowd(n int) []*rollcall.Event {
	events := make([]*rollcall.Event, n)
	for i := range events {
		traits := []trait{profile(fmt.Sprint("p-", i%7), fmt.Sprint("q-", i%11), "q-all"), available, within("emea", fmt.Sprint("g-", i%13))}
		if i%3 == 0 {
			traits = append(traits, contact(fmt.Sprint("c-", i), rollcall.ChannelVoice, rollcall.StateConnected, "q-all"))
		}
		events[i] = agent(fmt.Sprint("agent-", i), traits...)
	}
	return events
}

// discard is a ResponseWriter that forgets.
type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(status int)      { d.status = status }

// SetReadDeadline is for http.ResponseController.
func (d *discard) SetReadDeadline(time.Time) error { return nil }

// BenchmarkRequest is a whole question from header to bytes, but for the
// network and the signature, on a floor of 10,000 agents.
func BenchmarkRequest(b *testing.B) {
	service := connect.New(withDefaults(connect.Options{Floors: newFloors(7, crowd(10000)...)}))
	var hundred []string
	for i := range 100 {
		hundred = append(hundred, fmt.Sprintf("%q", fmt.Sprint("agent-", i*97)))
	}
	for _, c := range []struct{ name, body string }{
		{"one-agent", `{"Filters":{"Agents":["agent-4711"]}}`},
		{"hundred-agents", `{"Filters":{"Agents":[` + strings.Join(hundred, ",") + `]}}`},
		{"queue-of-900", `{"Filters":{"Queues":["q-5"]}}`},
		{"queue-of-all-connected", `{"Filters":{"Queues":["q-all"],"ContactFilter":{"ContactStates":["CONNECTED"]}}}`},
		{"refused", `{"Filters":{"Queues":["a/b"]},"MaxResults":0}`},
	} {
		b.Run(c.name, func(b *testing.B) {
			r := httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/metrics/userdata/support", nil)
			r.Header.Set("Authorization", "key test")
			r.Header.Set("Content-Type", "application/json")
			w := &discard{header: http.Header{}}
			body := strings.NewReader(c.body)
			r.Body, r.ContentLength = io.NopCloser(body), int64(len(c.body))
			b.ReportAllocs()
			for b.Loop() {
				body.Reset(c.body)
				clear(w.header)
				service.ServeHTTP(w, r)
			}
			if refused := c.name == "refused"; (w.status == http.StatusOK) == refused {
				b.Fatalf("status %d", w.status)
			}
		})
	}
}

func BenchmarkEncodeUserData(b *testing.B) {
	floors := newFloors(7, crowd(3)...)
	fl, _ := floors.Floor("support")
	page := fl.Select(&rollcall.Query{}, rollcall.Cursor{}, 1)
	t := floor.Text{Agents: support.Child(rollcall.TypeAgent, "").String()}
	t.Begin(page.Agents[0].ID)
	connect.EncodeUserData(&t, page.Agents[0], support)
	is := t.Answer()
	b.SetBytes(int64(is.Len()))
	b.ReportAllocs()
	for b.Loop() {
		t.Begin(page.Agents[0].ID)
		connect.EncodeUserData(&t, page.Agents[0], support)
	}
}
