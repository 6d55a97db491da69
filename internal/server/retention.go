package server

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"rollcall/internal/journal"
)

// retention says how much of the journal is kept.
type retention struct {
	age   time.Duration // 0: however old
	bytes int64         // of packs and snapshots together; 0: however much
}

// soundSnapshots is how many of the newest snapshots stay whatever the rules
// say: one to start from, and another should that be damaged.
const soundSnapshots = 2

// spans is about how many snapshots lie between the newest and the horizon, so
// that what is kept exceeds what the rules ask for by one part in so many.
const spans = 8

// mark is a snapshot, or the journal's start, with what lies behind it in the
// journal.
type mark struct {
	journal.Snapshot
	behind int64 // bytes of packs
}

// retain forgets what the rules don't want any longer. The journal is trimmed
// behind a snapshot that was read back, and with at least another one newer than
// that, so that the state at any position that is left can be told.
func (k *keeper) retain(ctx context.Context) {
	marks, err := k.marks(ctx)
	if err == nil && len(marks) > soundSnapshots {
		horizon := k.rules.horizon(marks, k.now())
		before := k.log.Start().Pack
		if horizon < len(marks)-1 {
			err = k.trim(ctx, marks[horizon])
		}
		if err == nil {
			err = k.thin(ctx, k.rules.needless(marks, horizon))
		}
		k.tellTrimmed(before)
	}
	if err != nil && ctx.Err() == nil && !errors.Is(err, journal.ErrClosed) {
		k.logger.Error("the journal could not be trimmed; it is tried again", slog.Any("error", err))
	}
}

// marks lists the snapshots, the newest first, and sees to it that the newest are
// sound. The last mark is the journal's start, which is as old as can be.
func (k *keeper) marks(ctx context.Context) (marks []mark, err error) {
	list, err := k.log.Snapshots(ctx)
	if err != nil {
		return nil, err
	}
	start := k.log.Start()
	for _, s := range append(list, journal.Snapshot{Position: start}) {
		if s.Position.Before(start) { // what follows it is forgotten
			if err := k.log.RemoveSnapshot(ctx, s.Position); err != nil {
				return nil, err
			}
			continue
		}
		if len(marks) < soundSnapshots && s.Position != start {
			if err := k.verify(ctx, s); errors.Is(err, journal.ErrDamaged) {
				continue // reported, and gone
			} else if err != nil {
				return nil, err
			}
		}
		stat, err := k.log.Stat(ctx, s.Position)
		if err != nil {
			return nil, err
		}
		marks = append(marks, mark{s, stat.Bytes})
	}
	return marks, nil
}

// horizon gives the index of the mark behind which all is kept: the newest one
// that is old enough for the rule of age, or the oldest one behind which little
// enough lies, whichever is newer; but never one of the newest.
func (r retention) horizon(marks []mark, now time.Time) int {
	last := len(marks) - 1
	byAge, byBytes := last, last
	if r.age > 0 {
		byAge = slices.IndexFunc(marks, func(m mark) bool { return !m.WrittenAt.After(now.Add(-r.age)) })
	}
	if r.bytes > 0 {
		kept := int64(0)
		byBytes = 0
		for i, m := range marks {
			if kept += m.Bytes; kept+m.behind > r.bytes {
				break
			}
			byBytes = i
		}
	}
	return max(min(byAge, byBytes), soundSnapshots-1)
}

// needless lists the snapshots that can go when the journal begins at the one
// with index horizon: those before it, and of those between it and the newest
// the ones that lie close to the one before them.
func (r retention) needless(marks []mark, horizon int) []mark {
	gone := slices.Clone(marks[horizon+1:])
	kept := marks[horizon]
	for i := horizon - 1; i >= soundSnapshots; i-- {
		m := marks[i]
		far := r.age > 0 && m.WrittenAt.Sub(kept.WrittenAt) >= r.age/spans ||
			r.bytes > 0 && kept.behind-m.behind >= r.bytes/spans
		if far {
			kept = m
		} else {
			gone = append(gone, m)
		}
	}
	return gone
}

// trim forgets what lies before a snapshot.
func (k *keeper) trim(ctx context.Context, to mark) error {
	if to.Position.Pack <= k.log.Start().Pack+1 {
		return nil
	}
	if err := k.verify(ctx, to.Snapshot); err != nil {
		return err
	}
	return k.log.Trim(ctx, to.Position)
}

// tellTrimmed tells of packs that were forgotten since the journal began behind
// the pack before.
func (k *keeper) tellTrimmed(before uint64) {
	start := k.log.Start()
	if packs := start.Pack - before; packs > 0 {
		k.metrics.trimmed.Add(float64(packs))
		k.logger.Info("journal trimmed", slog.String("start", start.String()), slog.Uint64("packs", packs))
	}
}

// thin removes snapshots.
func (k *keeper) thin(ctx context.Context, needless []mark) error {
	for _, m := range needless {
		if err := k.log.RemoveSnapshot(ctx, m.Position); err != nil {
			return err
		}
		delete(k.sound, m.Position)
	}
	return nil
}

// measure takes the sizes that the metrics show.
func (k *keeper) measure(ctx context.Context) {
	stat, err := k.log.Stat(ctx, k.log.Start())
	if err != nil {
		return // the journal is about to end, or out of reach
	}
	list, err := k.log.Snapshots(ctx)
	if err != nil {
		return
	}
	k.metrics.measure(stat, list)
}
