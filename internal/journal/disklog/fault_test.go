package disklog_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"rollcall"
	"rollcall/internal/journal"
	"rollcall/internal/journal/disklog"
	"rollcall/internal/journal/logtest"
)

// Whichever write, sync, create or rename is the first to fail, nothing is
// acknowledged after it, the reason is told, and a start on the same disk finds
// everything that was acknowledged.
func TestFault_TheFirstFailedWriteIsTerminal(t *testing.T) {
	faults := 40
	if testing.Short() {
		faults = 15
	}
	failed := 0
	for n := range faults {
		disk := vfs.NewMem()
		var left atomic.Int64
		left.Store(int64(3 + n*n/4))
		full := errorfs.Wrap(disk, errorfs.InjectorFunc(func(op errorfs.Op) error {
			if isFatal(op.Kind) && left.Add(-1) == 0 { // once: whoever tried again would succeed
				return syscall.ENOSPC
			}
			return nil
		}))
		h := &logtest.History{}
		if appendUntilFailure(t, full, h) {
			failed++
		}
		l := open(t, "journal", disklog.Options{FS: disk}.WithSmallMemTables())
		logtest.CheckLog(t, l, h)
		if _, err := h.Append(t.Context(), l, 2, 100); err != nil {
			t.Errorf("append after the cause is gone: %v", err)
		}
		logtest.CheckLog(t, l, h)
	}
	t.Logf("%d of %d runs met their fault", failed, faults)
	if failed < faults/2 {
		t.Errorf("only %d of %d runs met their fault", failed, faults)
	}
}

func isFatal(k errorfs.OpKind) bool {
	return slices.Contains([]errorfs.OpKind{
		errorfs.OpCreate, errorfs.OpRename, errorfs.OpReuseForWrite, errorfs.OpFileWrite, errorfs.OpFileWriteAt,
		errorfs.OpFileSync, errorfs.OpFileSyncData, errorfs.OpFileSyncTo,
	}, k)
}

// appendUntilFailure tells whether the journal failed, and checks how.
func appendUntilFailure(t *testing.T, files vfs.FS, h *logtest.History) bool {
	t.Helper()
	l, err := disklog.Open("journal", disklog.Options{FS: files}.WithSmallMemTables())
	if err != nil {
		if !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("open on a full disk: %v", err)
		}
		return true
	}
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for range 30 {
				if _, err := h.Append(context.Background(), l, 2, 3000); err != nil {
					checkFailure(t, err)
					return
				}
			}
		})
	}
	wg.Wait()
	if l.Err() == nil {
		if err := l.Close(); err != nil { // may meet the fault too
			checkCause(t, err)
			return true
		}
		return false
	}
	<-l.Failed()
	checkFailure(t, l.Err())
	_, err = h.Append(context.Background(), l, 1, 10)
	checkFailure(t, err)
	err = nil
	for _, err = range l.Tail(context.Background(), rollcall.Position{}) {
	}
	checkFailure(t, err)
	if err := l.Close(); err != nil {
		t.Errorf("close after a failure: %v", err)
	}
	return true
}

func checkFailure(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, journal.ErrFailed) {
		t.Errorf("got %v, want %v", err, journal.ErrFailed)
	}
	checkCause(t, err)
}

func checkCause(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "no space left on device") {
		t.Errorf("got %v, want the cause %v in it", err, syscall.ENOSPC)
	}
}

func TestFault_AFailureIsLoggedWithItsReason(t *testing.T) {
	var out bytes.Buffer
	broken := errors.New("input/output error")
	var fail atomic.Bool
	files := errorfs.Wrap(vfs.NewMem(), errorfs.InjectorFunc(func(op errorfs.Op) error {
		if fail.Load() && isFatal(op.Kind) {
			return broken
		}
		return nil
	}))
	l := open(t, "journal", disklog.Options{FS: files, Logger: slog.New(slog.NewTextHandler(&out, nil))})
	fail.Store(true)
	if _, err := l.Append(t.Context(), [][]byte{[]byte("x")}); !errors.Is(err, broken) || !errors.Is(err, journal.ErrFailed) {
		t.Errorf("append: %v", err)
	}
	if err := l.Close(); err != nil { // waits for whoever logs
		t.Error(err)
	}
	if got := out.String(); !strings.Contains(got, "journal failed") || !strings.Contains(got, "input/output error") {
		t.Errorf("the log says %q", got)
	}
}

