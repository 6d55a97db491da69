package keeper

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
func (k *Keeper) retain(ctx context.Context) error {
	marks, err := k.marks(ctx)
	if err == nil && len(marks) > soundSnapshots {
		horizon := k.rules.horizon(marks, k.Now())
		before := k.Log.Start().Pack
		if horizon < len(marks)-1 {
			err = k.trim(ctx, marks[horizon])
		}
		if err == nil {
			err = k.thin(ctx, k.rules.needless(marks, horizon))
		}
		k.tellTrimmed(before)
	}
	return err
}

// marks lists the snapshots, the newest first, and sees to it that the newest are
// sound. The last mark is the journal's start, which is as old as can be.
func (k *Keeper) marks(ctx context.Context) (marks []mark, err error) {
	list, err := k.Log.Snapshots(ctx)
	if err != nil {
		return nil, err
	}
	start := k.Log.Start()
	for _, s := range append(list, journal.Snapshot{Position: start}) {
		if s.Position.Before(start) { // what follows it is forgotten
			if err := k.Log.RemoveSnapshot(ctx, s.Position); err != nil {
				return nil, err
			}
			continue
		}
		if len(marks) < soundSnapshots && s.Position != start {
			if err := k.verify(ctx, s); errors.Is(err, journal.ErrDamaged) {
				k.Logger.Error("a snapshot is damaged and removed", slog.Any("error", err))
				continue
			} else if err != nil {
				return nil, err
			}
		}
		stat, err := k.Log.Stat(ctx, s.Position)
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
func (k *Keeper) trim(ctx context.Context, to mark) error {
	if to.Position.Pack <= k.Log.Start().Pack+1 {
		return nil
	}
	if err := k.verify(ctx, to.Snapshot); err != nil {
		return err
	}
	return k.Log.Trim(ctx, to.Position)
}

// tellTrimmed tells of packs that were forgotten since the journal began behind
// the pack before.
func (k *Keeper) tellTrimmed(before uint64) {
	start := k.Log.Start()
	if packs := start.Pack - before; packs > 0 {
		k.Metrics.trimmed.Add(float64(packs))
		k.Logger.Info("journal trimmed", slog.String("start", start.String()), slog.Uint64("packs", packs))
	}
}

// thin removes snapshots, but never the one at which the journal begins, as one
// does that was salvaged: what follows would have no state below it.
func (k *Keeper) thin(ctx context.Context, needless []mark) error {
	start := k.Log.Start()
	for _, m := range needless {
		if m.Position == start {
			continue
		}
		if err := k.Log.RemoveSnapshot(ctx, m.Position); err != nil {
			return err
		}
		delete(k.sound, m.Position)
	}
	return nil
}

// measure takes the sizes that the metrics show.
func (k *Keeper) measure(ctx context.Context) {
	stat, err := k.Log.Stat(ctx, k.Log.Start())
	if err != nil {
		return // the journal is about to end, or out of reach
	}
	list, err := k.Log.Snapshots(ctx)
	if err != nil {
		return
	}
	k.Metrics.measure(stat, list)
}
