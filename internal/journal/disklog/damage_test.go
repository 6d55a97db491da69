package disklog_test

import (
	"bytes"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	"rollcall"
	"rollcall/internal/journal"
	"rollcall/internal/journal/disklog"
	"rollcall/internal/journal/logtest"
)

const damageDir = "journal"

// filled gives a disk with a journal of 40 appends, and that journal's history.
// Half of it is in tables, and unless it is closed, half in the write-ahead log
// as after a SIGKILL.
func filled(t *testing.T, closed bool) (*vfs.MemFS, *logtest.History) {
	t.Helper()
	disk := vfs.NewCrashableMem()
	h := &logtest.History{}
	for range 2 {
		l, err := disklog.Open(damageDir, disklog.Options{FS: disk})
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			if _, err := h.Append(t.Context(), l, 2, 400); err != nil {
				t.Fatal(err)
			}
		}
		killed := disk.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: 100, RNG: rng(1)})
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		if !closed {
			disk = killed
		}
	}
	return disk, h
}

// Whatever is done to whichever file, the journal has all that was acknowledged,
// or says that it has not.
func TestDamage_IsNeverSilent(t *testing.T) {
	for _, state := range []struct {
		name   string
		closed bool
	}{{"closed", true}, {"killed", false}} {
		disk, h := filled(t, state.closed)
		for _, name := range journalFiles(t, disk) {
			data := readFile(t, disk, name)
			for _, d := range damages(data) {
				t.Run(state.name+"/"+kindOf(name)+"/"+d.name, func(t *testing.T) {
					broken := disk.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: 100, RNG: rng(1)})
					if d.data == nil {
						if err := broken.Remove(name); err != nil {
							t.Fatal(err)
						}
					} else {
						writeFile(t, broken, name, d.data)
					}
					checkNamed(t, broken, h)
				})
			}
		}
	}
}

// checkNamed fails the test unless the journal is whole or refuses to say so.
func checkNamed(t *testing.T, disk *vfs.MemFS, h *logtest.History) {
	t.Helper()
	l, err := disklog.Open(damageDir, disklog.Options{FS: disk})
	if err == nil {
		defer func() { _ = l.Close() }()
		if _, err = logtest.ReadAll(l); err == nil {
			logtest.CheckLog(t, l, h)
			return
		}
	}
	if !errors.Is(err, journal.ErrDamaged) || !strings.Contains(err.Error(), damageDir) || strings.Contains(err.Error(), "\n") {
		t.Errorf("want damage, named with its directory in one line, got: %v", err)
	}
}

type damaged struct {
	name string
	data []byte // nil: the file is gone
}

// damages gives ways in which a file can be hurt: a bit in any part of it,
// a cut, a hole, and the loss of all of it.
func damages(data []byte) []damaged {
	list := []damaged{{name: "gone"}}
	const places = 8
	for i := range places {
		at := i * len(data) / places
		if at >= len(data) {
			break
		}
		flipped := slices.Clone(data)
		flipped[at] ^= 1 << (i % 8)
		list = append(list, damaged{"bit flipped", flipped})
		if i%4 == 1 {
			list = append(list, damaged{"cut off", slices.Clone(data[:at])})
			holed := slices.Clone(data)
			clear(holed[at:min(at+512, len(holed))])
			list = append(list, damaged{"hole", holed})
		}
	}
	return list
}

// kindOf gives the name of a file without its number.
func kindOf(name string) string {
	base := filepath.Base(name)
	return strings.TrimLeft(strings.Trim(base, "0123456789"), ".-")
}

func journalFiles(t *testing.T, disk vfs.FS) (names []string) {
	t.Helper()
	all, err := disk.List(damageDir)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range all {
		if name != "LOCK" {
			names = append(names, disk.PathJoin(damageDir, name))
		}
	}
	slices.Sort(names)
	return names
}

func readFile(t *testing.T, disk vfs.FS, name string) []byte {
	t.Helper()
	f, err := disk.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func writeFile(t *testing.T, disk vfs.FS, name string, data []byte) {
	t.Helper()
	f, err := disk.Create(name, vfs.WriteCategoryUnspecified)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		t.Fatal(err)
	}
}

