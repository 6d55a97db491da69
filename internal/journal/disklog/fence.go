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

// fence is the file system that Pebble is given. It makes the first failed write
// or sync terminal: it remembers the failure, and neither the failed call nor
// any later one that would change the directory ever returns.
//
// Pebble itself answers such failures with panics, some while it holds locks,
// which end the process without a word that an operator can use. Behind the
// fence nothing is acknowledged after the failure, nothing reaches the disk any
// more, the directory can be released, and the server exits with the reason.
// The goroutines that are held end with the process.
type fence struct {
	vfs.FS
	broken chan struct{} // closed when err is set
	once   sync.Once
	err    error

	mu   sync.Mutex
	lock io.Closer // the directory's; nil before Lock and after release
}

func newFence(fs vfs.FS) *fence {
	return &fence{FS: fs, broken: make(chan struct{})}
}

// trip makes err the failure, unless there is one.
func (f *fence) trip(err error) {
	f.once.Do(func() {
		f.err = err
		close(f.broken)
	})
}

func (f *fence) isBroken() bool {
	select {
	case <-f.broken:
		return true
	default:
		return false
	}
}

// pass holds the caller if there was a failure.
func (f *fence) pass() {
	if f.isBroken() {
		select {}
	}
}

// check holds the caller if err is one.
func (f *fence) check(doing, name string, err error) {
	if err != nil {
		f.trip(fmt.Errorf("%s %s: %w", doing, name, err))
	}
	f.pass()
}

// within calls fn, which may be held, and gives what it returns, or the failure.
// After a failure fn may still be running: nothing that it writes may be read.
func within[T any](f *fence, fn func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		value, err := fn()
		done <- result{value, err}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-f.broken:
		var none T
		return none, f.err
	}
}

// release frees the directory, if Pebble has not.
func (f *fence) release() error {
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
type releaser struct{ fence *fence }

// Close implements io.Closer.
func (r releaser) Close() error { return r.fence.release() }

// Lock implements vfs.FS.
func (f *fence) Lock(name string) (io.Closer, error) {
	lock, err := f.FS.Lock(name)
	switch {
	case err == nil:
		f.mu.Lock()
		defer f.mu.Unlock()
		f.lock = lock
		return releaser{f}, nil
	case errors.Is(err, fs.ErrPermission), errors.Is(err, fs.ErrNotExist), isReadOnly(err):
		return nil, fmt.Errorf("lock the directory: %w", err)
	}
	return nil, fmt.Errorf("%w: another process holds its lock (%w); stop that process or choose another data directory", journal.ErrInUse, err)
}

// Create implements vfs.FS.
func (f *fence) Create(name string, c vfs.DiskWriteCategory) (vfs.File, error) {
	f.pass()
	file, err := f.FS.Create(name, c)
	f.check("create", name, err)
	return &fencedFile{File: file, fence: f, name: name}, nil
}

// ReuseForWrite implements vfs.FS.
func (f *fence) ReuseForWrite(oldname, newname string, c vfs.DiskWriteCategory) (vfs.File, error) {
	f.pass()
	file, err := f.FS.ReuseForWrite(oldname, newname, c)
	f.check("create", newname, err)
	return &fencedFile{File: file, fence: f, name: newname}, nil
}

// OpenReadWrite implements vfs.FS.
func (f *fence) OpenReadWrite(name string, c vfs.DiskWriteCategory, opts ...vfs.OpenOption) (vfs.File, error) {
	f.pass()
	file, err := f.FS.OpenReadWrite(name, c, opts...)
	f.check("open", name, err)
	return &fencedFile{File: file, fence: f, name: name}, nil
}

// OpenDir implements vfs.FS: directories are opened to be synced.
func (f *fence) OpenDir(name string) (vfs.File, error) {
	file, err := f.FS.OpenDir(name)
	if err != nil {
		return nil, err
	}
	return &fencedFile{File: file, fence: f, name: name}, nil
}

// Rename implements vfs.FS.
func (f *fence) Rename(oldname, newname string) error {
	f.pass()
	err := f.FS.Rename(oldname, newname)
	f.check("rename to", newname, err)
	return nil
}

// Link implements vfs.FS.
func (f *fence) Link(oldname, newname string) error {
	f.pass()
	return f.FS.Link(oldname, newname)
}

// Remove implements vfs.FS. A file that cannot be removed costs space only.
func (f *fence) Remove(name string) error {
	f.pass()
	return f.FS.Remove(name)
}

// RemoveAll implements vfs.FS.
func (f *fence) RemoveAll(name string) error {
	f.pass()
	return f.FS.RemoveAll(name)
}

// Unwrap implements vfs.FS.
func (f *fence) Unwrap() vfs.FS { return f.FS }

// fencedFile is a file of a fence.
type fencedFile struct {
	vfs.File
	fence *fence
	name  string
}

// Write implements vfs.File.
func (f *fencedFile) Write(p []byte) (int, error) {
	f.fence.pass()
	n, err := f.File.Write(p)
	f.fence.check("write", f.name, err)
	return n, nil
}

// WriteAt implements vfs.File.
func (f *fencedFile) WriteAt(p []byte, offset int64) (int, error) {
	f.fence.pass()
	n, err := f.File.WriteAt(p, offset)
	f.fence.check("write", f.name, err)
	return n, nil
}

// Preallocate implements vfs.File. Not every file system can, and what is then
// too little space shows at the write.
func (f *fencedFile) Preallocate(offset, length int64) error {
	f.fence.pass()
	return f.File.Preallocate(offset, length)
}

// Sync implements vfs.File.
func (f *fencedFile) Sync() error {
	f.fence.pass()
	err := f.File.Sync()
	f.fence.check("sync", f.name, err)
	return nil
}

// SyncData implements vfs.File.
func (f *fencedFile) SyncData() error {
	f.fence.pass()
	err := f.File.SyncData()
	f.fence.check("sync", f.name, err)
	return nil
}

// SyncTo implements vfs.File.
func (f *fencedFile) SyncTo(length int64) (bool, error) {
	f.fence.pass()
	full, err := f.File.SyncTo(length)
	f.fence.check("sync", f.name, err)
	return full, nil
}
