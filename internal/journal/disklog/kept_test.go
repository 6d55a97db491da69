package disklog_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
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

func TestTrim_FreesTheDisk(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir, disklog.Options{}.WithSmallMemTables())
	var h logtest.History
	var ends []rollcall.Position
	for range 400 {
		at, err := h.Append(t.Context(), l, 4, 5000)
		if err != nil {
			t.Fatal(err)
		}
		ends = append(ends, at)
	}
	whole, err := l.Stat(t.Context(), l.Start())
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Trim(t.Context(), l, ends[len(ends)-5]); err != nil {
		t.Fatal(err)
	}
	rest, err := l.Stat(t.Context(), l.Start())
	if err != nil {
		t.Fatal(err)
	}
	if rest.Packs != 5 || rest.Bytes > whole.Bytes/4 {
		t.Errorf("before %+v, after trimming %+v", whole, rest)
	}
	logtest.CheckLog(t, l, &h)
	if err := l.Close(); err != nil { // obsolete files are removed by then
		t.Fatal(err)
	}
	size := int64(0)
	tables, err := filepath.Glob(filepath.Join(dir, "*.sst"))
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		info, err := os.Stat(table)
		if err != nil {
			t.Fatal(err)
		}
		size += info.Size()
	}
	if size > whole.Bytes/4 {
		t.Errorf("tables take %d bytes of %d after nearly everything was trimmed", size, whole.Bytes)
	}
}

// Nothing that happens to a snapshot's file hurts the journal.
func TestSnapshot_ADamagedOneHindersNothingButItself(t *testing.T) {
	for name, hurt := range map[string]func([]byte) []byte{
		"empty":       func([]byte) []byte { return nil },
		"cut off":     func(b []byte) []byte { return b[:len(b)/2] },
		"bit flipped": func(b []byte) []byte { b[len(b)/3] ^= 8; return b },
		"rubbish":     func([]byte) []byte { return []byte(strings.Repeat("rubbish ", 100)) },
	} {
		disk := vfs.NewMem()
		l := open(t, damageDir, disklog.Options{FS: disk})
		var h logtest.History
		var ends []rollcall.Position
		for range 3 {
			at, err := h.Append(t.Context(), l, 2, 100)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := h.PutSnapshot(t.Context(), l, at); err != nil {
				t.Fatal(err)
			}
			ends = append(ends, at)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		file := disk.PathJoin(damageDir, "snapshots", ends[1].String()+".snapshot")
		writeFile(t, disk, file, hurt(readFile(t, disk, file)))
		writeFile(t, disk, disk.PathJoin(damageDir, "snapshots", "NEW"), []byte("a crash left this"))
		writeFile(t, disk, disk.PathJoin(damageDir, "snapshots", "notes.txt"), []byte("what is that?"))

		l = open(t, damageDir, disklog.Options{FS: disk})
		list, err := l.Snapshots(t.Context())
		if err != nil || len(list) != 3 || list[1].Position != ends[1] {
			t.Errorf("%s: the list is %+v, %v", name, list, err)
		}
		_, err = readAllOf(t, l, ends[1])
		if !errors.Is(err, journal.ErrDamaged) || !strings.Contains(err.Error(), file) {
			t.Errorf("%s: got %v, want %v with the file's name", name, err, journal.ErrDamaged)
		}
		if err := h.RemoveSnapshot(t.Context(), l, ends[1]); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		logtest.CheckLog(t, l, &h) // the others are sound
		if names, err := disk.List(disk.PathJoin(damageDir, "snapshots")); err != nil || slices.Contains(names, "NEW") {
			t.Errorf("%s: there are %v, %v", name, names, err)
		}
	}
}

func readAllOf(t *testing.T, l *disklog.Log, at rollcall.Position) ([]byte, error) {
	t.Helper()
	r, err := l.OpenSnapshot(t.Context(), at)
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(r)
	return content, errors.Join(err, r.Close())
}

// A disk that is too full for a snapshot may have room for events.
func TestSnapshot_OneThatDoesNotFitFailsAlone(t *testing.T) {
	disk := vfs.NewMem()
	var full atomic.Bool
	files := errorfs.Wrap(disk, errorfs.InjectorFunc(func(op errorfs.Op) error {
		if full.Load() && strings.Contains(op.Path, "snapshots") && op.Kind == errorfs.OpFileWrite {
			return syscall.ENOSPC
		}
		return nil
	}))
	l := open(t, damageDir, disklog.Options{FS: files})
	var h logtest.History
	at, err := h.Append(t.Context(), l, 2, 100)
	if err != nil {
		t.Fatal(err)
	}
	full.Store(true)
	if _, err := h.PutSnapshot(t.Context(), l, at); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("got %v, want %v", err, syscall.ENOSPC)
	}
	if names, err := disk.List(disk.PathJoin(damageDir, "snapshots")); err != nil || len(names) != 0 {
		t.Errorf("left behind: %v, %v", names, err)
	}
	if at, err = h.Append(t.Context(), l, 2, 100); err != nil {
		t.Errorf("append beside a snapshot that does not fit: %v", err)
	}
	full.Store(false)
	if _, err := h.PutSnapshot(t.Context(), l, at); err != nil {
		t.Error(err)
	}
	logtest.CheckLog(t, l, &h)
}

func TestOpen_ForReadingChangesNothing(t *testing.T) {
	for _, closed := range []bool{true, false} {
		disk, h := filled(t, closed)
		before := content(t, disk)
		o := disklog.Options{FS: disk, ReadOnly: true}
		l, err := disklog.Open(damageDir, o)
		if err != nil {
			t.Fatal(err)
		}
		logtest.CheckLog(t, l, h)
		_, appended := l.Append(t.Context(), [][]byte{{1}})
		_, put := l.PutSnapshot(t.Context(), func(io.Writer) (rollcall.Position, error) { return l.End(), nil })
		for _, err := range []error{appended, put, l.Trim(t.Context(), l.End()), l.RemoveSnapshot(t.Context(), l.End())} {
			if !errors.Is(err, journal.ErrReadOnly) {
				t.Errorf("got %v, want %v", err, journal.ErrReadOnly)
			}
		}
		if _, err := disklog.Open(damageDir, o); !errors.Is(err, journal.ErrInUse) {
			t.Errorf("opened twice: %v", err)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		if !slices.Equal(before, content(t, disk)) {
			t.Error("the files are not what they were")
		}
	}
	if _, err := disklog.Open("nowhere", disklog.Options{FS: vfs.NewMem(), ReadOnly: true}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a journal that is not there: %v", err)
	}
}

// content gives the names and bytes of all files.
func content(t *testing.T, disk vfs.FS) (all []string) {
	t.Helper()
	for _, name := range journalFiles(t, disk) {
		all = append(all, name, string(readFile(t, disk, name)))
	}
	return all
}
