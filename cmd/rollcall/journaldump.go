package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"rollcall"
	"rollcall/internal/archive"
	"rollcall/internal/journal"
)

func newJournalDump() *cobra.Command {
	var filter archive.Filter
	var from, to, since, until string
	cmd := &cobra.Command{
		Use:   "dump",
		Short: "Write agent events of a journal, one a line, as they were taken",
		Long: `dump writes the agent event documents of a journal to standard output, one a
line, in the journal's order: as they came, without PreviousAgentSnapshot and
white space. A server takes them back ('rollcall emit').

Rollcall's own events (a forgotten agent, a removed instance) are left out, since
no server takes them; --own-events writes them, too. For a copy of a journal use
'rollcall journal export'.

It goes on behind what is damaged with all that can be read, says at the end which
packs are missing, and ends with exit status 4.

Filters combine. --instance and --agent may be repeated. --since and --until go
by the events' own EventTimestamp, for example 2026-03-02T08:00:00Z.`,
		Example: `  rollcall journal dump --since 2026-03-02T08:00:00Z --until 2026-03-02T09:00:00Z
  rollcall journal dump --agent AGENT-ID | jq -r '[.EventTimestamp, .EventType] | @tsv'
  rollcall journal dump --data-dir old --instance INSTANCE-ID | rollcall emit`,
		Args: noArgs,
	}
	place := addJournalPlace(cmd)
	flags := cmd.Flags()
	flags.StringVar(&from, "from", "", "only events from this position on")
	flags.StringVar(&to, "to", "", "only events up to this position")
	flags.StringVar(&since, "since", "", "only events of this instant or later")
	flags.StringVar(&until, "until", "", "only events before this instant")
	flags.StringArrayVar(&filter.Instances, "instance", nil, "only events of this instance; id or ARN")
	flags.StringArrayVar(&filter.Agents, "agent", nil, "only events of this agent; id or ARN")
	flags.BoolVar(&filter.Own, "own-events", false, "also rollcall's own events")
	cmd.RunE = func(cmd *cobra.Command, _ []string) (err error) {
		for _, p := range []struct {
			name, value string
			into        *rollcall.Position
		}{{"from", from, &filter.From}, {"to", to, &filter.To}} {
			if *p.into, err = parsePosition(p.name, p.value); err != nil {
				return misused(cmd, err)
			}
		}
		for _, t := range []struct {
			name, value string
			into        *time.Time
		}{{"since", since, &filter.Since}, {"until", until, &filter.Until}} {
			if *t.into, err = parseInstant(t.name, t.value); err != nil {
				return misused(cmd, err)
			}
		}
		return place.with(cmd, func(ctx context.Context, log journal.Log) error {
			progress, finish := archive.Progress(nil), func() {}
			if !isTerminal(cmd.OutOrStdout()) { // else the events are seen themselves
				progress, finish = newJournalBar(cmd.ErrOrStderr(), "dump")
			}
			out := cmd.OutOrStdout()
			if isTerminal(out) { // elsewhere the bytes are those that came
				out = escapedJSON{out}
			}
			_, err := archive.Dump(ctx, log, out, filter, progress)
			finish()
			return err
		})
	}
	return cmd
}

func parsePosition(flag, value string) (rollcall.Position, error) {
	if value == "" {
		return rollcall.Position{}, nil
	}
	p, err := rollcall.ParsePosition(value)
	if err != nil {
		return p, fmt.Errorf("--%s: %w", flag, err)
	}
	return p, nil
}

func parseInstant(flag, value string) (time.Time, error) {
	if value == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, value)
	if err != nil {
		return t, fmt.Errorf("--%s %q: want an instant such as 2026-03-02T08:00:00Z", flag, value)
	}
	return t, nil
}
