package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// judge compares floors and journal with each other and with the history, all
// at rest.
func (r *tortured) judge(ctx context.Context) {
	if err := r.examine(ctx); err != nil {
		r.findings.add(unresolved, "%v", err)
	}
	for _, p := range r.system.processes() {
		r.findings.addAll(crashed, p.crashed())
	}
	if r.journal != nil {
		check(r.history.all(), r.journal, r.findings)
	}
}

// examine reads the journal and holds the nodes' floors against the one that it
// makes: as they came out of it all, after a clean restart, and after all
// processes were killed at once. Its error is that the system does not let it.
func (r *tortured) examine(ctx context.Context) error {
	s := r.system
	live, err := s.settle(ctx, r.history.newest())
	if err != nil {
		return err
	}
	if s.exclusive {
		if err := s.stop(ctx); err != nil {
			return err
		}
	}
	if err := r.read(ctx, live); err != nil {
		return err
	}
	r.compare(ctx, "after healing", live)
	if err := s.stop(ctx); err != nil {
		return err
	}
	if err := r.again(ctx, "after a restart"); err != nil {
		return err
	}
	s.close()
	return r.again(ctx, "after the end of all processes")
}

// again starts everything and compares the floors.
func (r *tortured) again(ctx context.Context, when string) error {
	if err := r.system.start(ctx); err != nil {
		return err
	}
	digests, err := r.system.settle(ctx, r.history.newest())
	if err != nil {
		return err
	}
	if !r.system.exclusive { // what nobody waits for any more may have been kept late
		if err := r.read(ctx, digests); err != nil {
			return err
		}
	}
	r.compare(ctx, when, digests)
	return nil
}

// read reads the journal, and what floor it makes where the nodes' are.
func (r *tortured) read(ctx context.Context, digests map[string]floorDigest) error {
	ctx, cancel := context.WithTimeout(ctx, startWait)
	defer cancel()
	log, err := r.system.openJournal(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	at := make(map[string]bool)
	for _, d := range digests {
		at[d.Position] = true
	}
	r.journal, err = readJournal(ctx, log, at, r.system.dir)
	return err
}

// compare holds the nodes' floors against the one that the journal makes, and
// keeps those that differ.
func (r *tortured) compare(ctx context.Context, when string, digests map[string]floorDigest) {
	for _, n := range r.system.nodes {
		d := digests[n.name]
		want, known := r.journal.sha256[d.Position]
		switch {
		case !known:
			r.findings.add(differing, "%s, %s, is at %s, and there is no such place in the journal, which ends at %s", n.name, when, d.Position, r.journal.end)
		case d.SHA256 != want:
			r.findings.add(differing, "%s, %s: %s at %s; the journal makes %s", n.name, when, d.SHA256, d.Position, want)
		default:
			continue
		}
		path := filepath.Join(r.system.dir, fmt.Sprintf("floor of %s %s.jsonl", n.name, when))
		if dump, err := n.page(ctx, "/debug/floor"); err == nil {
			_ = os.WriteFile(path, dump, 0o600) // evidence alone
		}
	}
}
