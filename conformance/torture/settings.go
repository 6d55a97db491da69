package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"time"
)

// settings say how to torture.
type settings struct {
	topology string // embedded, cluster or both
	duration time.Duration
	seed     uint64
	writers  int
	agents   int     // shared out evenly; the last one of each writer is for requests that are sent once
	rate     float64 // events a second, all writers together
	hold     time.Duration
	lull     time.Duration
	binary   string // rollcall; "" builds it
	dir      string // for evidence; "" makes one
	keep     bool
	report   string // file for the report as JSON; "" for none
	files    bool   // calls on files fail and stall
	isolated bool   // in namespaces of our own
}

// newSettings gives the defaults.
func newSettings() *settings {
	return &settings{
		topology: "both", duration: 5 * time.Minute, seed: rand.Uint64(), //nolint:gosec // printed, to be given again
		writers: 24, agents: 96, rate: 250, hold: 10 * time.Second, lull: 2 * time.Second, files: true,
	}
}

func parseSettings(args []string, stderr io.Writer) (*settings, error) {
	s := newSettings()
	flags := flag.NewFlagSet("torture", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&s.topology, "topology", s.topology, "what to torture: embedded, cluster or both")
	flags.DurationVar(&s.duration, "duration", s.duration, "how long faults strike, over all topologies; starting and checking come on top")
	flags.Uint64Var(&s.seed, "seed", s.seed, "draws the faults and the requests (default: a new one, which is printed)")
	flags.IntVar(&s.writers, "writers", s.writers, "how many write at once")
	flags.IntVar(&s.agents, "agents", s.agents, "how many agents the events are about; a multiple of -writers, at most 100")
	flags.Float64Var(&s.rate, "rate", s.rate, "events a second, all writers together")
	flags.DurationVar(&s.hold, "hold", s.hold, "longest time that something is held broken")
	flags.DurationVar(&s.lull, "lull", s.lull, "longest time between two faults, once events are acknowledged again")
	flags.StringVar(&s.binary, "binary", s.binary, "the rollcall to torture (default: ROLLCALL_BINARY, else one built now)")
	flags.StringVar(&s.dir, "evidence", s.dir, "directory for logs, history and journal; kept (default: a new one, kept only if something is wrong)")
	flags.BoolVar(&s.files, "files", s.files, "have writes, syncs and reads of the embedded journal's files fail and stall, by strace")
	flags.BoolVar(&s.keep, "keep", s.keep, "keep the evidence in any case")
	flags.StringVar(&s.report, "report", s.report, "file for the report as JSON")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	return s, s.validate()
}

func (s *settings) validate() error {
	switch {
	case s.topology != "embedded" && s.topology != "cluster" && s.topology != "both":
		return fmt.Errorf("-topology %q: want embedded, cluster or both", s.topology)
	case s.writers < 1 || s.agents > 100 || s.agents < 2*s.writers || s.agents%s.writers != 0:
		return fmt.Errorf("-agents %d with -writers %d: want a multiple, at least two for each writer, at most 100", s.agents, s.writers)
	case s.duration <= 0 || s.hold <= 0 || s.lull <= 0:
		return errors.New("-duration, -hold and -lull: want more than 0")
	case s.rate < 1:
		return fmt.Errorf("-rate %g: want at least 1", s.rate)
	}
	return nil
}

// dice are for one of those who draw at random.
func (s *settings) dice(whose int) *rand.Rand {
	return rand.New(rand.NewPCG(s.seed, uint64(whose))) //nolint:gosec // to be repeatable is the point
}
