package server_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"rollcall/internal/agentevent"
	"rollcall/internal/journal"
	"rollcall/internal/journal/memlog"
	"rollcall/internal/server"
	"rollcall/internal/store"
)

// onDisk are settings with a data directory, and snapshots all the time.
func onDisk(t *testing.T) server.Config {
	t.Helper()
	c := settings()
	c.Ephemeral, c.DataDir = false, t.TempDir()
	c.SnapshotEveryBytes = 10_000
	return c
}

func acceptLoss(o *store.Options) { o.AcceptLoss = true }

// logins are events of as many agents.
func logins(prefix string, n int) (documents []string) {
	for i := range n {
		documents = append(documents, login(fmt.Sprintf("%s-%03d", prefix, i)))
	}
	return documents
}

// dump is the floor as it is.
func (r *running) dump() string {
	r.t.Helper()
	var b bytes.Buffer
	if err := r.Floors().Dump(&b); err != nil {
		r.t.Fatal(err)
	}
	return b.String()
}

// awaitLines gives the lines with the message when there are so many.
func (r *running) awaitLines(message string, n int) []map[string]any {
	r.t.Helper()
	l := r.log
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		var found []map[string]any
		for _, entry := range l.lines {
			if entry["msg"] == message {
				found = append(found, entry)
			}
		}
		if len(found) >= n {
			return found
		}
		if l.ended {
			r.t.Fatalf("the server has ended and logged %q %d times, not %d", message, len(found), n)
		}
		l.more.Wait()
	}
}

// withSnapshots runs a server until it has written so many snapshots, and gives
// the floor at the end.
func withSnapshots(t *testing.T, c server.Config, n int) string {
	t.Helper()
	s := run(t, c)
	for i := range n {
		s.put(logins(fmt.Sprintf("round%d", i), 40)...)
		s.awaitLines("snapshot written", i+1)
	}
	s.put(login("behind"))
	dump := s.dump()
	if err := s.end(); err != nil {
		t.Fatal(err)
	}
	return dump
}

