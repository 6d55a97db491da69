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

// remove takes an instance away, if it still is the one that was judged. All
// that came before is published. Agents of a later life of the id get ordinals
// that no agent of this one had.
func (f *Floors) remove(fl *Floor, r *rollcall.Record) rollcall.Change {
	c := rollcall.Change{Position: r.Position, Instance: fl.arn.Instance}
	switch {
	case r.Event.Instance.InstanceARN() != fl.arn:
		c.Effect = rollcall.EffectForeign
		return c
	case !r.Event.At.Equal(fl.since):
		c.Effect = rollcall.EffectLate
		return c
	}
	c.Effect = rollcall.EffectRemoved
	f.publishing.Lock()
	defer f.publishing.Unlock()
	f.retired = max(f.retired, fl.draft.ordinals)
	f.counts.move(fl.countsLocked(), Counts{})
	f.mu.Lock()
	delete(f.floors, fl.arn.Instance)
	if home := homeOf(fl.arn); f.homes[home] == 1 {
		delete(f.homes, home)
	} else {
		f.homes[home]--
	}
	f.mu.Unlock()
	f.advance()
	return c
}
