package natslog

import (
	"fmt"

	"rollcall"
	"rollcall/internal/journal"
)

// A stray is a message that no rollcall published: it has no session header, and
// is no pack. Whoever may write to the subjects can put one there. It is stepped
// over, unlike damage: what rollcall published is known by its header, and its
// loss would be a break in the chain of its node.

const (
	mostStrays      = 1 << 16 // that are known one by one; of more it is known how many a Tail met
	mostStraysNamed = 100     // in the log and by Strays
)

// strayError tells that a message is one.
type strayError struct{ message message }

// Error implements error.
func (e *strayError) Error() string {
	return fmt.Sprintf("message %d, on subject %q, is none of rollcall's", e.message.sequence, rollcall.Shorten(e.message.subject))
}

// strays are those that were seen. Log.mu guards them.
type strays struct {
	known  map[uint64]bool // :: sequence
	first  []journal.Stray
	passed uint64 // the highest that a Tail met
	count  uint64
}

// Strays implements journal.Remote.
func (l *Log) Strays() (first []journal.Stray, count uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.strays.first, max(l.strays.count, uint64(len(l.strays.known)))
}

// isStray tells whether it is known that a sequence is one.
func (l *Log) isStray(sequence uint64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.strays.known[sequence]
}

// noteStray takes note of one; tailed tells that a Tail met it.
func (l *Log) noteStray(m message, tailed bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := &l.strays
	if tailed && m.sequence > s.passed {
		s.passed = m.sequence
		s.count++
	}
	if s.known[m.sequence] || len(s.known) == mostStrays {
		return
	}
	if s.known == nil {
		s.known = make(map[uint64]bool)
	}
	s.known[m.sequence] = true
	if len(s.first) == mostStraysNamed {
		return
	}
	s.first = append(s.first[:len(s.first):len(s.first)], journal.Stray{Sequence: m.sequence, Name: m.subject})
	l.options.Logger.Warn("a message in the journal's stream is none of rollcall's and is stepped over; somebody else may write there",
		"stream", l.options.Stream, "sequence", m.sequence, "subject", rollcall.Shorten(m.subject), "bytes", len(m.data))
}
