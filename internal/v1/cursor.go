package v1

import (
	"fmt"
	"time"

	"rollcall"
	"rollcall/internal/pagetoken"
)

// A cursor is a page token. It doesn't expire: what it says holds as long as
// the journal lives.

// nextCursor is the cursor behind a page.
func (s *service) nextCursor(q *question, at rollcall.Position, next rollcall.Cursor) string {
	return s.cursors.Seal(pagetoken.Place{Ordinal: next.Ordinal, Epoch: at.Epoch, IssuedAt: s.now()}, q.binding())
}

// open gives what the cursor says to a page that was read at the position.
func (s *service) open(q *question) (epoch rollcall.Epoch, after rollcall.Cursor, err error) {
	if q.after == "" {
		return 0, rollcall.Cursor{}, nil
	}
	p, ok := s.cursors.Open(q.after, q.binding())
	if !ok {
		return 0, rollcall.Cursor{}, rollcall.Errorf(rollcall.CodeInvalid,
			"cursor: %q is no nextCursor of this instance and these filters: repeat both as they were, or leave cursor out to begin anew", rollcall.Shorten(q.after))
	}
	return p.Epoch, rollcall.Cursor{Ordinal: p.Ordinal, Started: true}, nil
}

// errEpoch refuses a cursor of another life of the journal.
func (q *question) errEpoch(is rollcall.Epoch) error {
	return rollcall.Errorf(rollcall.CodeInvalid,
		"cursor: %q is of an earlier life of this journal, whose epoch is %s: it was imported or salvaged since. Leave cursor out to begin anew.", rollcall.Shorten(q.after), is)
}

// binding is the question that a cursor belongs to.
func (q *question) binding() []byte {
	query := q.query // its instants move with the clock
	query.Traits.BusySince, query.Traits.HeardBefore = time.Time{}, time.Time{}
	bound := pagetoken.AppendQuery(pagetoken.Bind(nil, opListAgents, q.instance), &query)
	return fmt.Appendf(bound, "%d %d", q.longerThan, q.notHeardFor)
}
