package archive

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"rollcall"
	"rollcall/internal/agentevent"
	"rollcall/internal/journal"
)

// mostFindings is how many are listed; more are counted.
const mostFindings = 100

// Finding is one thing that is wrong with a journal.
type Finding struct {
	Pack     uint64            // where it begins; 0 when it is not about packs
	Through  uint64            // the last pack that has it: Pack, or one behind it
	Snapshot rollcall.Position // which snapshot it is about; zero when it is about none
	Reason   string

	// Unreadable is said of an event that is as it was written, and of which this
	// release makes nothing. That is no damage: it changes nothing.
	Unreadable bool
}

// String says what is wrong, in one line.
func (f Finding) String() string {
	switch {
	case !f.Snapshot.IsZero() || f.Pack == 0:
		return f.Reason
	case f.Through > f.Pack:
		return fmt.Sprintf("packs %d to %d: %s", f.Pack, f.Through, f.Reason)
	}
	return fmt.Sprintf("pack %d: %s", f.Pack, f.Reason)
}

// Report is what Check found.
type Report struct {
	Packs     uint64 // that are sound
	Events    uint64 // in them, that are sound
	Snapshots int    // that are sound
	Findings  []Finding
	Unlisted  uint64 // findings beyond those listed

	// Strays lie in the journal's stream and are none of rollcall's: no part of the
	// journal, and no damage. They are listed as far as they are named.
	Strays      []journal.Stray
	StraysCount uint64

	// Newer is set if an event wants a newer release, which the journal is then for.
	Newer error
}

// Sound tells whether nothing is damaged.
func (r *Report) Sound() bool { return r.Damage() == nil }

// Damage gives the first damage that was found, or nil.
func (r *Report) Damage() *Finding {
	i := slices.IndexFunc(r.Findings, func(f Finding) bool { return !f.Unreadable })
	if i < 0 {
		return nil
	}
	return &r.Findings[i]
}

// found notes what is wrong. Packs in a row with the same fault are one finding.
func (r *Report) found(f Finding) {
	if n := len(r.Findings); n > 0 {
		last := &r.Findings[n-1]
		if f.Pack != 0 && f.Pack == last.Through+1 && f.Reason == last.Reason && !f.Unreadable {
			last.Through = f.Through
			return
		}
	}
	if len(r.Findings) >= mostFindings && (f.Unreadable || r.Damage() != nil) {
		r.Unlisted++
		return
	}
	r.Findings = append(r.Findings, f)
}

// Check reads all of a journal: it verifies every pack, decodes every event, and
// makes a floor of every snapshot. What is wrong is in the report; an error says
// that it could not go on. A report of a journal that is being written tells of
// what it held at the beginning.
func Check(ctx context.Context, log journal.Log, progress Progress) (*Report, error) {
	r := &Report{}
	if err := r.checkPacks(ctx, log, progress); err != nil {
		return r, err
	}
	if remote, ok := log.(journal.Remote); ok {
		r.Strays, r.StraysCount = remote.Strays()
	}
	return r, r.checkSnapshots(ctx, log)
}

// checkPacks goes on behind what is damaged.
func (r *Report) checkPacks(ctx context.Context, log journal.Log, progress Progress) error {
	return scanPast(ctx, log, log.Start(), progress, r.checkPack, r.damaged)
}

// damaged notes packs that can't be read.
func (r *Report) damaged(d *journal.DamageError) {
	r.found(Finding{Pack: d.Sequence, Through: max(d.Sequence, d.Through), Reason: reasonOf(d)})
}

func (r *Report) checkPack(p journal.Pack) error {
	r.Packs++
	for i := range p.Records {
		if _, err := describe(p, i); err != nil {
			newer, _ := errors.AsType[*agentevent.NewerError](err)
			if newer != nil && r.Newer == nil {
				r.Newer = err
			}
			r.found(Finding{Pack: p.Sequence, Through: p.Sequence, Reason: err.Error(), Unreadable: true})
			continue
		}
		r.Events++
	}
	return nil
}

// reasonOf is what a damage is, without where.
func reasonOf(damage *journal.DamageError) string {
	d := *damage
	d.Place, d.Sequence, d.Through = "", 0, 0
	return strings.TrimPrefix(d.Error(), journal.ErrDamaged.Error()+": ")
}

// checkSnapshots reads each. A journal that was trimmed needs one.
func (r *Report) checkSnapshots(ctx context.Context, log journal.Log) error {
	list, err := log.Snapshots(ctx)
	if err != nil {
		return fmt.Errorf("list the snapshots: %w", err)
	}
	start, usable := log.Start(), 0
	for _, s := range list {
		switch _, err := load(ctx, log, s.Position); {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, journal.ErrNoSnapshot): // removed since
		case err != nil:
			r.found(Finding{Snapshot: s.Position, Reason: err.Error()})
		default:
			r.Snapshots++
			if !s.Position.Before(start) {
				usable++
			}
		}
	}
	if start.Pack != 0 && usable == 0 {
		r.found(Finding{Reason: noState(start, nil).Error()})
	}
	return nil
}
