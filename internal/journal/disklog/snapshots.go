package disklog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"rollcall"
	"rollcall/internal/journal"
)

// Snapshots are files beside the store, one each, named by their position. In
// the store itself a damaged one could keep the store from opening, and would
// pass through its write-ahead log. A file appears by a rename, and so is there
// whole or not at all. What fails here fails a snapshot and not the log, so
// none of it is written through failStopFS.
const (
	snapshotDir    = "snapshots"
	snapshotSuffix = ".snapshot"
	newSnapshot    = "NEW" // being written
)

func snapshotName(at rollcall.Position) string { return at.String() + snapshotSuffix }

func parseSnapshotName(name string) (at rollcall.Position, ok bool) {
	position, ok := strings.CutSuffix(name, snapshotSuffix)
	at, err := rollcall.ParsePosition(position)
	return at, ok && err == nil && at.String() == position
}

func (l *Log) snapshotPath(name string) string {
	return l.files.PathJoin(l.files.PathJoin(l.dir, snapshotDir), name)
}

// PutSnapshot implements journal.Snapshots.
func (l *Log) PutSnapshot(ctx context.Context, write func(io.Writer) (rollcall.Position, error)) (journal.Snapshot, error) {
	l.keeping.Lock()
	defer l.keeping.Unlock()
	switch {
	case ctx.Err() != nil:
		return journal.Snapshot{}, ctx.Err()
	case l.options.ReadOnly:
		return journal.Snapshot{}, journal.ErrReadOnly
	case l.closed.Load():
		return journal.Snapshot{}, journal.ErrClosed
	}
	if err := l.makeSnapshotDir(); err != nil {
		return journal.Snapshot{}, fmt.Errorf("keep a snapshot: %w", err)
	}
	temp := l.snapshotPath(newSnapshot)
	s, err := l.writeSnapshot(temp, write)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		_ = l.files.Remove(temp)
		return journal.Snapshot{}, err
	}
	return l.nameSnapshot(temp, s)
}

// writeSnapshot writes and syncs a file that is no snapshot yet.
func (l *Log) writeSnapshot(path string, write func(io.Writer) (rollcall.Position, error)) (s journal.Snapshot, err error) {
	file, err := l.files.Create(path, vfs.WriteCategoryUnspecified)
	if err != nil {
		return s, fmt.Errorf("keep a snapshot: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	w := journal.NewSnapshotWriter(file)
	at, err := write(w)
	if err != nil {
		return s, err
	}
	if err := journal.ValidateSnapshot(at, l.Start(), l.End()); err != nil {
		return s, err
	}
	if s, err = w.Finish(at, l.options.Now()); err == nil {
		err = file.Sync()
	}
	if err != nil {
		return s, fmt.Errorf("keep a snapshot: %w", err)
	}
	return s, nil
}

// nameSnapshot makes a file a snapshot, unless there is one at its position.
func (l *Log) nameSnapshot(temp string, s journal.Snapshot) (journal.Snapshot, error) {
	path := l.snapshotPath(snapshotName(s.Position))
	if there, err := l.describeSnapshot(s.Position, path); err == nil {
		return there, l.files.Remove(temp)
	}
	err := l.files.Rename(temp, path)
	if err == nil {
		err = syncDir(l.files, l.files.PathDir(path))
	}
	if err != nil {
		_ = l.files.Remove(temp)
		return journal.Snapshot{}, fmt.Errorf("keep a snapshot: %w", err)
	}
	return s, l.flush()
}

// flush begins to write into tables what the write-ahead log alone has: what a
// snapshot holds should not depend on that log's end, and a start that begins
// with the snapshot should not have to read more of it than what came later.
func (l *Log) flush() error {
	l.reading.RLock()
	defer l.reading.RUnlock()
	if l.closed.Load() {
		return nil
	}
	_, err := l.db.AsyncFlush()
	return err
}

func (l *Log) makeSnapshotDir() error {
	dir := l.files.PathJoin(l.dir, snapshotDir)
	if _, err := l.files.Stat(dir); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := l.files.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return syncDir(l.files, l.dir)
}

// Snapshots implements journal.Snapshots.
func (l *Log) Snapshots(ctx context.Context) ([]journal.Snapshot, error) {
	if l.closed.Load() {
		return nil, journal.ErrClosed
	}
	names, err := l.files.List(l.files.PathJoin(l.dir, snapshotDir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list the snapshots: %w", err)
	}
	var list []journal.Snapshot
	for _, name := range names {
		at, ok := parseSnapshotName(name)
		if !ok || at.Epoch != l.epoch {
			continue // not one of ours
		}
		s, err := l.describeSnapshot(at, l.snapshotPath(name))
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed since
		}
		if err != nil { // whoever opens it is told; the others are none the worse
			s.WrittenAt = time.Time{}
		}
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b journal.Snapshot) int { return b.Position.Compare(a.Position) })
	return list, ctx.Err()
}

// describeSnapshot tells about a snapshot what its last bytes say.
func (l *Log) describeSnapshot(at rollcall.Position, path string) (journal.Snapshot, error) {
	s := journal.Snapshot{Position: at}
	file, err := l.files.Open(path)
	if err != nil {
		return s, err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return s, err
	}
	s.Bytes = info.Size()
	trailer := make([]byte, journal.TrailerBytes)
	if s.Bytes >= journal.TrailerBytes {
		if _, err := file.ReadAt(trailer, s.Bytes-journal.TrailerBytes); err != nil && !errors.Is(err, io.EOF) {
			return s, err
		}
	}
	if is, ok := journal.DecodeTrailer(trailer); ok && is.Position == at {
		s.WrittenAt = is.WrittenAt
	}
	return s, nil
}

// OpenSnapshot implements journal.Snapshots.
func (l *Log) OpenSnapshot(ctx context.Context, at rollcall.Position) (io.ReadCloser, error) {
	if l.closed.Load() {
		return nil, journal.ErrClosed
	}
	path := l.snapshotPath(snapshotName(at))
	file, err := l.files.Open(path, vfs.SequentialReadsOption)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%w: %s", journal.ErrNoSnapshot, at)
	case err != nil:
		return nil, fmt.Errorf("open a snapshot: %w", err)
	}
	return &snapshotFile{file, journal.NewSnapshotReader(file, at), path}, ctx.Err()
}

// snapshotFile is a snapshot that is being read.
type snapshotFile struct {
	io.Closer
	frames *journal.SnapshotReader
	path   string
}

// Read implements io.Reader. Damage is named with its file.
func (f *snapshotFile) Read(p []byte) (int, error) {
	n, err := f.frames.Read(p)
	if errors.Is(err, syscall.EIO) {
		err = &journal.DamageError{Reason: "the disk cannot read it", Err: err}
	}
	if damaged, ok := errors.AsType[*journal.DamageError](err); ok {
		damaged.Place = f.path
	}
	return n, err
}

// RemoveSnapshot implements journal.Snapshots.
func (l *Log) RemoveSnapshot(ctx context.Context, at rollcall.Position) error {
	switch {
	case l.options.ReadOnly:
		return journal.ErrReadOnly
	case l.closed.Load():
		return journal.ErrClosed
	}
	err := l.files.Remove(l.snapshotPath(snapshotName(at)))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove a snapshot: %w", err)
	}
	return ctx.Err()
}
