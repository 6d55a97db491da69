package disklog_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
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

const salvageDir = "journal.new"

// copySnapshot carries a snapshot over as a floor would: all of it or an error.
func copySnapshot(r io.Reader, _ rollcall.Position, w io.Writer) error {
	_, err := io.Copy(w, r)
	return err
}

func keepNothing(journal.Pack) error { return nil }

// salvaged salvages the journal on disk, checks what every salvaged journal must
// be, and gives its packs.
func salvaged(t *testing.T, disk *vfs.MemFS) (disklog.Loss, []journal.Pack) {
	t.Helper()
	loss, err := disklog.Salvage(t.Context(), damageDir, salvageDir, disklog.Options{FS: disk}, copySnapshot, keepNothing)
	if err != nil {
		t.Fatalf("salvage: %v", err)
	}
	l := open(t, salvageDir, disklog.Options{FS: disk})
	if l.Epoch() != loss.Is || l.Epoch() == loss.Was {
		t.Errorf("the epoch is %s, of %+v", l.Epoch(), loss)
	}
	packs, err := logtest.ReadAll(l)
	if err != nil {
		t.Fatalf("read what was salvaged: %v", err)
	}
	if uint64(len(packs)) != loss.Kept || l.End().Pack != loss.Last {
		t.Errorf("%d packs up to %s, of %+v", len(packs), l.End(), loss)
	}
	if !loss.Snapshot.IsZero() {
		at := loss.Snapshot
		at.Epoch = loss.Is
		r, err := l.OpenSnapshot(t.Context(), at)
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil || string(content) != loss.Snapshot.String() {
			t.Errorf("the snapshot that was carried over holds %q, %v", content, err)
		}
	}
	if at, err := l.Append(t.Context(), [][]byte{[]byte("and on")}); err != nil || at.Pack != loss.Last+1 {
		t.Errorf("append to what was salvaged: %s, %v", at, err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	return loss, packs
}

// checkRecords holds what was salvaged against what was there: the same records
// in the same order, whatever is missing between.
func checkRecords(t *testing.T, want, got []journal.Pack) {
	t.Helper()
	next := 0
	for _, p := range got {
		for next < len(want) && !slices.EqualFunc(want[next].Records, p.Records, bytes.Equal) {
			next++
		}
		if next == len(want) {
			t.Errorf("pack %d is none that was there, or out of order", p.Sequence)
			return
		}
		next++
	}
}

// Whatever is done to whichever file, what is salvaged is of what was there, and
// all of it unless the file held packs.
func TestSalvage_KeepsWhatCanBeReadWhateverIsDamaged(t *testing.T) {
	kept, most := 0, 0
	for _, closed := range []bool{true, false} {
		disk, _ := filled(t, closed)
		want := readWhole(t, disk)
		for _, name := range journalFiles(t, disk) {
			for _, d := range damages(readFile(t, disk, name)) {
				broken := disk.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: 100, RNG: rng(1)})
				if d.data == nil {
					if err := broken.Remove(name); err != nil {
						t.Fatal(err)
					}
				} else {
					writeFile(t, broken, name, d.data)
				}
				loss, got := salvaged(t, broken)
				checkRecords(t, want, got)
				holdsPacks := strings.HasSuffix(name, ".sst") || strings.HasSuffix(name, ".log")
				if !holdsPacks && (loss.Lost != 0 || len(got) != len(want)) {
					t.Errorf("%s %s: kept %d of %d packs: %+v", name, d.name, len(got), len(want), loss)
				}
				if loss.Kept+loss.Lost < uint64(len(want)) && kindOf(name) != "WITNESS" && closed {
					t.Errorf("%s %s: %d packs are lost, and the loss is %+v", name, d.name, len(want)-len(got), loss)
				}
				kept, most = kept+len(got), most+len(want)
			}
		}
	}
	t.Logf("kept %d of %d packs", kept, most)
}

