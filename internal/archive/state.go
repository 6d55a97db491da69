package archive

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"rollcall"
	"rollcall/internal/journal"
	"rollcall/internal/replay"
)

// load makes the state from a snapshot, which is read to its end.
func load(ctx context.Context, log journal.Log, at rollcall.Position) (*replay.State, error) {
	r, err := log.OpenSnapshot(ctx, at)
	if err != nil {
		return nil, err
	}
	state, err := replay.Load(ctx, r, at, replay.Options{})
	err = errors.Join(err, r.Close())
	if err != nil {
		return nil, fmt.Errorf("snapshot of %s: %w", at, err)
	}
	return state, nil
}

// stateFor gives the state that an export begins with: that of the oldest or
// the newest snapshot that is sound and that no pack is missing behind. It gives
// nil where the journal has its beginning, unless the newest is asked for.
func stateFor(ctx context.Context, log journal.Log, newest bool) (*replay.State, error) {
	start := log.Start()
	if start.Pack == 0 && !newest {
		return nil, nil //nolint:nilnil // there is none, and none is needed
	}
	list, err := log.Snapshots(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the snapshots: %w", err)
	}
	if !newest {
		slices.Reverse(list)
	}
	var damage []error
	for _, s := range list {
		if s.Position.Before(start) {
			continue
		}
		state, err := load(ctx, log, s.Position)
		if err == nil {
			return state, nil
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		damage = append(damage, err)
	}
	if start.Pack == 0 {
		return nil, nil //nolint:nilnil // as above
	}
	return nil, noState(start, damage)
}

// noState says that nothing is left of what was trimmed.
func noState(start rollcall.Position, damage []error) *journal.DamageError {
	return &journal.DamageError{
		Sequence: start.Pack, Err: errors.Join(damage...),
		Reason: "the packs up to this one were forgotten, and no snapshot can be read that holds what they made",
	}
}
