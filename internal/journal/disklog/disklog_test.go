package disklog_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"rollcall/internal/journal"
	"rollcall/internal/journal/disklog"
	"rollcall/internal/journal/logtest"
)

// open opens the journal in dir and closes it with the test.
func open(tb testing.TB, dir string, o disklog.Options) *disklog.Log {
	tb.Helper()
	l, err := disklog.Open(dir, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := l.Close(); err != nil {
			tb.Error(err)
		}
	})
	return l
}

func TestLog_KeepsTheContract(t *testing.T) {
	logtest.Run(t, func(_ testing.TB, l journal.Limits) logtest.Journal {
		o := disklog.Options{FS: vfs.NewMem(), Limits: l, MaxWaiting: l}
		return logtest.Journal{Durable: true, Open: func() (journal.Log, error) { return disklog.Open("journal", o) }}
	})
}

func TestOpen_MakesADirectoryForItsOwnerOnly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data", "journal")
	open(t, dir, disklog.Options{})
	for _, d := range []string{dir, filepath.Dir(dir)} {
		info, err := os.Stat(d)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != 0o700 {
			t.Errorf("%s has mode %o, want 700", d, got)
		}
	}
}

func TestOpen_RefusesAJournalInUse(t *testing.T) {
	dir := t.TempDir()
	open(t, dir, disklog.Options{})
	_, err := disklog.Open(dir, disklog.Options{})
	if !errors.Is(err, journal.ErrInUse) || !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), "stop that process") {
		t.Errorf("got %v, want %v, the directory, and what to do", err, journal.ErrInUse)
	}
}

func TestAppend_OfNothingGivesTheEnd(t *testing.T) {
	l := open(t, "journal", disklog.Options{FS: vfs.NewMem()})
	if at, err := l.Append(context.Background(), nil); err != nil || at != l.End() {
		t.Errorf("got %s, %v", at, err)
	}
}
