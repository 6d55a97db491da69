package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// The floors that are measured. The large one is options.agents.
const (
	smallFloor = 10_000
	rivalFloor = 100_000
)

// run is one run of the bench. One goroutine owns it.
type run struct {
	options

	dir     string          // for data, removed at the end
	servers map[int]*server // :: agents on its floor -> running and filled
	report  *report
	begunAt time.Time
	doing   string
	round   int // of the newest events that were posted
}

// step measures some figures.
type step struct {
	name    string
	measure func(*run, context.Context) error
}

// steps come in an order in which floors are filled as late, and given up as
// early, as can be.
var steps = []step{
	{"decode", (*run).measureDecode},
	{"signature", (*run).measureSignature},
	{"inside", (*run).measureInside},
	{"visible", (*run).measureVisible},
	{"ruler", (*run).measureRuler},
	{"pages", (*run).measurePages},
	{"scale", (*run).measureScale},
	{"redis", (*run).measureRedis},
	{"postgres", (*run).measurePostgres},
}

func figureNames() string {
	names := make([]string, len(steps))
	for i, s := range steps {
		names[i] = s.name
	}
	return strings.Join(names, ", ")
}

func newRun(o options) *run {
	return &run{options: o, servers: make(map[int]*server), report: newReport(o), begunAt: time.Now()}
}

// all takes the steps one after the other. A step that fails leaves its
// figures out, says why in the report, and lets the others go on.
func (r *run) all(ctx context.Context) (err error) {
	if r.dir, err = os.MkdirTemp(r.results, "run-*"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.stopServers(), os.RemoveAll(r.dir)) }()
	for _, s := range steps {
		if !r.only.MatchString(s.name) {
			continue
		}
		r.doing = s.name
		r.tell("…")
		var skipped *skippedError
		switch err := s.measure(r, ctx); {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.As(err, &skipped):
			r.tell("skipped: %v", err)
			r.report.skip(s.name, err)
		case err != nil:
			r.tell("FAILED: %v", err)
			r.report.fail(s.name, err)
		}
	}
	r.report.Took = time.Since(r.begunAt).Round(time.Second).String()
	return nil
}

// skippedError says that something isn't there to be measured.
type skippedError struct{ why string }

func (e *skippedError) Error() string { return e.why }

// tell shows how far the run is.
func (r *run) tell(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%5.0fs  %-9s  %s\n", time.Since(r.begunAt).Seconds(), r.doing, fmt.Sprintf(format, args...))
}

// server gives a server whose floor has that many agents.
func (r *run) server(ctx context.Context, agents int) (*server, error) {
	if s := r.servers[agents]; s != nil {
		return s, nil
	}
	s, err := startServer(ctx, r.binary, r.dataDir(agents), newHouse(agents))
	if err != nil {
		return nil, err
	}
	r.servers[agents] = s
	startedAt, toldAt := time.Now(), time.Now()
	err = fill(ctx, s, func(done int) {
		if now := time.Now(); now.Sub(toldAt) > 5*time.Second {
			toldAt = now
			r.tell("fill the floor of %d agents: %d%%", agents, 100*done/agents)
		}
	})
	took := time.Since(startedAt)
	r.tell("filled a floor of %d agents in %.1f s, %.0f events/s", agents, took.Seconds(), float64(agents)/took.Seconds())
	return s, err
}

func (r *run) dataDir(agents int) string {
	return filepath.Join(r.dir, fmt.Sprintf("rollcall-%d", agents))
}

func (r *run) stopServer(agents int) error {
	s := r.servers[agents]
	if s == nil {
		return nil
	}
	delete(r.servers, agents)
	return errors.Join(s.Stop(), os.RemoveAll(r.dataDir(agents)))
}

func (r *run) stopServers() error {
	var errs []error
	for agents := range r.servers {
		errs = append(errs, r.stopServer(agents))
	}
	return errors.Join(errs...)
}

// alternate measures ours and what is beside it in turn, beginning with the
// one and with the other.
func (r *run) alternate(what string, ours, beside func() (measure, error)) (mine, others []measure, err error) {
	for i := range r.pairs {
		both := [2]func() (measure, error){ours, beside}
		var got [2]measure
		for k := range both {
			k ^= i % 2
			if got[k], err = both[k](); err != nil {
				return nil, nil, fmt.Errorf("%s: %w", what, err)
			}
		}
		mine, others = append(mine, got[0]), append(others, got[1])
		r.tell("%s: pair %d of %d: %.0f and %.0f/s, p50 %s and %s, p99 %s and %s", what, i+1, r.pairs,
			got[0].PerSecond, got[1].PerSecond, short(got[0].P50), short(got[1].P50), short(got[0].P99), short(got[1].P99))
	}
	return mine, others, nil
}

func short(d time.Duration) string { return d.Round(time.Microsecond).String() }

// pairsOf takes one figure out of measurements.
func pairsOf(mine, others []measure, value func(measure) float64) pairs {
	p := make(pairs, len(mine))
	for i := range p {
		p[i] = pair{value(mine[i]), value(others[i])}
	}
	return p
}

func perSecond(m measure) float64 { return m.PerSecond }
func p50(m measure) float64       { return float64(m.P50) / float64(time.Millisecond) }
func p99(m measure) float64       { return float64(m.P99) / float64(time.Millisecond) }
