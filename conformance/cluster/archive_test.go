package cluster

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nats-io/nats.go"

	"rollcall"
	"rollcall/internal/agentevent"
	"rollcall/internal/archive"
	"rollcall/internal/floor"
	"rollcall/internal/journal"
	"rollcall/internal/journal/disklog"
	"rollcall/internal/journal/natslog"
	"rollcall/internal/process"
	"rollcall/internal/simulate"
)

// simulated gives the records of a centre of some agents for some time.
func simulated(t *testing.T, agents int, length time.Duration) (records [][]byte) {
	t.Helper()
	centre := simulate.New(simulate.Config{Agents: agents, Seed: 3, Duration: length, Start: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)})
	for e, more := centre.Next(); more; e, more = centre.Next() {
		batch, err := agentevent.Decode(e.AppendJSON(nil), agentevent.DefaultLimits)
		if err != nil || len(batch.Refused) > 0 {
			t.Fatal(err, batch.Refused)
		}
		records = append(records, batch.Documents[0].Record)
	}
	return records
}

func keepRecords(t *testing.T, l journal.Log, records [][]byte) {
	t.Helper()
	for len(records) > 0 {
		n := min(50, len(records))
		if _, err := l.Append(t.Context(), records[:n]); err != nil {
			t.Fatal(err)
		}
		records = records[n:]
	}
}

// floorsOf makes the floors of a journal that has its beginning.
func floorsOf(t *testing.T, l journal.Log) *floor.Floors {
	t.Helper()
	floors := floor.New(floor.Options{})
	for p, err := range l.Tail(t.Context(), rollcall.Position{}) {
		if err != nil {
			t.Fatal(err)
		}
		for i, record := range p.Records {
			e, err := agentevent.DecodeRecord(record)
			if err != nil {
				t.Fatal(err)
			}
			floors.Apply([]rollcall.Record{{Position: p.Position(i), Event: e}})
		}
		if !p.Last().Before(l.End()) {
			break
		}
	}
	return floors
}

// dumpOf is a state, without the position and the epoch.
// ofDirectory are the lines of a dump about what events named, in which order and
// since when: an export that begins with a state doesn't carry that.
var ofDirectory = regexp.MustCompile(`(?m)^\{"kind".*\n`)

func dumpOf(t *testing.T, floors *floor.Floors) string {
	t.Helper()
	floors.Rebase(rollcall.Position{Epoch: 1, Pack: 1})
	var b bytes.Buffer
	if err := floors.Dump(&b); err != nil {
		t.Fatal(err)
	}
	return ofDirectory.ReplaceAllString(b.String(), "")
}

