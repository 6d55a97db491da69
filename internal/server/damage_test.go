package server_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rollcall/internal/journal"
	"rollcall/internal/server"
	"rollcall/internal/store"
)

// manyTables makes a data directory whose journal lies in several tables, with a
// snapshot of all of it, and gives the tables, the oldest first, and the floor.
func manyTables(t *testing.T) (c server.Config, tables []string, floor string) {
	t.Helper()
	c = onDisk(t)
	c.SnapshotEveryBytes = 1 << 30
	for round := range 3 { // each ends with a table of what is new
		s := run(t, c)
		s.put(logins(fmt.Sprintf("round%d", round), 5)...)
		if err := s.end(); err != nil {
			t.Fatal(err)
		}
	}
	c.SnapshotEveryBytes = 1024
	s := run(t, c)
	s.put(logins("last", 5)...)
	s.awaitLines("snapshot written", 1)
	floor = s.dump()
	if err := s.end(); err != nil {
		t.Fatal(err)
	}
	c.SnapshotEveryBytes = 1 << 30
	tables, err := filepath.Glob(filepath.Join(c.DataDir, "journal", "*.sst"))
	if err != nil || len(tables) < 2 {
		t.Fatalf("the journal lies in %v, %v", tables, err)
	}
	slices.Sort(tables)
	return c, tables, floor
}

// Whichever table is damaged, the floor of the newest snapshot is served, or the
// start names the damage; and with --accept-loss it is served either way, and then
// without.
func TestDamage_OfAnyTableLeavesTheFloorServed(t *testing.T) {
	source, tables, want := manyTables(t)
	refused := 0
	for _, table := range tables {
		for name, hurt := range map[string]func(string, []byte) error{
			"gone":   func(path string, _ []byte) error { return os.Remove(path) },
			"footer": func(path string, b []byte) error { b[len(b)-5] ^= 4; return os.WriteFile(path, b, 0o600) },
			"packs":  func(path string, b []byte) error { b[20] ^= 4; return os.WriteFile(path, b, 0o600) },
		} {
			t.Run(filepath.Base(table)+" "+name, func(t *testing.T) {
				c := source
				c.DataDir = t.TempDir()
				if err := os.CopyFS(filepath.Join(c.DataDir, "journal"), os.DirFS(filepath.Join(source.DataDir, "journal"))); err != nil {
					t.Fatal(err)
				}
				path := filepath.Join(c.DataDir, "journal", filepath.Base(table))
				data, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if err := hurt(path, data); err != nil {
					t.Fatal(err)
				}
				try := c
				try.Journal = embedded(c)
				if s, err := server.Open(t.Context(), try); err == nil {
					if err := s.Close(); err != nil {
						t.Fatal(err)
					}
					served := run(t, c)
					served.put(login("later"))
					if got := agentsOf(served); got != agentsIn(want)+" later" {
						t.Errorf("served are %q, want %q and later", got, agentsIn(want))
					}
					if err := served.end(); err != nil {
						t.Errorf("end: %v", err)
					}
				} else if refused++; !errors.Is(err, journal.ErrDamaged) {
					t.Errorf("refused: %v", err)
				}
				for _, changes := range [][]func(*store.Options){{acceptLoss}, nil} {
					s := run(t, c, changes...)
					if got := agentsOf(s); !strings.HasPrefix(got, agentsIn(want)) {
						t.Errorf("after the loss was accepted there are %q, want %q", got, agentsIn(want))
					}
					if err := s.end(); err != nil {
						t.Errorf("end: %v", err)
					}
				}
			})
		}
	}
	if refused > 3 {
		t.Errorf("%d starts were refused; those of the newest table alone would be 3", refused)
	}
}

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
