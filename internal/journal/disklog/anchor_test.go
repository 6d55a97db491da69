package disklog_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"rollcall/internal/journal"
	"rollcall/internal/journal/disklog"
)

// A journal that would not be found again acknowledges nothing, though its open
// files take whatever is written.
func TestAppend_FailsWhenTheDirectoryIsGone(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a directory with open files can't be removed or moved on Windows")
	}
	for name, take := range map[string]func(data string) error{
		"removed": os.RemoveAll,
		"moved":   func(data string) error { return os.Rename(data, data+"-moved") },
		"replaced": func(data string) error {
			return errors.Join(os.Rename(data, data+"-before"), os.CopyFS(data, os.DirFS(data+"-before")))
		},
		"inside removed": func(data string) error { return os.RemoveAll(filepath.Join(data, "journal")) },
	} {
		t.Run(name, func(t *testing.T) {
			data := filepath.Join(t.TempDir(), "data")
			l, err := disklog.Open(filepath.Join(data, "journal"), disklog.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := l.Append(t.Context(), [][]byte{[]byte("kept")}); err != nil {
				t.Fatal(err)
			}
			if err := take(data); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				_, err := l.Append(t.Context(), [][]byte{[]byte("lost")})
				if !errors.Is(err, journal.ErrFailed) || !strings.Contains(err.Error(), "removed, moved or replaced") {
					t.Errorf("append: %v, want %v and why", err, journal.ErrFailed)
				}
			}
			<-l.Failed()
			if err := l.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
		})
	}
}

// Whoever only asks gets no answers from a journal that is gone for long.
func TestLog_FailsWithoutAnAppendWhenTheDirectoryIsGone(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a directory with open files can't be removed on Windows")
	}
	dir := filepath.Join(t.TempDir(), "journal")
	l, err := disklog.Open(dir, disklog.Options{}.LookingEvery(time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	<-l.Failed()
	if err := l.Err(); !errors.Is(err, journal.ErrFailed) || !strings.Contains(err.Error(), "removed, moved or replaced") {
		t.Errorf("got %v, want %v and why", err, journal.ErrFailed)
	}
	if err := l.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}

func BenchmarkAppend_WatchesItsDirectory(b *testing.B) {
	l, err := disklog.Open(b.TempDir(), disklog.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	b.ReportAllocs()
	for b.Loop() {
		if err := l.CheckAnchor(); err != nil {
			b.Fatal(err)
		}
	}
}
