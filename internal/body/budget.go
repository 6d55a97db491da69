package body

import (
	"sync"

	"rollcall/internal/slab"
)

// Budget is the bytes that the bodies of all requests, or of all answers,
// together may hold; the memory behind them may be twice as much (slab.Take).
// Whoever finds it spent is sent away at once: to wait in line would hold
// memory, too.
//
// Each holder, which is a key or what claims to be one, may hold half of it:
// then neither a key's slow clients nor who knows no more of a key than its id
// can keep out the others. A Budget is safe for concurrent use.
type Budget struct {
	limit, most, free int64 // most: of one holder

	mu      sync.Mutex
	used    int64
	holders map[string]int64 // :: who -> bytes held; no entry for none
}

// NewBudget makes a budget of limit bytes, of which the first free bytes of
// each request are not a part: large bodies that come slowly then can't keep
// out the small ones. A holder has room for two of the largest bodies, where
// half the limit would not be enough.
func NewBudget(limit, largest, free int64) *Budget {
	return &Budget{limit: limit, most: min(limit, max(limit/2, 2*largest)), free: free, holders: make(map[string]int64)}
}

// Limit is how many bytes there are in all.
func (b *Budget) Limit() int64 { return b.limit }

// Used is how many bytes are held now.
func (b *Budget) Used() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.used
}

// Open begins a request's share, which counts as the holder's. Who is nobody
// in particular, "", may hold all.
func (b *Budget) Open(holder string) Share { return Share{of: b, holder: holder, free: b.free} }

func (b *Budget) take(holder string, n int64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.used+n > b.limit {
		return false
	}
	if holder != "" {
		if b.holders[holder]+n > b.most {
			return false
		}
		b.holders[holder] += n
	}
	b.used += n
	return true
}

func (b *Budget) giveBack(holder string, n int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.used -= n
	if holder == "" {
		return
	}
	if b.holders[holder] -= n; b.holders[holder] == 0 {
		delete(b.holders, holder)
	}
}

// Share is what one request has of a budget. It is the request's alone, and
// isn't copied once something was read.
type Share struct {
	of     *Budget // nil: closed
	holder string
	free   int64 // that can be had without the budget
	held   int64
	lent   []*slab.Slab  // the newest last
	first  [1]*slab.Slab // room for lent: most requests are read into one piece
}

// Take takes n bytes more, or none.
func (s *Share) Take(n int64) bool {
	free := min(n, s.free)
	if n > free && !s.of.take(s.holder, n-free) {
		return false
	}
	s.free -= free
	s.held += n - free
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
		s.of.giveBack(s.holder, s.held)
	}
	*s = Share{}
}