// What Pebble would deliver in good faith, the packs' own checks find.
func TestDamage_OfPacksIsNamed(t *testing.T) {
	for _, c := range []struct {
		name   string
		hurt   func(db *pebble.DB) error
		open   bool   // whether it opens: then reading finds the damage
		want   error  // which the error is
		reason string // which the error gives
	}{
		{"a pack in the middle is missing", func(db *pebble.DB) error { return db.Delete(packKey(7), pebble.Sync) }, true, journal.ErrGap, "pack 7: missing"},
		{"the first pack is missing", func(db *pebble.DB) error { return db.Delete(packKey(1), pebble.Sync) }, false, journal.ErrGap, "pack 1: missing"},
		{"the last pack is missing", func(db *pebble.DB) error { return db.Delete(packKey(40), pebble.Sync) }, false, journal.ErrGap, "pack 40"},
		{"a pack is another", copyPack(3, 9), true, journal.ErrDamaged, "pack 9: it says that it is"},
		{"a pack is rubbish", func(db *pebble.DB) error { return db.Set(packKey(5), []byte("rubbish"), pebble.Sync) }, true, journal.ErrDamaged, "pack 5: it has 7 bytes"},
		{"the last pack is rubbish", func(db *pebble.DB) error { return db.Set(packKey(40), nil, pebble.Sync) }, false, journal.ErrDamaged, "pack 40"},
		{"a byte of a pack differs", flipPack(11), true, journal.ErrDamaged, "pack 11: its checksum"},
		{"it does not say what it is", func(db *pebble.DB) error { return db.Delete([]byte("meta"), pebble.Sync) }, false, journal.ErrDamaged, "does not say what it is"},
		{"what it says is rubbish", func(db *pebble.DB) error { return db.Set([]byte("meta"), []byte("{"), pebble.Sync) }, false, journal.ErrDamaged, "cannot be read"},
		{"it has no epoch", func(db *pebble.DB) error {
			return db.Set([]byte("meta"), []byte(`{"format":1,"epoch":"x"}`), pebble.Sync)
		}, false, journal.ErrDamaged, `epoch "x"`},
		{"a newer program wrote it", func(db *pebble.DB) error {
			return db.Set([]byte("meta"), []byte(`{"format":2,"epoch":"01"}`), pebble.Sync)
		}, false, nil, "a newer one wrote it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			disk, _ := filled(t, true)
			db, err := pebble.Open(damageDir, &pebble.Options{FS: disk, Logger: silent{}})
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(c.hurt(db), db.Close()); err != nil {
				t.Fatal(err)
			}
			l, err := disklog.Open(damageDir, disklog.Options{FS: disk})
			if opened := err == nil; opened != c.open {
				t.Fatalf("opened: %v, want %v (%v)", opened, c.open, err)
			}
			if err == nil {
				defer func() { _ = l.Close() }()
				_, err = logtest.ReadAll(l)
			}
			if err == nil || !strings.Contains(err.Error(), c.reason) || !errors.Is(err, c.want) && c.want != nil {
				t.Errorf("got %v, want %v with %q", err, c.want, c.reason)
			}
			if c.want == nil && errors.Is(err, journal.ErrDamaged) {
				t.Errorf("%v is no damage", err)
			}
		})
	}
}

// A Tail gives everything before the damage, then the damage.
func TestTail_EndsAtDamage(t *testing.T) {
	disk, _ := filled(t, true)
	db, err := pebble.Open(damageDir, &pebble.Options{FS: disk, Logger: silent{}})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(flipPack(23)(db), db.Close()); err != nil {
		t.Fatal(err)
	}
	l := open(t, damageDir, disklog.Options{FS: disk})
	var seen []uint64
	var last error
	for p, err := range l.Tail(t.Context(), rollcall.Position{}) {
		if last = err; err == nil {
			seen = append(seen, p.Sequence)
		}
	}
	damage, ok := errors.AsType[*journal.DamageError](last)
	if !ok || damage.Sequence != 23 || damage.Place != damageDir {
		t.Errorf("the tail ended with %v", last)
	}
	if len(seen) != 22 || seen[21] != 22 {
		t.Errorf("before the damage it yielded %d", seen)
	}
}

func packKey(sequence byte) []byte { return []byte{'p', 0, 0, 0, 0, 0, 0, 0, sequence} }

func copyPack(from, to byte) func(*pebble.DB) error {
	return func(db *pebble.DB) error { return editPack(db, from, to, func([]byte) {}) }
}

func flipPack(sequence byte) func(*pebble.DB) error {
	return func(db *pebble.DB) error {
		return editPack(db, sequence, sequence, func(b []byte) { b[len(b)/2] ^= 4 })
	}
}

func editPack(db *pebble.DB, from, to byte, edit func([]byte)) error {
	value, closer, err := db.Get(packKey(from))
	if err != nil {
		return err
	}
	b := bytes.Clone(value)
	edit(b)
	return errors.Join(closer.Close(), db.Set(packKey(to), b, pebble.Sync))
}

type silent struct{}

func (silent) Infof(string, ...any)  {}
func (silent) Errorf(string, ...any) {}
func (silent) Fatalf(format string, _ ...any) {
	panic(format)
}
