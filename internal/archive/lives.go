package archive

import (
	"time"

	"rollcall"
	"rollcall/internal/replay"
)

// lives are the instances of a restated state. They keep what an event behind it
// does the same, where that depends on more of an instance than its agents: on
// whose it is, and on its first event, which is another one when it is restated.
// An instance is taken out when it is removed: what comes of it then, begins in
// the export as it did in the journal.
type lives map[rollcall.InstanceID]*life // :: instance id -> its present life

// life is an instance from its first event on.
type life struct {
	owner rollcall.ARN
	since time.Time // of its first event
	is    time.Time // of its first event in the export; zero before there is one
}

// restated takes note of an event of the instance in the export.
func (l *life) restated(at time.Time) {
	if l.is.IsZero() {
		l.is = at
	}
}

// beside tells whether a record that is no event of agents belongs into the export.
func (ls lives) beside(a *replay.About) bool {
	l, restated := ls[a.Instance.Instance]
	switch {
	case !restated || !a.Begins:
		return true
	case a.Instance != l.owner:
		return false
	}
	l.restated(a.At)
	return true
}

// follow tells whether an event behind the state belongs into the export, and
// whether it changed it so that it does there what it did in the journal.
func (ls lives) follow(e *rollcall.Event) (belongs, changed bool) {
	id := e.Instance.Instance
	l, restated := ls[id]
	switch {
	case !restated:
		return true, false
	case e.Instance.InstanceARN() != l.owner:
		return false, false // it did nothing, and could now come first
	case e.Type == rollcall.EventForgetAgent:
		return true, false
	case e.Type != rollcall.EventRemoveInstance:
		l.restated(e.At)
		return true, false
	case !e.At.Equal(l.since):
		return false, false // it did nothing, and could now do something
	}
	delete(ls, id)
	e.At = l.is
	return !l.is.IsZero(), true
}
