package disklog_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/sstable"
	"github.com/cockroachdb/pebble/v2/vfs"

	"rollcall"
	"rollcall/internal/journal"
	"rollcall/internal/journal/disklog"
)

// Damage of a block is one damage, of all packs that lie in it and no others;
// damage of what a table says about its blocks is one of all its packs. (Pebble
// tries each bit of a damaged block for each read: those flipped here are its first.)
func TestTail_NamesAllThatABlockHolds(t *testing.T) {
	disk := vfs.NewCrashableMem()
	source := rand.NewChaCha8([32]byte{2})
	const runs, each = 3, 200
	for range runs { // a table each
		l := openOn(t, disk)
		for range each {
			record := make([]byte, 1000)
			_, _ = source.Read(record)
			if _, err := l.Append(t.Context(), [][]byte{record}); err != nil {
				t.Fatal(err)
			}
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	var tables []string
	for _, name := range journalFiles(t, disk) {
		if strings.HasSuffix(name, ".sst") {
			tables = append(tables, name)
		}
	}
	if len(tables) < runs {
		t.Fatalf("the journal lies in %q", tables)
	}
	middle := tables[1]
	layout := layoutOf(t, readFile(t, disk, middle))
	covered := uint64(each) // packs of the table before
	for i := range layout.Data {
		missing := damageAt(t, disk, middle, int(layout.Data[i].Offset)+1)
		if len(missing) != 1 || missing[0].Sequence != covered+1 {
			t.Fatalf("block %d: %v, want one damage from pack %d on", i, missing, covered+1)
		}
		covered = max(missing[0].Sequence, missing[0].Through)
	}
	if covered != 2*each || len(layout.Data) < 3 {
		t.Errorf("the %d blocks hold the packs up to %d, want %d", len(layout.Data), covered, 2*each)
	}
	size := len(readFile(t, disk, middle))
	for part, at := range map[string]int{"index": int(layout.Index[0].Offset) + 1, "footer": size - 3} {
		missing := damageAt(t, disk, middle, at)
		if len(missing) != 1 || missing[0].Sequence != each+1 || missing[0].Through != 2*each {
			t.Errorf("%s: %v, want one damage of packs %d to %d", part, missing, each+1, 2*each)
		}
	}
}

func openOn(t *testing.T, disk vfs.FS) *disklog.Log {
	t.Helper()
	l, err := disklog.Open(damageDir, disklog.Options{FS: disk})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func layoutOf(t *testing.T, table []byte) *sstable.Layout {
	t.Helper()
	var options pebble.Options
	options.EnsureDefaults()
	mem := vfs.NewMem()
	writeFile(t, mem, "table", table)
	file, err := mem.Open("table")
	if err != nil {
		t.Fatal(err)
	}
	readable, err := sstable.NewSimpleReadable(file)
	if err != nil {
		t.Fatal(err)
	}
	r, err := sstable.NewReader(t.Context(), readable, options.MakeReaderOptions())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	layout, err := r.Layout()
	if err != nil {
		t.Fatal(err)
	}
	return layout
}

// damageAt flips a bit in a copy of the disk, and gives what is missing of the
// journal there. All else must be read.
func damageAt(t *testing.T, disk *vfs.MemFS, name string, at int) (missing []*journal.DamageError) {
	t.Helper()
	broken := disk.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: 100, RNG: rng(1)})
	data := readFile(t, broken, name)
	data[at] ^= 4
	writeFile(t, broken, name, data)
	l := openOn(t, broken)
	defer func() { _ = l.Close() }()
	from, end := rollcall.Position{}, l.End()
	next := uint64(1)
	for from.Before(end) {
		for p, err := range l.Tail(t.Context(), from) {
			if damage, ok := errors.AsType[*journal.DamageError](err); ok {
				missing = append(missing, damage)
				next = max(damage.Sequence, damage.Through) + 1
				from = journal.BehindPack(end.Epoch, next-1)
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if p.Sequence != next {
				t.Fatalf("pack %d follows where %d was due", p.Sequence, next)
			}
			next++
			if from = p.Last(); from == end {
				break
			}
		}
	}
	return missing
}
