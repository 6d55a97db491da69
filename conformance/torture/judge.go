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
	live, err := s.settle(ctx)
	if err != nil {
		return err
	}
	if s.exclusive {
		if err := s.stop(ctx); err != nil {
			return err
		}
	}
	if r.journal, err = r.read(ctx); err != nil {
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
	digests, err := r.system.settle(ctx)
	if err != nil {
		return err
	}
	r.compare(ctx, when, digests)
	return nil
}

func (r *tortured) read(ctx context.Context) (*replay, error) {
	ctx, cancel := context.WithTimeout(ctx, startWait)
	defer cancel()
	log, err := r.system.openJournal(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }()
	return readJournal(ctx, log, r.system.dir)
}

// compare holds the nodes' floors against the one that the journal makes, and
// keeps those that differ.
func (r *tortured) compare(ctx context.Context, when string, digests map[string]floorDigest) {
	for _, n := range r.system.nodes {
		d := digests[n.name]
		if d.SHA256 == r.journal.sha256 && d.Position == r.journal.end.String() {
			continue
		}
		r.findings.add(differing, "%s, %s: %s at %s; the journal makes %s at %s",
			n.name, when, d.SHA256, d.Position, r.journal.sha256, r.journal.end)
		path := filepath.Join(r.system.dir, fmt.Sprintf("floor of %s %s.jsonl", n.name, when))
		if dump, err := n.page(ctx, "/debug/floor"); err == nil {
			_ = os.WriteFile(path, dump, 0o600) // evidence alone
		}
	}
}
