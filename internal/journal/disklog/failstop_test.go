package disklog_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"rollcall"
	"rollcall/internal/journal"
	"rollcall/internal/journal/disklog"
	"rollcall/internal/journal/logtest"
)

// After the first failed write everything that is under way comes to an end: a
// scrape of the metrics (DiskBytes), a keeper's Stat, Trim and PutSnapshot, and
// Close. The failure is told once, by then nothing is acknowledged any more.
func TestFailStop_HoldsNobody(t *testing.T) {
	faults := 24
	if testing.Short() {
		faults = 10
	}
	for n := range faults {
		var left atomic.Int64
		left.Store(int64(30 + n*11))
		full := errorfs.Wrap(vfs.NewMem(), errorfs.InjectorFunc(func(op errorfs.Op) error {
			if isFatal(op.Kind) && !strings.Contains(op.Path, "snapshots") && left.Add(-1) == 0 {
				return syscall.ENOSPC
			}
			return nil
		}))
		var told atomic.Int64
		l, err := disklog.Open("journal", disklog.Options{FS: full, FailStop: func(err error) {
			told.Add(1)
			checkFailure(t, err)
		}}.WithSmallMemTables())
		if err != nil {
			continue
		}
		workUntilFailure(t, l)
		if told.Load() != 1 {
			t.Errorf("fault %d: FailStop was called %d times", n, told.Load())
		}
	}
}

// workUntilFailure does all that a server does until the log fails, then closes
// it, and returns when all of it has ended.
func workUntilFailure(t *testing.T, l *disklog.Log) {
	t.Helper()
	h := &logtest.History{}
	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for _, work := range []func(){
		func() { l.DiskBytes() },
		func() { _, _ = l.Stat(ctx, l.Start()) },
		func() { _ = l.Trim(ctx, l.End()) },
		func() {
			_, _ = l.PutSnapshot(ctx, func(w io.Writer) (rollcall.Position, error) {
				_, err := w.Write(make([]byte, 1000))
				return l.End(), err
			})
		},
		func() { _, _ = h.Append(ctx, l, 2, 3000) },
		func() { _, _ = h.Append(ctx, l, 2, 3000) },
	} {
		all.Go(func() {
			for ctx.Err() == nil {
				work()
				runtime.Gosched()
			}
		})
	}
	<-l.Failed()
	for range 100 { // so that some come upon it afterwards
		runtime.Gosched()
	}
	stop()
	all.Wait()
	if err := l.Close(); err != nil {
		t.Errorf("close after a failure: %v", err)
	}
}

// What fails while the journal is closed has failed, too.
func TestFailStop_AtTheEnd(t *testing.T) {
	var armed atomic.Bool
	disk := vfs.NewMem()
	full := errorfs.Wrap(disk, errorfs.InjectorFunc(func(op errorfs.Op) error {
		if armed.Load() && isFatal(op.Kind) {
			return syscall.ENOSPC
		}
		return nil
	}))
	l, err := disklog.Open("journal", disklog.Options{FS: full})
	if err != nil {
		t.Fatal(err)
	}
	h := &logtest.History{}
	if _, err := h.Append(t.Context(), l, 2, 100); err != nil {
		t.Fatal(err)
	}
	armed.Store(true)
	checkFailure(t, l.Close())
	logtest.CheckLog(t, open(t, "journal", disklog.Options{FS: disk}), h)
}

