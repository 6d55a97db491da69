package disklog

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	"rollcall/internal/journal"
)

// A journal is made whole or not at all, whenever the power goes. While this
// file is in its directory it is being made, and nothing was acknowledged from
// it; the next Open begins anew.
const creatingFile = "CREATING"

// lockFile is Pebble's.
const lockFile = "LOCK"

// prepare makes the directory, locks it for this process, and tells whether the
// journal in it is yet to be made.
func (l *Log) prepare() (lock *pebble.Lock, fresh bool, err error) {
	if l.options.ReadOnly {
		lock, err = l.lockExisting()
		return lock, false, err
	}
	if err := l.makeDir(); err != nil {
		return nil, false, err
	}
	if lock, err = pebble.LockDirectory(l.dir, l.fs); err != nil {
		return nil, false, err
	}
	names, err := l.fs.List(l.dir)
	if err != nil {
		return nil, false, err
	}
	creating := l.fs.PathJoin(l.dir, creatingFile)
	_, err = l.fs.Stat(creating)
	switch {
	case err == nil:
		err = l.clear(names)
	case errors.Is(err, fs.ErrNotExist):
		for _, name := range names {
			if name != lockFile {
				return lock, false, nil
			}
		}
		err = nil
	}
	if err != nil {
		return nil, false, err
	}
	f, err := l.fs.Create(creating, vfs.WriteCategoryUnspecified)
	if err != nil {
		return nil, false, err
	}
	return lock, true, errors.Join(f.Close(), syncDir(l.fs, l.dir))
}

// lockExisting locks a directory that holds a journal.
func (l *Log) lockExisting() (*pebble.Lock, error) {
	names, err := l.fs.List(l.dir)
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && !slices.ContainsFunc(names, func(name string) bool { return name != lockFile }):
		return nil, fmt.Errorf("no journal is there: %w", fs.ErrNotExist)
	case err != nil:
		return nil, err
	case slices.Contains(names, creatingFile):
		return nil, fmt.Errorf("the journal there was never made to the end, and nothing is in it: %w", fs.ErrNotExist)
	}
	return pebble.LockDirectory(l.dir, l.fs)
}

// clear removes a journal that was not made to the end.
func (l *Log) clear(names []string) error {
	for _, name := range names {
		if name == lockFile || name == creatingFile {
			continue
		}
		if err := l.fs.RemoveAll(l.fs.PathJoin(l.dir, name)); err != nil {
			return err
		}
	}
	return nil
}

// create writes into a new store what it is. After it the journal is made.
func (l *Log) create() error {
	value, err := json.Marshal(meta{
		Format: format, Epoch: journal.NewEpoch().String(), CreatedAt: l.options.Now().UTC(),
	})
	if err != nil {
		return err
	}
	if err := l.db.Set(metaKey, value, pebble.Sync); err != nil {
		return err
	}
	if err := l.fs.Remove(l.fs.PathJoin(l.dir, creatingFile)); err != nil {
		return err
	}
	return syncDir(l.fs, l.dir)
}

// makeDir makes the directory and those above it that are missing, and syncs
// every directory that has a new entry, or one that a process has made that
// ended before it could sync.
func (l *Log) makeDir() error {
	var parents []string
	for dir := l.dir; ; {
		_, err := l.fs.Stat(dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		parent := l.fs.PathDir(dir)
		parents = append(parents, parent)
		if err == nil || parent == dir {
			break
		}
		dir = parent
	}
	if err := l.fs.MkdirAll(l.dir, 0o700); err != nil {
		return err
	}
	for _, parent := range parents {
		if err := syncDir(l.fs, parent); err != nil {
			return err
		}
	}
	return nil
}

func syncDir(files vfs.FS, dir string) error {
	f, err := files.OpenDir(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
