package archive

import (
	"context"
	"errors"
	"fmt"

	"rollcall"
	"rollcall/internal/journal"
	"rollcall/internal/replay"
)

// Progress is told now and then how much of the work is done. It may be nil.
type Progress func(done, total uint64)

func (p Progress) tell(done, total uint64) {
	if p != nil {
		p(done, total)
	}
}

// scan hands over every pack behind from, up to the newest when it begins. Its
// progress counts packs.
func scan(ctx context.Context, log journal.Log, from rollcall.Position, progress Progress, take func(journal.Pack) error) error {
	end := log.End()
	if !from.Before(end) || end.Pack == 0 {
		return nil
	}
	total := end.Pack - from.Pack
	for pack, err := range log.Tail(ctx, from) {
		if err != nil {
			return fmt.Errorf("read the journal: %w", err)
		}
		if err := take(pack); err != nil {
			return err
		}
		progress.tell(min(pack.Sequence-from.Pack, total), total)
		if !pack.Last().Before(end) {
			return nil
		}
	}
	return ctx.Err()
}

// scanPast is scan that goes on behind packs that are damaged, and tells of them.
func scanPast(ctx context.Context, log journal.Log, from rollcall.Position, progress Progress, take func(journal.Pack) error, found func(*journal.DamageError)) error {
	end := log.End()
	total := end.Pack - from.Pack
	tell := func(done, _ uint64) { progress.tell(total-(end.Pack-from.Pack)+done, total) }
	for from.Before(end) {
		err := scan(ctx, log, from, tell, take)
		var damage *journal.DamageError
		if !errors.As(err, &damage) || damage.Sequence <= from.Pack {
			return err
		}
		found(damage)
		last := max(damage.Sequence, damage.Through)
		if last >= end.Pack {
			return nil
		}
		from = journal.BehindPack(end.Epoch, last)
		tell(0, 0)
	}
	return nil
}

// describe says what a record is about. Its error is replay.Describe's, with the
// place.
func describe(pack journal.Pack, i int) (replay.About, error) {
	about, err := replay.Describe(pack.Records[i])
	if err != nil {
		return about, fmt.Errorf("read the event at %s: %w", pack.Position(i), err)
	}
	return about, nil
}
