package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"rollcall/internal/emit"
	"rollcall/internal/ownclient"
	"rollcall/internal/simulate"
)

// simulation is what the command line says of a simulated contact centre.
type simulation struct {
	config simulate.Config
	rate   string
	start  string
	emit   bool
	waits  bool // --contact-events; on with emit, if it isn't said
	target ownclient.Options
}

func newSimulate() *cobra.Command {
	s := simulation{}
	cmd := &cobra.Command{
		Use:   "simulate",
		Short: "Make the agent events of a virtual contact centre",
		Long: `simulate runs a virtual contact centre and writes its agent events, in the form
that Amazon Connect publishes: agents with shifts, breaks, routing profiles,
queues and a hierarchy; contacts on all channels that are offered, accepted,
missed, held, transferred and ended; after contact work; heartbeats. With
--contact-events there are contact events among them, as EventBridge delivers
them: they tell who waits in a queue.

Events go to standard output, one a line, or with --emit to a server. They carry
the time at which they are written: --rate compresses how long things last and
never stamps the future. --rate max writes --duration of the past at once.

One seed is one roster: the same agents, queues and profiles. A second run is a
new day for them, not a repetition. With the same --start it is the same bytes.`,
		Example: `  rollcall simulate --agents 200 --rate 10x --seed 1 --emit
  rollcall simulate --agents 50 --rate max --duration 8h > day.jsonl
  rollcall simulate --rate max --duration 1h --start 2026-01-05T08:00:00Z | rollcall emit`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s.config.ContactEvents = s.waits
			if !cmd.Flags().Changed("contact-events") {
				s.config.ContactEvents = s.emit || s.target.EndpointURL != ""
			}
			if err := s.resolve(time.Now()); err != nil {
				return misused(cmd, err)
			}
			return s.run(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.IntVar(&s.config.Agents, "agents", simulate.DefaultAgents, "agents on the roster")
	flags.StringVar(&s.rate, "rate", "1x", "how fast: 1x is real time, 10x makes everything last a tenth, max does not wait")
	flags.Uint64Var(&s.config.Seed, "seed", 1, "which contact centre")
	flags.DurationVar(&s.config.Duration, "duration", 0, "how long; 0 for ever, with --rate max 1h")
	flags.StringVar(&s.start, "start", "", "with --rate max: the first instant, as 2026-01-05T08:00:00Z (default: now less --duration)")
	flags.StringVar(&s.config.InstanceID, "instance", "", "instance id (default: made from the seed)")
	flags.StringVar(&s.config.Account, "account", simulate.DefaultAccount, "AWS account in the ARNs")
	flags.StringVar(&s.config.Region, "instance-region", simulate.DefaultRegion, "Region in the ARNs")
	flags.BoolVar(&s.waits, "contact-events", false, "also make contact events, which tell who waits in a queue; they are made with --emit, if this isn't false")
	flags.BoolVar(&s.emit, "emit", false, "send the events to a server, found as by 'rollcall emit'")
	addTarget(cmd, &s.target)
	return cmd
}

// resolve turns the words of the command line into a configuration.
func (s *simulation) resolve(now time.Time) error {
	s.emit = s.emit || s.target.EndpointURL != ""
	if s.rate != "max" {
		rate, err := strconv.ParseFloat(strings.TrimSuffix(s.rate, "x"), 64)
		if err != nil {
			return fmt.Errorf("--rate %q: want a factor such as 1x or 10x, or max", s.rate)
		}
		if s.start != "" {
			return errors.New("--start is for --rate max; at any other rate the events are stamped as they are written")
		}
		s.config.Rate, s.config.Start = rate, now
		return validateSimulation(s.config)
	}
	if s.config.Duration == 0 {
		s.config.Duration = time.Hour
	}
	s.config.Start = now.Add(-s.config.Duration)
	if s.start != "" {
		start, err := time.Parse(time.RFC3339, s.start)
		if err != nil {
			return fmt.Errorf("--start %q: want an instant such as 2026-01-05T08:00:00Z", s.start)
		}
		s.config.Start = start
	}
	if end := s.config.Start.Add(s.config.Duration); end.After(now) {
		return fmt.Errorf("--start %s and --duration %s end at %s, in the future", s.start, s.config.Duration, end.Format(time.RFC3339))
	}
	s.config.Rate = simulate.DefaultRate
	return validateSimulation(s.config)
}

// validateSimulation also refuses a 0 where a Config takes it for the default.
func validateSimulation(c simulate.Config) error {
	switch {
	case c.Agents == 0:
		return fmt.Errorf("--agents 0: want 1 to %d", simulate.MaxAgents)
	case c.Rate == 0:
		return fmt.Errorf("--rate 0: want %g to %d", simulate.MinRate, simulate.MaxRate)
	}
	return c.Validate()
}

func (s *simulation) run(ctx context.Context, out, log io.Writer) error {
	centre := simulate.New(s.config)
	write, done, err := s.sink(ctx, out, log)
	if err != nil {
		return err
	}
	if s.rate == "max" {
		err = drain(ctx, centre, write)
	} else {
		err = centre.Run(ctx, write)
	}
	if err != nil && !interrupted(ctx, err) { // Ctrl-C is how an endless simulation ends
		_ = done()
		return err
	}
	return done()
}

// sink is where events go, and what to do at the end.
func (s *simulation) sink(ctx context.Context, out, log io.Writer) (write func([]simulate.Event) error, done func() error, err error) {
	if !s.emit {
		w := bufio.NewWriterSize(out, 1<<18)
		var line []byte
		return func(events []simulate.Event) error {
			for _, e := range events {
				line = append(e.AppendJSON(line[:0]), '\n')
				if _, err := w.Write(line); err != nil {
					return err
				}
			}
			return w.Flush()
		}, w.Flush, nil
	}
	server, err := ownclient.Open(ctx, s.target)
	if err != nil {
		return nil, nil, err
	}
	emitter := newEventEmitter(server, log)
	done = func() error {
		summary := emitter.Summary()
		_, err := fmt.Fprintf(log, "kept %d, refused %d\n", summary.Kept, summary.Refused)
		if err == nil && summary.Refused > 0 {
			err = errors.New("not every event was kept")
		}
		return err
	}
	return func(events []simulate.Event) error { return sendEvents(ctx, emitter, events) }, done, nil
}

// drain writes the whole simulation without waiting for anything.
func drain(ctx context.Context, centre *simulate.Centre, write func([]simulate.Event) error) error {
	const batchEvents = 500
	batch := make([]simulate.Event, 0, batchEvents)
	for ctx.Err() == nil {
		event, more := centre.Next()
		if more {
			batch = append(batch, event)
		}
		if len(batch) == batchEvents || !more {
			if err := write(batch); err != nil || !more {
				return err
			}
			batch = batch[:0]
		}
	}
	return ctx.Err()
}

func newEventEmitter(server *ownclient.Client, log io.Writer) *emit.Emitter {
	return &emit.Emitter{Server: server, OnRefused: func(r emit.Refused) {
		fmt.Fprintf(log, "event refused: %s: %s\n", r.Member, r.Reason)
	}}
}

// sendEvents sends simulated events, in pieces that a server takes at once.
func sendEvents(ctx context.Context, emitter *emit.Emitter, events []simulate.Event) error {
	documents := make([]emit.Document, len(events))
	for i, e := range events {
		documents[i] = emit.Document{Body: e.AppendJSON(nil), Line: i + 1}
	}
	return emitter.Send(ctx, "simulation", documents)
}
