package archive_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall"
	"rollcall/internal/agentevent"
	"rollcall/internal/archive"
	"rollcall/internal/journal"
	"rollcall/internal/journal/disklog"
)

// A journal that still has its beginning is carried over event by event.
func TestExport_OfAWholeJournalMakesTheSameFloor(t *testing.T) {
	records := day(t, "north", 2*time.Hour)
	gone, err := agentevent.DecodeRecord(records[0])
	if err != nil {
		t.Fatal(err)
	}
	records = append(records, controlOf(t, rollcall.NewRemoval(gone.Instance, gone.At)))
	records = append(records, day(t, "south", time.Hour)...)
	for name, logs := range map[string][2]journal.Log{
		"disk to disk":     {onDisk(t), onDisk(t)},
		"disk to memory":   {onDisk(t), inMemory()},
		"memory to disk":   {inMemory(), onDisk(t)},
		"memory to memory": {inMemory(), inMemory()},
	} {
		t.Run(name, func(t *testing.T) {
			keep(t, logs[0], records)
			exported := export(t, logs[0])
			is := importInto(t, logs[1], exported)
			if is.Events != uint64(len(records)) || is.End != logs[1].End() || is.Epoch == logs[0].Epoch() {
				t.Errorf("imported %+v of %d events", is, len(records))
			}
			if diff := cmp.Diff(dumpOf(t, follow(t, logs[0])), dumpOf(t, follow(t, logs[1]))); diff != "" {
				t.Errorf("the floors differ (-was +is):\n%s", diff)
			}
			if diff := cmp.Diff(withoutHead(exported), withoutHead(export(t, logs[1]))); diff != "" {
				t.Errorf("exported again it differs (-was +is):\n%s", diff)
			}
		})
	}
}

// withoutHead leaves out what names the journal, and the sum over it.
func withoutHead(exported []byte) []string {
	lines := strings.Split(string(exported), "\n")
	return lines[1 : len(lines)-2]
}

// A journal of which the beginning was forgotten begins with its state.
func TestExport_OfATrimmedJournalMakesTheSameFloor(t *testing.T) {
	records := day(t, "north", 3*time.Hour)
	from := onDisk(t)
	keep(t, from, records[:len(records)/2])
	trim(t, from)
	keep(t, from, records[len(records)/2:])
	var b bytes.Buffer
	x, err := archive.Export(t.Context(), from, &b, false, nil)
	if err != nil || x.State.IsZero() || x.End != from.End() || x.Events >= uint64(len(records)) {
		t.Fatalf("exported %+v of %d events, %v", x, len(records), err)
	}
	to := inMemory()
	importInto(t, to, b.Bytes())
	if diff := cmp.Diff(unnamed(dumpOf(t, follow(t, from))), unnamed(dumpOf(t, follow(t, to)))); diff != "" {
		t.Errorf("the floors differ (-was +is):\n%s", diff)
	}
}

// Whatever a journal holds and wherever it was trimmed, the import makes the same
// answers, and goes on to make them.
func TestExport_OfAnyJournalMakesTheSameFloor(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		from, to := inMemory(), inMemory()
		if before := drawRecords(rt, "before", midnight, 40); len(before) > 0 {
			keep(rt, from, before)
			if rapid.Bool().Draw(rt, "trim") {
				trim(rt, from)
			}
		}
		keep(rt, from, drawRecords(rt, "behind", midnight.Add(20*time.Second), 40))
		importInto(rt, to, export(rt, from))
		was, is := follow(rt, from), follow(rt, to)
		if diff := cmp.Diff(renumbered(rt, dumpOf(rt, was)), renumbered(rt, dumpOf(rt, is))); diff != "" {
			rt.Fatalf("the floors differ (-was +is):\n%s", diff)
		}
	})
}

// unnamed leaves the directory out of a dump, of which a restated state has other
// instants.
func unnamed(dump string) string { return directory.ReplaceAllString(dump, "") }

var directory = regexp.MustCompile(`(?m)^\{"kind":.*\n`)

