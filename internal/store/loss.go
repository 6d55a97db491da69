package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"

	"github.com/prometheus/client_golang/prometheus"

	"rollcall"
	"rollcall/internal/agentevent"
	"rollcall/internal/durable"
	"rollcall/internal/floor"
	"rollcall/internal/journal"
	"rollcall/internal/journal/disklog"
	"rollcall/internal/keeper"
)

// A damaged journal that the operator accepts to lose a part of is never
// changed. A new one is made beside it, and then the two change names; whatever
// a crash leaves of that, finishSalvage sorts out.
const (
	salvagedSuffix = ".salvaged" // made, and about to become the journal
	damagedSuffix  = ".damaged-" // what the journal was, with its epoch
)

// acceptLoss puts what can be read of the journal in dir in its place, if it is
// damaged. If it isn't, it does nothing.
func (o *Options) acceptLoss(ctx context.Context, dir string) error {
	damage, err := o.findDamage(ctx, dir)
	if err != nil || damage == nil {
		return err
	}
	log := o.Logger
	log.Error("the journal is damaged, and its loss is accepted", slog.Any("error", damage))
	loss, err := disklog.Salvage(ctx, dir, dir+salvagedSuffix, o.diskOptions(), carrySnapshot)
	if err != nil {
		return fmt.Errorf("salvage the journal: %w", err)
	}
	damaged := dir + damagedSuffix + loss.Was.String()
	if err := os.RemoveAll(damaged); err != nil {
		return fmt.Errorf("keep the damaged journal: %w", err)
	}
	if err := errors.Join(os.Rename(dir, damaged), finishSalvage(dir)); err != nil {
		return fmt.Errorf("put what was salvaged in the journal's place: %w", err)
	}
	for _, found := range loss.Damage {
		log.Warn("found while the journal was salvaged", slog.String("damage", found))
	}
	log.Warn("the journal goes on in a new epoch with what could be read; the damaged one is kept and can be removed",
		slog.String("damaged_dir", damaged), slog.String("epoch", loss.Is.String()), slog.String("old_epoch", loss.Was.String()),
		slog.String("snapshot", loss.Snapshot.String()), slog.Uint64("packs_kept", loss.Kept),
		slog.Uint64("last_pack", loss.Last), slog.Uint64("packs_lost", loss.Lost()))
	return nil
}

// findDamage opens the journal for reading and reads what a start would, to the
// end. It gives the damage, or the error that is none.
func (o *Options) findDamage(ctx context.Context, dir string) (damage, failed error) {
	disk := o.diskOptions()
	disk.ReadOnly = true
	log, err := disklog.Open(dir, disk)
	if err == nil {
		err = errors.Join(o.readAsAtStart(ctx, log), log.Close())
	}
	switch {
	case errors.Is(err, fs.ErrNotExist) && !errors.Is(err, journal.ErrDamaged):
		return nil, nil // there is nothing to lose yet
	case errors.Is(err, journal.ErrDamaged):
		return err, nil
	}
	return nil, err
}

// readAsAtStart reads what the floor would be made from.
func (o *Options) readAsAtStart(ctx context.Context, log journal.Log) error {
	k, err := keeper.Open(ctx, keeper.Options{
		Log: log, Metrics: keeper.NewMetrics(prometheus.NewRegistry(), o.Now), Logger: o.Logger, Now: o.Now,
	})
	if err != nil {
		return err
	}
	from, end := k.Floors().Position(), log.End()
	if !from.Before(end) {
		return nil
	}
	for pack, err := range log.Tail(ctx, from) {
		if err != nil {
			return err
		}
		for i, record := range pack.Records {
			if _, err := agentevent.DecodeRecord(record); err != nil {
				return &journal.DamageError{Place: o.DataDir, Sequence: pack.Sequence, Reason: "the event at " + pack.Position(i).String(), Err: err}
			}
		}
		if !pack.Last().Before(end) {
			return nil
		}
	}
	return nil
}

// carrySnapshot copies a snapshot to a position in another epoch.
func carrySnapshot(r io.Reader, to rollcall.Position, w io.Writer) error {
	floors, err := floor.Load(r, floor.Options{})
	if err != nil {
		return err
	}
	floors.Rebase(to)
	_, err = floors.WriteSnapshot(w)
	return err
}

// finishSalvage makes what was salvaged the journal, if the damaged one has made
// room for it.
func finishSalvage(dir string) error {
	salvaged := dir + salvagedSuffix
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	err := durable.Rename(salvaged, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
