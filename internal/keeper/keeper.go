// Package keeper bounds how long a start takes and how much is kept. It makes
// the state from the newest snapshot that is sound, writes further snapshots
// while it changes, forgets what the journal need not hold any longer, and
// removes snapshots that nothing needs. One goroutine, Run, does all that;
// neither readers nor the writer of the state wait for it.
//
// What can be told of the past stays so: the journal always begins behind a
// snapshot that was read to its end, or at its own beginning.
package keeper

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
	"rollcall/internal/replay"
)

// Options say what is kept where, and how much.
type Options struct {
	Log     journal.Log
	Replay  replay.Options // of the state that is made
	Metrics *Metrics
	Logger  *slog.Logger
	Now     func() time.Time

	Interval       time.Duration // between two snapshots at most, when there is something new
	EveryBytes     int64         // of events between two snapshots at most; fewer where snapshots are small
	RetentionAge   time.Duration // of what the journal holds; 0: however old
	RetentionBytes int64         // of packs and snapshots together; 0: however much
	MemoryBytes    int64         // that a journal in memory has; 0: it isn't in memory
}

// Keeper keeps a journal and its snapshots.
type Keeper struct {
	Options
	state *replay.State
	rules retention

	fresh atomic.Int64  // bytes of events applied since the last snapshot
	early atomic.Int64  // of fresh, with which a snapshot is due if there is time for it
	due   chan struct{} // holds one token when fresh has reached early

	// Of Run alone.
	last    journal.Snapshot           // the newest that was written or loaded
	sound   map[rollcall.Position]bool // snapshots that were read to their end
	pause   time.Duration              // between tries; 0 while they succeed
	retryAt time.Time                  // not before, unless Interval has passed
}

// Open makes the state from the newest snapshot that is sound, or an empty one
// where the journal still begins at its beginning. What lies behind is the
// caller's to apply.
func Open(ctx context.Context, o Options) (*Keeper, error) {
	k := &Keeper{
		Options: o, rules: retention{age: o.RetentionAge, bytes: o.RetentionBytes},
		due: make(chan struct{}, 1), sound: make(map[rollcall.Position]bool),
	}
	if most := o.MemoryBytes; most > 0 {
		// What is in memory has to make room long before there is none.
		if k.rules.bytes == 0 || k.rules.bytes > most/2 {
			k.rules.bytes = most / 2
		}
		k.EveryBytes = min(k.EveryBytes, most/16)
	}
	if err := k.restore(ctx); err != nil {
		return nil, err
	}
	k.noteLast(k.last)
	k.Metrics.size.Set(float64(k.last.Bytes))
	return k, nil
}

// A start reads what lies behind the newest snapshot, which for a small floor
// takes far longer than the snapshot itself. So one that is small is due early:
// after smallFactor times its bytes, and earlyBytes at least, but not within
// earlyPause of the last.
const (
	smallFactor = 8
	earlyBytes  = 8 << 20
	earlyPause  = 10 * time.Second
)

func (k *Keeper) noteLast(s journal.Snapshot) {
	k.last = s
	k.early.Store(min(k.EveryBytes, max(earlyBytes, smallFactor*s.Bytes)))
}

// isDue tells whether there is enough for a snapshot. None is written more often
// than it gets read on average: it costs as much as that many events.
func (k *Keeper) isDue() bool {
	fresh := k.fresh.Load()
	if k.Now().Before(k.retryAt) || fresh < k.last.Bytes {
		return false
	}
	return fresh >= k.EveryBytes || fresh >= k.early.Load() && k.Now().Sub(k.last.WrittenAt) >= earlyPause
}

// State is the state that Open made.
func (k *Keeper) State() *replay.State { return k.state }

