package main

import (
	"encoding/json"
	"io"
	"maps"
	"sync"
	"time"
)

// timeline writes down what was done to whom, and counts it.
type timeline struct {
	begin time.Time

	mu     sync.Mutex
	out    *json.Encoder
	counts map[string]int // :: name of a fault -> how often it struck
}

func newTimeline(out io.Writer) *timeline {
	return &timeline{begin: time.Now(), out: json.NewEncoder(out), counts: make(map[string]int)}
}

// note writes down what happened.
func (t *timeline) note(what, whom string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	_ = t.out.Encode(struct { // evidence alone
		At   string `json:"at"`
		What string `json:"what"`
		Whom string `json:"whom,omitempty"`
	}{time.Since(t.begin).Round(time.Millisecond).String(), what, whom})
}

// count notes a fault that struck.
func (t *timeline) count(what, whom string) {
	t.note(what, whom)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts[what]++
}

func (t *timeline) totals() map[string]int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return maps.Clone(t.counts)
}
