package memlog

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"

	"rollcall"
	"rollcall/internal/journal"
)

// snapshot is what PutSnapshot kept, as frames.
type snapshot struct {
	journal.Snapshot
	frames []byte
}

// Start implements journal.Retention.
func (l *Log) Start() rollcall.Position {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.startLocked()
}

func (l *Log) startLocked() rollcall.Position { return journal.BehindPack(l.epoch, l.start) }

// Trim implements journal.Retention.
func (l *Log) Trim(ctx context.Context, to rollcall.Position) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := journal.ValidateFrom(to, l.tip.End()); err != nil {
		return fmt.Errorf("trim: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return journal.ErrClosed
	}
	if to.Pack <= l.start+1 {
		return nil
	}
	n := int(to.Pack - l.start - 1)
	for _, p := range l.packs[:n] {
		l.bytes -= sizeOf(p)
	}
	l.packs = slices.Clone(l.packs[n:]) // so that what is forgotten is free
	l.start = to.Pack - 1
	return nil
}

// Stat implements journal.Retention. The bytes are those that MaxBytes bounds.
func (l *Log) Stat(ctx context.Context, from rollcall.Position) (journal.Stat, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var s journal.Stat
	n := max(from.Pack, l.start) - l.start
	if n >= uint64(len(l.packs)) {
		return s, ctx.Err()
	}
	packs := l.packs[n:]
	s.Packs = uint64(len(packs))
	for _, p := range packs {
		s.Bytes += int64(sizeOf(p))
	}
	s.OldestAt, s.NewestAt = packs[0].At, packs[len(packs)-1].At
	return s, ctx.Err()
}

// PutSnapshot implements journal.Snapshots.
func (l *Log) PutSnapshot(ctx context.Context, write func(io.Writer) (rollcall.Position, error)) (journal.Snapshot, error) {
	l.writing.Lock()
	defer l.writing.Unlock()
	if err := ctx.Err(); err != nil {
		return journal.Snapshot{}, err
	}
	var frames bytes.Buffer
	w := journal.NewSnapshotWriter(&frames)
	at, err := write(w)
	if err != nil {
		return journal.Snapshot{}, err
	}
	if err := journal.ValidateSnapshot(at, l.Start(), l.tip.End()); err != nil {
		return journal.Snapshot{}, err
	}
	s, err := w.Finish(at, l.now())
	if err != nil {
		return journal.Snapshot{}, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return journal.Snapshot{}, journal.ErrClosed
	}
	if there, ok := l.snapshots[at]; ok {
		return there.Snapshot, nil
	}
	l.snapshots[at] = snapshot{s, bytes.Clone(frames.Bytes())}
	return s, nil
}

// Snapshots implements journal.Snapshots.
func (l *Log) Snapshots(ctx context.Context) ([]journal.Snapshot, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := make([]journal.Snapshot, 0, len(l.snapshots))
	for _, s := range l.snapshots {
		list = append(list, s.Snapshot)
	}
	slices.SortFunc(list, func(a, b journal.Snapshot) int { return b.Position.Compare(a.Position) })
	return list, ctx.Err()
}

// OpenSnapshot implements journal.Snapshots.
func (l *Log) OpenSnapshot(ctx context.Context, at rollcall.Position) (io.ReadCloser, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s, ok := l.snapshots[at]
	switch {
	case l.closed:
		return nil, journal.ErrClosed
	case !ok:
		return nil, fmt.Errorf("%w: %s", journal.ErrNoSnapshot, at)
	}
	return io.NopCloser(journal.NewSnapshotReader(bytes.NewReader(s.frames), at)), ctx.Err()
}

// RemoveSnapshot implements journal.Snapshots.
func (l *Log) RemoveSnapshot(ctx context.Context, at rollcall.Position) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.snapshots, at)
	return ctx.Err()
}
