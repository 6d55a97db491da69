package main

import (
	"encoding/json"
	"io"
	"sync"
	"time"

	"rollcall"
)

// outcome is what a writer knows of an attempt.
type outcome string

const (
	acknowledged outcome = "acknowledged"
	refused      outcome = "refused" // it was never sent, or the answer says that nothing of it was kept
	unknown      outcome = "unknown"
)

// attempt is one sending of a request.
type attempt struct {
	Node     string            `json:"node"`
	Begin    time.Duration     `json:"begin"` // since the run began
	End      time.Duration     `json:"end"`
	Outcome  outcome           `json:"outcome"`
	Position rollcall.Position `json:"-"`                // of the request's last event, when acknowledged
	Reason   string            `json:"reason,omitempty"` // why it is not acknowledged
}

// request is some events that are kept together or not at all. Its writer alone
// changes it.
type request struct {
	ID       int
	Events   []event
	Once     bool // sent once, whatever becomes of it
	Attempts []attempt
}

func (r *request) count(o outcome) int {
	n := 0
	for i := range r.Attempts {
		if r.Attempts[i].Outcome == o {
			n++
		}
	}
	return n
}

// history is all that writers sent and were told. It is written down as it
// happens, before and after each attempt.
type history struct {
	begin    time.Time
	instants time.Time // from which the EventTimestamps count

	mu       sync.Mutex
	out      *json.Encoder
	requests []*request
	events   int // acknowledged so far; repetitions count
	newestOf map[int][]acknowledgement
}

// acknowledgement is of an event of an agent, behind all its others then.
type acknowledgement struct {
	at     time.Duration
	number int
}

func newHistory(out io.Writer) *history {
	now := time.Now()
	return &history{begin: now, instants: now.Add(-time.Hour).Truncate(time.Second), out: json.NewEncoder(out), newestOf: make(map[int][]acknowledgement)}
}

// now is the time since the run began, which no step of the clock disturbs.
func (h *history) now() time.Duration { return time.Since(h.begin) }

// open begins a request.
func (h *history) open(events []event, once bool) *request {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := &request{ID: len(h.requests), Events: events, Once: once}
	h.requests = append(h.requests, r)
	return r
}

// sending writes down that a request is about to be sent.
func (h *history) sending(r *request, node string) {
	events := make([]string, len(r.Events))
	for i, e := range r.Events {
		events[i] = e.String()
	}
	h.write(struct {
		Send   int           `json:"send"`
		Node   string        `json:"node"`
		At     time.Duration `json:"at"`
		Events []string      `json:"events"`
	}{r.ID, node, h.now(), events})
}

// answered takes note of an attempt.
func (h *history) answered(r *request, a attempt) {
	r.Attempts = append(r.Attempts, a)
	line := struct {
		Answer int `json:"answer"`
		attempt
		Position string `json:"position,omitempty"`
	}{Answer: r.ID, attempt: a}
	if a.Outcome == acknowledged {
		line.Position = a.Position.String()
		h.mu.Lock()
		h.events += len(r.Events)
		for _, e := range r.Events {
			h.newestOf[e.Agent] = append(h.newestOf[e.Agent], acknowledgement{a.End, e.Number})
		}
		h.mu.Unlock()
	}
	h.write(line)
}

// progress tells how many events were acknowledged so far.
func (h *history) progress() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.events
}

// acknowledgedBefore gives the highest number of an agent that was acknowledged
// before a time; 0 if none was.
func (h *history) acknowledgedBefore(agent int, at time.Duration) (number int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := h.newestOf[agent]
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].at < at {
			return all[i].number
		}
	}
	return 0
}

// newest is the newest position that was acknowledged; zero if none was.
func (h *history) newest() (newest rollcall.Position) {
	for _, r := range h.all() {
		for _, a := range r.Attempts {
			if a.Outcome == acknowledged && newest.Before(a.Position) {
				newest = a.Position
			}
		}
	}
	return newest
}

func (h *history) write(line any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	_ = h.out.Encode(line) // evidence alone; the check reads requests
}

// all gives the requests, when the writers have ended.
func (h *history) all() []*request {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.requests
}
