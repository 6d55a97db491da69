package disklog_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"rollcall"
	"rollcall/internal/journal"
	"rollcall/internal/journal/disklog"
	"rollcall/internal/journal/logtest"
)

// historic gives a disk, as after a SIGKILL, with a journal whose history lies in
// many tables and whose newest packs lie in the write-ahead log. If it is trimmed,
// its oldest packs were forgotten on the way.
func historic(t *testing.T, trimmed bool) (*vfs.MemFS, rollcall.Position) {
	t.Helper()
	disk := vfs.NewCrashableMem()
	source := rand.NewChaCha8([32]byte{1})
	for run := range 4 {
		l, err := disklog.Open(damageDir, disklog.Options{FS: disk}.WithSmallMemTables())
		if err != nil {
			t.Fatal(err)
		}
		for range 30 {
			record := make([]byte, 8<<10)
			_, _ = source.Read(record)
			if _, err := l.Append(t.Context(), [][]byte{record}); err != nil {
				t.Fatal(err)
			}
		}
		if trimmed && run == 2 {
			if err := l.Trim(t.Context(), rollcall.Position{Epoch: l.Epoch(), Pack: 40}); err != nil {
				t.Fatal(err)
			}
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	l, err := disklog.Open(damageDir, disklog.Options{FS: disk})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append(t.Context(), [][]byte{[]byte("the newest")}); err != nil {
		t.Fatal(err)
	}
	killed := disk.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: 100, RNG: rng(1)})
	end := l.End()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return killed, end
}

// tableDamages gives ways to hurt a table: its end, which says where everything
// is, its index before that, its packs, and all of it. (The bit flipped lies where
// Pebble, which tries all of a block to find out which it was, finds it at once.)
func tableDamages(data []byte) []damaged {
	flip := func(at int) []byte {
		b := bytes.Clone(data)
		b[at] ^= 4
		return b
	}
	return []damaged{
		{"gone", nil},
		{"footer", flip(len(data) - 5)},
		{"index", flip(len(data) - 200)},
		{"packs", flip(20)},
		{"cut off", data[:len(data)/2]},
		{"empty", []byte{}},
	}
}

// Whatever table of the history is damaged, the journal starts, and all that the
// present needs works.
func TestDamage_OfHistoryLeavesThePresentServed(t *testing.T) {
	for _, trimmed := range []bool{false, true} {
		disk, end := historic(t, trimmed)
		tables := 0
		for _, name := range journalFiles(t, disk) {
			if !strings.HasSuffix(name, ".sst") {
				continue
			}
			tables++
			for _, d := range tableDamages(readFile(t, disk, name)) {
				t.Run(fmt.Sprintf("trimmed %v/%s/%s", trimmed, filepath.Base(name), d.name), func(t *testing.T) {
					broken := disk.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: 100, RNG: rng(1)})
					if d.data == nil {
						if err := broken.Remove(name); err != nil {
							t.Fatal(err)
						}
					} else {
						writeFile(t, broken, name, d.data)
					}
					checkPresent(t, broken, end)
				})
			}
		}
		if tables < 3 {
			t.Errorf("the history lies in %d tables", tables)
		}
	}
}

// checkPresent does with a journal all that a server does which has a snapshot of
// its end.
func checkPresent(t *testing.T, disk *vfs.MemFS, end rollcall.Position) {
	t.Helper()
	for range 2 { // and again when what came since is in tables, too
		l, err := disklog.Open(damageDir, disklog.Options{FS: disk})
		if err != nil {
			t.Fatalf("open: %v", err)
		}
		if l.End() != end {
			t.Errorf("the end is %s, want %s", l.End(), end)
		}
		if end, err = l.Append(t.Context(), [][]byte{[]byte("and on")}); err != nil {
			t.Fatalf("append: %v", err)
		}
		from := journal.BehindPack(end.Epoch, end.Pack-2)
		seen := 0
		for p, err := range l.Tail(t.Context(), from) {
			if err != nil {
				t.Fatalf("tail the newest: %v", err)
			}
			if seen++; p.Last() == end {
				break
			}
		}
		if seen != 2 {
			t.Errorf("%d of the newest 2 packs were seen", seen)
		}
		stat, err := l.Stat(t.Context(), l.Start())
		if err != nil || stat.Packs == 0 || stat.Bytes == 0 {
			t.Errorf("stat: %+v, %v", stat, err)
		}
		put, err := l.PutSnapshot(t.Context(), func(w io.Writer) (rollcall.Position, error) {
			_, err := io.WriteString(w, "state")
			return end, err
		})
		if err != nil {
			t.Fatalf("snapshot: %v", err)
		}
		if r, err := l.OpenSnapshot(t.Context(), put.Position); err != nil {
			t.Errorf("open the snapshot: %v", err)
		} else if err := r.Close(); err != nil {
			t.Error(err)
		}
		// History gives what can be read, and names what can't.
		if _, err := logtest.ReadAll(l); err != nil && !errors.Is(err, journal.ErrDamaged) {
			t.Errorf("read the history: %v", err)
		}
		if err := l.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}
	l, err := disklog.Open(damageDir, disklog.Options{FS: disk})
	if err != nil {
		t.Fatalf("open once more: %v", err)
	}
	if err := l.Trim(t.Context(), end); err != nil {
		t.Errorf("trim: %v", err)
	}
	packs, err := logtest.ReadAll(l)
	if err != nil || len(packs) != 1 || l.Start().Pack != end.Pack-1 {
		t.Errorf("after all else was forgotten it begins behind %s and holds %d packs, %v", l.Start(), len(packs), err)
	}
	if err := l.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}