// renumbered leaves out of a dump what a restated state can't say: see the
// package comment.
func renumbered(t tester, dump string) (lines []string) {
	t.Helper()
	for line := range strings.Lines(unnamed(dump)) {
		var is map[string]any
		if err := json.Unmarshal([]byte(line), &is); err != nil {
			t.Fatal(err)
		}
		delete(is, "Ordinal")
		if is["agents"] == 0. {
			continue
		}
		kept, err := json.Marshal(is)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(kept))
	}
	return lines
}

func TestExport_NeedsASoundSnapshotOfATrimmedJournal(t *testing.T) {
	log := inMemory()
	records := day(t, "north", time.Hour)
	keep(t, log, records[:40])
	trim(t, log)
	list, err := log.Snapshots(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	keep(t, log, records[40:60])
	newer := apply(t, follow(t, log), log)
	snapshot(t, log, newer)
	if err := log.RemoveSnapshot(t.Context(), list[0].Position); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if x, err := archive.Export(t.Context(), log, &b, false, nil); err != nil || x.State != newer.Position() {
		t.Errorf("exported %+v, %v, want it to begin with the snapshot that is left", x, err)
	}
	if err := log.RemoveSnapshot(t.Context(), newer.Position()); err != nil {
		t.Fatal(err)
	}
	if _, err := archive.Export(t.Context(), log, &b, false, nil); !errors.Is(err, journal.ErrDamaged) {
		t.Errorf("without a snapshot: %v", err)
	}
}

// A brief export gets past damage that lies before the newest snapshot.
func TestExport_CanBeBrief(t *testing.T) {
	log := inMemory()
	records := day(t, "north", time.Hour)
	keep(t, log, records[:40])
	var b bytes.Buffer
	if x, err := archive.Export(t.Context(), log, &b, true, nil); err != nil || !x.State.IsZero() || x.Events != 40 {
		t.Errorf("without a snapshot: %+v, %v", x, err)
	}
	snapshot(t, log, follow(t, log))
	keep(t, log, records[40:60])
	newest := follow(t, log)
	snapshot(t, log, newest)
	keep(t, log, records[60:80])
	was := unnamed(dumpOf(t, follow(t, log)))
	damaged := &wounded{log, map[uint64]string{3: "its checksum is wrong", newest.Position().Pack - 1: "missing"}}
	if _, err := archive.Export(t.Context(), damaged, &b, false, nil); !errors.Is(err, journal.ErrDamaged) {
		t.Errorf("of a damaged journal: %v", err)
	}
	b.Reset()
	x, err := archive.Export(t.Context(), damaged, &b, true, nil)
	if err != nil || x.State.Pack == 0 {
		t.Fatalf("exported %+v, %v", x, err)
	}
	to := inMemory()
	importInto(t, to, b.Bytes())
	if diff := cmp.Diff(was, unnamed(dumpOf(t, follow(t, to)))); diff != "" {
		t.Errorf("the floors differ (-was +is):\n%s", diff)
	}
}

func TestImport_GoesOnWhereItWasBrokenOff(t *testing.T) {
	from, to := inMemory(), inMemory()
	records := day(t, "north", time.Hour)
	keep(t, from, records)
	exported := export(t, from)
	for n := range 4 {
		broken := &faulty{Log: to, appends: n}
		is, err := archive.Import(t.Context(), broken, bytes.NewReader(exported), nil)
		if !errors.Is(err, journal.ErrFailed) || is.End != to.End() {
			t.Fatalf("imported %+v, %v, want it to be broken off", is, err)
		}
	}
	// What was cut off in the middle of the input is gone on with, too.
	if _, err := archive.Import(t.Context(), to, bytes.NewReader(exported[:len(exported)/2]), nil); err == nil {
		t.Fatal("half an export passed for a whole one")
	}
	found := to.End()
	is := importInto(t, to, exported)
	if is.Found == 0 || is.Events != uint64(len(records)) || !found.Before(is.End) {
		t.Errorf("imported %+v", is)
	}
	if again := importInto(t, to, exported); again.Found != again.Events || again.End != is.End {
		t.Errorf("imported again: %+v", again)
	}
	if diff := cmp.Diff(dumpOf(t, follow(t, from)), dumpOf(t, follow(t, to))); diff != "" {
		t.Errorf("the floors differ (-was +is):\n%s", diff)
	}
}

func TestImport_RefusesAJournalThatHoldsSomethingElse(t *testing.T) {
	records := day(t, "north", time.Hour)
	from := inMemory()
	keep(t, from, records[:60])
	exported := export(t, from)
	for name, fill := range map[string]func(log journal.Log){
		"other events": func(log journal.Log) { keep(t, log, records[1:9]) },
		"more events":  func(log journal.Log) { keep(t, log, records[:61]) },
		"a trimmed one": func(log journal.Log) {
			keep(t, log, records[:9])
			trim(t, log)
		},
	} {
		log := inMemory()
		fill(log)
		end := log.End()
		if _, err := archive.Import(t.Context(), log, bytes.NewReader(exported), nil); !errors.Is(err, archive.ErrNotEmpty) || log.End() != end {
			t.Errorf("%s: %v, want %v", name, err, archive.ErrNotEmpty)
		}
	}
}

func TestImport_NoticesWhoeverElseAppends(t *testing.T) {
	from := inMemory()
	keep(t, from, day(t, "north", time.Hour))
	exported := export(t, from)
	for name, to := range map[string]journal.Log{
		"before": &faulty{Log: inMemory(), appends: 100, other: recordOf(t, []byte(withoutHead(exported)[0]))},
	} {
		if _, err := archive.Import(t.Context(), to, bytes.NewReader(exported), nil); err == nil || !strings.Contains(err.Error(), "somebody else appends") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Whatever is done to an export, it is not taken for whole.
func TestImport_NamesWhatIsWrongWithTheExport(t *testing.T) {
	from := inMemory()
	keep(t, from, day(t, "north", time.Hour)[:20])
	lines := strings.SplitAfter(strings.TrimSuffix(string(export(t, from)), "\n"), "\n")
	last := len(lines) - 1
	join := func(parts ...[]string) string {
		var b strings.Builder
		for _, p := range parts {
			b.WriteString(strings.Join(p, ""))
		}
		return b.String()
	}
	for name, c := range map[string]struct{ input, want string }{
		"nothing":           {"", "ends with line 0 and is not whole"},
		"a dump":            {join(lines[1:last]), `this is no export: its first line is "{\"AWSAccountId`},
		"a later format":    {strings.Replace(lines[0], `"Format":1`, `"Format":2`, 1), "format 2, and this program reads format 1"},
		"cut at a line":     {join(lines[:9]), "ends with line 9 and is not whole"},
		"cut inside a line": {join(lines[:9]) + lines[9][:40], "line 10 of the export: the body ends before the document does"},
		"a line less":       {join(lines[:5], lines[6:]), "changed or is damaged: it has 19 events"},
		"a line twice":      {join(lines[:5], lines[4:]), "changed or is damaged: it has 21 events"},
		"two lines swapped": {join(lines[:4], lines[5:6], lines[4:5], lines[6:]), "changed or is damaged: it has 20 events"},
		"a letter":          {strings.Replace(join(lines), `"EventType":"LOGIN"`, `"EventType":"LOGOUT"`, 1), "changed or is damaged"},
		"no agent event":    {join(lines[:5]) + `{"EventType":"LOGIN"}` + "\n", "line 6 of the export: AgentARN: "},
		"an own event":      {join(lines[:5]) + `{"EventType":"ROLLCALL_RENAME"}` + "\n", "line 6 of the export: control record: "},
		"something behind":  {join(lines) + "\n\n{}", "something stands behind the end of the export, in line 23"},
		"another export":    {join(lines[:last]) + strings.Replace(lines[last], `"SHA256":"`, `"SHA256":"0`, 1), "changed or is damaged"},
	} {
		_, err := archive.Import(t.Context(), inMemory(), strings.NewReader(c.input), nil)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
	importInto(t, inMemory(), []byte(join(lines)+"\n\n"))
}

func TestImport_NamesAnEventThatTheJournalDoesNotTake(t *testing.T) {
	from := inMemory()
	keep(t, from, day(t, "north", time.Hour)[:5])
	small := &smallLimits{inMemory()}
	if _, err := archive.Import(t.Context(), small, bytes.NewReader(export(t, from)), nil); err == nil ||
		!strings.Contains(err.Error(), "event 1 has ") || !strings.Contains(err.Error(), "at most 100 as one unit") {
		t.Errorf("got %v", err)
	}
}

type smallLimits struct{ journal.Log }

func (*smallLimits) Limits() journal.Limits { return journal.Limits{Bytes: 100, Records: 10} }

func TestImportDir_IsThereWholeOrNotAtAll(t *testing.T) {
	from := inMemory()
	keep(t, from, day(t, "north", time.Hour))
	exported := export(t, from)
	dir := filepath.Join(t.TempDir(), "journal")
	_, err := archive.ImportDir(t.Context(), dir, disklog.Options{}, bytes.NewReader(exported[:len(exported)-3000]), nil)
	if err == nil {
		t.Fatal("half an export passed for a whole one")
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("a broken import left a journal: %v", err)
	}
	// A server that was started meanwhile has an empty journal, and keeps it.
	empty, err := disklog.Open(dir, disklog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := archive.ImportDir(t.Context(), dir, disklog.Options{}, bytes.NewReader(exported), nil); !errors.Is(err, journal.ErrInUse) {
		t.Errorf("while a server runs: %v", err)
	}
	if err := empty.Close(); err != nil {
		t.Fatal(err)
	}
	is, err := archive.ImportDir(t.Context(), dir, disklog.Options{}, bytes.NewReader(exported), nil)
	if err != nil || is.Epoch == empty.Epoch() {
		t.Fatalf("imported %+v, %v", is, err)
	}
	names, err := filepath.Glob(dir + "*")
	if diff := cmp.Diff([]string{dir}, names); diff != "" || err != nil {
		t.Errorf("what is left beside the journal (-want +got):\n%s %v", diff, err)
	}
	if _, err := archive.ImportDir(t.Context(), dir, disklog.Options{}, bytes.NewReader(exported), nil); !errors.Is(err, archive.ErrNotEmpty) {
		t.Errorf("a second time: %v", err)
	}
	log, err := disklog.Open(dir, disklog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(dumpOf(t, follow(t, from)), dumpOf(t, follow(t, log))); diff != "" || log.End() != is.End {
		t.Errorf("the floors differ at %s (-was +is):\n%s", log.End(), diff)
	}
	if err := log.Close(); err != nil {
		t.Error(err)
	}
}

// TestImport_Golden keeps exports in people's cupboards readable.
func TestImport_Golden(t *testing.T) {
	golden, err := os.ReadFile(filepath.Join("testdata", "export-v1.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	log := inMemory()
	if is := importInto(t, log, golden); is.Events != 5 {
		t.Errorf("imported %+v", is)
	}
	want := `{"instance":"arn:aws:connect:eu-central-1:111122223333:instance/north","position":"0000000000000001-1-0","agents":1}`
	if got, _, _ := strings.Cut(dumpOf(t, follow(t, log)), "\n"); got != want {
		t.Errorf("the floor is\n%s\nwant\n%s", got, want)
	}
	if diff := cmp.Diff(withoutHead(golden), withoutHead(export(t, log))); diff != "" {
		t.Errorf("exported again it differs (-golden +is):\n%s", diff)
	}
}

func FuzzImport(f *testing.F) {
	from := inMemory()
	keep(f, from, day(f, "north", time.Hour)[:3])
	f.Add(export(f, from))
	f.Add([]byte(`{"EventType":"ROLLCALL_EXPORT","Format":1}` + "\n" + `{"EventType":"ROLLCALL_EXPORT_END"}`))
	f.Fuzz(func(t *testing.T, input []byte) {
		log := inMemory()
		if _, err := archive.Import(t.Context(), log, bytes.NewReader(input), nil); err != nil {
			return
		}
		again := inMemory()
		importInto(t, again, export(t, log))
		if diff := cmp.Diff(dumpOf(t, follow(t, log)), dumpOf(t, follow(t, again))); diff != "" {
			t.Error(diff)
		}
	})
}

func BenchmarkExport(b *testing.B) {
	log := inMemory()
	keep(b, log, day(b, "north", 3*time.Hour))
	size := len(export(b, log))
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		export(b, log)
	}
}

func BenchmarkImport(b *testing.B) {
	log := inMemory()
	keep(b, log, day(b, "north", 3*time.Hour))
	exported := export(b, log)
	b.SetBytes(int64(len(exported)))
	b.ReportAllocs()
	for b.Loop() {
		importInto(b, inMemory(), exported)
	}
}
