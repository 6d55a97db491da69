package main

import (
	"context"
	"fmt"
	"path/filepath"

	"rollcall/internal/journal"
	"rollcall/internal/journal/disklog"
)

// diskBytes is the size of the embedded journal's disk.
const diskBytes = 512 << 20

// openEmbedded starts one node with its journal on a small disk.
func openEmbedded(ctx context.Context, s *settings, dir string, t *timeline) (*system, error) {
	dataDir := filepath.Join(dir, "data")
	var d *disk
	if s.isolated {
		var err error
		if d, err = openDisk(dataDir, diskBytes); err != nil {
			return nil, err
		}
	}
	ports, err := freePorts(ctx, "127.0.0.1", 4)
	if err != nil {
		return nil, err
	}
	serve := func(public, admin int) []string {
		return serveArgs(s, dataDir, fmt.Sprintf("127.0.0.1:%d", public), fmt.Sprintf("127.0.0.1:%d", admin))
	}
	p := newProcess(t, "node", filepath.Join(dir, "node.log"), keyEnv(), serve(ports[0], ports[1])...)
	endpoint, journalDir := fmt.Sprintf("http://127.0.0.1:%d", ports[0]), filepath.Join(dataDir, "journal")
	n := newNode(p, endpoint, fmt.Sprintf("http://127.0.0.1:%d", ports[1]))
	sys := &system{
		name: "embedded", dir: dir, nodes: []*node{n}, hands: 1, exclusive: true, data: dataDir,
		faults: []fault{
			kills("rollcall killed", 4, p),
			pauses("rollcall paused", 2, p),
			stops("rollcall stopped", 1, []int{0}, p),
			intrudes("second process refused", 1, n, serve(ports[2], ports[3])),
			spoils("old table damaged", 2, n, journalDir, oldTables),
			spoils("old snapshot damaged", 1, n, journalDir, oldSnapshots),
			silences("silent connections", 1, n, endpoint),
		},
		openJournal: func(context.Context) (journal.Log, error) {
			return disklog.Open(journalDir, disklog.Options{})
		},
	}
	if d != nil {
		sys.faults = append(sys.faults, fills("disk full", 2, d, n))
	}
	switch err := mayTrace(ctx); {
	case s.files && err == nil:
		sys.faults = append(sys.faults,
			failsFiles("writes of files fail", 3, n, journalDir, writesOfFiles),
			failsFiles("reads of files fail", 1, n, journalDir, readsOfFiles),
			stallsFiles("files stall", 2, n, journalDir))
	case s.files:
		sys.leftOut = append(sys.leftOut, fmt.Sprintf("files that fail and stall (apt-get install strace, and be let trace): %v", err))
	}
	return sys, sys.start(ctx)
}

// serveArgs start a node that writes snapshots often, so that most starts begin
// with one. The default retention keeps the whole journal for the check.
func serveArgs(s *settings, dataDir, public, admin string) []string {
	return []string{
		s.binary, "serve", "--data-dir", dataDir, "--listen", public, "--admin-listen", admin, "--log-format", "json",
		"--snapshot-interval", "2s", "--snapshot-every-bytes", "64KiB",
	}
}

// keyEnv gives a node the key of the run.
func keyEnv() []string {
	return []string{"ROLLCALL_ACCESS_KEY_ID=" + accessKeyID, "ROLLCALL_SECRET_ACCESS_KEY=" + secretAccessKey}
}
