package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"rollcall"
	"rollcall/internal/journal"
)

// system is what is tortured: one topology, running.
type system struct {
	name    string
	dir     string // for evidence
	nodes   []*node
	others  []*process // beside the nodes: NATS servers
	urls    []string   // of NATS servers
	faults  []fault
	leftOut []string        // faults that this machine does not let us
	hands   int             // how many faults may strike at once
	enough  <-chan struct{} // closed when faults are to end before their time; nil for never

	// openJournal opens what the nodes wrote, to read it. Where it is exclusive
	// no node may run meanwhile.
	openJournal func(context.Context) (journal.Log, error)
	exclusive   bool
	data        string // directory to keep with the evidence, as it vanishes otherwise; may be ""
}

// startWait is how long a system may take until all nodes are ready: to start,
// and to recover from anything.
const startWait = 90 * time.Second

func (s *system) processes() []*process {
	all := append([]*process{}, s.others...)
	for _, n := range s.nodes {
		all = append(all, n.process)
	}
	return all
}

// start starts everything, and waits until all nodes are ready.
func (s *system) start(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startWait)
	defer cancel()
	for _, p := range s.processes() {
		if err := p.start(); err != nil {
			return err
		}
	}
	for _, n := range s.nodes {
		if err := n.awaitReady(ctx); err != nil {
			return fmt.Errorf("%s is not ready within %s: %w; its log ends with:\n%s", n.name, startWait, err, tail(n.logPath))
		}
	}
	return nil
}

// stop stops the nodes as an operator does. Each must end without an error.
func (s *system) stop(ctx context.Context) error {
	for _, n := range s.nodes {
		status, err := n.stop(ctx)
		if err != nil {
			return err
		}
		if status != 0 {
			return fmt.Errorf("%s stopped with exit status %d; its log ends with:\n%s", n.name, status, tail(n.logPath))
		}
	}
	return nil
}

// close ends everything at once.
func (s *system) close() {
	var all sync.WaitGroup
	for _, p := range s.processes() {
		all.Go(p.kill)
	}
	all.Wait()
}

// lossWait is how long nodes that agree with each other are waited for, until
// they show what was acknowledged: beyond it, that is lost.
const lossWait = 15 * time.Second

// settle waits until all nodes stand at the same position, which is not before
// one that was acknowledged, and gives their digests.
func (s *system) settle(ctx context.Context, acknowledged rollcall.Position) (map[string]floorDigest, error) {
	ctx, cancel := context.WithTimeout(ctx, startWait)
	defer cancel()
	digests, begin := make(map[string]floorDigest), time.Now()
	err := await(ctx, func() error {
		first := floorDigest{}
		for i, n := range s.nodes {
			d, err := n.digest(ctx)
			if err != nil {
				return err
			}
			at, err := rollcall.ParsePosition(d.Position)
			if err != nil {
				return err
			}
			if i == 0 {
				first = d
			}
			behind := at.Before(acknowledged) && time.Since(begin) < lossWait
			if !d.Settled || d.Position != first.Position || behind {
				return fmt.Errorf("%s is at %s, %s at %s, and %s was acknowledged", n.name, d.Position, s.nodes[0].name, first.Position, acknowledged)
			}
			digests[n.name] = d
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("the nodes do not come to the same position within %s: %w", startWait, err)
	}
	return digests, nil
}
