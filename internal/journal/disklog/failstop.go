package disklog

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"

	"github.com/cockroachdb/pebble/v2/vfs"

	"rollcall/internal/journal"
)

// failStopFS is the file system that Pebble is given. The first write, sync,
// create or rename that fails is the end: it is told to fail, once, before the
// call returns. Where fail ends the process, as in a server, that is all.
//
// Where it returns, as in a program that only has a journal among other things,
// the log has failed by then, so that nothing is acknowledged any more. From
// there on nothing reaches the disk, and every change claims to have been made:
// Pebble answers a failure with panics, some under locks, and whoever waits for
// those would wait for ever. What it makes of such a disk is never read.
type failStopFS struct {
	vfs.FS
	readOnly bool
	fail     func(error)
	under    operations // under way

	once   sync.Once
	broken chan struct{} // closed when fail has returned

	mu   sync.Mutex
	lock io.Closer // the directory's; nil before Lock and after release
}

func newFailStopFS(fs vfs.FS, fail func(error)) *failStopFS {
	return &failStopFS{FS: fs, fail: fail, broken: make(chan struct{})}
}

// stop makes err the failure, unless there is one.
func (f *failStopFS) stop(err error) {
	f.once.Do(func() {
		defer close(f.broken)
		f.fail(err)
	})
}

func (f *failStopFS) stopped() bool {
	select {
	case <-f.broken:
		return true
	default:
		return false
	}
}

// change makes a change of the directory that must not fail. It tells whether it
// was made.
func (f *failStopFS) change(doing, name string, do func() error) bool {
	if f.stopped() {
		return false
	}
	defer f.under.begin(doing, name)()
	if err := do(); err != nil {
		f.stop(fmt.Errorf("%s %s: %w", doing, name, err))
		return false
	}
	return true
}

// file opens a file to be written.
func (f *failStopFS) file(doing, name string, open func() (vfs.File, error)) (vfs.File, error) {
	var file vfs.File
	made := f.change(doing, name, func() (err error) {
		file, err = open()
		return err
	})
	if !made {
		file, _ = vfs.NewMem().Create("nowhere", vfs.WriteCategoryUnspecified) // in memory none fails
	}
	return &failStopFile{File: file, files: f, name: name}, nil
}

// release frees the directory, if Pebble has not.
func (f *failStopFS) release() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.lock == nil {
		return nil
	}
	lock := f.lock
	f.lock = nil
	return lock.Close()
}

// releaser is the directory's lock as Pebble sees it.
type releaser struct{ files *failStopFS }

// Close implements io.Closer.
func (r releaser) Close() error { return r.files.release() }

// Lock implements vfs.FS. On a file system that is mounted read-only nobody can
// write, and a reader needs no lock.
func (f *failStopFS) Lock(name string) (io.Closer, error) {
	lock, err := f.FS.Lock(name)
	var path *fs.PathError // the file itself can't be opened
	switch {
	case err == nil:
		f.mu.Lock()
		defer f.mu.Unlock()
		f.lock = lock
		return releaser{f}, nil
	case f.readOnly && isReadOnly(err):
		return releaser{f}, nil
	case errors.As(err, &path), errors.Is(err, fs.ErrPermission), errors.Is(err, fs.ErrNotExist), isReadOnly(err):
		return nil, fmt.Errorf("lock the directory: %w", err)
	}
	return nil, fmt.Errorf("%w: another process holds its lock (%w); stop that process or choose another data directory", journal.ErrInUse, err)
}

// Create implements vfs.FS.
func (f *failStopFS) Create(name string, c vfs.DiskWriteCategory) (vfs.File, error) {
	return f.file("create", name, func() (vfs.File, error) { return f.FS.Create(name, c) })
}

// ReuseForWrite implements vfs.FS.
func (f *failStopFS) ReuseForWrite(oldname, newname string, c vfs.DiskWriteCategory) (vfs.File, error) {
	return f.file("create", newname, func() (vfs.File, error) { return f.FS.ReuseForWrite(oldname, newname, c) })
}

// OpenReadWrite implements vfs.FS.
func (f *failStopFS) OpenReadWrite(name string, c vfs.DiskWriteCategory, opts ...vfs.OpenOption) (vfs.File, error) {
	return f.file("open", name, func() (vfs.File, error) { return f.FS.OpenReadWrite(name, c, opts...) })
}

// OpenDir implements vfs.FS: directories are opened to be synced.
func (f *failStopFS) OpenDir(name string) (vfs.File, error) {
	file, err := f.FS.OpenDir(name)
	if err != nil {
		return nil, err
	}
	return &failStopFile{File: file, files: f, name: name}, nil
}

// Rename implements vfs.FS.
func (f *failStopFS) Rename(oldname, newname string) error {
	f.change("rename to", newname, func() error { return f.FS.Rename(oldname, newname) })
	return nil
}

// Link implements vfs.FS.
func (f *failStopFS) Link(oldname, newname string) error {
	return f.lenient(func() error { return f.FS.Link(oldname, newname) })
}

// Remove implements vfs.FS. A file that cannot be removed costs space only.
func (f *failStopFS) Remove(name string) error {
	return f.lenient(func() error { return f.FS.Remove(name) })
}

// RemoveAll implements vfs.FS.
func (f *failStopFS) RemoveAll(name string) error {
	return f.lenient(func() error { return f.FS.RemoveAll(name) })
}

// lenient makes a change that may fail.
func (f *failStopFS) lenient(do func() error) error {
	if f.stopped() {
		return nil
	}
	return do()
}

// Unwrap implements vfs.FS.
func (f *failStopFS) Unwrap() vfs.FS { return f.FS }

// failStopFile is a file of a failStopFS.
type failStopFile struct {
	vfs.File
	files *failStopFS
	name  string
}

// Write implements vfs.File.
func (f *failStopFile) Write(p []byte) (int, error) {
	f.files.change("write", f.name, func() error { _, err := f.File.Write(p); return err })
	return len(p), nil
}

// WriteAt implements vfs.File.
func (f *failStopFile) WriteAt(p []byte, offset int64) (int, error) {
	f.files.change("write", f.name, func() error { _, err := f.File.WriteAt(p, offset); return err })
	return len(p), nil
}

// Preallocate implements vfs.File. Not every file system can, and what is then
// too little space shows at the write.
func (f *failStopFile) Preallocate(offset, length int64) error {
	return f.files.lenient(func() error { return f.File.Preallocate(offset, length) })
}

// Sync implements vfs.File.
func (f *failStopFile) Sync() error {
	f.files.change("sync", f.name, f.File.Sync)
	return nil
}

// SyncData implements vfs.File.
func (f *failStopFile) SyncData() error {
	f.files.change("sync", f.name, f.File.SyncData)
	return nil
}

// SyncTo implements vfs.File.
func (f *failStopFile) SyncTo(length int64) (full bool, err error) {
	f.files.change("sync", f.name, func() (err error) { full, err = f.File.SyncTo(length); return err })
	return full, nil
}
