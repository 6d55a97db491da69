package floor

import (
	"time"

	"rollcall"
)

// Overdue lists the events that forget agents who are not online and whose
// newest event is older than before, in the order of their ordinals, at most
// limit of them. It changes nothing: agents are forgotten when such an event
// has come back through the journal, and only if nothing became of them
// meanwhile.
func (fl *Floor) Overdue(before time.Time, limit int) []*rollcall.Event {
	fl.mu.Lock()
	pages := fl.rows.freeze()
	fl.mu.Unlock()
	var events []*rollcall.Event
	for r := range liveRows(pages) {
		if len(events) >= limit {
			break
		}
		if !r.online() && r.eventAt().Before(before) {
			events = append(events, rollcall.NewForgetting(fl.arn, r.agent(fl.agents)))
		}
	}
	return events
}

// online is rollcall.Agent.Online.
func (r *row) online() bool {
	a := rollcall.Agent{Status: *r.status, Contacts: r.contacts}
	return a.Online()
}
