package disklog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/batchrepr"
	"github.com/cockroachdb/pebble/v2/sstable"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/wal"

	"rollcall"
)

// wreck is a store that Pebble may not be able to open. It is read file by file.
type wreck struct {
	files vfs.FS
	dir   string
}

// read hands every key that was set to take, in no order, some twice, with those
// that were deleted. What cannot be read is told to found; an error is take's.
func (w *wreck) read(ctx context.Context, take func(key, value []byte) error, found func(error)) error {
	names, err := w.files.List(w.dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		if !strings.HasSuffix(name, ".sst") {
			continue
		}
		if err := w.readFile(name, found, func() error { return w.readTable(ctx, name, take, found) }); err != nil {
			return err
		}
	}
	logs, err := wal.Scan(wal.Dir{FS: w.files, Dirname: w.dir})
	if err != nil {
		found(err)
	}
	for _, log := range logs {
		if err := w.readFile(log.Num.String()+".log", found, func() error { return readLog(log, take) }); err != nil {
			return err
		}
	}
	return nil
}

// taken marks an error of take, which ends the reading of all files.
type taken struct{ error }

// readFile reads one file with f, and keeps what happens there to that file.
// Pebble's readers expect files that it wrote, so a panic is one more way in
// which a file is damaged.
func (w *wreck) readFile(name string, found func(error), f func() error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			found(fmt.Errorf("%s: it makes its reader panic: %v", name, cause))
		}
	}()
	err = f()
	if mine, ok := errors.AsType[taken](err); ok {
		return mine.error
	}
	if err != nil {
		found(fmt.Errorf("%s: %w", name, err))
	}
	return nil
}

// readTable reads a table from both ends up to what is damaged in it.
func (w *wreck) readTable(ctx context.Context, name string, take func(key, value []byte) error, found func(error)) error {
	r, err := openTable(ctx, w.files, w.files.PathJoin(w.dir, name))
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	last, err := readForward(r, take)
	if err == nil {
		return nil
	}
	if _, mine := errors.AsType[taken](err); mine {
		return err
	}
	found(fmt.Errorf("%s: %w", name, err))
	err = readBackward(r, last, take)
	if _, mine := errors.AsType[taken](err); mine {
		return err
	}
	return nil // that it is damaged was told
}

// readForward reads from the beginning, and gives the last key that it could
// read.
func readForward(r *sstable.Reader, take func(key, value []byte) error) (last []byte, err error) {
	it, err := r.NewIter(sstable.NoTransforms, nil, nil, sstable.AssertNoBlobHandles)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, it.Close()) }()
	for kv := it.First(); kv != nil; kv = it.Next() {
		value, _, err := kv.Value(nil)
		if err != nil {
			return last, err
		}
		last = append(last[:0], kv.K.UserKey...)
		if err := takeSet(kv.K.Kind(), last, value, take); err != nil {
			return last, err
		}
	}
	return last, it.Error()
}

// readBackward reads from the end down to a key that was read already, or to
// what is damaged.
func readBackward(r *sstable.Reader, down []byte, take func(key, value []byte) error) (err error) {
	it, err := r.NewIter(sstable.NoTransforms, nil, nil, sstable.AssertNoBlobHandles)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, it.Close()) }()
	for kv := it.Last(); kv != nil && bytes.Compare(kv.K.UserKey, down) > 0; kv = it.Prev() {
		value, _, err := kv.Value(nil)
		if err != nil {
			return err
		}
		if err := takeSet(kv.K.Kind(), kv.K.UserKey, value, take); err != nil {
			return err
		}
	}
	return it.Error()
}

func takeSet(kind pebble.InternalKeyKind, key, value []byte, take func(key, value []byte) error) error {
	if kind != pebble.InternalKeyKindSet && kind != pebble.InternalKeyKindSetWithDelete {
		return nil
	}
	if err := take(key, value); err != nil {
		return taken{err}
	}
	return nil
}

// readLog reads a write-ahead log up to its end, or to what is damaged: behind
// that nothing in it can be told apart.
func readLog(log wal.LogicalLog, take func(key, value []byte) error) (err error) {
	r := log.OpenForRead()
	defer func() { err = errors.Join(err, r.Close()) }()
	for {
		record, _, err := r.NextRecord()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		data, err := io.ReadAll(record)
		if err != nil {
			return err
		}
		batch := batchrepr.Read(data)
		for {
			kind, key, value, ok, err := batch.Next()
			if err != nil {
				return err
			}
			if !ok {
				break
			}
			if err := takeSet(kind, key, value, take); err != nil {
				return err
			}
		}
	}
}

// witness gives what the file beside the store says.
func (w *wreck) witness() (rollcall.Position, error) {
	file, err := w.files.Open(w.files.PathJoin(w.dir, witnessFile))
	if err != nil {
		return rollcall.Position{}, err
	}
	defer func() { _ = file.Close() }()
	return (&witness{file: file}).read()
}
