package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"rollcall"
)

// writer sends the events of some agents, one request at a time, each until it
// is acknowledged. One agent of its own is for requests that are sent once.
type writer struct {
	nodes   []*node
	history *history
	pace    *rate.Limiter // all writers' together, in events
	dice    *rand.Rand
	agents  []int       // the last one's requests are sent once
	next    map[int]int // :: agent -> number of its next event
}

// mostEvents is the largest request.
const mostEvents = 4

// newWriters shares the agents out.
func newWriters(s *settings, nodes []*node, h *history) []*writer {
	pace := rate.NewLimiter(rate.Limit(s.rate), mostEvents)
	writers := make([]*writer, s.writers)
	for i := range writers {
		w := &writer{nodes: nodes, history: h, pace: pace, dice: s.dice(100 + i), next: make(map[int]int)}
		for agent := i; agent < s.agents; agent += s.writers {
			w.agents = append(w.agents, agent)
			w.next[agent] = 1
		}
		writers[i] = w
	}
	return writers
}

// run writes until writing ends, and then until the request under way is
// acknowledged or ctx ends.
func (w *writer) run(ctx, writing context.Context) {
	for {
		events, once := w.draw()
		if w.pace.WaitN(writing, len(events)) != nil {
			return
		}
		r := w.history.open(events, once)
		for try := 0; ; try++ {
			w.try(ctx, r)
			if once || r.count(acknowledged) > 0 {
				break
			}
			if rest(ctx, pause(try, w.dice)) != nil {
				return
			}
		}
	}
}

// draw makes the next request: several events of one agent, or one each of
// several agents.
func (w *writer) draw() (events []event, once bool) {
	count := 1 + w.dice.IntN(mostEvents)
	regular := w.agents[:len(w.agents)-1]
	pick := func() int { return regular[w.dice.IntN(len(regular))] }
	agent := pick()
	switch w.dice.IntN(8) {
	case 0:
		agent, once = w.agents[len(w.agents)-1], true
	case 1, 2, 3:
		pick = func() int { return agent }
	}
	for range count {
		if once {
			pick = func() int { return agent }
		}
		a := pick()
		events = append(events, event{a, w.next[a]})
		w.next[a]++
	}
	return events, once
}

// try sends a request to one of the nodes and takes note of what it is told.
func (w *writer) try(ctx context.Context, r *request) {
	n := w.nodes[w.dice.IntN(len(w.nodes))]
	var body []byte
	for _, e := range r.Events {
		body = append(append(body, e.document(w.history.instants)...), '\n')
	}
	var query url.Values
	if w.dice.IntN(2) == 0 {
		query = url.Values{"wait": {"visible"}}
	}
	life, _ := n.owed()
	w.history.sending(r, n.name)
	a := attempt{Node: n.name, Begin: w.history.now()}
	resp, err := n.client.Do(ctx, http.MethodPost, "/v1/events", query, body)
	a.End = w.history.now()
	visible := false
	if err != nil {
		a.Outcome, a.Reason = judgeError(err), err.Error()
	} else {
		visible = judgeAnswer(&a, resp.Status, resp.Body, len(r.Events))
	}
	w.history.answered(r, a)
	if visible && !r.Once {
		for _, e := range r.Events {
			n.show(life, e)
		}
	}
}

// judgeError says what is known when there was no answer.
func judgeError(err error) outcome {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		return refused
	}
	return unknown
}

// judgeAnswer says what is known from an answer, and whether questions see the
// events.
func judgeAnswer(a *attempt, status int, body []byte, events int) (visible bool) {
	a.Outcome, a.Reason = unknown, fmt.Sprintf("%d %s", status, body)
	switch {
	case status == http.StatusOK || status == http.StatusAccepted:
		var answer struct {
			Accepted int    `json:"accepted"`
			Position string `json:"position"`
			Visible  bool   `json:"visible"`
		}
		err := json.Unmarshal(body, &answer)
		if err != nil || answer.Accepted != events {
			return false
		}
		if a.Position, err = rollcall.ParsePosition(answer.Position); err != nil {
			return false
		}
		a.Outcome, a.Reason = acknowledged, ""
		return answer.Visible
	case status < http.StatusInternalServerError, strings.Contains(string(body), "nothing of the request was kept"):
		a.Outcome = refused
	}
	return false
}

// pause grows from 20 ms to 1 s.
func pause(try int, dice *rand.Rand) time.Duration {
	longest := min(20*time.Millisecond<<min(try, 10), time.Second)
	return longest/2 + time.Duration(dice.Int64N(int64(longest/2)+1))
}
