package archive

import (
	"context"
	"fmt"
	"time"

	"rollcall"
	"rollcall/internal/journal"
)

// Summary is what a journal holds.
type Summary struct {
	Epoch     rollcall.Epoch
	First     rollcall.Position // the oldest record retained; zero without any
	Last      rollcall.Position // the newest; zero without any
	Trimmed   uint64            // packs before the first one, which were forgotten
	Packs     uint64
	Events    uint64 // 0 unless they were counted
	Bytes     int64  // about, where they are stored; without snapshots
	OldestAt  time.Time
	NewestAt  time.Time
	Snapshots []journal.Snapshot // the newest first
}

// Survey tells what a journal holds. To count the events it reads all of it,
// which it does if count is set.
func Survey(ctx context.Context, log journal.Log, count bool, progress Progress) (Summary, error) {
	start, end := log.Start(), log.End()
	s := Summary{Epoch: log.Epoch(), Trimmed: start.Pack}
	stat, err := log.Stat(ctx, start)
	if err != nil {
		return s, fmt.Errorf("measure the journal: %w", err)
	}
	s.Packs, s.Bytes, s.OldestAt, s.NewestAt = stat.Packs, stat.Bytes, stat.OldestAt, stat.NewestAt
	if stat.Packs > 0 {
		s.First, s.Last = rollcall.Position{Epoch: s.Epoch, Pack: start.Pack + 1}, end
	}
	if s.Snapshots, err = log.Snapshots(ctx); err != nil {
		return s, fmt.Errorf("list the snapshots: %w", err)
	}
	if !count {
		return s, nil
	}
	err = scan(ctx, log, start, progress, func(p journal.Pack) error {
		s.Events += uint64(len(p.Records))
		return nil
	})
	return s, err
}
