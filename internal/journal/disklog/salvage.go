package disklog

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	"rollcall"
	"rollcall/internal/journal"
)

// Loss is what Salvage could not keep, and what it did.
type Loss struct {
	Was, Is  rollcall.Epoch    // the epoch of the damaged journal, 0 if nothing of it could be read; the new one
	Snapshot rollcall.Position // where the state begins, in the damaged journal; zero if that is its first pack
	Kept     uint64            // packs
	Last     uint64            // the newest pack kept, or what the snapshot holds; 0 if there is nothing
	Newest   uint64            // the newest pack that is known to have been there
	Damage   []string          // what was found, a line each; the first few
}

// Lost tells how many packs behind Last are known to be lost.
func (l *Loss) Lost() uint64 { return max(l.Newest, l.Last) - l.Last }

// Carry copies a snapshot so that its state is the one at another position.
type Carry func(r io.Reader, to rollcall.Position, w io.Writer) error

// Salvage makes in the directory to, which it clears before, a journal of a new
// epoch from what can be read of the damaged one in dir, which it leaves alone.
// Packs keep their sequences.
//
// It believes no index: it reads every table and every write-ahead log in dir
// and takes each pack whose own checksum is right. Of those it keeps a row
// without a hole, the one by which the state comes closest to the end: from the
// journal's first pack on, or from a snapshot on that carry can read.
func Salvage(ctx context.Context, dir, to string, o Options, carry Carry) (_ Loss, err error) {
	o.ReadOnly = false
	files := o.FS
	if files == nil {
		files = vfs.Default
	}
	lock, err := pebble.LockDirectory(dir, newFailStopFS(files, func(error) {}))
	if err != nil {
		return Loss{}, fmt.Errorf("salvage the journal in %s: %w", dir, err)
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	if err := files.RemoveAll(to); err != nil {
		return Loss{}, fmt.Errorf("make room for what is salvaged: %w", err)
	}
	l, err := Open(to, o)
	if err != nil {
		return Loss{}, err
	}
	s := &salvage{wreck: wreck{files: files, dir: dir}, log: l, carry: carry}
	s.loss.Is = l.epoch
	if err := s.run(ctx); err != nil {
		return Loss{}, errors.Join(err, l.Close())
	}
	return s.loss, l.Close()
}

// salvage is one Salvage on its way.
type salvage struct {
	wreck wreck
	log   *Log // the new one
	carry Carry
	loss  Loss
}

func (s *salvage) run(ctx context.Context) error {
	if err := s.gather(ctx); err != nil {
		return fmt.Errorf("gather what can be read of the journal: %w", err)
	}
	rows, err := s.rows()
	if err != nil {
		return err
	}
	snapshots := s.snapshots()
	s.measure(rows, snapshots)
	for _, p := range plans(rows, snapshots) {
		if p.snapshot.IsZero() {
			return s.keep(ctx, p)
		}
		err := s.carryOver(p.snapshot)
		if err == nil {
			s.loss.Snapshot = p.snapshot
			return s.keep(ctx, p)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		s.found(fmt.Errorf("snapshot of %s: %w", p.snapshot, err))
	}
	return s.keep(ctx, plan{})
}

// found notes what is damaged.
func (s *salvage) found(err error) {
	const most = 20
	if len(s.loss.Damage) < most {
		line, _, _ := strings.Cut(err.Error(), "\n")
		s.loss.Damage = append(s.loss.Damage, line)
	}
}

// gather puts every pack that is sound into the new store. A pack that is found
// twice is the same.
func (s *salvage) gather(ctx context.Context) error {
	codec := journal.NewCodec()
	batch := s.log.db.NewBatch()
	defer func() { _ = batch.Close() }()
	take := func(key, value []byte) error {
		if len(key) != 9 || key[0] != packPrefix {
			return ctx.Err()
		}
		p, err := codec.Decode(value)
		if sequence := binary.BigEndian.Uint64(key[1:]); err == nil && p.Sequence != sequence {
			err = errors.New("it says that it is " + p.Position(0).String())
		}
		if s.loss.Was == 0 && err == nil {
			s.loss.Was = p.Epoch
		}
		if err == nil && p.Epoch != s.loss.Was {
			err = errors.New("it has epoch " + p.Epoch.String())
		}
		if err != nil {
			s.found(fmt.Errorf("pack %d: %w", binary.BigEndian.Uint64(key[1:]), err))
			return ctx.Err()
		}
		value = slices.Clone(value)
		journal.Restamp(value, s.loss.Is)
		if err := batch.Set(key, value, nil); err != nil {
			return err
		}
		if batch.Len() < readBytes {
			return ctx.Err()
		}
		err = batch.Commit(pebble.NoSync)
		batch.Reset()
		return err
	}
	if err := s.wreck.read(ctx, take, s.found); err != nil {
		return err
	}
	return batch.Commit(pebble.NoSync)
}

// row is packs without a hole, both ends included.
type row struct{ first, last uint64 }

// rows lists what was gathered.
func (s *salvage) rows() (rows []row, err error) {
	it, err := s.log.db.NewIter(&pebble.IterOptions{LowerBound: packKey(0), UpperBound: []byte{packPrefix + 1}})
	if err != nil {
		return nil, err
	}
	for it.First(); it.Valid(); it.Next() {
		sequence := binary.BigEndian.Uint64(it.Key()[1:])
		if n := len(rows); n > 0 && rows[n-1].last+1 == sequence {
			rows[n-1].last = sequence
		} else {
			rows = append(rows, row{sequence, sequence})
		}
	}
	return rows, it.Close()
}

// snapshots lists the positions of those of the damaged journal.
func (s *salvage) snapshots() (list []rollcall.Position) {
	names, _ := s.wreck.files.List(s.wreck.files.PathJoin(s.wreck.dir, snapshotDir))
	for _, name := range names {
		if at, ok := parseSnapshotName(name); ok && (at.Epoch == s.loss.Was || s.loss.Was == 0) {
			list = append(list, at)
		}
	}
	return list
}

// measure works out up to where the journal went.
func (s *salvage) measure(rows []row, snapshots []rollcall.Position) {
	if n := len(rows); n > 0 {
		s.loss.Newest = rows[n-1].last
	}
	for _, at := range snapshots {
		s.loss.Newest = max(s.loss.Newest, at.Pack)
	}
	if newest, err := s.wreck.witness(); err == nil && (newest.Epoch == s.loss.Was || s.loss.Was == 0) {
		s.loss.Newest = max(s.loss.Newest, newest.Pack)
	}
}

// plan is one way to keep something: the packs of a row, on top of a snapshot
// unless they are all from the first.
type plan struct {
	row
	snapshot rollcall.Position
}

func (p plan) reach() uint64 { return max(p.last, p.snapshot.Pack) }

// plans lists all ways, the one that reaches furthest first. Of equal ones comes
// first what needs no snapshot, then the newest snapshot.
func plans(rows []row, snapshots []rollcall.Position) (list []plan) {
	for _, r := range rows {
		if r.first == 1 {
			list = append(list, plan{row: r})
		}
	}
	for _, at := range snapshots {
		p := plan{snapshot: at}
		for _, r := range rows {
			if r.first <= at.Pack && at.Pack <= r.last {
				p.row = r
			}
		}
		list = append(list, p)
	}
	slices.SortStableFunc(list, func(a, b plan) int {
		switch {
		case a.reach() != b.reach():
			return int(min(b.reach(), 1<<62)) - int(min(a.reach(), 1<<62))
		case a.snapshot.IsZero() || b.snapshot.IsZero():
			return 0
		}
		return b.snapshot.Compare(a.snapshot)
	})
	return list
}

// keep forgets all that is not of the plan.
func (s *salvage) keep(ctx context.Context, p plan) error {
	db := s.log.db
	switch {
	case p.last == 0 && !p.snapshot.IsZero(): // the snapshot alone
		value := binary.BigEndian.AppendUint64(nil, p.snapshot.Pack)
		value = binary.BigEndian.AppendUint32(value, p.snapshot.Event)
		if err := db.Set(startKey, value, pebble.NoSync); err != nil {
			return err
		}
	case p.first > 1:
		if err := db.Set(startKey, binary.BigEndian.AppendUint64(nil, p.first-1), pebble.NoSync); err != nil {
			return err
		}
	}
	if err := db.Flush(); err != nil {
		return err
	}
	gone := []pebble.KeyRange{{Start: packKey(0), End: packKey(max(p.first, 1))}, {Start: packKey(p.last + 1), End: []byte{packPrefix + 1}}}
	for _, span := range gone {
		if err := db.Excise(ctx, span); err != nil {
			return err
		}
	}
	if p.last > 0 {
		s.loss.Kept = p.last - p.first + 1
	}
	s.loss.Last = p.reach()
	return s.log.witness.write(s.log.epoch, p.last)
}

// carryOver copies a snapshot into the new journal.
func (s *salvage) carryOver(at rollcall.Position) error {
	from, err := s.wreck.files.Open(s.wreck.files.PathJoin(s.wreck.dir, snapshotDir, snapshotName(at)))
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	is := at
	is.Epoch = s.loss.Is
	if err := s.log.makeSnapshotDir(); err != nil {
		return err
	}
	temp := s.log.snapshotPath(newSnapshot)
	file, err := s.log.files.Create(temp, vfs.WriteCategoryUnspecified)
	if err != nil {
		return err
	}
	w := journal.NewSnapshotWriter(file)
	err = s.carry(journal.NewSnapshotReader(from, at), is, w)
	if err == nil {
		_, err = w.Finish(is, s.log.options.Now())
	}
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	return errors.Join(s.log.files.Rename(temp, s.log.snapshotPath(snapshotName(is))), syncDir(s.log.files, s.log.files.PathJoin(s.log.dir, snapshotDir)))
}
