package ingest

import (
	"sync/atomic"

	"rollcall"
)

// budget is the bytes that all requests together may hold. Whoever finds it
// spent is sent away at once: to wait in line would hold memory, too.
type budget struct {
	limit int64
	used  atomic.Int64
}

// share is what one request has of the budget.
type share struct {
	of   *budget
	held int64
}

func (b *budget) open() *share { return &share{of: b} }

// grow takes n bytes more.
func (s *share) grow(n int) error {
	if s.of.used.Add(int64(n)) > s.of.limit {
		s.of.used.Add(-int64(n))
		return rollcall.Errorf(rollcall.CodeUnavailable,
			"all requests together hold the %d bytes that the server takes in at once; try again", s.of.limit)
	}
	s.held += int64(n)
	return nil
}

// close gives everything back.
func (s *share) close() {
	s.of.used.Add(-s.held)
	s.held = 0
}
