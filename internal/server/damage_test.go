package server_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Where nothing can be read twice in a row, nothing that was is thrown away.
func TestAcceptLoss_KeepsEachJournalOfWhichNothingCanBeRead(t *testing.T) {
	c := onDisk(t)
	c.SnapshotEveryBytes = 1 << 30
	for range 2 {
		s := run(t, c)
		s.put(login("ann"))
		if err := s.end(); err != nil {
			t.Fatal(err)
		}
		files, err := filepath.Glob(filepath.Join(c.DataDir, "journal", "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() && filepath.Base(name) != "LOCK" {
				if err := os.WriteFile(name, []byte("nothing"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
		s = run(t, c, acceptLoss)
		if got := agentsOf(s); got != "" {
			t.Errorf("of nothing came %q", got)
		}
		if err := s.end(); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := filepath.Glob(filepath.Join(c.DataDir, "journal.damaged-*"))
	if err != nil || len(kept) != 2 {
		t.Errorf("kept are %q, %v", kept, err)
	}
}

// What could be read and has no place in the new journal is written as events
// that a server takes.
func TestAcceptLoss_WritesWhatItDropsAsEventsThatAServerTakes(t *testing.T) {
	c := onDisk(t)
	withSnapshots(t, c, 2)
	c.SnapshotEveryBytes = 1 << 30
	hurtPack(t, filepath.Join(c.DataDir, "journal"), 2)
	s := run(t, c, acceptLoss)
	if err := s.end(); err != nil {
		t.Fatal(err)
	}
	dropped, err := filepath.Glob(filepath.Join(c.DataDir, "journal.dropped-*.jsonl"))
	if err != nil || len(dropped) != 1 {
		t.Fatalf("dropped: %q, %v", dropped, err)
	}
	lines, err := os.ReadFile(dropped[0])
	if err != nil {
		t.Fatal(err)
	}
	other := onDisk(t)
	s = run(t, other)
	s.put(strings.TrimSpace(string(lines)))
	if got := agentsOf(s); !strings.HasPrefix(got, "round0-000 ") {
		t.Errorf("the agents dropped are %q", got)
	}
}

// A start beside an import that was broken off says so.
func TestStart_WarnsOfAnImportThatWasBrokenOff(t *testing.T) {
	c := onDisk(t)
	if err := os.MkdirAll(filepath.Join(c.DataDir, "journal.importing"), 0o700); err != nil {
		t.Fatal(err)
	}
	s := run(t, c)
	s.log.await(t, "an import into this data directory was broken off, and none of it is served; go on with it with rollcall journal import, or remove its directory")
}
