package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// result is what became of one topology.
type result struct {
	Topology string         `json:"topology"`
	Seconds  float64        `json:"seconds"`
	Faults   map[string]int `json:"faults"`            // :: fault -> how often it struck
	LeftOut  []string       `json:"leftOut,omitempty"` // faults that the machine does not let us
	struck                  // the same, over all faults
	Requests int            `json:"requests"`
	Events   int            `json:"eventsAcknowledged"`
	Unknown  int            `json:"unknownOutcomes"` // attempts
	Refused  int            `json:"refused"`         // attempts of which it is known that nothing was kept
	Repeated int            `json:"repetitions"`     // events that are in the journal more than once, recognised
	Answers  int            `json:"answers"`         // of questions, checked while faults struck
	*findings
}

// struck counts what was done by faults.
type struck struct {
	Kills      int `json:"kills"`      // of processes, with SIGKILL
	Partitions int `json:"partitions"` // of the network
}

// opener starts a topology.
type opener func(ctx context.Context, s *settings, dir string, t *timeline) (*system, error)

// torture runs one topology from start to check, and leaves evidence in dir. Its
// error is that it could not be set up.
func torture(ctx context.Context, s *settings, open opener, dir string) (*result, error) {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make a new directory for evidence: %w", err)
	}
	files := make([]*os.File, 2)
	for i, name := range []string{"timeline.jsonl", "history.jsonl"} {
		file, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		defer func() { _ = file.Close() }()
		files[i] = file
	}
	t, h := newTimeline(files[0]), newHistory(files[1])
	sys, err := open(ctx, s, dir, t)
	if err != nil {
		if sys != nil {
			sys.close()
		}
		return nil, err
	}
	defer sys.close()
	run := &tortured{settings: s, system: sys, timeline: t, history: h, findings: newFindings(), begin: time.Now()}
	run.suffer(ctx)
	run.judge(ctx)
	if !run.findings.none() && sys.data != "" {
		sys.close()
		if err := os.CopyFS(filepath.Join(dir, "data-kept"), os.DirFS(sys.data)); err != nil {
			t.note("data not kept: "+err.Error(), "")
		}
	}
	return run.result(), nil
}

// tortured is one topology while it is tortured.
type tortured struct {
	settings *settings
	system   *system
	timeline *timeline
	history  *history
	findings *findings
	begin    time.Time
	struck   struck
	answers  int     // of questions
	journal  *replay // nil when it could not be read
}

// suffer lets writers write, readers read and faults strike for the time set,
// and then heals everything. It returns when all requests are answered.
func (r *tortured) suffer(ctx context.Context) {
	writing, stopWriting := context.WithCancel(ctx)
	striking, stopStriking := context.WithTimeout(ctx, r.settings.duration)
	answered, giveUp := context.WithCancel(ctx)
	defer stopWriting()
	defer stopStriking()
	defer giveUp()
	go func() {
		select {
		case <-r.system.enough:
			stopStriking()
		case <-striking.Done():
		}
	}()

	var writers, readers sync.WaitGroup
	for _, w := range newWriters(r.settings, r.system.nodes, r.history) {
		writers.Go(func() { w.run(answered, writing) })
	}
	var all []*reader
	var witnesses []*witness
	for _, n := range r.system.nodes {
		witness := newWitness(r.settings, n, r.history)
		witnesses = append(witnesses, witness)
		readers.Go(func() { witness.run(writing) })
		reader := newReader(r.settings, n)
		all = append(all, reader)
		readers.Go(func() { reader.run(writing) })
	}
	nemesis := &nemesis{
		settings: r.settings, timeline: r.timeline, history: r.history,
		faults: r.system.faults, lull: r.settings.lull * time.Duration(r.system.hands),
	}
	nemesis.run(striking, r.system.hands)
	r.timeline.note("healed", "")
	r.struck.Partitions = nemesis.partitions
	for _, p := range r.system.processes() {
		r.struck.Kills += p.killed()
	}
	if err := r.system.start(ctx); err != nil {
		r.findings.add(unresolved, "%v", err)
	}
	_ = rest(ctx, time.Second) // some requests without faults
	stopWriting()
	patience := time.AfterFunc(startWait, giveUp)
	writers.Wait()
	patience.Stop()
	readers.Wait()
	for _, reader := range all {
		r.answers += reader.asked
		r.findings.addAll(stale, reader.stale)
	}
	for _, witness := range witnesses {
		r.answers += witness.asked
		r.findings.addAll(understated, witness.understated)
	}
	r.findings.addAll(understated, nemesis.claims)
	r.findings.addAll(crashed, nemesis.mishaps)
}

func (r *tortured) result() *result {
	out := &result{
		Topology: r.system.name, Seconds: time.Since(r.begin).Seconds(), Faults: r.timeline.totals(), struck: r.struck,
		Answers: r.answers, findings: r.findings, LeftOut: r.system.leftOut,
	}
	for _, request := range r.history.all() {
		out.Requests++
		out.Unknown += request.count(unknown)
		out.Refused += request.count(refused)
		if request.count(acknowledged) > 0 {
			out.Events += len(request.Events)
		}
	}
	if r.journal != nil {
		seen := make(map[event]int)
		for _, e := range r.journal.entries {
			if seen[e.event]++; seen[e.event] == 2 {
				out.Repeated++
			}
		}
	}
	return out
}
