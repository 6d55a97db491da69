// Package durable makes files and directories that outlive a power cut, and
// locks that don't outlive their process.
//
// A file's bytes are durable after fsync of the file, its name after fsync of
// the directory that holds it. POSIX promises no more, and where a file system
// does more by itself, others don't. So each function here ends with fsync of
// every directory that it gave a new entry, and what has been returned from is
// still there when the power comes back: whole, or, before the return, as it
// was. Windows has no fsync of directories; there NTFS's own journal does for names.
//
// The engine below internal/journal/disklog has a file system interface of its
// own, and syncs names inside its directory by that.
package durable

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

// syncDir makes the names in a directory durable. Tests put their own here.
var syncDir = func(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Write has write fill a new file of mode 0600 that takes the place of the one
// at path, or of none.
//
//	openat(dir/.new-*, O_CREAT|O_EXCL), write, fsync, rename(dir/.new-*, path), fsync(dir)
func Write(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*") // made with mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }() // there is none after the rename
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return Rename(f.Name(), path)
}

// WriteFile is Write of these bytes.
func WriteFile(path string, data []byte) error {
	return Write(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// Rename gives what is at path a new name.
//
//	rename(path, to), fsync(parent of to), fsync(parent of path, if it is another)
func Rename(path, to string) error {
	if err := os.Rename(path, to); err != nil {
		return err
	}
	if from := filepath.Dir(path); from != filepath.Dir(to) {
		return errors.Join(syncDir(filepath.Dir(to)), syncDir(from))
	}
	return syncDir(filepath.Dir(to))
}

// MkdirAll makes a directory of mode 0700 and those above it that are missing.
// Each is durable before the next is made, so that one that is there says that
// those above it are durable. The last that is there may have been left by a
// process that ended before its fsync: so its parent is synced, too, unless that
// can't be, being closed to us or read-only; then others made what is in it.
//
//	fsync(parent of the last that is there), for each that is missing: mkdir, fsync(parent)
func MkdirAll(dir string) error {
	dir = filepath.Clean(dir)
	parent := filepath.Dir(dir)
	info, err := os.Stat(dir)
	switch {
	case err == nil && !info.IsDir():
		return &fs.PathError{Op: "mkdir", Path: dir, Err: errors.New("a file is there that is no directory")}
	case err == nil:
		err = syncDir(parent)
		if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) || errors.Is(err, syscall.EINVAL) {
			return nil
		}
		return err
	case !errors.Is(err, fs.ErrNotExist) || parent == dir:
		return err
	}
	if err := MkdirAll(parent); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) { // another process is as quick
		return err
	}
	return syncDir(parent)
}
