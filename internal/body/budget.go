package body

import "sync/atomic"

// Budget is the bytes that all requests together may hold. Whoever finds it
// spent is sent away at once: to wait in line would hold memory, too. It is
// safe for concurrent use.
type Budget struct {
	limit, free int64
	used        atomic.Int64
}

// NewBudget makes a budget of limit bytes, of which the first free bytes of
// each request are not a part: large bodies that come slowly then can't keep
// out the small ones.
func NewBudget(limit, free int64) *Budget { return &Budget{limit: limit, free: free} }

// Limit is how many bytes there are in all.
func (b *Budget) Limit() int64 { return b.limit }

// Used is how many bytes are held now.
func (b *Budget) Used() int64 { return b.used.Load() }

// Open begins a request's share.
func (b *Budget) Open() Share { return Share{of: b, free: b.free} }

// Share is what one request has of a budget. It is the request's alone.
type Share struct {
	of   *Budget // nil: closed
	free int64   // that can be had without the budget
	held int64
}

// take takes n bytes more, or none.
func (s *Share) take(n int64) bool {
	free := min(n, s.free)
	s.free -= free
	if n -= free; n == 0 {
		return true
	}
	if s.of.used.Add(n) > s.of.limit {
		s.of.used.Add(-n)
		return false
	}
	s.held += n
	return true
}

// Close gives everything back.
func (s *Share) Close() {
	if s.held > 0 {
		s.of.used.Add(-s.held)
	}
	*s = Share{}
}
