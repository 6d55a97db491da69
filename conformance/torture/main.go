package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"

	program "rollcall/internal/process"
)

// The exit statuses.
const (
	exitGood  = 0
	exitWrong = 1 // a promise is broken
	exitSetup = 2 // nothing is known: it could not be set up, or was interrupted
)

// slack is how much longer than -duration a run may take, for starting, healing
// and checking each topology.
const slack = 10 * time.Minute

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) > 0 && args[0] == natsCommand {
		return runNATS(args[1:])
	}
	s, err := parseSettings(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return exitGood
	case err != nil:
		fmt.Fprintln(stderr, "torture:", err)
		return exitSetup
	case runtime.GOOS != "linux":
		fmt.Fprintln(stderr, "torture: Linux is needed")
		return exitSetup
	}
	ctx, cancel := context.WithTimeout(ctx, s.duration+slack)
	defer cancel()
	if isInside() {
		if err := settleIn(ctx); err != nil {
			fmt.Fprintln(stderr, "torture:", err)
			return exitNotIsolated
		}
		s.isolated = true
		return s.run(ctx, stdout, stderr)
	}
	if err := s.prepare(); err != nil {
		fmt.Fprintln(stderr, "torture:", err)
		return exitSetup
	}
	status, err := isolate(ctx, s.args())
	if errors.Is(err, errNotIsolated) {
		fmt.Fprintln(stderr, "torture:", err)
		fmt.Fprintln(stderr, "torture: everything runs on loopback, without partitions and without a full disk")
		status, err = s.run(ctx, stdout, stderr), nil
	}
	if err != nil {
		fmt.Fprintln(stderr, "torture:", err)
		return exitSetup
	}
	if status == exitGood && !s.keep {
		err = os.RemoveAll(s.dir)
	} else {
		fmt.Fprintln(stdout, "the evidence is in", s.dir)
	}
	if err != nil {
		fmt.Fprintln(stderr, "torture:", err)
	}
	return status
}

// prepare makes what needs the machine as it is: the binary, the directory.
func (s *settings) prepare() (err error) {
	if s.dir == "" {
		s.dir, err = os.MkdirTemp("", "rollcall-torture-*")
	} else {
		s.keep = true
		if s.dir, err = filepath.Abs(s.dir); err == nil {
			err = os.MkdirAll(s.dir, 0o700)
		}
	}
	if err != nil {
		return err
	}
	if s.binary == "" {
		s.binary, err = program.Binary()
		return err
	}
	s.binary, err = filepath.Abs(s.binary)
	return err
}

// args are the settings as a command line.
func (s *settings) args() []string {
	return []string{
		"-topology", s.topology, "-duration", s.duration.String(), "-seed", strconv.FormatUint(s.seed, 10),
		"-writers", strconv.Itoa(s.writers), "-agents", strconv.Itoa(s.agents), "-rate", strconv.FormatFloat(s.rate, 'g', -1, 64),
		"-hold", s.hold.String(), "-lull", s.lull.String(), "-binary", s.binary, "-evidence", s.dir, "-report", s.report,
		"-files=" + strconv.FormatBool(s.files),
	}
}

// topologies are what can be tortured, each with its part of the duration.
var topologies = []struct {
	name string
	part float64
	open opener
}{
	{"embedded", 0.35, openEmbedded},
	{"cluster", 0.65, openCluster},
}

// run tortures what is asked for, and reports.
func (s *settings) run(ctx context.Context, stdout, stderr io.Writer) int {
	fmt.Fprintf(stdout, "torture: seed %d, %s of faults\n", s.seed, s.duration)
	r := &report{Seed: s.seed, Isolated: s.isolated, Good: true}
	for _, topology := range topologies {
		one := *s
		switch s.topology {
		case "both":
			one.duration = time.Duration(topology.part * float64(s.duration))
		case topology.name:
		default:
			continue
		}
		result, err := torture(ctx, &one, topology.open, filepath.Join(s.dir, topology.name))
		if err := errors.Join(err, ctx.Err()); err != nil {
			fmt.Fprintf(stderr, "torture: %s: %v\n", topology.name, err)
			return exitSetup
		}
		r.Results = append(r.Results, result)
		r.Good = r.Good && result.none()
	}
	return s.tell(r, stdout, stderr)
}

func (s *settings) tell(r *report, stdout, stderr io.Writer) int {
	err := errors.Join(r.write(stdout), r.save(filepath.Join(s.dir, "report.json")))
	if s.report != "" {
		err = errors.Join(err, r.save(s.report))
	}
	switch {
	case err != nil:
		fmt.Fprintln(stderr, "torture:", err)
		return exitSetup
	case !r.Good:
		return exitWrong
	}
	return exitGood
}
