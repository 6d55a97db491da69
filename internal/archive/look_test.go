package archive_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall"
	"rollcall/internal/agentevent"
	"rollcall/internal/archive"
	"rollcall/internal/journal"
	"rollcall/internal/journal/disklog"
)

func TestSurvey_TellsWhatIsThere(t *testing.T) {
	log := onDisk(t)
	s, err := archive.Survey(t.Context(), log, true, nil)
	if want := (archive.Summary{Epoch: log.Epoch()}); err != nil || !cmp.Equal(want, s) {
		t.Errorf("of an empty journal: %+v, %v", s, err)
	}
	records := day(t, "north", time.Hour)
	keep(t, log, records[:40])
	trim(t, log)
	forgotten := log.End()
	keep(t, log, records[40:])
	var done, total uint64
	s, err = archive.Survey(t.Context(), log, true, func(d, of uint64) { done, total = d, of })
	if err != nil {
		t.Fatal(err)
	}
	stat, err := log.Stat(t.Context(), log.Start())
	if err != nil {
		t.Fatal(err)
	}
	list, err := log.Snapshots(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := archive.Summary{
		Epoch: log.Epoch(), First: rollcall.Position{Epoch: log.Epoch(), Pack: forgotten.Pack}, Last: log.End(), Trimmed: forgotten.Pack - 1,
		Packs: log.End().Pack - forgotten.Pack + 1, Events: uint64(len(records)-40) + uint64(forgotten.Event) + 1,
		Bytes: stat.Bytes, OldestAt: stat.OldestAt, NewestAt: stat.NewestAt, Snapshots: list,
	}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
	if done != s.Packs || total != s.Packs {
		t.Errorf("progress ended with %d of %d, want %d", done, total, s.Packs)
	}
	if s, err := archive.Survey(t.Context(), log, false, nil); err != nil || s.Events != 0 || s.Packs != want.Packs {
		t.Errorf("without counting: %+v, %v", s, err)
	}
}

// dump gives the lines of a dump.
func dump(t *testing.T, log journal.Log, f archive.Filter) []string {
	t.Helper()
	var b bytes.Buffer
	n, err := archive.Dump(t.Context(), log, &b, f, nil)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	if b.Len() == 0 {
		lines = nil
	}
	if len(lines) != int(n) {
		t.Errorf("%d lines, and %d are claimed", len(lines), n)
	}
	return lines
}

func TestDump_WritesWhatAServerTakes(t *testing.T) {
	log := onDisk(t)
	records := day(t, "north", time.Hour)
	keep(t, log, records[:30])
	forget, err := agentevent.DecodeRecord(records[0])
	if err != nil {
		t.Fatal(err)
	}
	own := controlOf(t, rollcall.NewRemoval(forget.Instance, forget.At))
	keep(t, log, [][]byte{own})
	keep(t, log, records[30:60])
	lines := dump(t, log, archive.Filter{})
	if len(lines) != 60 {
		t.Fatalf("%d lines, want 60", len(lines))
	}
	for i, line := range lines {
		if !bytes.Equal(recordOf(t, []byte(line)), records[i]) {
			t.Fatalf("line %d is not as the journal has it: %s", i+1, line)
		}
	}
	with := dump(t, log, archive.Filter{Own: true})
	if diff := cmp.Diff(slices.Insert(lines, 30, string(own[1:])), with); diff != "" {
		t.Errorf("with our own events (-want +got):\n%s", diff)
	}
}

func TestDump_LeavesOutWhatIsNotMeant(t *testing.T) {
	log := inMemory()
	north, south := day(t, "north", time.Hour)[:100], day(t, "south", time.Hour)[:100]
	all := append(slices.Clone(north), south...)
	keep(t, log, all)
	var places []rollcall.Position
	for p, err := range log.Tail(t.Context(), rollcall.Position{}) {
		if err != nil {
			t.Fatal(err)
		}
		for i := range p.Records {
			places = append(places, p.Position(i))
		}
		if !p.Last().Before(log.End()) {
			break
		}
	}
	events := make([]*rollcall.Event, len(all))
	for i, r := range all {
		var err error
		if events[i], err = agentevent.DecodeRecord(r); err != nil {
			t.Fatal(err)
		}
	}
	someone := events[7].Agent
	for name, c := range map[string]struct {
		filter archive.Filter
		means  func(i int) bool
	}{
		"from inside a pack": {archive.Filter{From: places[17]}, func(i int) bool { return i >= 17 }},
		"from the first":     {archive.Filter{From: places[0]}, func(int) bool { return true }},
		"up to":              {archive.Filter{To: places[33]}, func(i int) bool { return i <= 33 }},
		"one event":          {archive.Filter{From: places[50], To: places[50]}, func(i int) bool { return i == 50 }},
		"behind the end":     {archive.Filter{From: rollcall.Position{Epoch: log.Epoch(), Pack: 9999}}, func(int) bool { return false }},
		"since":              {archive.Filter{Since: events[40].At}, func(i int) bool { return !events[i].At.Before(events[40].At) }},
		"until":              {archive.Filter{Until: events[40].At}, func(i int) bool { return events[i].At.Before(events[40].At) }},
		"an instance":        {archive.Filter{Instances: []string{"south"}}, func(i int) bool { return i >= 100 }},
		"an instance's ARN":  {archive.Filter{Instances: []string{"west", events[0].Instance.String()}}, func(i int) bool { return i < 100 }},
		"an agent":           {archive.Filter{Agents: []string{someone.ID}}, func(i int) bool { return events[i].Agent.ID == someone.ID }},
		"an agent's ARN":     {archive.Filter{Agents: []string{someone.String()}}, func(i int) bool { return events[i].Agent == someone }},
		"several": {archive.Filter{Since: events[20].At, Instances: []string{"north"}, Agents: []string{someone.ID}}, func(i int) bool {
			return !events[i].At.Before(events[20].At) && events[i].Agent == someone
		}},
	} {
		t.Run(name, func(t *testing.T) {
			var want []string
			for i, r := range all {
				if c.means(i) {
					want = append(want, string(r[1:]))
				}
			}
			if diff := cmp.Diff(want, dump(t, log, c.filter)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	trim(t, log)
	for name, c := range map[string]struct {
		filter archive.Filter
		want   error
	}{
		"another epoch": {archive.Filter{From: rollcall.Position{Epoch: 7, Pack: 1}}, journal.ErrForeignEpoch},
		"trimmed":       {archive.Filter{From: places[5]}, journal.ErrTrimmed},
	} {
		if _, err := archive.Dump(t.Context(), log, io.Discard, c.filter, nil); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestCheck_FindsNothingInASoundJournal(t *testing.T) {
	log := onDisk(t)
	records := day(t, "north", time.Hour)
	keep(t, log, records[:40])
	trim(t, log)
	start := log.Start()
	keep(t, log, records[40:])
	r, err := archive.Check(t.Context(), log, nil)
	if err != nil || !r.Sound() || r.Snapshots != 1 || r.Packs != log.End().Pack-start.Pack || r.Events < uint64(len(records)-40) {
		t.Errorf("found %+v, %v", r, err)
	}
}

// wounded is a log in which some packs are damaged.
type wounded struct {
	journal.Log
	packs map[uint64]string // :: pack -> reason
}

func (w *wounded) Tail(ctx context.Context, from rollcall.Position) iter.Seq2[journal.Pack, error] {
	return func(yield func(journal.Pack, error) bool) {
		for p, err := range w.Log.Tail(ctx, from) {
			if reason, hit := w.packs[p.Sequence]; hit && err == nil {
				yield(journal.Pack{}, &journal.DamageError{Place: "/somewhere", Sequence: p.Sequence, Reason: reason})
				return
			}
			if !yield(p, err) || err != nil {
				return
			}
		}
	}
}

func TestCheck_NamesAllDamageAndGoesOnBehindIt(t *testing.T) {
	log := inMemory()
	keep(t, log, day(t, "north", time.Hour))
	keep(t, log, [][]byte{{9, 9}, {1, '{'}}) // what no checksum finds
	end := log.End()
	w := &wounded{log, map[uint64]string{1: "its checksum is wrong", 5: "missing", 6: "missing", 7: "missing", end.Pack - 2: "its checksum is wrong"}}
	last := 0
	r, err := archive.Check(t.Context(), w, func(done, total uint64) {
		if int(done) < last || done > total || total != end.Pack {
			t.Errorf("progress went from %d to %d of %d", last, done, total)
		}
		last = int(done)
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range r.Findings {
		got = append(got, f.String())
	}
	want := []string{
		"pack 1: its checksum is wrong", "packs 5 to 7: missing",
	}
	if diff := cmp.Diff(want, got[:2]); diff != "" || !strings.Contains(got[3], "read the event at "+log.Epoch().String()) || len(got) != 5 {
		t.Errorf("found %q", got)
	}
	if r.Packs != end.Pack-5 || r.Sound() {
		t.Errorf("%d packs are sound of %d with 5 damaged", r.Packs, end.Pack)
	}
	// Of damage without end some is listed, and all counted.
	for p := uint64(1); p <= end.Pack; p++ {
		w.packs[p] = strings.Repeat("x", int(p))
	}
	if r, err = archive.Check(t.Context(), w, nil); err != nil || len(r.Findings) != 100 || r.Unlisted != end.Pack-100 {
		t.Errorf("%d findings and %d unlisted, %v", len(r.Findings), r.Unlisted, err)
	}
}

// A dump has all that can be read, and names what is missing in it.
func TestDump_GoesOnBehindDamage(t *testing.T) {
	log := inMemory()
	keep(t, log, day(t, "north", time.Hour))
	end := log.End()
	w := &wounded{log, map[uint64]string{1: "its checksum is wrong", 5: "gone", 6: "gone", end.Pack: "gone"}}
	var want []string
	for p, err := range log.Tail(t.Context(), log.Start()) {
		if err != nil {
			t.Fatal(err)
		}
		if _, hit := w.packs[p.Sequence]; !hit {
			for i := range p.Records {
				want = append(want, dump(t, log, archive.Filter{From: p.Position(i), To: p.Position(i)})...)
			}
		}
		if p.Last() == end {
			break
		}
	}
	var b bytes.Buffer
	n, err := archive.Dump(t.Context(), w, &b, archive.Filter{}, nil)
	says := fmt.Sprintf("journal damaged: missing in what was written: pack 1: its checksum is wrong; packs 5 to 6: gone; pack %d: gone", end.Pack)
	if !errors.Is(err, journal.ErrDamaged) || err.Error() != says {
		t.Errorf("got  %v\nwant %s", err, says)
	}
	if got := strings.Split(strings.TrimSpace(b.String()), "\n"); int(n) != len(want) || !slices.Equal(got, want) {
		t.Errorf("%d lines, want the %d of the packs that can be read", n, len(want))
	}
	if _, err := archive.Export(t.Context(), w, io.Discard, false, nil); !errors.Is(err, journal.ErrDamaged) || !strings.Contains(err.Error(), "a dump writes all that can be read") {
		t.Errorf("an export: %v", err)
	}
}

func TestCheck_NamesDamagedSnapshots(t *testing.T) {
	dir := t.TempDir()
	log, err := disklog.Open(dir, disklog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	records := day(t, "north", time.Hour)
	keep(t, log, records[:40])
	trim(t, log)
	keep(t, log, records[40:80])
	snapshot(t, log, follow(t, log))
	files, err := filepath.Glob(filepath.Join(dir, "snapshots", "*.snapshot"))
	if err != nil || len(files) != 2 {
		t.Fatalf("%v, %v", files, err)
	}
	flip := func(name string) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		data[len(data)/2] ^= 4
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	flip(files[0])
	r, err := archive.Check(t.Context(), log, nil)
	if err != nil || len(r.Findings) != 1 || r.Snapshots != 1 || !strings.Contains(r.Findings[0].String(), "snapshot of ") {
		t.Errorf("one damaged: %+v, %v", r, err)
	}
	flip(files[1])
	r, err = archive.Check(t.Context(), log, nil)
	if err != nil || len(r.Findings) != 3 || !strings.Contains(r.Findings[2].String(), "no snapshot can be read that holds what they made") {
		t.Errorf("both damaged: %+v, %v", r, err)
	}
	if err := log.Close(); err != nil {
		t.Error(err)
	}
}

// What a disk did to a store is named, wherever it is.
func TestCheck_NamesADamagedStore(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		log, err := disklog.Open(dir, disklog.Options{})
		if err != nil {
			t.Fatal(err)
		}
		keep(t, log, day(t, "north", 2*time.Hour))
		if err := log.Close(); err != nil {
			t.Fatal(err)
		}
	}
	tables, err := filepath.Glob(filepath.Join(dir, "*.sst"))
	if err != nil || len(tables) == 0 {
		t.Fatalf("%v, %v", tables, err)
	}
	data, err := os.ReadFile(tables[0])
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/3] ^= 1
	if err := os.WriteFile(tables[0], data, 0o600); err != nil {
		t.Fatal(err)
	}
	log, err := disklog.Open(dir, disklog.Options{ReadOnly: true})
	if errors.Is(err, journal.ErrDamaged) {
		return // found before anything was read
	}
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r, err := archive.Check(ctx, log, nil)
	if err != nil || r.Sound() || r.Packs == 0 {
		t.Errorf("found %+v, %v", r, err)
	}
	if err := log.Close(); err != nil {
		t.Error(err)
	}
}
