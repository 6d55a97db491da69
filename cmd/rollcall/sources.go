package main

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"rollcall/internal/ownclient"
	"rollcall/internal/source"
)

func newSources() *cobra.Command {
	var target ownclient.Options
	var output string
	cmd := &cobra.Command{
		Use:   "sources",
		Short: "Show the streams that a server reads, and how far behind it is",
		Long: `sources shows each stream that a server reads by itself (serve --kinesis), its
shards, whether they are polled or come by fan-out, how long ago what is read was
written, and what hinders the reading. A shard that came of others waits until
those are read to their end. In a cluster NODE is the server that reads the shard,
which alone knows how far behind that is. An instance that is asked (serve
--seed-from-connect) waits between two looks. The key needs rollcall:ReadSources.`,
		Example: "  rollcall sources\n  rollcall sources --output json | jq '.[].shards[].behindSeconds'",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if output != "table" && output != "json" {
				return misused(cmd, fmt.Errorf("--output %q: want table or json", output))
			}
			server, err := ownclient.Open(cmd.Context(), target)
			if err != nil {
				return err
			}
			var answer struct {
				Sources []source.Status `json:"sources"`
			}
			if err := get(cmd.Context(), server, "/v1/sources", nil, &answer); err != nil {
				return err
			}
			if output == "json" {
				encoder := json.NewEncoder(cmd.OutOrStdout())
				encoder.SetIndent("", "  ")
				return encoder.Encode(answer.Sources)
			}
			if len(answer.Sources) == 0 {
				fmt.Fprintln(cmd.ErrOrStderr(), "this server reads no stream; events are posted to it (serve --kinesis reads one)")
				return nil
			}
			_, err = fmt.Fprint(cmd.OutOrStdout(), laySources(answer.Sources).String())
			return err
		},
	}
	cmd.Flags().StringVar(&output, "output", "table", "table or json")
	addTarget(cmd, &target)
	return cmd
}

// laySources lays out a line for each source, and one for each of its shards.
func laySources(all []source.Status) *table {
	t := new(table)
	t.add("SOURCE", "SHARD", "MODE", "STATE", "NODE", "BEHIND", "READ", "TROUBLE")
	for i := range all {
		s := &all[i]
		looked := ""
		if s.Seed != nil && !s.Seed.EndedAt.IsZero() {
			looked = s.Seed.EndedAt.Format(time.RFC3339)
		}
		t.add(s.Source, "", "", s.State, "", "", looked, s.Trouble)
		for j := range s.Shards {
			sh := &s.Shards[j]
			behind, read, trouble := "", "", sh.Trouble
			if sh.State == source.StateReading || sh.State == source.StateFailing {
				behind = (time.Duration(sh.BehindSeconds*1000) * time.Millisecond).String()
			}
			if !sh.ReadAt.IsZero() {
				read = sh.ReadAt.Format(time.RFC3339)
			}
			if sh.WaitsFor != "" {
				trouble = "waits for " + sh.WaitsFor
			}
			t.add(s.Source, sh.Shard, sh.Mode, sh.State, sh.Node, behind, read, trouble)
		}
	}
	return t
}
