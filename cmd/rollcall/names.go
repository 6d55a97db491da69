package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"

	"github.com/spf13/cobra"

	"rollcall/internal/ownclient"
)

// instanceNames is what /v1 says an instance's things are called.
type instanceNames struct {
	Queues          []namedAgents `json:"queues"`
	RoutingProfiles []namedAgents `json:"routingProfiles"`
	HierarchyGroups []namedAgents `json:"hierarchyGroups"`
	Statuses        []namedAgents `json:"statuses"`
}

type namedAgents struct {
	ID     string `json:"id,omitempty"`
	Name   string `json:"name"`
	Type   string `json:"type,omitempty"` // of a status
	Agents int    `json:"agents"`
	Online int    `json:"online"`
}

// newNames makes the commands that list what there is of a kind.
func newNames() []*cobra.Command {
	kinds := []struct {
		use, short string
		of         func(*instanceNames) []namedAgents
	}{
		{"queues", "List the queues that feed agents", func(n *instanceNames) []namedAgents { return n.Queues }},
		{"profiles", "List the routing profiles that agents have", func(n *instanceNames) []namedAgents { return n.RoutingProfiles }},
		{"teams", "List the hierarchy groups that agents are in", func(n *instanceNames) []namedAgents { return n.HierarchyGroups }},
		{"statuses", "List the statuses that agents have", func(n *instanceNames) []namedAgents { return n.Statuses }},
	}
	cmds := make([]*cobra.Command, len(kinds))
	for i, kind := range kinds {
		cmds[i] = newNamesOf(kind.use, kind.short, kind.of)
	}
	return cmds
}

func newNamesOf(use, short string, of func(*instanceNames) []namedAgents) *cobra.Command {
	var target ownclient.Options
	var instance, output string
	cmd := &cobra.Command{
		Use:     use,
		Short:   short,
		Long:    short + ", with their ids, how many agents have them, and how many of those are online.\nEvents tell them: what no event named is not known.",
		Example: "  rollcall " + use + "\n  rollcall " + use + " --output json | jq -r '.[].name'",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if output != "table" && output != "json" {
				return misused(cmd, fmt.Errorf("--output %q: want table or json", output))
			}
			server, err := ownclient.Open(cmd.Context(), target)
			if err != nil {
				return err
			}
			if instance == "" {
				if instance, err = onlyInstance(cmd.Context(), server); err != nil {
					return err
				}
			}
			var names instanceNames
			if err := get(cmd.Context(), server, "/v1/instances/"+url.PathEscape(instance)+"/names", nil, &names); err != nil {
				return err
			}
			list := of(&names)
			if output == "json" {
				encoder := json.NewEncoder(cmd.OutOrStdout())
				encoder.SetIndent("", "  ")
				return encoder.Encode(list)
			}
			_, err = fmt.Fprint(cmd.OutOrStdout(), layNames(list).String())
			return err
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&instance, "instance", "", "id or ARN of the instance (default: the only one)")
	flags.StringVar(&output, "output", "table", "table or json")
	addTarget(cmd, &target)
	return cmd
}

// layNames puts them into a table: statuses have a type, and no id.
func layNames(list []namedAgents) *table {
	t := new(table)
	if len(list) > 0 && list[0].Type != "" {
		t.add("NAME", "TYPE", "AGENTS", "ONLINE")
	} else {
		t.add("NAME", "ID", "AGENTS", "ONLINE")
	}
	for _, n := range list {
		t.add(n.Name, n.ID+n.Type, strconv.Itoa(n.Agents), strconv.Itoa(n.Online))
	}
	return t
}
