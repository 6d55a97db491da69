// Package memlog is the journal in memory: for tests and for a server that is
// asked to keep nothing (--ephemeral). What it acknowledges survives as long as
// the process. Each append is a pack of its own.
//
// It is bounded and loses nothing in silence: when it holds all that it may,
// Append gives journal.ErrFull until something is trimmed, and what it holds
// stays readable. Snapshots lie beside what is bounded. It runs no
// goroutine and reads no clock but the one it is given, so that it works inside
// testing/synctest.
package memlog

import (
	"context"
	"fmt"
	"iter"
	"sync"
	"time"

	"rollcall"
	"rollcall/internal/journal"
)

// Options sets the bounds of a Log. The zero value is ready for use.
type Options struct {
	// MaxBytes bounds the memory that records may take, with what it costs to
	// keep them. 0 means 256 MiB.
	MaxBytes int

	// Limits is the largest atomic append. Zero members mean 16 MiB (or all of
	// MaxBytes, if that is less) and 65,536 records.
	Limits journal.Limits

	// Epoch names the log's life. 0 draws one.
	Epoch rollcall.Epoch

	// Now is the clock that stamps packs. nil means time.Now.
	Now func() time.Time
}

const (
	defaultMaxBytes     = 256 << 20
	defaultLimitBytes   = 16 << 20
	defaultLimitRecords = 1 << 16

	// What a record and a pack take beside their bytes.
	recordBytes = 24
	packBytes   = 96
)

// Log is a journal.Log in memory.
type Log struct {
	epoch    rollcall.Epoch
	limits   journal.Limits
	maxBytes int
	now      func() time.Time
	tip      *journal.Tip

	writing sync.Mutex // held while a snapshot is written

	mu        sync.Mutex // for all below
	start     uint64     // the newest pack forgotten
	packs     []journal.Pack
	bytes     int
	snapshots map[rollcall.Position]snapshot
	closed    bool
}

// New gives an empty log.
func New(o Options) *Log {
	if o.MaxBytes <= 0 {
		o.MaxBytes = defaultMaxBytes
	}
	if o.Limits.Bytes <= 0 {
		o.Limits.Bytes = min(defaultLimitBytes, o.MaxBytes)
	}
	if o.Limits.Records <= 0 {
		o.Limits.Records = defaultLimitRecords
	}
	if o.Epoch == 0 {
		o.Epoch = journal.NewEpoch()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Log{
		epoch:    o.Epoch,
		limits:   o.Limits,
		maxBytes: o.MaxBytes,
		now:      o.Now,
		tip:      journal.NewTip(rollcall.Position{Epoch: o.Epoch}),

		snapshots: make(map[rollcall.Position]snapshot),
	}
}

// Append implements journal.Log. After ErrFull there is room again when Trim has
// made some.
func (l *Log) Append(ctx context.Context, records [][]byte) (rollcall.Position, error) {
	if err := ctx.Err(); err != nil {
		return rollcall.Position{}, err
	}
	if err := l.limits.Validate(records); err != nil {
		return rollcall.Position{}, err
	}
	kept, size := keep(records)

	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closed:
		return rollcall.Position{}, journal.ErrClosed
	case len(records) == 0:
		return l.tip.End(), nil
	case l.bytes+size > l.maxBytes:
		return rollcall.Position{}, fmt.Errorf("%w: the journal in memory holds %d of at most %d bytes, and %d more do not fit",
			journal.ErrFull, l.bytes, l.maxBytes, size)
	}
	p := journal.Pack{
		Epoch:    l.epoch,
		Sequence: l.start + uint64(len(l.packs)) + 1,
		At:       l.now().UTC().Truncate(time.Millisecond),
		Records:  kept,
	}
	l.packs = append(l.packs, p)
	l.bytes += size
	l.tip.Advance(p.Last())
	return p.Last(), nil
}

// keep copies records into one block of memory and gives what that costs.
func keep(records [][]byte) (kept [][]byte, size int) {
	for _, r := range records {
		size += len(r)
	}
	block := make([]byte, 0, size)
	kept = make([][]byte, len(records))
	for i, r := range records {
		from := len(block)
		block = append(block, r...)
		kept[i] = block[from:len(block):len(block)]
	}
	return kept, size + recordBytes*len(records) + packBytes
}

// sizeOf is what keeping a pack costs.
func sizeOf(p journal.Pack) int {
	size := recordBytes*len(p.Records) + packBytes
	for _, r := range p.Records {
		size += len(r)
	}
	return size
}

// Tail implements journal.Log.
func (l *Log) Tail(ctx context.Context, from rollcall.Position) iter.Seq2[journal.Pack, error] {
	return func(yield func(journal.Pack, error) bool) {
		if err := l.tail(ctx, from, yield); err != nil {
			yield(journal.Pack{}, err)
		}
	}
}

// tail returns nil when yield asked to stop.
func (l *Log) tail(ctx context.Context, from rollcall.Position, yield func(journal.Pack, error) bool) error {
	if err := journal.ValidateFrom(from, l.tip.End()); err != nil {
		return err
	}
	if err := journal.ValidateStart(from, l.Start()); err != nil {
		return err
	}
	// The pack that from lies in may have more records.
	next := max(from.Pack, l.Start().Pack+1)
	if from == journal.BehindPack(from.Epoch, from.Pack) {
		next = from.Pack + 1
	}
	for ; ; next++ {
		if _, err := l.tip.Await(ctx, next); err != nil {
			return err
		}
		p, err := l.pack(next)
		if err != nil {
			return err
		}
		if p, err = p.After(from); err != nil {
			return err
		}
		if len(p.Records) > 0 && !yield(p, nil) {
			return nil
		}
	}
}

// pack gives the pack with this sequence, which must be durable, or ErrTrimmed.
func (l *Log) pack(sequence uint64) (journal.Pack, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if sequence <= l.start {
		return journal.Pack{}, journal.ValidateStart(rollcall.Position{Epoch: l.epoch, Pack: sequence}, l.startLocked())
	}
	return l.packs[sequence-l.start-1], nil
}

// Epoch implements journal.Log.
func (l *Log) Epoch() rollcall.Epoch { return l.epoch }

// End implements journal.Log.
func (l *Log) End() rollcall.Position { return l.tip.End() }

// Limits implements journal.Log.
func (l *Log) Limits() journal.Limits { return l.limits }

// Failed implements journal.Log: memory does not fail.
func (l *Log) Failed() <-chan struct{} { return nil }

// Err implements journal.Log.
func (l *Log) Err() error { return nil }

// Close implements journal.Log. What was kept is gone with the Log.
func (l *Log) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closed {
		l.closed = true
		l.tip.Close()
	}
	return nil
}

var _ journal.Log = (*Log)(nil)