// gate is a disk on which syncs of the write-ahead log wait while it is shut.
type gate struct {
	*errorfs.FS
	mu      sync.RWMutex  // held while it is shut
	arrived chan struct{} // one token for each sync that came
}

func newGate() *gate {
	g := &gate{arrived: make(chan struct{}, 1000)}
	g.FS = errorfs.Wrap(vfs.NewMem(), errorfs.InjectorFunc(func(op errorfs.Op) error {
		if op.Kind == errorfs.OpFileSyncData && strings.HasSuffix(op.Path, ".log") {
			g.arrived <- struct{}{}
			g.mu.RLock()
			defer g.mu.RUnlock()
		}
		return nil
	}))
	return g
}

// shut makes syncs wait from now on. The next token is of one that waits.
func (g *gate) shut() {
	g.mu.Lock()
	for len(g.arrived) > 0 {
		<-g.arrived
	}
}

// open lets all syncs pass.
func (g *gate) open() { g.mu.Unlock() }

// untilWaiting returns when that many records were handed over.
func untilWaiting(l *disklog.Log, records int) {
	for l.Waiting().Records < records {
		runtime.Gosched()
	}
}

func TestAppend_IsReadableOnlyWhenDurable(t *testing.T) {
	g := newGate()
	l := open(t, "journal", disklog.Options{FS: g})
	before := l.End()
	g.shut()
	done := make(chan error)
	go func() {
		_, err := l.Append(t.Context(), [][]byte{[]byte("not yet")})
		done <- err
	}()
	<-g.arrived // written, and about to be synced
	if l.End() != before {
		t.Errorf("the end is %s before the sync", l.End())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for p, err := range l.Tail(ctx, rollcall.Position{}) {
		if err == nil {
			t.Errorf("pack %d is readable before the sync", p.Sequence)
		}
	}
	g.open()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	for p, err := range l.Tail(t.Context(), rollcall.Position{}) {
		if err != nil || string(p.Records[0]) != "not yet" {
			t.Errorf("after the sync: %q, %v", p.Records, err)
		}
		break
	}
}

func TestAppend_WhileTheDiskStallsWhatWaitsIsBoundedAndThenOnePack(t *testing.T) {
	const most = 50
	g := newGate()
	l := open(t, "journal", disklog.Options{
		FS:         g,
		Limits:     journal.Limits{Bytes: 1000, Records: 10},
		MaxWaiting: journal.Limits{Bytes: 1 << 20, Records: most},
	})
	g.shut()
	errs := make(chan error, most)
	for i := range most {
		go func() {
			_, err := l.Append(t.Context(), [][]byte{make([]byte, 100)})
			errs <- err
		}()
		if i == 0 {
			<-g.arrived
		}
	}
	untilWaiting(l, most)
	_, err := l.Append(t.Context(), [][]byte{{1}})
	if !errors.Is(err, journal.ErrFull) || !strings.Contains(err.Error(), "50 events") {
		t.Errorf("append beyond what may wait: %v", err)
	}
	g.open()
	for range most {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if end := l.End(); end.Pack != 2 { // the first, and all that gathered behind it
		t.Errorf("%d packs for what waited, want 2", end.Pack)
	}
	if _, err := l.Append(t.Context(), [][]byte{{1}}); err != nil {
		t.Errorf("append when nothing waits any more: %v", err)
	}
}

func TestClose_FinishesTheCommitUnderWayAndRefusesWhatWaits(t *testing.T) {
	g := newGate()
	l := open(t, "journal", disklog.Options{FS: g})
	g.shut()
	first, second := make(chan error), make(chan error)
	go func() {
		_, err := l.Append(t.Context(), [][]byte{[]byte("under way")})
		first <- err
	}()
	<-g.arrived
	go func() {
		_, err := l.Append(t.Context(), [][]byte{[]byte("waits")})
		second <- err
	}()
	untilWaiting(l, 2)
	closed := make(chan error)
	go func() { closed <- l.Close() }()
	if err := <-second; !errors.Is(err, journal.ErrClosed) {
		t.Errorf("what waited: got %v, want %v", err, journal.ErrClosed)
	}
	g.open()
	if err := <-first; err != nil {
		t.Errorf("what was under way: %v", err)
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
	l = open(t, "journal", disklog.Options{FS: g})
	packs, err := logtest.ReadAll(l)
	if err != nil || len(packs) != 1 || string(packs[0].Records[0]) != "under way" {
		t.Errorf("the journal holds %v, %v", packs, err)
	}
}

func TestOpen_RefusesAJournalThatAnotherProcessHolds(t *testing.T) {
	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), holdDir+"="+dir)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "holding\n" {
		t.Fatalf("the other process said %q, %v", line, err)
	}
	if _, err := disklog.Open(dir, disklog.Options{}); !errors.Is(err, journal.ErrInUse) {
		t.Errorf("got %v, want %v", err, journal.ErrInUse)
	}
	if err := errors.Join(in.Close(), cmd.Wait()); err != nil {
		t.Fatal(err)
	}
	open(t, dir, disklog.Options{})
}

func TestOpen_RefusesWhatItCannotWrite(t *testing.T) {
	files := errorfs.Wrap(vfs.NewMem(), errorfs.InjectorFunc(func(op errorfs.Op) error {
		if op.Kind == errorfs.OpLock {
			return fmt.Errorf("open LOCK: %w", syscall.EROFS)
		}
		return nil
	}))
	_, err := disklog.Open("journal", disklog.Options{FS: files})
	if !errors.Is(err, syscall.EROFS) || errors.Is(err, journal.ErrInUse) {
		t.Errorf("got %v, want %v", err, syscall.EROFS)
	}
}

func TestOpen_RefusesBoundsThatMakeNoSense(t *testing.T) {
	for _, o := range []disklog.Options{
		{Limits: journal.Limits{Bytes: 64 << 20}},
		{Limits: journal.Limits{Bytes: -1}},
		{Limits: journal.Limits{Records: 1 << 21}},
		{MaxWaiting: journal.Limits{Bytes: 1 << 20}},
	} {
		o.FS = vfs.NewMem()
		if l, err := disklog.Open("journal", o); err == nil {
			t.Errorf("%+v was taken", o)
			_ = l.Close()
		}
	}
}

// A start that replays its log on a full disk says that, and does not take what
// it could not write for damage.
func TestOpen_OnAFullDiskIsNoDamage(t *testing.T) {
	disk := vfs.NewCrashableMem()
	l := open(t, "journal", disklog.Options{FS: disk}.WithSmallMemTables())
	h := &logtest.History{}
	for range 40 {
		if _, err := h.Append(t.Context(), l, 20, 500); err != nil {
			t.Fatal(err)
		}
	}
	met := 0
	for n := range 20 {
		killed := disk.CrashClone(vfs.CrashCloneCfg{})
		var left atomic.Int64
		left.Store(int64(n))
		full := errorfs.Wrap(killed, errorfs.InjectorFunc(func(op errorfs.Op) error {
			if isFatal(op.Kind) && left.Add(-1) < 0 {
				return syscall.ENOSPC
			}
			return nil
		}))
		again, err := disklog.Open("journal", disklog.Options{FS: full}.WithSmallMemTables())
		if err == nil {
			_ = again.Close()
			continue
		}
		met++
		if !errors.Is(err, syscall.ENOSPC) || errors.As(err, new(*journal.DamageError)) {
			t.Errorf("full after %d writes: %v", n, err)
		}
	}
	if met == 0 {
		t.Error("no start met the full disk")
	}
}
