package server_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"rollcall/internal/agentevent"
	"rollcall/internal/journal/disklog"
	"rollcall/internal/server"
)

// failingWrite makes the test program a server whose store's MANIFEST can't be
// written from that write on.
const failingWrite = "SERVER_TEST_FAILING_WRITE"

// A write of the MANIFEST fails under the locks of the storage engine, while the
// keeper asks it for its size. The process ends all the same, and says why.
func TestFailStop_EndsTheProcess(t *testing.T) {
	if n, err := strconv.Atoi(os.Getenv(failingWrite)); err == nil {
		serveUntilItFails(t, n)
		return
	}
	for n := range 4 {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFailStop_EndsTheProcess$")
		cmd.Env = append(os.Environ(), failingWrite+"="+strconv.Itoa(n), "TMPDIR="+t.TempDir()) // which it has no time to clear
		out, err := cmd.CombinedOutput()
		ended, ok := errors.AsType[*exec.ExitError](err)
		if !ok || ended.ExitCode() != server.ExitFailed || !strings.Contains(string(out), "no space left on device") {
			t.Errorf("write %d of the MANIFEST: %v, want exit status %d and the reason; it said\n%s", n, err, server.ExitFailed, out)
		}
	}
}

func serveUntilItFails(t *testing.T, n int) {
	t.Helper()
	var armed atomic.Bool
	var left atomic.Int64
	left.Store(int64(1 + n))
	files := errorfs.Wrap(vfs.Default, errorfs.InjectorFunc(func(op errorfs.Op) error {
		write := op.Kind == errorfs.OpFileWrite || op.Kind == errorfs.OpFileSync || op.Kind == errorfs.OpFileSyncData
		if write && armed.Load() && strings.Contains(op.Path, "MANIFEST") && left.Add(-1) <= 0 {
			return syscall.ENOSPC
		}
		return nil
	}))
	c := settings()
	c.Ephemeral, c.DataDir = false, t.TempDir()
	c.SnapshotEveryBytes, c.RetentionBytes = 1<<10, 1<<10
	c.Logger = slog.New(slog.NewTextHandler(os.Stdout, nil))
	log, err := disklog.Open(c.DataDir+"/journal", disklog.Options{FS: files, FailStop: server.EndProcess(c.Logger)})
	if err != nil {
		t.Fatal(err)
	}
	c.SetJournal(log)
	s, err := server.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Run(context.WithoutCancel(t.Context())) }()
	armed.Store(true)
	for i := 0; err == nil; i++ {
		_, err = log.Append(t.Context(), [][]byte{agentevent.AppendRecord(nil, []byte(login(fmt.Sprintf("ann%d", i))))})
	}
	t.Errorf("still there after %v, and Run gave %v", err, <-ended)
}

// A disk that hangs makes the server not ready, with the reason.
func TestReady_NotWhileTheDiskHangs(t *testing.T) {
	var hanging atomic.Bool
	goOn := make(chan struct{})
	files := errorfs.Wrap(vfs.NewMem(), errorfs.InjectorFunc(func(op errorfs.Op) error {
		if op.Kind == errorfs.OpFileSyncData && hanging.Load() {
			<-goOn
		}
		return nil
	}))
	c := settings()
	log, err := disklog.Open("journal", disklog.Options{FS: files, Stall: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	c.SetJournal(log)
	s := run(t, c)
	hanging.Store(true)
	posted := make(chan reply, 1)
	go func() { posted <- s.post("/v1/events", login("ann")) }()
	var got reply
	for got.status != http.StatusServiceUnavailable {
		got = get(t, s.admin()+"/readyz")
	}
	if !strings.Contains(got.body, "journal disk stalled") {
		t.Errorf("/readyz: %s", got)
	}
	hanging.Store(false)
	close(goOn)
	if got := <-posted; got.status != http.StatusOK {
		t.Errorf("what waited: %s", got)
	}
}