func readWhole(t *testing.T, disk *vfs.MemFS) []journal.Pack {
	t.Helper()
	l, err := disklog.Open(damageDir, disklog.Options{FS: disk, ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	packs, err := logtest.ReadAll(l)
	if err := errors.Join(err, l.Close()); err != nil {
		t.Fatal(err)
	}
	return packs
}

// The newest snapshot that can be read saves the state; all behind it is kept, and
// before it what has no hole.
func TestSalvage_KeepsAllBehindTheNewestSnapshot(t *testing.T) {
	for _, c := range []struct {
		name      string
		snapshots []uint64 // packs with a snapshot
		broken    []uint64 // of these, those that can't be read
		gone      []uint64 // packs that are missing
		trim      uint64   // packs before this one were forgotten
		want      string   // "snapshot first-last, lost n, dropped n"
	}{
		{"nothing is wrong", []uint64{10, 20}, nil, nil, 0, "20 1-40, lost 0, dropped 0"},
		{"a hole, no snapshot", nil, nil, []uint64{17}, 0, "0 1-39, lost 1, dropped 0"},
		{"a hole before a snapshot", []uint64{10, 20, 30}, nil, []uint64{17}, 0, "30 18-40, lost 0, dropped 16"},
		{"a hole behind all snapshots", []uint64{10, 20}, nil, []uint64{25}, 0, "20 1-39, lost 1, dropped 0"},
		{"the newest snapshot is broken", []uint64{10, 20, 30}, []uint64{30}, []uint64{17}, 0, "20 18-40, lost 0, dropped 16"},
		{"all snapshots are broken", []uint64{20, 30}, []uint64{20, 30}, []uint64{17}, 0, "0 1-39, lost 1, dropped 0"},
		{"the end is missing up to a snapshot", []uint64{35}, nil, []uint64{30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40}, 0, "35 0-0, lost 5, dropped 29"},
		{"trimmed, and nothing is wrong", []uint64{10, 20}, nil, nil, 10, "20 10-40, lost 0, dropped 0"},
		{"trimmed, and a hole behind", []uint64{10, 20}, nil, []uint64{30}, 10, "20 10-39, lost 1, dropped 0"},
		{"trimmed, and no snapshot can be read", []uint64{10}, []uint64{10}, nil, 10, "0 1-31, lost 0, dropped 0"},
		{"the first pack is missing", nil, nil, []uint64{1}, 0, "0 1-39, lost 1, dropped 0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			disk, _ := filled(t, true)
			want := readWhole(t, disk)
			hurtStore(t, disk, c.snapshots, c.broken, c.gone, c.trim)
			loss, got := salvaged(t, disk)
			checkRecords(t, want, got)
			first, last := uint64(0), uint64(0)
			if len(got) > 0 {
				first, last = got[0].Sequence, got[len(got)-1].Sequence
			}
			if is := fmt.Sprintf("%d %d-%d, lost %d, dropped %d", loss.Snapshot.Pack, first, last, loss.Lost, loss.Dropped); is != c.want {
				t.Errorf("got %s, want %s: %+v", is, c.want, loss)
			}
		})
	}
}

func hurtStore(t *testing.T, disk *vfs.MemFS, snapshots, broken, gone []uint64, trim uint64) {
	t.Helper()
	l, err := disklog.Open(damageDir, disklog.Options{FS: disk})
	if err != nil {
		t.Fatal(err)
	}
	for _, pack := range snapshots {
		_, err := l.PutSnapshot(t.Context(), func(w io.Writer) (rollcall.Position, error) {
			at := rollcall.Position{Epoch: l.Epoch(), Pack: pack}
			_, err := io.WriteString(w, at.String())
			return at, err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Trim(t.Context(), rollcall.Position{Epoch: l.Epoch(), Pack: trim}); trim != 0 && err != nil {
		t.Fatal(err)
	}
	for _, pack := range broken {
		name := rollcall.Position{Epoch: l.Epoch(), Pack: pack}.String() + ".snapshot"
		writeFile(t, disk, disk.PathJoin(damageDir, "snapshots", name), []byte("rubbish"))
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := pebble.Open(damageDir, &pebble.Options{FS: disk, Logger: silent{}})
	if err != nil {
		t.Fatal(err)
	}
	if trim != 0 { // so that the table that still has what was forgotten is written anew, and gone
		err = editPack(db, byte(trim), byte(trim), func([]byte) {})
	}
	for _, pack := range gone {
		// Missing in every file: a deletion would leave it in one.
		key := binary.BigEndian.AppendUint64([]byte{'p'}, pack)
		err = errors.Join(err, db.Set(key, []byte("rubbish"), pebble.Sync))
	}
	err = errors.Join(err, db.Flush(), db.Compact(t.Context(), []byte{'p'}, []byte{'q'}, false), db.Close())
	if err != nil {
		t.Fatal(err)
	}
}

func TestSalvage_RefusesAJournalInUse(t *testing.T) {
	disk := vfs.NewMem()
	open(t, damageDir, disklog.Options{FS: disk})
	if _, err := disklog.Salvage(t.Context(), damageDir, salvageDir, disklog.Options{FS: disk}, copySnapshot, keepNothing); !errors.Is(err, journal.ErrInUse) {
		t.Errorf("got %v, want %v", err, journal.ErrInUse)
	}
}
