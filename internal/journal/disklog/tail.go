package disklog

import (
	"context"
	"encoding/binary"
	"errors"
	"iter"

	"github.com/cockroachdb/pebble/v2"

	"rollcall"
	"rollcall/internal/journal"
	"rollcall/internal/slab"
)

// A Tail reads one pack, then twice as many each time, up to these bounds: one
// that is broken off early costs little, and one that catches up reads in bulk.
const (
	readBytes = 4 << 20
	readPacks = 256
)

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
	start := l.Start()
	if err := journal.ValidateStart(from, start); err != nil {
		return err
	}
	// The pack that from lies in may have more records.
	next := max(from.Pack, start.Pack+1)
	if from == journal.BehindPack(from.Epoch, from.Pack) {
		next = from.Pack + 1
	}
	var records slab.Loan // of the packs read last
	defer records.GiveBack()
	for count := 1; ; count = min(2*count, readPacks) {
		end, err := l.tip.Await(ctx, next)
		if err != nil {
			return err
		}
		records.GiveBack()
		packs, readErr := l.read(&records, next, min(end.Pack, next+uint64(count)-1)) //nolint:contextcheck // Pebble traces with it, and no more
		for _, p := range packs {
			next = p.Sequence + 1
			if p, err = p.After(from); err != nil {
				return err
			}
			if len(p.Records) > 0 && !yield(p, nil) {
				return nil
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
		if readErr != nil {
			return readErr
		}
	}
}

// read gives the packs from next to last, which are durable, or as many as are
// enough at a time. Beside an error it gives those before it. The loan is where
// their records lie.
func (l *Log) read(loan *slab.Loan, next, last uint64) (packs []journal.Pack, err error) {
	l.reading.RLock()
	defer l.reading.RUnlock()
	if l.closed.Load() {
		return nil, journal.ErrClosed
	}
	defer func() {
		if failed := l.Err(); err != nil && failed != nil {
			packs, err = nil, failed // what is on the disk is no longer known
		}
		// Packs that were forgotten meanwhile are not missed.
		if start := l.Start(); err != nil && start.Pack >= next {
			packs, err = nil, journal.ValidateStart(rollcall.Position{Epoch: l.epoch, Pack: next}, start)
		}
		err = l.reach(err)
	}()
	if next == last {
		p, err := l.pack(loan, next)
		if err != nil {
			return nil, err
		}
		return []journal.Pack{p}, nil
	}
	return l.scan(loan, next, last)
}

// pack reads one pack, which must be there.
func (l *Log) pack(loan *slab.Loan, sequence uint64) (journal.Pack, error) {
	value, closer, err := l.db.Get(packKey(sequence))
	switch {
	case errors.Is(err, pebble.ErrNotFound):
		return journal.Pack{}, &journal.DamageError{Place: l.dir, Sequence: sequence, Reason: "missing", Err: journal.ErrGap}
	case err != nil:
		return journal.Pack{}, l.storeError(err, sequence)
	}
	defer closer.Close() //nolint:errcheck // a reader's
	return l.decode(loan, sequence, value)
}

// scan reads packs in order, up to readBytes.
func (l *Log) scan(loan *slab.Loan, next, last uint64) (packs []journal.Pack, err error) {
	it, err := l.db.NewIter(&pebble.IterOptions{LowerBound: packKey(next), UpperBound: packKey(last + 1)})
	if err != nil {
		return nil, l.storeError(err, next)
	}
	defer func() {
		if closeErr := it.Close(); err == nil && closeErr != nil {
			err = l.storeError(closeErr, next)
		}
	}()
	size := 0
	for it.First(); it.Valid(); it.Next() {
		if got := binary.BigEndian.Uint64(it.Key()[1:]); got != next {
			return packs, journal.Gap(l.dir, next, got)
		}
		value, err := it.ValueAndErr()
		if err != nil {
			return packs, l.storeError(err, next)
		}
		p, err := l.decode(loan, next, value)
		if err != nil {
			return packs, err
		}
		packs = append(packs, p)
		next++
		if size += recordBytes(p); size >= readBytes {
			return packs, nil
		}
	}
	if err := it.Error(); err != nil {
		return packs, l.storeError(err, next)
	}
	if next <= last {
		return packs, &journal.DamageError{Place: l.dir, Sequence: next, Reason: "missing", Err: journal.ErrGap}
	}
	return packs, nil
}

func recordBytes(p journal.Pack) (size int) {
	for _, r := range p.Records {
		size += len(r)
	}
	return size
}

// decode reads a pack and verifies that it is the one that belongs here.
func (l *Log) decode(loan *slab.Loan, sequence uint64, value []byte) (journal.Pack, error) {
	p, err := l.codec.DecodeInto(loan, value)
	if err != nil {
		if damaged, ok := errors.AsType[*journal.DamageError](err); ok {
			damaged.Place, damaged.Sequence = l.dir, sequence
		}
		return journal.Pack{}, err
	}
	if p.Epoch != l.epoch && l.epoch != 0 || p.Sequence != sequence {
		return journal.Pack{}, &journal.DamageError{
			Place: l.dir, Sequence: sequence,
			Reason: "it says that it is " + p.Position(0).String() + ", in a journal of epoch " + l.epoch.String(),
		}
	}
	return p, nil
}