func snapshotFiles(t *testing.T, c server.Config) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(c.DataDir, "journal", "snapshots", "*.snapshot"))
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(names, func(a, b string) int {
		if len(a) != len(b) { // positions of one epoch sort so
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	return names
}

// damageFile flips a bit in the middle of a file.
func damageFile(t *testing.T, name string) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err == nil {
		data[len(data)/2] ^= 4
		err = os.WriteFile(name, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestStart_IsFromTheNewestSnapshotThatIsSound(t *testing.T) {
	c := onDisk(t)
	want := withSnapshots(t, c, 3)
	c.SnapshotEveryBytes = 1 << 30
	files := snapshotFiles(t, c)
	for broken := range len(files) + 1 {
		if broken > 0 {
			damageFile(t, files[len(files)-broken])
		}
		s := run(t, c)
		s.awaitReady()
		if got := s.dump(); got != want {
			t.Errorf("with %d damaged snapshots the floor is another:\n%s\nwant\n%s", broken, got, want)
		}
		restored := s.log.find("floor restored from a snapshot")
		if (restored != nil) != (broken < len(files)) {
			t.Errorf("with %d of %d snapshots damaged: %v", broken, len(files), restored)
		}
		if broken > 0 && s.log.find("a snapshot can't be read; the one before is used, or the whole journal") == nil {
			t.Errorf("%d damaged snapshots, and nobody was told", broken)
		}
		if err := s.end(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRetention_ForgetsBehindASnapshotAndLosesNoState(t *testing.T) {
	c := onDisk(t)
	c.RetentionBytes = 1 // as little as possible
	s := run(t, c)
	s.put(login("silent")) // of whom nothing is heard any more
	for i := range 4 {
		s.put(logins(fmt.Sprintf("round%d", i), 40)...)
		s.awaitLines("snapshot written", i+1)
	}
	trimmed := s.awaitLines("journal trimmed", 3) // one behind each snapshot but the first
	want := s.dump()
	if err := s.end(); err != nil {
		t.Fatal(err)
	}
	if len(snapshotFiles(t, c)) != 2 {
		t.Errorf("kept %d snapshots, want the newest 2", len(snapshotFiles(t, c)))
	}
	s = run(t, c)
	s.awaitReady()
	if got := s.dump(); got != want {
		t.Errorf("after trimming (%v) the floor is another:\n%s\nwant\n%s", trimmed, got, want)
	}
	if err := s.end(); err != nil {
		t.Fatal(err)
	}

	// With the newest damaged there is another. With both there is nothing that
	// holds what was forgotten.
	files := snapshotFiles(t, c)
	damageFile(t, files[1])
	s = run(t, c)
	s.awaitReady()
	if got := s.dump(); got != want {
		t.Errorf("from the snapshot before the newest the floor is another:\n%s", got)
	}
	if err := s.end(); err != nil {
		t.Fatal(err)
	}
	damageFile(t, files[0])
	c.Journal = embedded(c)
	_, err := server.Open(t.Context(), c)
	if !errors.Is(err, journal.ErrDamaged) || !strings.Contains(err.Error(), "were forgotten") {
		t.Errorf("without a sound snapshot: %v", err)
	}
}

// What is damaged is named and refused. With --accept-loss what can be read is
// kept, in a new epoch, and the rest goes on.
func TestAcceptLoss_KeepsWhatCanBeRead(t *testing.T) {
	c := onDisk(t)
	c.SnapshotEveryBytes = 1 << 30
	s := run(t, c)
	for _, agent := range []string{"ann", "bob", "cay", "dan"} {
		s.put(login(agent))
	}
	if err := s.end(); err != nil {
		t.Fatal(err)
	}
	hurtPack(t, filepath.Join(c.DataDir, "journal"), 3)
	s = open(t, c)
	s.start()
	err := s.await()
	if !errors.Is(err, journal.ErrDamaged) || !strings.Contains(err.Error(), "pack 3") {
		t.Errorf("a start from a damaged journal: %v", err)
	}

	for range 2 { // the second time there is nothing to lose
		s = run(t, c, acceptLoss)
		s.awaitReady()
		if got := agentsOf(s); got != "ann bob dan" {
			t.Errorf("kept %q, want all but pack 3: ann, bob and dan", got)
		}
		if err := s.end(); err != nil {
			t.Fatal(err)
		}
	}
	if s.log.find("the journal goes on in a new epoch with what could be read; the damaged one is kept and can be removed") != nil {
		t.Error("a sound journal was salvaged")
	}
	damaged, err := filepath.Glob(filepath.Join(c.DataDir, "journal.damaged-*"))
	if err != nil || len(damaged) != 1 {
		t.Errorf("the damaged journal is kept as %v, %v", damaged, err)
	}
	if _, err := os.Stat(filepath.Join(c.DataDir, "journal.salvaged")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("journal.salvaged: %v", err)
	}

	// A crash between the two renames.
	from, to := filepath.Join(c.DataDir, "journal"), filepath.Join(c.DataDir, "journal.salvaged")
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
	s = run(t, c)
	s.awaitReady()
	if got := agentsOf(s); got != "ann bob dan" {
		t.Errorf("after a crash in the middle there are %q", got)
	}
}

// A snapshot that lies behind the damage saves the state.
func TestAcceptLoss_GoesOnFromASnapshotBehindTheDamage(t *testing.T) {
	c := onDisk(t)
	want := withSnapshots(t, c, 3)
	dir := filepath.Join(c.DataDir, "journal")
	hurtPack(t, dir, 1)
	damaged := snapshotFiles(t, c)
	damageFile(t, damaged[len(damaged)-1])

	c.SnapshotEveryBytes = 1 << 30
	s := run(t, c) // what is damaged lies before the snapshot that is left
	s.awaitReady()
	if got := s.dump(); got != want {
		t.Errorf("the floor is another:\n%s\nwant\n%s", got, want)
	}
	if err := s.end(); err != nil {
		t.Fatal(err)
	}
	hurtManifest(t, dir)
	c.Journal = embedded(c)
	if _, err := server.Open(t.Context(), c); !errors.Is(err, journal.ErrDamaged) {
		t.Errorf("a journal that has lost its end: %v", err)
	}
	c.Journal = nil
	s = run(t, c, acceptLoss)
	s.awaitReady()
	if got := s.log.find("floor restored from a snapshot"); got == nil {
		t.Error("the state does not come from a snapshot")
	}
	// But for positions it is the same.
	if got := agentsOf(s); got != agentsIn(want) {
		t.Errorf("the agents are %q, want %q", got, agentsIn(want))
	}
	s.put(login("later"))
	if !strings.Contains(agentsOf(s), "later") {
		t.Error("what came later is not there")
	}
}

func agentsOf(s *running) string { return agentsIn(s.dump()) }

// agentsIn gives the ids in a dump.
func agentsIn(dump string) string {
	var ids []string
	for line := range strings.Lines(dump) {
		if _, id, ok := strings.Cut(line, `"ID":"`); ok && strings.HasPrefix(line, `{"ARN"`) {
			id, _, _ = strings.Cut(id, `"`)
			ids = append(ids, id)
		}
	}
	return strings.Join(ids, " ")
}

// hurtPack makes a pack of a closed journal unreadable, and leaves no older copy.
func hurtPack(t *testing.T, dir string, sequence uint64) {
	t.Helper()
	db, err := pebble.Open(dir, &pebble.Options{Logger: silent{}})
	if err != nil {
		t.Fatal(err)
	}
	key := binary.BigEndian.AppendUint64([]byte{'p'}, sequence)
	err = errors.Join(db.Set(key, []byte("rubbish"), pebble.Sync), db.Compact(t.Context(), []byte{'p'}, []byte{'q'}, false), db.Close())
	if err != nil {
		t.Fatal(err)
	}
}

// hurtManifest takes away what says which files the store is made of.
func hurtManifest(t *testing.T, dir string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "MANIFEST-*"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no manifest: %v", err)
	}
	for _, name := range names {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
}

type silent struct{}

func (silent) Infof(string, ...any)           {}
func (silent) Errorf(string, ...any)          {}
func (silent) Fatalf(format string, _ ...any) { panic(format) }

// Over a hundred days agents come and go, and what a server keeps of them stays
// within bounds: those who are gone for long are forgotten, the journal is
// trimmed, snapshots are thinned out.
func TestMonths_OfChurnStayWithinBounds(t *testing.T) {
	const days, daily = 100, 20
	inBubbleWith(t, func(c *server.Config) journal.Log {
		c.SnapshotInterval, c.RetentionAge, c.ForgetAfter = 6*time.Hour, 7*24*time.Hour, 30*24*time.Hour
		return memlog.New(memlog.Options{MaxBytes: 4 << 20})
	}, func(t *testing.T, s *running, log journal.Log) {
		t.Helper()
		mostAgents, mostBytes, mostSnapshots := 0, int64(0), 0
		for day := range days {
			var records [][]byte
			for i := range daily {
				agent := fmt.Sprintf("day%d-%d", day, i)
				for _, document := range []string{login(agent), logout(agent)} {
					records = append(records, agentevent.AppendRecord(nil, []byte(strings.ReplaceAll(document, "2026-03-02", time.Now().UTC().Format(time.DateOnly)))))
				}
			}
			if _, err := log.Append(t.Context(), records); err != nil {
				t.Fatalf("day %d: %v", day, err)
			}
			time.Sleep(24 * time.Hour)
			synctest.Wait()
			stat, err := log.Stat(t.Context(), log.Start())
			if err != nil {
				t.Fatal(err)
			}
			list, err := log.Snapshots(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			mostAgents = max(mostAgents, s.Counts().Agents)
			mostBytes = max(mostBytes, stat.Bytes)
			mostSnapshots = max(mostSnapshots, len(list))
		}
		t.Logf("at most %d agents, %d bytes of journal, %d snapshots", mostAgents, mostBytes, mostSnapshots)
		if mostAgents < 30*daily || mostAgents > 32*daily {
			t.Errorf("at most %d agents were known, want those of 30 days: %d", mostAgents, 30*daily)
		}
		if perDay := int64(40 * 700); mostBytes > 11*perDay {
			t.Errorf("the journal had %d bytes, want about 8 days of at most %d each", mostBytes, perDay)
		}
		if mostSnapshots < 6 || mostSnapshots > 14 {
			t.Errorf("%d snapshots were kept, want about 10", mostSnapshots)
		}
		if log.Start().Pack == 0 {
			t.Error("nothing was trimmed")
		}
	})
}

// The sizes that the metrics show follow the journal, also between snapshots.
func TestMetrics_SizesAreFresh(t *testing.T) {
	inBubbleWith(t, func(*server.Config) journal.Log {
		return memlog.New(memlog.Options{})
	}, func(t *testing.T, s *running, log journal.Log) {
		t.Helper()
		for range 3 {
			if _, err := log.Append(t.Context(), [][]byte{agentevent.AppendRecord(nil, []byte(login("ann")))}); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if packs, found := s.Gauge("rollcall_journal_packs"); !found || packs != 3 {
			t.Errorf("rollcall_journal_packs is %g after a minute, want 3", packs)
		}
	})
}

// inBubbleWith runs a server over a journal inside synctest.
func inBubbleWith(t *testing.T, change func(c *server.Config) journal.Log, test func(t *testing.T, s *running, log journal.Log)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c := settings()
		c.AdminListen = ""
		log := change(&c)
		c.SetJournal(log)
		s := open(t, c)
		if err := s.SetPublic(newPipes()); err != nil {
			t.Fatal(err)
		}
		s.start()
		test(t, s, log)
		if err := s.end(); err != nil {
			t.Errorf("Run: %v", err)
		}
	})
}

// A journal in memory makes room for what comes, and takes it for ever.
func TestEphemeral_DoesNotFillUp(t *testing.T) {
	c := settings()
	c.MemoryBytes = 1 << 20
	s := run(t, c)
	var sent int
	for round := 0; sent < 4<<20; round++ {
		body := strings.Join(logins(fmt.Sprintf("round%d", round%3), 50), "\n")
		body = strings.ReplaceAll(body, `"EventId":"`, fmt.Sprintf(`"EventId":"%d-`, round))
		got := s.post("/v1/events?wait=visible", body)
		switch got.status {
		case http.StatusOK:
			sent += len(body)
		case http.StatusServiceUnavailable: // until something is trimmed
		default:
			t.Fatalf("round %d: %s", round, got)
		}
	}
	if trimmed := s.log.find("journal trimmed"); trimmed == nil {
		t.Error("four times as much as fits was taken, and nothing was trimmed")
	}
}