func (k *Keeper) restore(ctx context.Context) error {
	list, err := k.Log.Snapshots(ctx)
	if err != nil {
		return fmt.Errorf("list the snapshots: %w", err)
	}
	start := k.Log.Start()
	for _, snapshot := range list {
		if snapshot.Position.Before(start) {
			continue // what lies behind it is forgotten
		}
		startedAt := k.Now()
		state, err := k.load(ctx, snapshot.Position)
		if err == nil {
			k.state, k.last, k.sound[snapshot.Position] = state, snapshot, true
			k.Logger.Info("floor restored from a snapshot", slog.String("position", snapshot.Position.String()),
				slog.Int("agents", state.Floors().Counts().Agents), slog.Duration("took", k.Now().Sub(startedAt)))
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if tooLarge := new(floor.TooLargeError); errors.As(err, &tooLarge) {
			return err
		}
		k.Metrics.unreadable.Inc()
		k.Logger.Error("a snapshot can't be read; the one before is used, or the whole journal",
			slog.String("position", snapshot.Position.String()), slog.Any("error", err))
	}
	if start.Pack != 0 {
		return &journal.DamageError{
			Sequence: start.Pack,
			Reason:   fmt.Sprintf("the packs up to here were forgotten, and of %d snapshots none can be read that holds what they made", len(list)),
		}
	}
	k.state = replay.New(k.Replay)
	return nil
}

func (k *Keeper) load(ctx context.Context, at rollcall.Position) (*replay.State, error) {
	r, err := k.Log.OpenSnapshot(ctx, at)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	return replay.Load(ctx, r, at, k.Replay)
}

// Applied tells that events of so many bytes were applied. It is called by
// whoever follows the journal.
func (k *Keeper) Applied(bytes int) {
	if k.fresh.Add(int64(bytes)) < k.early.Load() {
		return
	}
	select {
	case k.due <- struct{}{}:
	default:
	}
}

// measureEvery is how old the sizes that the metrics show may be.
const measureEvery = time.Minute

// Run works until ctx ends.
func (k *Keeper) Run(ctx context.Context) {
	tick, look := time.NewTicker(k.Interval), time.NewTicker(measureEvery)
	defer tick.Stop()
	defer look.Stop()
	k.measure(ctx)
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
			if k.isDue() {
				k.keep(ctx)
			}
		case <-tick.C:
			k.keep(ctx)
		case <-k.due:
			if !k.isDue() {
				continue
			}
			k.keep(ctx)
		}
		k.measure(ctx)
	}
}

// firstPause is how long after a failure the next snapshot is tried. It doubles
// up to Interval: a disk that is full, or a cluster that is sick, is not helped
// by a whole snapshot for each pack that comes.
const firstPause = time.Second

// keep writes a snapshot, and forgets what can go. It may help the next snapshot
// if this one fails, so it is done even then.
func (k *Keeper) keep(ctx context.Context) {
	written := k.snapshot(ctx)
	retained := k.retain(ctx)
	if ctx.Err() != nil || errors.Is(retained, journal.ErrClosed) {
		return
	}
	if written == nil {
		k.pause, k.retryAt = 0, time.Time{}
		if retained != nil {
			k.Logger.Error("the journal could not be trimmed; it is tried again", slog.Any("error", retained))
		}
		return
	}
	k.pause = min(max(2*k.pause, firstPause), k.Interval)
	k.retryAt = k.Now().Add(k.pause)
	k.Logger.Error("a snapshot could not be written; it is tried again",
		slog.Any("error", errors.Join(written, retained)), slog.Duration("in", k.pause))
}

// snapshot writes one, if there is something new since the last.
func (k *Keeper) snapshot(ctx context.Context) error {
	if k.anotherWrote(ctx) || k.state.Position() == k.last.Position || k.state.Position().Pack == 0 {
		return nil
	}
	fresh := k.fresh.Load()
	startedAt := k.Now()
	written, err := k.Log.PutSnapshot(ctx, k.state.WriteSnapshot)
	if err == nil {
		err = k.verify(ctx, written)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	k.Metrics.wrote(written, k.Now().Sub(startedAt), err)
	if err != nil {
		return err
	}
	k.fresh.Add(-fresh)
	k.noteLast(written)
	k.Logger.Info("snapshot written", slog.String("position", written.Position.String()),
		slog.Int64("bytes", written.Bytes), slog.Duration("took", k.Now().Sub(startedAt)))
	return nil
}

// anotherWrote tells whether another node has written a snapshot that does for
// this one, too: the nodes of a cluster share them.
func (k *Keeper) anotherWrote(ctx context.Context) bool {
	list, err := k.Log.Snapshots(ctx)
	if err != nil || len(list) == 0 || !k.last.Position.Before(list[0].Position) || k.last.Position.IsZero() {
		return false
	}
	behind, err := k.Log.Stat(ctx, list[0].Position)
	if err != nil || behind.Bytes >= k.early.Load() || k.Now().Sub(list[0].WrittenAt) >= k.Interval {
		return false
	}
	k.noteLast(list[0])
	k.fresh.Store(behind.Bytes)
	return true
}

// verify reads a snapshot to its end, once. What is damaged is removed, so that
// nothing relies on it.
func (k *Keeper) verify(ctx context.Context, s journal.Snapshot) error {
	if k.sound[s.Position] {
		return nil
	}
	r, err := k.Log.OpenSnapshot(ctx, s.Position)
	if err == nil {
		_, err = io.Copy(io.Discard, r)
		err = errors.Join(err, r.Close())
	}
	if errors.Is(err, journal.ErrDamaged) {
		k.Metrics.unreadable.Inc()
		err = errors.Join(fmt.Errorf("it is removed: %w", err), k.Log.RemoveSnapshot(ctx, s.Position))
	}
	if err != nil {
		return fmt.Errorf("read the snapshot of %s: %w", s.Position, err)
	}
	k.sound[s.Position] = true
	return nil
}