func openDisk(t *testing.T, dir string) *disklog.Log {
	t.Helper()
	l, err := disklog.Open(dir, disklog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func exportOf(t *testing.T, l journal.Log) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := archive.Export(t.Context(), l, &b, false, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A journal moves from a disk into a cluster, where it is trimmed and goes on, and
// from there to another disk; the floor is the same all the way.
func TestArchive_MovesAJournalBetweenDiskAndCluster(t *testing.T) {
	t.Parallel()
	c := startNATSCluster(t, 3)
	records := simulated(t, 20, 2*time.Hour)
	first, second := records[:len(records)/2], records[len(records)/2:]
	disk := openDisk(t, t.TempDir())
	keepRecords(t, disk, first)
	was := dumpOf(t, floorsOf(t, disk))

	cluster := openLog(t, c.options("importer"))
	is, err := archive.Import(t.Context(), cluster, bytes.NewReader(exportOf(t, disk)), nil)
	if err != nil || is.Events != uint64(len(first)) || is.Epoch == disk.Epoch() {
		t.Fatalf("imported %+v, %v", is, err)
	}
	floors := floorsOf(t, cluster)
	if _, err := cluster.PutSnapshot(t.Context(), floors.WriteSnapshot); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(was, dumpOf(t, floors)); diff != "" {
		t.Errorf("the floor in the cluster differs (-was +is):\n%s", diff)
	}
	if err := cluster.Trim(t.Context(), cluster.End()); err != nil {
		t.Fatal(err)
	}
	keepRecords(t, cluster, second)
	keepRecords(t, disk, second)
	was = dumpOf(t, floorsOf(t, disk))

	// While another node has it open, and knows nothing of what was done.
	reader := openLog(t, c.options("reader"))
	report, err := archive.Check(t.Context(), reader, nil)
	if err != nil || !report.Sound() || report.Snapshots != 1 || report.Events < uint64(len(second)) {
		t.Errorf("checked %+v, %v", report, err)
	}
	dir := filepath.Join(t.TempDir(), "journal")
	if _, err := archive.ImportDir(t.Context(), dir, disklog.Options{}, bytes.NewReader(exportOf(t, reader)), nil); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(was, dumpOf(t, floorsOf(t, openDisk(t, dir)))); diff != "" {
		t.Errorf("the floor back on a disk differs (-was +is):\n%s", diff)
	}
}

func TestArchive_AnImportIntoAClusterGoesOnAndNoticesOthers(t *testing.T) {
	t.Parallel()
	c := startNATS(t)
	records := simulated(t, 20, time.Hour)
	disk := openDisk(t, t.TempDir())
	keepRecords(t, disk, records)
	exported := exportOf(t, disk)

	// The machine that imports dies in the middle: all that it knew is gone.
	dead := openLog(t, c.options("importer"))
	if _, err := archive.Import(t.Context(), dead, bytes.NewReader(exported[:len(exported)*2/3]), nil); err == nil {
		t.Fatal("a part of an export passed for a whole one")
	}
	again := openLog(t, c.options("importer"))
	is, err := archive.Import(t.Context(), again, bytes.NewReader(exported), nil)
	if err != nil || is.Events != uint64(len(records)) || is.Found == 0 {
		t.Fatalf("imported %+v, %v", is, err)
	}
	if diff := cmp.Diff(dumpOf(t, floorsOf(t, disk)), dumpOf(t, floorsOf(t, again))); diff != "" {
		t.Errorf("the floors differ (-was +is):\n%s", diff)
	}
	// Once a server has appended, it is no broken import any more.
	keepRecords(t, openLog(t, c.options("server")), records[:1])
	late := openLog(t, c.options("importer"))
	if _, err := archive.Import(t.Context(), late, bytes.NewReader(exported), nil); !errors.Is(err, archive.ErrNotEmpty) {
		t.Errorf("behind a server's events: %v", err)
	}
}

// Who only looks makes no stream.
func TestNATS_OpensWhatExistsOnlyWhenTold(t *testing.T) {
	t.Parallel()
	c := startNATS(t)
	o := c.options("reader")
	o.Existing = true
	if _, err := natslog.Open(t.Context(), o); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want %v", err, fs.ErrNotExist)
	}
	made := openLog(t, c.options("a"))
	keepRecords(t, made, [][]byte{[]byte("a")})
	if l := openLog(t, o); l.Epoch() != made.Epoch() || l.End() != made.End() {
		t.Errorf("opened %s, want %s", l.End(), made.End())
	}
}

// The commands do the same from the command line.
func TestJournalCommands_WorkOnACluster(t *testing.T) {
	t.Parallel()
	c := startNATS(t)
	program := builtBinary(t)
	dir := t.TempDir()
	disk := openDisk(t, filepath.Join(dir, "data", "journal"))
	records := simulated(t, 10, time.Hour)
	keepRecords(t, disk, records)
	if err := disk.Close(); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) (string, error) {
		cmd := exec.CommandContext(t.Context(), program, append([]string{"journal"}, args...)...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "ROLLCALL_NATS_REPLICAS=1")
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	cluster := "--nats-url=" + c.urls()[0]
	for _, step := range []struct {
		args []string
		want string
	}{
		{[]string{"export", "--data-dir", "data", "out.gz"}, fmt.Sprintf("exported %d events", len(records))},
		{[]string{"import", cluster, "out.gz"}, fmt.Sprintf("imported %d events into stream ROLLCALL on nats://127.0.0.1:", len(records))},
		{[]string{"stat", cluster}, fmt.Sprintf("events     %d\n", len(records))},
		{[]string{"check", cluster}, fmt.Sprintf("with %d events, 0 snapshots", len(records))},
		{[]string{"export", cluster, "again.jsonl"}, fmt.Sprintf("exported %d events", len(records))},
		{[]string{"import", "--data-dir", "back", "again.jsonl"}, fmt.Sprintf("imported %d events into %s", len(records), filepath.Join("back", "journal"))},
	} {
		if out, err := run(step.args...); err != nil || !strings.Contains(out, step.want) {
			t.Fatalf("journal %s: %v\n%s\nwant %q", strings.Join(step.args, " "), err, out, step.want)
		}
	}
	dumps := make([]string, 2)
	for i, from := range []string{"--data-dir=data", "--data-dir=back"} {
		var err error
		if dumps[i], err = run("dump", from); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(dumps[0], dumps[1]); diff != "" {
		t.Errorf("what came back differs (-was +is):\n%s", diff)
	}
	if out, err := run("stat", cluster, "--nats-stream", "OTHER"); err == nil || !strings.Contains(out, "no journal is there") {
		t.Errorf("of a stream that is not there: %v, %s", err, out)
	}
}

// builtBinary is the rollcall under test.
func builtBinary(t *testing.T) string {
	t.Helper()
	path, err := process.Binary()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// What rollcall published and is no pack is named, and what lies behind it is
// checked all the same.
func TestArchive_ChecksBehindADamagedMessage(t *testing.T) {
	t.Parallel()
	c := startNATS(t)
	l := openLog(t, c.options("a"))
	records := simulated(t, 10, time.Hour)
	keepRecords(t, l, records[:100])
	for range 2 {
		if _, err := c.js(t).PublishMsg(t.Context(), &nats.Msg{
			Subject: "ROLLCALL." + l.Epoch().String() + ".node", Data: []byte("no pack"), Header: nats.Header{"Rollcall-Session": {"s"}},
		}); err != nil {
			t.Fatal(err)
		}
	}
	keepRecords(t, l, records[100:200])
	report, err := archive.Check(t.Context(), openLog(t, c.options("checker")), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Findings) != 1 || !strings.HasPrefix(report.Findings[0].String(), "packs 3 to 4: it has 7 bytes") || report.Packs != 4 || report.Events != 200 {
		t.Errorf("found %+v", report)
	}
}
