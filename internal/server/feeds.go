package server

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"rollcall"
)

// feeds knows when events last came to this node, of each instance.
type feeds struct {
	mu      sync.Mutex
	arrived map[rollcall.InstanceID]time.Time
}

// note takes down that an event came. What a start reads again came long ago.
func (f *feeds) note(c *rollcall.Change, live bool, now func() time.Time) {
	switch {
	case c.Effect == rollcall.EffectRemoved:
		f.mu.Lock()
		delete(f.arrived, c.Instance)
		f.mu.Unlock()
	case c.Effect == rollcall.EffectApplied && live && !c.New.Seeded():
		f.mu.Lock()
		if f.arrived == nil {
			f.arrived = make(map[rollcall.InstanceID]time.Time)
		}
		f.arrived[c.Instance] = now()
		f.mu.Unlock()
	}
}

// at is when the newest event of the instance came; zero if that is not known.
func (f *feeds) at(id rollcall.InstanceID) time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.arrived[id]
}

// silentFeed is an instance with agents online of whom nothing was heard for
// --stale-after, though each should send a heartbeat.
type silentFeed struct {
	id  rollcall.InstanceID
	age time.Duration
}

// silentFeeds are those, the longest silent first.
func (s *Server) silentFeeds() []silentFeed {
	if s.config.StaleAfter == 0 {
		return nil
	}
	var silent []silentFeed
	now := s.config.Now()
	for _, fl := range s.floors.Instances() {
		heard := fl.Heard()
		if heard.IsZero() { // all rows are seeds
			heard = fl.Since()
		}
		if age := now.Sub(heard); age > s.config.StaleAfter && fl.Counts().Online > 0 {
			silent = append(silent, silentFeed{fl.ARN().Instance, age})
		}
	}
	slices.SortFunc(silent, func(a, b silentFeed) int { return cmp.Compare(b.age, a.age) })
	return silent
}

// tellSilence says for people which feeds are silent, a few of them by name.
func tellSilence(silent []silentFeed) string {
	const most = 5
	var b strings.Builder
	for _, f := range silent[:min(len(silent), most)] {
		fmt.Fprintf(&b, "but nothing was heard of instance %s for %s: see whether its feed still comes\n", f.id, f.age.Round(time.Second))
	}
	if more := len(silent) - most; more > 0 {
		fmt.Fprintf(&b, "and of %d more\n", more)
	}
	return b.String()
}
