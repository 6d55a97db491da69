package conformance

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// newestOf gives the file with the greatest name that a pattern matches in the
// journal, which is the newest.
func newestOf(t *testing.T, dataDir, pattern string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dataDir, "journal", pattern))
	if err != nil || len(names) == 0 {
		t.Fatalf("no %s in the journal: %v", pattern, err)
	}
	return slices.Max(names)
}

func flip(t *testing.T, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err == nil {
		data[len(data)/2] ^= 0x10
		err = os.WriteFile(path, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func truncate(t *testing.T, path string, part float64) {
	t.Helper()
	info, err := os.Stat(path)
	if err == nil {
		err = os.Truncate(path, int64(part*float64(info.Size())))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// damages are what may happen to the files of a journal. After a clean end
// packs are in tables (sst), after a kill the newest are in the write-ahead log.
var damages = []struct {
	name   string
	killed bool
	do     func(t *testing.T, dataDir string)
}{
	{"a bit of a table is flipped", false, func(t *testing.T, dir string) { t.Helper(); flip(t, newestOf(t, dir, "*.sst")) }},
	{"a table is cut off", false, func(t *testing.T, dir string) { t.Helper(); truncate(t, newestOf(t, dir, "*.sst"), 0.5) }},
	{"a table is gone", false, func(t *testing.T, dir string) {
		t.Helper()
		if err := os.Remove(newestOf(t, dir, "*.sst")); err != nil {
			t.Fatal(err)
		}
	}},
	{"the manifest is cut off", false, func(t *testing.T, dir string) { t.Helper(); truncate(t, newestOf(t, dir, "MANIFEST-*"), 0) }},
	{"a bit of the log is flipped", true, func(t *testing.T, dir string) { t.Helper(); flip(t, newestOf(t, dir, "*.log")) }},
	{"the end of the log is cut off", true, func(t *testing.T, dir string) { t.Helper(); truncate(t, newestOf(t, dir, "*.log"), 0.7) }},
}

// Where the only copy is damaged, the damage is named and a start refused, as
// often as it is tried. With --accept-loss what can be read is kept, in a new
// epoch, and the service goes on.
func TestDamage_OfTheJournalIsNamedAndRefused(t *testing.T) {
	for _, damage := range damages {
		t.Run(damage.name, func(t *testing.T) {
			t.Parallel()
			dataDir := t.TempDir()
			l := ledger{name: "-before"}
			server := serve(t, dataDir)
			for range 30 {
				if !l.post(t.Context(), t, server) {
					t.Fatal("no event is taken")
				}
			}
			if damage.killed {
				server.Kill()
			} else {
				server.stop(t)
			}
			damage.do(t, dataDir)
			for range 2 {
				said := serveInVain(t, nil, dataDir, exitFailed)
				mustSay(t, said, filepath.Join(dataDir, "journal"), "damaged", "--accept-loss")
			}

			server = serve(t, dataDir, "--accept-loss")
			mustSay(t, server.Log.String(), "its loss is accepted", "packs_lost")
			kept := 0
			for range shown(t, server, l.acknowledged) {
				kept++
			}
			after := ledger{name: "-after"}
			if !after.post(t.Context(), t, server) {
				t.Error("no event is taken after the loss was accepted")
			}
			after.mustHold(t, server)
			if epoch := after.newest.Epoch; epoch == l.newest.Epoch {
				t.Errorf("the epoch is still %s", epoch)
			}
			server.Kill()
			server = serve(t, dataDir, "--accept-loss") // which does nothing more
			after.mustHold(t, server)
			if again := len(shown(t, server, l.acknowledged)); again != kept {
				t.Errorf("%d agents are there after the loss was accepted and %d after the next start", kept, again)
			}
			server.stop(t)
			t.Logf("%d of %d events were kept", kept, len(l.acknowledged))
		})
	}
}

// A damaged snapshot is named and not used; nothing is lost with it while there
// is another one, or the journal.
func TestDamage_OfASnapshotCostsNothing(t *testing.T) {
	for _, damage := range []struct {
		name string
		do   func(t *testing.T, path string)
	}{
		{"a bit is flipped", flip},
		{"it is cut off", func(t *testing.T, path string) { t.Helper(); truncate(t, path, 0.5) }},
		{"it is empty", func(t *testing.T, path string) { t.Helper(); truncate(t, path, 0) }},
	} {
		t.Run(damage.name, func(t *testing.T) {
			t.Parallel()
			dataDir := t.TempDir()
			var l ledger
			server := serve(t, dataDir, "--snapshot-every-bytes", "8KiB")
			for server.Log.Count("snapshot written") < 3 {
				if !l.post(t.Context(), t, server) {
					t.Fatal("no event is taken")
				}
			}
			server.stop(t)
			snapshots, err := filepath.Glob(filepath.Join(dataDir, "journal", "snapshots", "*.snapshot"))
			if err != nil || len(snapshots) == 0 {
				t.Fatalf("no snapshots: %v", err)
			}
			for range snapshots { // first one is damaged, in the end all are
				damage.do(t, snapshots[0])
				snapshots = snapshots[1:]
				server = serve(t, dataDir)
				l.mustHold(t, server)
				server.stop(t)
			}
			if !strings.Contains(server.Log.String(), "a snapshot can't be read") {
				t.Errorf("all snapshots are damaged and nobody was told:\n%s", server.Log)
			}
		})
	}
}

// Where the journal was trimmed, its beginning is in snapshots alone: when all
// are damaged, a start is refused, and nothing is there to be accepted but what
// lies behind.
func TestDamage_OfTheLastSnapshotOfATrimmedJournalIsRefused(t *testing.T) {
	dataDir := t.TempDir()
	var l ledger
	server := serve(t, dataDir, "--snapshot-every-bytes", "8KiB", "--retention-bytes", "1KiB")
	for server.Log.Count("journal trimmed") < 3 {
		if !l.post(t.Context(), t, server) {
			t.Fatal("no event is taken")
		}
	}
	server.stop(t)
	snapshots, err := filepath.Glob(filepath.Join(dataDir, "journal", "snapshots", "*.snapshot"))
	if err != nil || len(snapshots) == 0 {
		t.Fatalf("no snapshots: %v", err)
	}
	for _, path := range snapshots {
		flip(t, path)
	}
	mustSay(t, serveInVain(t, nil, dataDir, exitFailed), "damaged", "snapshots", "--accept-loss")
	server = serve(t, dataDir, "--accept-loss")
	if !l.post(t.Context(), t, server) {
		t.Error("no event is taken after the loss was accepted")
	}
	server.stop(t)
}
