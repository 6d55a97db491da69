package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"rollcall"
	"rollcall/internal/archive"
	"rollcall/internal/journal"
)

func newJournalStat() *cobra.Command {
	var output string
	var quick bool
	cmd := &cobra.Command{
		Use:   "stat",
		Short: "Tell what a journal holds: its positions, sizes, times and snapshots",
		Long: `stat tells the journal's epoch, the first and the last position, how many packs
and events it holds, how much room they take, when the oldest and the newest pack
were written, and which snapshots there are.

To count the events it reads the whole journal; --quick leaves that out.`,
		Example: `  rollcall journal stat --data-dir /var/lib/rollcall
  rollcall journal stat --quick --nats-url nats://n1:4222 --output json | jq .last`,
		Args: noArgs,
	}
	place := addJournalPlace(cmd)
	cmd.Flags().BoolVar(&quick, "quick", false, "do not count the events")
	addOutput(cmd, &output)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := validateOutput(cmd, output); err != nil {
			return err
		}
		return place.with(cmd, func(ctx context.Context, log journal.Log) error {
			progress, finish := newJournalBar(cmd.ErrOrStderr(), "count events")
			s, err := archive.Survey(ctx, log, !quick, progress)
			finish()
			if err != nil {
				return fmt.Errorf("%w; 'rollcall journal check' tells all that is wrong", err)
			}
			view := viewSummary(place.name(), s, quick)
			if output == "json" {
				return writeIndented(cmd.OutOrStdout(), view)
			}
			return view.write(cmd.OutOrStdout())
		})
	}
	return cmd
}

// summaryView is what stat shows.
type summaryView struct {
	Journal   string         `json:"journal"`
	Epoch     string         `json:"epoch"`
	First     string         `json:"first,omitempty"`
	Last      string         `json:"last,omitempty"`
	OldestAt  *time.Time     `json:"oldestAt,omitempty"`
	NewestAt  *time.Time     `json:"newestAt,omitempty"`
	Packs     uint64         `json:"packs"`
	Trimmed   uint64         `json:"trimmedPacks"`
	Events    *uint64        `json:"events,omitempty"`
	Bytes     int64          `json:"bytes"`
	Snapshots []snapshotView `json:"snapshots"`
}

type snapshotView struct {
	Position  string     `json:"position"`
	WrittenAt *time.Time `json:"writtenAt,omitempty"`
	Bytes     int64      `json:"bytes"`
}

func viewSummary(place string, s archive.Summary, quick bool) *summaryView {
	view := &summaryView{
		Journal: place, Epoch: s.Epoch.String(), First: positionName(s.First), Last: positionName(s.Last),
		OldestAt: known(s.OldestAt), NewestAt: known(s.NewestAt),
		Packs: s.Packs, Trimmed: s.Trimmed, Bytes: s.Bytes, Snapshots: []snapshotView{},
	}
	if !quick {
		view.Events = &s.Events
	}
	for _, snapshot := range s.Snapshots {
		view.Snapshots = append(view.Snapshots, snapshotView{snapshot.Position.String(), known(snapshot.WrittenAt), snapshot.Bytes})
	}
	return view
}

func positionName(p rollcall.Position) string {
	if p.IsZero() {
		return ""
	}
	return p.String()
}

// known is nil for an instant that is not.
func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func (v *summaryView) write(out io.Writer) error {
	var t table
	t.add("journal", v.Journal)
	t.add("epoch", v.Epoch)
	if v.Packs > 0 {
		t.add("first", v.First, instantName(v.OldestAt))
		t.add("last", v.Last, instantName(v.NewestAt))
	}
	packs := strconv.FormatUint(v.Packs, 10)
	if v.Trimmed > 0 {
		packs += fmt.Sprintf(" (%d before them were trimmed)", v.Trimmed)
	}
	t.add("packs", packs)
	if v.Events != nil {
		t.add("events", strconv.FormatUint(*v.Events, 10))
	}
	t.add("size", bytesName(v.Bytes))
	t.add("snapshots", strconv.Itoa(len(v.Snapshots)))
	text := t.String()
	if len(v.Snapshots) > 0 {
		var list table
		list.add("SNAPSHOT OF", "WRITTEN", "SIZE")
		for _, s := range v.Snapshots {
			list.add(s.Position, instantName(s.WrittenAt), bytesName(s.Bytes))
		}
		text += "\n" + list.String()
	}
	_, err := io.WriteString(out, text)
	return err
}

func instantName(t *time.Time) string {
	if t == nil {
		return "unreadable"
	}
	return t.UTC().Format("2006-01-02 15:04:05Z")
}

// bytesName is a size for people.
func bytesName(n int64) string {
	const units = "KMGTPE"
	if n < 1<<10 {
		return strconv.FormatInt(n, 10) + " B"
	}
	size, unit := float64(n)/(1<<10), 0
	for size >= 1<<10 {
		size /= 1 << 10
		unit++
	}
	return fmt.Sprintf("%.1f %ciB", size, units[unit])
}

// addOutput gives a command the choice between a table and JSON.
func addOutput(cmd *cobra.Command, output *string) {
	cmd.Flags().StringVar(output, "output", "table", "table or json")
}

func validateOutput(cmd *cobra.Command, output string) error {
	if output != "table" && output != "json" {
		return misused(cmd, fmt.Errorf("--output %q: want table or json", output))
	}
	return nil
}

func writeIndented(out io.Writer, value any) error {
	encoder := json.NewEncoder(escapedJSON{out})
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}
