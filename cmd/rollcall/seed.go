package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"rollcall/internal/ownclient"
	"rollcall/internal/source"
)

func newSeed() *cobra.Command {
	var target ownclient.Options
	var output string
	cmd := &cobra.Command{
		Use:   "seed",
		Short: "Have a server ask Amazon Connect who is on the floor, and show how that goes",
		Long: `seed has a running server ask Amazon Connect again who is on the floor, for each
instance of its --seed-from-connect, and shows how that goes until it is over. It
takes a second for every 200 agents on the floor, and some seconds more, since
Amazon Connect allows two questions a second. To interrupt seed stops nothing.
The key needs rollcall:SeedAgents.`,
		Example: "  rollcall seed\n  rollcall seed --output json | jq '.[].seed.disagreed'",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if output != "table" && output != "json" {
				return misused(cmd, fmt.Errorf("--output %q: want table or json", output))
			}
			server, err := ownclient.Open(cmd.Context(), target)
			if err != nil {
				return err
			}
			seeded, err := seed(cmd.Context(), server, cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			if output == "json" {
				encoder := json.NewEncoder(cmd.OutOrStdout())
				encoder.SetIndent("", "  ")
				err = encoder.Encode(seeded)
			} else {
				_, err = fmt.Fprint(cmd.OutOrStdout(), laySeeds(seeded).String())
			}
			for i := range seeded {
				if is := &seeded[i]; is.Seed.Failed {
					err = errors.Join(err, fmt.Errorf("%s: %s", is.Source, is.Trouble))
				}
			}
			return err
		},
	}
	cmd.Flags().StringVar(&output, "output", "table", "table or json")
	addTarget(cmd, &target)
	return cmd
}

const seedPath = "/v1/sources/seed"

// seed wants looks, and gives how they went when all are over.
func seed(ctx context.Context, server *ownclient.Client, progress io.Writer) ([]source.Status, error) {
	resp, err := server.Do(ctx, http.MethodPost, seedPath, nil, nil)
	if err != nil {
		return nil, err
	}
	var wanted struct {
		Seeds []struct {
			Source string `json:"source"`
			Pass   int    `json:"pass"`
		} `json:"seeds"`
	}
	if err := read(server, resp, &wanted); err != nil {
		return nil, err
	}
	passes := make(map[string]int) // :: source -> the look that answers
	for _, s := range wanted.Seeds {
		passes[s.Source] = s.Pass
	}
	shown := make(map[string]string) // :: source -> what was said last
	again := time.NewTicker(250 * time.Millisecond)
	defer again.Stop()
	for {
		var answer struct {
			Sources []source.Status `json:"sources"`
		}
		if err := get(ctx, server, seedPath, nil, &answer); err != nil {
			return nil, err
		}
		over := 0
		for i := range answer.Sources {
			is := &answer.Sources[i]
			if is.Seed == nil || isOver(is.Seed, passes[is.Source]) {
				over++
			} else if line := doing(is.Seed); line != shown[is.Source] {
				shown[is.Source] = line
				fmt.Fprintln(progress, is.Source+": "+line)
			}
		}
		if over == len(answer.Sources) {
			return answer.Sources, nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-again.C:
		}
	}
}

// isOver tells whether a look, or a later one, has come to its end.
func isOver(is *source.SeedStatus, pass int) bool {
	return is.Pass > pass || is.Pass == pass && !is.EndedAt.IsZero()
}

// doing says how far a look is.
func doing(is *source.SeedStatus) string {
	switch {
	case is.Doing == "" || !is.EndedAt.IsZero():
		return "is about to begin"
	case is.Agents > 0:
		return fmt.Sprintf("%s, %d of %d agents", is.Doing, is.Agents, is.Of)
	case is.Names > 0:
		return fmt.Sprintf("%s, %d users", is.Doing, is.Names)
	}
	return is.Doing
}

// laySeeds lays out how looks went.
func laySeeds(all []source.Status) *table {
	t := new(table)
	t.add("SOURCE", "AGENTS", "NEW", "AGREED", "NEWER", "DISAGREED", "OUTDATED", "LEFT", "TOOK", "TROUBLE")
	for i := range all {
		is := all[i].Seed
		if is == nil {
			continue
		}
		t.add(all[i].Source, strconv.Itoa(is.Agents), strconv.Itoa(is.New), strconv.Itoa(is.Agreed), strconv.Itoa(is.Newer), strconv.Itoa(is.Disagreed),
			strconv.Itoa(is.Outdated), strconv.Itoa(is.Left), is.EndedAt.Sub(is.BeganAt).Round(time.Millisecond).String(), all[i].Trouble)
	}
	return t
}
