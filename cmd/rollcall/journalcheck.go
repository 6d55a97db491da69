package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"rollcall/internal/archive"
	"rollcall/internal/journal"
)

func newJournalCheck() *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Read all of a journal and name what is damaged",
		Long: `check reads everything: it verifies the checksum and the place of every pack,
decodes every event, and makes a floor of every snapshot. It goes on behind what
is damaged, and changes nothing. Messages in a cluster's stream that no rollcall
published are stepped over, as a server does, and named: they are no damage. Nor
is an event of which this release makes nothing: it is named, and does no harm.

The exit status is 0 for a sound journal, 4 for a damaged one, and 1 when it
could not be checked.`,
		Example: `  rollcall journal check --data-dir /var/lib/rollcall
  rollcall journal check --nats-url nats://n1:4222 --output json`,
		Args: noArgs,
	}
	place := addJournalPlace(cmd)
	addOutput(cmd, &output)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := validateOutput(cmd, output); err != nil {
			return err
		}
		return place.with(cmd, func(ctx context.Context, log journal.Log) error {
			progress, finish := newJournalBar(cmd.ErrOrStderr(), "check")
			report, err := archive.Check(ctx, log, progress)
			finish()
			if err != nil {
				return err
			}
			return tellReport(cmd.OutOrStdout(), report, output)
		})
	}
	return cmd
}

// reportView is what check shows.
type reportView struct {
	Sound     bool          `json:"sound"`
	Packs     uint64        `json:"packs"`
	Events    uint64        `json:"events"`
	Snapshots int           `json:"snapshots"`
	Findings  []findingView `json:"findings"`
	Unlisted  uint64        `json:"unlisted,omitempty"`

	Strays      []strayView `json:"strays,omitempty"`
	StraysCount uint64      `json:"straysCount,omitempty"`
}

type strayView struct {
	Sequence uint64 `json:"sequence"`
	Subject  string `json:"subject"`
}

type findingView struct {
	Pack     uint64 `json:"pack,omitempty"`
	Through  uint64 `json:"through,omitempty"`
	Snapshot string `json:"snapshot,omitempty"`
	Reason   string `json:"reason"`

	Unreadable bool `json:"unreadable,omitempty"` // and no damage
}

// tellReport writes a report. Its error is ErrDamaged where there is damage.
func tellReport(out io.Writer, r *archive.Report, output string) error {
	if output == "json" {
		view := reportView{
			Sound: r.Sound(), Packs: r.Packs, Events: r.Events, Snapshots: r.Snapshots, Findings: []findingView{}, Unlisted: r.Unlisted,
		}
		for _, f := range r.Findings {
			view.Findings = append(view.Findings, findingView{f.Pack, f.Through, positionName(f.Snapshot), f.Reason, f.Unreadable})
		}
		view.StraysCount = r.StraysCount
		for _, s := range r.Strays {
			view.Strays = append(view.Strays, strayView{s.Sequence, s.Name})
		}
		if err := writeIndented(out, view); err != nil {
			return err
		}
	} else if err := writeReport(out, r); err != nil {
		return err
	}
	if r.Sound() {
		return nil
	}
	return fmt.Errorf("%w: %d findings; restore a backup, or see docs/operations.md, 'A damaged journal'", journal.ErrDamaged, uint64(len(r.Findings))+r.Unlisted)
}

func writeReport(out io.Writer, r *archive.Report) error {
	for _, f := range r.Findings {
		kind := "damaged:"
		if f.Unreadable {
			kind = "unreadable:"
		}
		if _, err := fmt.Fprintln(out, kind, harmless(f.String())); err != nil {
			return err
		}
	}
	if r.Unlisted > 0 {
		fmt.Fprintf(out, "and %d more\n", r.Unlisted)
	}
	for _, s := range r.Strays {
		fmt.Fprintf(out, "stepped over: message %d, on subject %s, is none of rollcall's\n", s.Sequence, harmless(s.Name))
	}
	if n := r.StraysCount - uint64(len(r.Strays)); n > 0 {
		fmt.Fprintf(out, "stepped over: and %d more\n", n)
	}
	_, err := fmt.Fprintf(out, "sound: %d packs with %d events, %d snapshots\n", r.Packs, r.Events, r.Snapshots)
	return err
}
