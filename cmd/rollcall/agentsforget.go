package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/spf13/cobra"

	"rollcall/internal/ownclient"
)

// forgetting is what the command line asks of `rollcall agents forget`.
type forgetting struct {
	target   ownclient.Options
	instance string
	force    bool
	dataDir  string

	ids map[string][]string // :: user name -> ids; nil until somebody is looked for
}

func newAgentsForget() *cobra.Command {
	f := &forgetting{}
	cmd := &cobra.Command{
		Use:   "forget AGENT...",
		Short: "Forget agents who are gone for good",
		Long: `forget has a server forget agents, each named by id, ARN or user name. Whoever
comes back is a new agent. A server forgets by itself whoever is off the floor for
--forget-after (30 days).

Only agents who are off the floor are forgotten, unless --force is given: then
whoever is on it is logged out first. That is for agents whose logout never came.
The key must be allowed the action rollcall:RemoveAgents on the instance.

With --data-dir it works on the journal of a server that is stopped, and takes ids
and ARNs alone.

The exit status is 0 when all were forgotten, 1 when any was not.`,
		Example: `  rollcall agents forget ann bob
  rollcall agents forget --force --instance INSTANCE-ID AGENT-ID`,
		Args: someArgs("an agent"),
		RunE: func(cmd *cobra.Command, agents []string) error {
			if f.dataDir != "" {
				return f.forgetStanding(cmd, agents)
			}
			server, err := ownclient.Open(cmd.Context(), f.target)
			if err != nil {
				return err
			}
			if f.instance == "" {
				if f.instance, err = onlyInstance(cmd.Context(), server); err != nil {
					return err
				}
			}
			return f.run(cmd, server, agents)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.instance, "instance", "", "id or ARN of the instance (default: the only one)")
	flags.BoolVar(&f.force, "force", false, "log out whoever is on the floor first")
	addDataDir(cmd, &f.dataDir)
	addTarget(cmd, &f.target)
	return cmd
}

func (f *forgetting) run(cmd *cobra.Command, server *ownclient.Client, agents []string) error {
	return f.each(cmd, agents, func(agent string) (string, error) { return f.forget(cmd.Context(), server, agent) })
}

// each forgets one after the other, and says what became of it.
func (f *forgetting) each(cmd *cobra.Command, agents []string, forget func(agent string) (position string, err error)) error {
	failed := false
	for _, agent := range agents {
		position, err := forget(agent)
		switch {
		case cmd.Context().Err() != nil || errors.Is(err, ownclient.ErrNoCredentials):
			return err
		case err != nil:
			failed = true
			fmt.Fprintf(cmd.ErrOrStderr(), "agent %s is not forgotten: %s\n", harmless(agent), harmless(err.Error()))
		default:
			fmt.Fprintf(cmd.ErrOrStderr(), "agent %s is forgotten, position %s\n", harmless(agent), position)
		}
	}
	if failed {
		return errors.New("not every agent was forgotten")
	}
	return nil
}

// forget takes the agent for an id or an ARN, and for a user name where there is
// no such agent.
func (f *forgetting) forget(ctx context.Context, server *ownclient.Client, agent string) (position string, err error) {
	position, err = f.forgetID(ctx, server, agent)
	if answer := (*answerError)(nil); !errors.As(err, &answer) || answer.status != http.StatusNotFound {
		return position, err
	}
	ids, listErr := f.idsOf(ctx, server, agent)
	switch {
	case listErr != nil || len(ids) == 0:
		return "", err
	case len(ids) > 1:
		return "", fmt.Errorf("%d agents have this user name: name one by its id, such as %s", len(ids), ids[0])
	}
	return f.forgetID(ctx, server, ids[0])
}

func (f *forgetting) forgetID(ctx context.Context, server *ownclient.Client, id string) (position string, err error) {
	query := url.Values{}
	if f.force {
		query.Set("force", "true")
	}
	return remove(ctx, server, "/v1/instances/"+url.PathEscape(f.instance)+"/agents/"+url.PathEscape(id), query)
}

// idsOf gives the agents that have a user name.
func (f *forgetting) idsOf(ctx context.Context, server *ownclient.Client, username string) (ids []string, err error) {
	if f.ids == nil {
		agents, _, err := (&roster{instance: f.instance, offline: true}).list(ctx, server)
		if err != nil {
			return nil, err
		}
		f.ids = make(map[string][]string)
		for _, raw := range agents {
			var a struct {
				ID       string `json:"id"`
				Username string `json:"username"`
			}
			if err := json.Unmarshal(raw, &a); err != nil {
				return nil, fmt.Errorf("read an agent: %w", err)
			}
			f.ids[a.Username] = append(f.ids[a.Username], a.ID)
		}
	}
	return f.ids[username], nil
}