// A sync that does not return is told of, and in the end it counts as failed.
func TestStall_IsToldAndThenFails(t *testing.T) {
	g := newGate()
	failed := make(chan error, 1)
	l, err := disklog.Open("journal", disklog.Options{
		FS: g, Stall: time.Millisecond, StallStop: time.Hour, FailStop: func(err error) { failed <- err },
	}.LookingEvery(time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Stalled(); err != nil {
		t.Errorf("at rest: %v", err)
	}
	g.shut()
	done := make(chan error)
	go func() {
		_, err := l.Append(t.Context(), [][]byte{[]byte("waits")})
		done <- err
	}()
	for l.Stalled() == nil {
		runtime.Gosched()
	}
	if err := l.Stalled(); !errors.Is(err, journal.ErrStalled) || !strings.Contains(err.Error(), "journal") {
		t.Errorf("while it hangs: %v", err)
	}
	g.open()
	if err := <-done; err != nil {
		t.Errorf("what waited: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}

	for l = nil; l == nil; { // on a machine that is slow enough it fails before
		l, _ = disklog.Open("journal", disklog.Options{
			FS: g, Stall: time.Millisecond, StallStop: 100 * time.Millisecond, FailStop: func(err error) { failed <- err },
		}.LookingEvery(time.Millisecond))
		if l == nil {
			t.Logf("it failed before: %v", <-failed)
		}
	}
	g.shut()
	_, err = l.Append(t.Context(), [][]byte{[]byte("hangs")})
	if !errors.Is(err, journal.ErrFailed) || !errors.Is(err, journal.ErrStalled) {
		t.Errorf("append to a disk that hangs for ever: %v", err)
	}
	if err := <-failed; !errors.Is(err, journal.ErrStalled) {
		t.Errorf("FailStop was given %v", err)
	}
	g.open()
	_ = l.Close()
}

// A disk that can't be read is damage, not a journal in use.
func TestOpen_ALockThatCannotBeReadIsNotHeldByAnybody(t *testing.T) {
	files := errorfs.Wrap(vfs.NewMem(), errorfs.InjectorFunc(func(op errorfs.Op) error {
		if op.Kind == errorfs.OpLock {
			return &fs.PathError{Op: "open", Path: op.Path, Err: syscall.EIO}
		}
		return nil
	}))
	_, err := disklog.Open("journal", disklog.Options{FS: files})
	if !errors.Is(err, syscall.EIO) || errors.Is(err, journal.ErrInUse) {
		t.Errorf("got %v, want %v", err, syscall.EIO)
	}
}

// A file system that is mounted read-only can be read.
func TestOpen_ReadsAReadOnlyMount(t *testing.T) {
	disk, h := filled(t, false)
	mounted := errorfs.Wrap(disk, errorfs.InjectorFunc(func(op errorfs.Op) error {
		if op.Kind == errorfs.OpLock || op.Kind.ReadOrWrite() == errorfs.OpIsWrite {
			return &fs.PathError{Op: "change", Path: op.Path, Err: syscall.EROFS}
		}
		return nil
	}))
	l := open(t, damageDir, disklog.Options{FS: mounted, ReadOnly: true})
	logtest.CheckLog(t, l, h)
}

// A snapshot that the disk can't read hinders nothing but itself.
func TestSnapshots_OneThatCannotBeReadHindersNoOther(t *testing.T) {
	var bad atomic.Value
	bad.Store("none")
	files := errorfs.Wrap(vfs.NewMem(), errorfs.InjectorFunc(func(op errorfs.Op) error {
		if op.Kind.ReadOrWrite() == errorfs.OpIsRead && strings.HasSuffix(op.Path, bad.Load().(string)) {
			return syscall.EIO
		}
		return nil
	}))
	l := open(t, "journal", disklog.Options{FS: files})
	var at []rollcall.Position
	for range 3 {
		position, err := l.Append(t.Context(), [][]byte{[]byte("x")})
		if err != nil {
			t.Fatal(err)
		}
		at = append(at, position)
		if _, err := l.PutSnapshot(t.Context(), func(w io.Writer) (rollcall.Position, error) {
			_, err := io.WriteString(w, "state")
			return position, err
		}); err != nil {
			t.Fatal(err)
		}
	}
	bad.Store(at[0].String() + ".snapshot")
	list, err := l.Snapshots(t.Context())
	if err != nil || len(list) != 3 || !list[2].WrittenAt.IsZero() || list[0].WrittenAt.IsZero() {
		t.Errorf("listed %v, %v", list, err)
	}
}
