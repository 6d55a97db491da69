package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"

	"rollcall"
	"rollcall/internal/archive"
	"rollcall/internal/durable"
	"rollcall/internal/journal"
	"rollcall/internal/journal/disklog"
	"rollcall/internal/replay"
)

// A damaged journal that the operator accepts to lose a part of is never
// changed. A new one is made beside it, and then the two change names; whatever
// a crash leaves of that, finishSalvage sorts out.
const (
	salvagedSuffix = ".salvaged" // made, and about to become the journal
	damagedSuffix  = ".damaged-" // what the journal was, with its epoch
	droppedSuffix  = ".dropped-" // events that could be read and are not in the new one, with its epoch
)

// acceptLoss puts what can be read of the journal in dir in its place, if it is
// damaged: if rollcall journal check says so. If it isn't, it does nothing. What
// it makes is sound, or nothing changes.
func (o *Options) acceptLoss(ctx context.Context, dir string) error {
	damage, snapshots, err := o.findDamage(ctx, dir)
	if err != nil || damage == nil && len(snapshots) == 0 {
		return err
	}
	log := o.Logger
	if damage == nil {
		return o.removeSnapshots(ctx, dir, snapshots)
	}
	log.Error("the journal is damaged, and its loss is accepted", slog.Any("error", damage))
	lines := &droppedLines{path: dir + droppedSuffix}
	loss, err := disklog.Salvage(ctx, dir, dir+salvagedSuffix, o.diskOptions(), replay.Carry, lines.drop)
	if err == nil {
		err = o.verifySalvaged(ctx, dir+salvagedSuffix)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("salvage the journal: %w", err), lines.remove())
	}
	lines.close(log)
	damaged := unused(dir + damagedSuffix + loss.Was.String())
	if err := errors.Join(durable.Rename(dir, damaged), finishSalvage(dir)); err != nil {
		return fmt.Errorf("put what was salvaged in the journal's place: %w", err)
	}
	for _, found := range loss.Damage {
		log.Warn("found while the journal was salvaged", slog.String("damage", found))
	}
	log.Warn("the journal goes on in a new epoch with what could be read; the damaged one is kept and can be removed",
		slog.String("damaged_dir", damaged), slog.String("epoch", loss.Is.String()), slog.String("old_epoch", loss.Was.String()),
		slog.String("snapshot", loss.Snapshot.String()), slog.Uint64("packs_kept", loss.Kept),
		slog.Uint64("last_pack", loss.Last), slog.Uint64("packs_lost", loss.Lost),
		slog.Uint64("packs_dropped", loss.Dropped), slog.Uint64("events_dropped", lines.events), slog.String("events_dropped_to", lines.name()))
	return nil
}

// unused gives a name that nothing has: the name, or with a number behind it.
func unused(name string) string {
	for n, try := 2, name; ; n++ {
		if _, err := os.Lstat(try); errors.Is(err, fs.ErrNotExist) {
			return try
		}
		try = fmt.Sprintf("%s-%d", name, n)
	}
}

// findDamage reads all of the journal. It gives the damage, snapshots if those
// alone are damaged and none of them is needed, or the error that is none.
func (o *Options) findDamage(ctx context.Context, dir string) (damage error, snapshots []rollcall.Position, failed error) {
	report, err := o.check(ctx, dir)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !errors.Is(err, journal.ErrDamaged):
		return nil, nil, nil // there is nothing to lose yet
	case errors.Is(err, journal.ErrDamaged):
		return err, nil, nil
	case err != nil:
		return nil, nil, err
	}
	for _, f := range report.Findings {
		switch {
		case f.Unreadable:
		case f.Snapshot.IsZero():
			return &journal.DamageError{Place: dir, Reason: f.String()}, nil, nil
		default:
			snapshots = append(snapshots, f.Snapshot)
		}
	}
	return nil, snapshots, nil
}

// check is rollcall journal check, for a journal that this release can read.
func (o *Options) check(ctx context.Context, dir string) (*archive.Report, error) {
	disk := o.diskOptions()
	disk.ReadOnly = true
	log, err := disklog.Open(dir, disk)
	if err != nil {
		return nil, err
	}
	report, err := archive.Check(ctx, log, nil)
	err = errors.Join(err, log.Close())
	if err == nil && report.Newer != nil {
		err = report.Newer
	}
	return report, err
}

func (o *Options) verifySalvaged(ctx context.Context, dir string) error {
	report, err := o.check(ctx, dir)
	if err == nil && !report.Sound() {
		err = fmt.Errorf("what was salvaged is damaged, too, so nothing was changed: %s", report.Damage())
	}
	return err
}

// removeSnapshots removes damaged ones from a journal that needs none of them.
func (o *Options) removeSnapshots(ctx context.Context, dir string, snapshots []rollcall.Position) error {
	log, err := disklog.Open(dir, o.diskOptions())
	if err != nil {
		return err
	}
	for _, at := range snapshots {
		o.Logger.Warn("a damaged snapshot is removed; the journal is sound without it", slog.String("position", at.String()))
		err = errors.Join(err, log.RemoveSnapshot(ctx, at))
	}
	return errors.Join(err, log.Close())
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
