package body

import (
	"sync/atomic"

	"rollcall/internal/slab"
)

// Budget is the bytes that all requests together may hold; the memory behind
// them may be twice as much (slab.Take). Whoever finds it spent is sent away at
// once: to wait in line would hold memory, too. It is safe for concurrent use.
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

// Share is what one request has of a budget. It is the request's alone, and
// isn't copied once something was read.
type Share struct {
	of    *Budget // nil: closed
	free  int64   // that can be had without the budget
	held  int64
	lent  []*slab.Slab  // the newest last
	first [1]*slab.Slab // room for lent: most requests are read into one piece
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

// lend gives b in memory of the share's that has n bytes. Where b lay before, if
// the share lent that, somebody else may lie next.
func (s *Share) lend(b []byte, n int) []byte {
	larger := slab.Take(n)
	moved := append(larger.Bytes()[:0:n], b...)
	if cap(b) == 0 {
		if s.lent == nil {
			s.lent = s.first[:0]
		}
		s.lent = append(s.lent, larger)
		return moved
	}
	last := len(s.lent) - 1
	s.lent[last].GiveBack()
	s.lent[last] = larger
	return moved
}

// Close gives everything back, and with it what was read into memory of the
// share's.
func (s *Share) Close() {
	for _, l := range s.lent {
		l.GiveBack()
	}
	if s.held > 0 {
		s.of.used.Add(-s.held)
	}
	*s = Share{}
}
