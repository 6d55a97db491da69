package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// options are what can be asked of a run.
type options struct {
	binary  string
	results string
	only    *regexp.Regexp
	agents  int   // on the large floor
	sizes   []int // of the ruler's floors
	pairs   int
	window  time.Duration // of one measurement

	profiles bool
}

func main() {
	if len(os.Args) == 2 && os.Args[1][0] != '-' {
		if err := workAsChild(context.Background(), os.Args[1]); err != nil {
			fmt.Fprintf(os.Stderr, "bench %s: %v\n", os.Args[1], err)
			os.Exit(1)
		}
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := drive(ctx); err != nil {
		fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		stop()
		os.Exit(1)
	}
}

func parseFlags() (options, error) {
	var o options
	flag.StringVar(&o.binary, "binary", "../bin/rollcall", "the rollcall to measure")
	flag.StringVar(&o.results, "results", "../bench-results", "directory for the table (Markdown and JSON), and while it runs for data")
	flag.IntVar(&o.agents, "agents", 1_000_000, "agents on the large floor, a multiple of 10,000")
	flag.IntVar(&o.pairs, "pairs", 5, "alternating pairs that a ratio is the median of")
	flag.DurationVar(&o.window, "window", time.Second, "how long one measurement takes")
	flag.BoolVar(&o.profiles, "profiles", false, "also write CPU profiles of the server beside the results")
	sizes := flag.String("sizes", "500,5000,100000,1000000", "agents on each floor of the ruler: what a kind of question costs beside a plain handler; multiples of 100")
	only := flag.String("only", ".", "regular expression: the figures to measure, of "+figureNames())
	flag.Parse()
	var err error
	if o.only, err = regexp.Compile(*only); err != nil {
		return o, fmt.Errorf("-only: %w", err)
	}
	if o.agents < smallFloor || o.agents%smallFloor != 0 || o.pairs < 1 || flag.NArg() > 0 {
		return o, errors.New("want -agents a multiple of 10000, -pairs 1 or more, and no arguments")
	}
	for size := range strings.SplitSeq(*sizes, ",") {
		agents, err := strconv.Atoi(size)
		if err != nil || agents < groupAgents || agents%groupAgents != 0 {
			return o, fmt.Errorf("-sizes: %q is no multiple of %d", size, groupAgents)
		}
		o.sizes = append(o.sizes, agents)
	}
	for _, path := range []*string{&o.binary, &o.results} {
		if *path, err = filepath.Abs(*path); err != nil {
			return o, err
		}
	}
	return o, nil
}

func drive(ctx context.Context) error {
	o, err := parseFlags()
	if err != nil {
		return err
	}
	if _, err := os.Stat(o.binary); err != nil {
		return fmt.Errorf("the binary to measure: %w (make build)", err)
	}
	if err := os.MkdirAll(o.results, 0o755); err != nil { //nolint:gosec // results are for everybody
		return err
	}
	r := newRun(o)
	err = r.all(ctx)
	return errors.Join(err, r.report.write(o.results, os.Stdout))
}
