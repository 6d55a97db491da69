package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	// trustTime is how far behind a node may be that says nothing of it: what it
	// takes to count as cut off, what a leader that lost the others is believed for,
	// and a second for fractions.
	trustTime = 5*time.Second + slackTime
	slackTime = 4 * time.Second

	// noticeTime is when a node that has no majority within its reach must say so.
	noticeTime = trustTime + 4*time.Second
)

// witness asks one node how it is and how old its answers are, and holds that
// against what was acknowledged, through whichever node.
type witness struct {
	node    *node
	history *history
	agents  []string

	asked       int
	understated []string
}

const witnessEvery = 400 * time.Millisecond

func newWitness(s *settings, n *node, h *history) *witness {
	return &witness{node: n, history: h, agents: newReader(s, n).agents}
}

// run asks until ctx ends.
func (w *witness) run(ctx context.Context) {
	for rest(ctx, witnessEvery) == nil {
		w.look(ctx)
	}
}

// look asks once.
func (w *witness) look(ctx context.Context) {
	begin := w.history.now()
	_, err := w.node.page(ctx, "/readyz")
	ready := err == nil
	age, shown, ok := w.ask(ctx)
	if !ok {
		return
	}
	w.asked++
	trust := max(trustTime, age+slackTime)
	if ready {
		trust = trustTime
	}
	for agent := range w.agents {
		if owed := w.history.acknowledgedBefore(agent, begin-trust); shown[agent] < owed {
			w.understated = append(w.understated, fmt.Sprintf("%s at %s (ready %t, age %s) shows event %d of %s, and %d was acknowledged more than %s before",
				w.node.name, time.Now().Format(time.TimeOnly), ready, age, shown[agent], agentID(agent), owed, trust))
		}
	}
}

// ask gives the newest number of each agent, and the age of the answer.
func (w *witness) ask(ctx context.Context) (age time.Duration, shown map[int]int, ok bool) {
	body, err := json.Marshal(map[string]any{"Filters": map[string]any{"Agents": w.agents}})
	if err != nil {
		return 0, nil, false
	}
	resp, err := w.node.client.Do(ctx, http.MethodPost, "/metrics/userdata/"+instanceID, nil, body)
	if err != nil || resp.Status != http.StatusOK {
		return 0, nil, false
	}
	if seconds, err := strconv.Atoi(resp.Header.Get("X-Rollcall-Age")); err == nil {
		age = time.Duration(seconds) * time.Second
	}
	var out struct {
		UserDataList []struct {
			Contacts []struct {
				ID string `json:"ContactId"`
			} `json:"Contacts"`
		} `json:"UserDataList"`
	}
	if json.Unmarshal(resp.Body, &out) != nil {
		return 0, nil, false
	}
	shown = make(map[int]int)
	for _, u := range out.UserDataList {
		for _, c := range u.Contacts {
			if e, ok := parseEvent(c.ID); ok {
				shown[e.Agent] = e.Number
			}
		}
	}
	return age, shown, true
}

// stays waits, and tells whether a condition held all the time.
func stays(ctx context.Context, d time.Duration, condition func() bool) bool {
	for end := time.Now().Add(d); time.Now().Before(end); {
		if !condition() || rest(ctx, 50*time.Millisecond) != nil {
			return false
		}
	}
	return true
}

// mustOwnUp asks nodes that are out of reach of a majority. One that does not
// answer, since another fault has it, says nothing wrong.
func (b *blow) mustOwnUp(ctx context.Context, nodes ...*node) {
	for _, n := range nodes {
		if _, err := n.page(ctx, "/readyz"); err == nil {
			b.claims = append(b.claims, fmt.Sprintf("%s says that it is ready after %s without a majority (%s of %s)",
				n.name, noticeTime, b.name, strings.TrimSpace(b.whom)))
		}
	}
}
