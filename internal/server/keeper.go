package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync/atomic"
	"time"

	"rollcall"
	"rollcall/internal/floor"
	"rollcall/internal/journal"
)

// keeper bounds how long a start takes and how much is kept: it writes
// snapshots of the floors while they change, forgets what the journal need not
// hold any longer, and removes snapshots that nothing needs. One goroutine, run,
// does all of it; neither readers nor the writer wait.
type keeper struct {
	log     journal.Log
	floors  *floor.Floors
	rules   retention
	metrics *keptMetrics
	logger  *slog.Logger
	now     func() time.Time

	interval   time.Duration // between two snapshots at most, when there is something new
	everyBytes int64         // of events between two snapshots at most

	fresh atomic.Int64  // bytes of events applied since the last snapshot
	due   chan struct{} // holds one token when fresh has reached what is due

	// Of run alone.
	last  journal.Snapshot           // the newest that was written or loaded
	sound map[rollcall.Position]bool // snapshots that were read to their end
}

// newKeeper makes a keeper for floors that were restored from a snapshot, or
// from none.
func newKeeper(s *Server) *keeper {
	c := &s.config
	k := &keeper{
		log: s.journal, floors: s.floors, metrics: &s.metrics.kept, logger: c.Logger, now: c.Now,
		rules:    retention{age: c.RetentionAge, bytes: c.RetentionBytes},
		interval: c.SnapshotInterval, everyBytes: c.SnapshotEveryBytes,
		due: make(chan struct{}, 1), last: s.restored, sound: make(map[rollcall.Position]bool),
	}
	if c.Ephemeral {
		// What is in memory has to make room long before there is none.
		k.rules.bytes = min(positiveOr(k.rules.bytes, c.MemoryBytes), c.MemoryBytes/2)
		k.everyBytes = min(k.everyBytes, c.MemoryBytes/16)
	}
	k.metrics.size.Set(float64(k.last.Bytes))
	if !s.restored.Position.IsZero() {
		k.sound[s.restored.Position] = true
	}
	return k
}

func positiveOr(n, other int64) int64 {
	if n > 0 {
		return n
	}
	return other
}

// applied tells that events of so many bytes were applied. It is called by
// whoever follows the journal.
func (k *keeper) applied(bytes int) {
	if k.fresh.Add(int64(bytes)) < k.everyBytes {
		return
	}
	select {
	case k.due <- struct{}{}:
	default:
	}
}

// measureEvery is how old the sizes that the metrics show may be.
const measureEvery = time.Minute

// run works until ctx ends.
func (k *keeper) run(ctx context.Context) {
	tick, look := time.NewTicker(k.interval), time.NewTicker(measureEvery)
	defer tick.Stop()
	defer look.Stop()
	k.measure(ctx)
	for {
		timed := false
		select {
		case <-ctx.Done():
			return
		case <-look.C:
			k.measure(ctx)
			continue
		case <-tick.C:
			timed = true
		case <-k.due:
		}
		// A snapshot is not written more often than it gets read on average: it
		// costs as much as that many events.
		if timed || k.fresh.Load() >= max(k.everyBytes, k.last.Bytes) {
			k.snapshot(ctx)
			k.retain(ctx)
			k.measure(ctx)
		}
	}
}

// snapshot writes one, if there is something new since the last.
func (k *keeper) snapshot(ctx context.Context) {
	if k.anotherWrote(ctx) || k.floors.Position() == k.last.Position || k.floors.Position().Pack == 0 {
		return
	}
	fresh := k.fresh.Load()
	startedAt := k.now()
	written, err := k.log.PutSnapshot(ctx, k.floors.WriteSnapshot)
	if err == nil {
		err = k.verify(ctx, written)
	}
	if ctx.Err() != nil {
		return
	}
	k.metrics.wrote(written, k.now().Sub(startedAt), err)
	if err != nil {
		k.logger.Error("a snapshot could not be written; it is tried again", slog.Any("error", err))
		return
	}
	k.fresh.Add(-fresh)
	k.last = written
	k.logger.Info("snapshot written", slog.String("position", written.Position.String()),
		slog.Int64("bytes", written.Bytes), slog.Duration("took", k.now().Sub(startedAt)))
}

// anotherWrote tells whether another node has written a snapshot that does for
// this one, too: the nodes of a cluster share them.
func (k *keeper) anotherWrote(ctx context.Context) bool {
	list, err := k.log.Snapshots(ctx)
	if err != nil || len(list) == 0 || !k.last.Position.Before(list[0].Position) || k.last.Position.IsZero() {
		return false
	}
	behind, err := k.log.Stat(ctx, list[0].Position)
	if err != nil || behind.Bytes >= k.everyBytes || k.now().Sub(list[0].WrittenAt) >= k.interval {
		return false
	}
	k.last = list[0]
	k.fresh.Store(behind.Bytes)
	return true
}

// verify reads a snapshot to its end, once. What is damaged is removed, so that
// nothing relies on it.
func (k *keeper) verify(ctx context.Context, s journal.Snapshot) error {
	if k.sound[s.Position] {
		return nil
	}
	r, err := k.log.OpenSnapshot(ctx, s.Position)
	if err == nil {
		_, err = io.Copy(io.Discard, r)
		err = errors.Join(err, r.Close())
	}
	if errors.Is(err, journal.ErrDamaged) {
		k.metrics.unreadable.Inc()
		k.logger.Error("a snapshot is damaged and removed", slog.String("position", s.Position.String()), slog.Any("error", err))
		if removeErr := k.log.RemoveSnapshot(ctx, s.Position); removeErr != nil {
			err = errors.Join(err, removeErr)
		}
	}
	if err != nil {
		return fmt.Errorf("read the snapshot of %s: %w", s.Position, err)
	}
	k.sound[s.Position] = true
	return nil
}
