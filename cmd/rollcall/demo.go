package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"rollcall"
	"rollcall/internal/ownclient"
	"rollcall/internal/server"
	"rollcall/internal/simulate"
	"rollcall/internal/store"
)

func newDemo() *cobra.Command {
	config := simulate.Config{}
	c := server.NewConfig()
	c.MaxConnections, c.MaxWatchers = 500, 200 // of one machine's own programs, so that no limit of open files need be raised
	var duration time.Duration
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "A server with a simulated floor, to look at and to play with",
		Long: `demo runs a server on this machine with a temporary data directory, and a
simulated contact centre that feeds it over HTTP like anything else would. It
prints what to type in another terminal, then one line a second about the floor.
Ctrl-C ends it and removes the data.`,
		Example: `  rollcall demo
  rollcall demo --agents 2000 --rate 30`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := validateSimulation(config); err != nil {
				return misused(cmd, err)
			}
			// Where nobody reads any more it ends as well, and removes its data.
			ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGPIPE)
			defer stop()
			if duration > 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, duration)
				defer cancel()
			}
			return demo(ctx, c, config, cmd.OutOrStdout())
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.IntVar(&config.Agents, "agents", simulate.DefaultAgents, "agents on the roster")
	config.Rate = 10
	flags.Var((*factor)(&config.Rate), "rate", "how much faster than in life things happen")
	flags.Uint64Var(&config.Seed, "seed", 1, "which contact centre")
	flags.StringVar(&c.Listen, "listen", c.Listen, "address for questions and events, HOST:PORT")
	flags.StringVar(&c.AdminListen, "admin-listen", c.AdminListen, "address for health, metrics and profiles; empty for none")
	flags.DurationVar(&duration, "duration", 0, "end by itself after this long; 0 for never")
	return cmd
}

// demo runs a server and a simulation until ctx is done or either fails.
func demo(ctx context.Context, c server.Config, config simulate.Config, out io.Writer) (err error) {
	if c.DataDir, err = os.MkdirTemp("", "rollcall-demo-*"); err != nil {
		return fmt.Errorf("make a data directory: %w", err)
	}
	defer func() { _ = os.RemoveAll(c.DataDir) }()
	c.Logger = slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: slog.LevelWarn}))
	o := store.NewOptions()
	keepOn(&c, &o)
	s, err := server.Open(ctx, c)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	served := make(chan error, 1)
	go func() {
		served <- s.Run(ctx)
		cancel()
	}()
	config.Start, config.ContactEvents = time.Now(), true
	centre := simulate.New(config)
	fmt.Fprint(out, whatToType(s, centre))
	simulated := make(chan error, 1)
	go func() { simulated <- feed(ctx, s, centre, out) }()
	watchFloor(ctx, s, centre, out)
	cancel()
	if err := <-simulated; err != nil && ctx.Err() == nil {
		return err
	}
	return <-served
}

// feed sends the simulation's events to the server as anybody would: signed,
// over HTTP.
func feed(ctx context.Context, s *server.Server, centre *simulate.Centre, out io.Writer) error {
	key := credentials.NewStaticCredentialsProvider(s.MadeKey.ID, s.MadeKey.Secret, "")
	emitter := newEventEmitter(ownclient.New(s.URL(), ownclient.DefaultRegion, key), out)
	return centre.Run(ctx, func(events []simulate.Event) error { return sendEvents(ctx, emitter, events) })
}

// whatToType are lines that work as they stand, in another terminal.
func whatToType(s *server.Server, centre *simulate.Centre) string {
	arn, _ := rollcall.ParseARN(centre.InstanceARN())
	queue := centre.Queues()[0]
	self := "rollcall"
	if path, err := os.Executable(); err == nil {
		self = path
	}
	ask := fmt.Sprintf("connect get-current-user-data --instance-id %s \\\n      --filters Queues=%s --max-results 2", arn.Instance, rollcall.LastSegment(queue.ARN))
	return fmt.Sprintf(`rollcall demo: %d agents, %g times as fast as life. Look at them here (the link is good once):

  %s

Or ask, in another terminal:

%s
  aws %s
  %s %s

  # an event of your own: you come to the floor, whatever the simulation does
  echo '{"AgentARN":"%s/agent/you","EventType":"LOGIN","EventTimestamp":"'$(date -u +%%FT%%TZ)'","CurrentAgentSnapshot":
    {"AgentStatus":{"Name":"Available"},"Configuration":{"Username":"you","FirstName":"You"}}}' | %s emit

`, centre.Config().Agents, centre.Config().Rate, s.WallboardLink(), exports(s), ask, self, ask, centre.InstanceARN(), self)
}

// watchFloor prints a line a second, over the one before on a terminal.
func watchFloor(ctx context.Context, s *server.Server, centre *simulate.Centre, out io.Writer) {
	arn, _ := rollcall.ParseARN(centre.InstanceARN())
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	before := s.Totals()
	for {
		select {
		case <-ctx.Done():
			fmt.Fprintln(out)
			return
		case <-tick.C:
		}
		now := s.Totals()
		rewriteLine(out, fmt.Sprintf("%s  %s  |  %d events/s, %d questions/s", time.Now().Format(time.TimeOnly),
			activityLine(s, arn.Instance), now.Events-before.Events, now.Questions-before.Questions))
		before = now
	}
}

// rewriteLine prints a line: on a terminal over the one before, cut to its
// width.
func rewriteLine(out io.Writer, line string) {
	file, seen := terminal(out)
	if !seen {
		fmt.Fprintln(out, line)
		return
	}
	text := []byte(line)
	if width, _, err := term.GetSize(int(file.Fd())); err == nil {
		text = clip(text, width-1, 0)
	}
	fmt.Fprintf(file, "%s\x1b[K\r", text)
}

// activityLine counts the agents on the floor by what they do.
func activityLine(s *server.Server, id rollcall.InstanceID) string {
	fl, ok := s.Floors().Floor(id)
	if !ok {
		return "nobody yet"
	}
	counts := make(map[rollcall.Activity]int)
	var after rollcall.Cursor
	for more := true; more; {
		page := fl.Select(&rollcall.Query{Instance: id}, after, 1000)
		for _, agent := range page.Agents {
			counts[agent.Activity()]++
		}
		more, after = page.More, page.Next
	}
	var line []string
	for _, activity := range rollcall.Activities() {
		if n := counts[activity]; n > 0 {
			line = append(line, fmt.Sprintf("%s %d", activity, n))
		}
	}
	return strings.Join(line, ", ")
}
