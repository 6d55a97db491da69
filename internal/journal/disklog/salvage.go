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
	Snapshot rollcall.Position // where the state begins, in the damaged journal; zero if it begins with what packs there are
	Kept     uint64            // packs
	Dropped  uint64            // packs that could be read, and lie before a snapshot with a hole between
	Lost     uint64            // packs behind the snapshot, or all, that are known to have been there
	Last     uint64            // the newest pack of the new journal, or what the snapshot holds; 0 if there is nothing
	Damage   []string          // what was found, a line each; the first few
}

// Carry copies a snapshot so that its state is the one at another position.
type Carry func(r io.Reader, to rollcall.Position, w io.Writer) error

// Salvage makes in the directory to, which it clears before, a journal of a new
// epoch from what can be read of the damaged one in dir, which it leaves alone.
//
// It believes no index: it reads every table and every write-ahead log in dir
// and takes each pack whose own checksum is right. The new journal begins with
// the newest snapshot that carry can read; without any, with the first pack that
// is there. It goes on with every pack behind, also behind a hole, since an event
// carries its agent's whole state; behind a hole packs get other sequences. Of the
// history before the snapshot it keeps what has no hole up to there. The rest is
// handed to drop.
func Salvage(ctx context.Context, dir, to string, o Options, carry Carry, drop func(journal.Pack) error) (_ Loss, err error) {
	o.ReadOnly, o.FailStop = false, nil // what fails here fails the salvage
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
	s := &salvage{wreck: wreck{files: files, dir: dir}, log: l, carry: carry, drop: drop}
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
	drop  func(journal.Pack) error
	loss  Loss

	forgotten uint64 // the newest pack that the damaged journal had forgotten by itself
	newest    uint64 // the newest that is known to have been there
}

func (s *salvage) run(ctx context.Context) error {
	if err := s.gather(ctx); err != nil {
		return fmt.Errorf("gather what can be read of the journal: %w", err)
	}
	snapshots := s.snapshots()
	s.measure(snapshots)
	for _, at := range snapshots {
		err := s.carryOver(at)
		if err == nil {
			s.loss.Snapshot = at
			break
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		s.found(fmt.Errorf("snapshot of %s: %w", at, err))
	}
	first, err := s.first()
	if err != nil {
		return err
	}
	return s.keep(ctx, first)
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
		if (string(key) == string(startKey) || string(key) == string(oldStartKey)) && len(value) >= 8 {
			s.forgotten = max(s.forgotten, binary.BigEndian.Uint64(value))
		}
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
		s.newest = max(s.newest, p.Sequence)
		value = slices.Clone(value)
		journal.Restamp(value, s.loss.Is, p.Sequence)
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

// snapshots lists the positions of those of the damaged journal, the newest first.
func (s *salvage) snapshots() (list []rollcall.Position) {
	names, _ := s.wreck.files.List(s.wreck.files.PathJoin(s.wreck.dir, snapshotDir))
	for _, name := range names {
		if at, ok := parseSnapshotName(name); ok && (at.Epoch == s.loss.Was || s.loss.Was == 0) {
			list = append(list, at)
		}
	}
	slices.SortFunc(list, func(a, b rollcall.Position) int { return b.Compare(a) })
	return list
}

// measure works out up to where the journal went.
func (s *salvage) measure(snapshots []rollcall.Position) {
	for _, at := range snapshots {
		s.newest = max(s.newest, at.Pack)
	}
	if newest, err := s.wreck.witness(); err == nil && (newest.Epoch == s.loss.Was || s.loss.Was == 0) {
		s.newest = max(s.newest, newest.Pack)
	}
}

// first gives the oldest pack to keep: up to the one of the snapshot, which is
// among them, none is missing from there. Without a snapshot it is any.
func (s *salvage) first() (first uint64, err error) {
	if s.loss.Snapshot.IsZero() {
		return 1, nil
	}
	it, err := s.log.db.NewIter(&pebble.IterOptions{LowerBound: packKey(0), UpperBound: packKey(s.loss.Snapshot.Pack + 1)})
	if err != nil {
		return 0, err
	}
	first = s.loss.Snapshot.Pack + 1
	for ok := it.Last(); ok && binary.BigEndian.Uint64(it.Key()[1:]) == first-1; ok = it.Prev() {
		first--
	}
	return first, it.Close()
}

// keep makes the packs from first on follow each other, and drops those before.
func (s *salvage) keep(ctx context.Context, first uint64) error {
	db, snapshot := s.log.db, s.loss.Snapshot
	it, err := db.NewIter(&pebble.IterOptions{LowerBound: packKey(0), UpperBound: []byte{packPrefix + 1}})
	if err != nil {
		return err
	}
	defer func() { _ = it.Close() }()
	batch := db.NewBatch()
	defer func() { _ = batch.Close() }()
	last, codec := first-1, journal.NewCodec()
	for it.First(); it.Valid() && ctx.Err() == nil; it.Next() {
		sequence := binary.BigEndian.Uint64(it.Key()[1:])
		if err := batch.Delete(it.Key(), nil); err != nil {
			return err
		}
		if sequence < first {
			s.loss.Dropped++
			if p, err := codec.Decode(it.Value()); err == nil {
				if err := s.drop(p); err != nil {
					return err
				}
			}
		} else {
			s.loss.Kept++
			last++
			value := slices.Clone(it.Value())
			journal.Restamp(value, s.loss.Is, last)
			if err := batch.Set(packKey(last), value, nil); err != nil {
				return err
			}
		}
		if batch.Len() >= readBytes {
			if err := batch.Commit(pebble.NoSync); err != nil {
				return err
			}
			batch.Reset()
		}
	}
	if err := errors.Join(it.Error(), ctx.Err()); err != nil {
		return err
	}
	s.loss.Last = last
	if begin := max(first-1, s.forgotten); s.newest > begin {
		s.loss.Lost = s.newest - begin - min(s.loss.Kept, s.newest-begin)
	}
	var start []byte
	switch {
	case first > snapshot.Pack && !snapshot.IsZero(): // the snapshot's own pack is lost
		start = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint64(nil, snapshot.Pack), snapshot.Event)
	case first > 1:
		start = binary.BigEndian.AppendUint64(nil, first-1)
	}
	if start != nil {
		if err := batch.Set(startKey, start, nil); err != nil {
			return err
		}
	}
	if err := errors.Join(batch.Commit(pebble.NoSync), db.Flush()); err != nil {
		return err
	}
	return s.log.witness.write(s.log.epoch, last)
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
