package logtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"

	"rollcall"
	"rollcall/internal/journal"
)

// History is what was done to one journal: every request, and what was said
// about it. Any number of goroutines may append through it.
type History struct {
	mu       sync.Mutex
	tick     int        // counts begins and answers: the order of the outside world
	requests []*request // the id of a request is its index

	trims     []trimming
	snapshots map[rollcall.Position]*kept
}

// request is one append.
type request struct {
	id      int
	records [][]byte
	begin   int // tick
	end     int // tick of the answer; 0 while there is none
	outcome outcome
	at      rollcall.Position // if acknowledged
}

type outcome int

const (
	unknown      outcome = iota // it may be in the log, or may come
	acknowledged                // it must be in the log, at the position given
	refused                     // it must not be in the log
)

// Append appends n records of about size bytes each and remembers the answer. It
// uses the memory again in which it handed them over, as callers may.
func (h *History) Append(ctx context.Context, l journal.Log, n, size int) (rollcall.Position, error) {
	r := h.begin(n, size)
	given := make([][]byte, len(r.records))
	for i := range given {
		given[i] = bytes.Clone(r.records[i])
	}
	at, err := l.Append(ctx, given)
	for _, record := range given {
		clear(record)
	}
	h.answered(r, at, err)
	return at, err
}

func (h *History) begin(n, size int) *request {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.tick++
	r := &request{id: len(h.requests), begin: h.tick}
	r.records = makeRecords(r.id, n, size)
	h.requests = append(h.requests, r)
	return r
}

func (h *History) answered(r *request, at rollcall.Position, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.tick++
	r.end = h.tick
	switch {
	case err == nil:
		r.outcome, r.at = acknowledged, at
	case errors.Is(err, journal.ErrTooLarge), errors.Is(err, journal.ErrFull), errors.Is(err, journal.ErrClosed):
		r.outcome = refused
	default:
		r.outcome = unknown
	}
}

// Now is the present tick, for AsOf.
func (h *History) Now() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.tick
}

// AsOf gives the history as a copy of the journal that was taken after tick
// must know it: what was answered later may or may not be in it.
func (h *History) AsOf(tick int) *History {
	h.mu.Lock()
	defer h.mu.Unlock()
	past := &History{tick: h.tick}
	for _, r := range h.requests {
		c := *r
		if c.end > tick && c.outcome == acknowledged {
			c.end, c.outcome = 0, unknown
		}
		past.requests = append(past.requests, &c)
	}
	for _, t := range h.trims {
		if t.confirmed > tick {
			t.confirmed = 0
		}
		past.trims = append(past.trims, t)
	}
	past.snapshots = make(map[rollcall.Position]*kept, len(h.snapshots))
	for at, k := range h.snapshots {
		c := *k
		if c.put > tick {
			c.put = 0
		}
		past.snapshots[at] = &c
	}
	return past
}

// Acknowledged counts the requests and records that must be in the log.
func (h *History) Acknowledged() (requests, records int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, r := range h.requests {
		if r.outcome == acknowledged && len(r.records) > 0 {
			requests++
			records += len(r.records)
		}
	}
	return requests, records
}

// makeRecords gives records that say whose they are, "request/index/count ",
// and are then filled to size with what is neither constant nor random, as JSON
// is. Where size is too small for the beginning they are longer.
func makeRecords(id, n, size int) [][]byte {
	records := make([][]byte, n)
	for i := range records {
		b := fmt.Appendf(nil, "%d/%d/%d ", id, i, n)
		head := len(b)
		for x := uint32(id*31 + i + 1); len(b) < size; {
			x = x*1664525 + 1013904223
			b = strconv.AppendUint(b, uint64(x>>20), 10)
			b = append(b, `,"queue":`...)
		}
		records[i] = b[:max(size, head)]
	}
	return records
}

// parseRecord reads what makeRecords wrote at the beginning.
func parseRecord(b []byte) (id, index, count int, err error) {
	head, _, ok := bytes.Cut(b, []byte(" "))
	parts := bytes.Split(head, []byte("/"))
	if !ok || len(parts) != 3 {
		return 0, 0, 0, fmt.Errorf("record %.40q is not one of this history", b)
	}
	var n [3]int
	for i, p := range parts {
		if n[i], err = strconv.Atoi(string(p)); err != nil {
			return 0, 0, 0, fmt.Errorf("record %.40q is not one of this history: %w", b, err)
		}
	}
	return n[0], n[1], n[2], nil
}
