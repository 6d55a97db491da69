package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"rollcall/internal/archive"
	"rollcall/internal/ownclient"
)

func newInstances() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "instances",
		Short: "List the instances that a server knows, and remove one",
		Long: `An instance is known to a server from the first event that names it, and belongs
to the account and Region of that event. --max-instances of 'rollcall serve'
bounds how many there may be.`,
		Example: `  rollcall instances list
  rollcall instances remove INSTANCE-ID`,
		Args: noArgs,
	}
	list := newInstancesList() // which is what the command does by itself, as agents does
	cmd.RunE = list.RunE
	cmd.Flags().AddFlagSet(list.Flags())
	cmd.AddCommand(list, newInstancesRemove())
	return cmd
}

// knownInstance is an instance in /v1's form.
type knownInstance struct {
	ID       string `json:"id"`
	ARN      string `json:"arn"`
	Agents   int    `json:"agents"`
	Online   int    `json:"online"`
	Contacts int    `json:"contacts"`
	Bytes    int64  `json:"bytes,omitempty"` // reckoned; where that is told
}

// listInstances gives the instances that the key may read.
func listInstances(ctx context.Context, server *ownclient.Client) ([]knownInstance, error) {
	answer := struct {
		Instances []knownInstance `json:"instances"`
	}{}
	err := get(ctx, server, "/v1/instances", nil, &answer)
	return answer.Instances, err
}

func newInstancesList() *cobra.Command {
	var target ownclient.Options
	var output, dataDir string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the instances that a server knows, as far as the key may read them",
		Example: `  rollcall instances list
  rollcall instances list --output json | jq -r '.[].arn'`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := validateOutput(cmd, output); err != nil {
				return err
			}
			var instances []knownInstance
			if dataDir != "" {
				err := standing(cmd, dataDir, false, func(s *archive.Standing) error {
					for _, fl := range s.Floors().Instances() {
						instances = append(instances, shown(fl))
					}
					return nil
				})
				if err != nil {
					return err
				}
				return writeInstances(cmd, output, instances)
			}
			server, err := ownclient.Open(cmd.Context(), target)
			if err != nil {
				return err
			}
			if instances, err = listInstances(cmd.Context(), server); err != nil {
				return err
			}
			return writeInstances(cmd, output, instances)
		},
	}
	cmd.Flags().SortFlags = false
	addOutput(cmd, &output)
	addDataDir(cmd, &dataDir)
	addTarget(cmd, &target)
	return cmd
}

func writeInstances(cmd *cobra.Command, output string, instances []knownInstance) error {
	if output == "json" {
		return writeIndented(cmd.OutOrStdout(), append([]knownInstance{}, instances...))
	}
	var t table
	t.add("INSTANCE", "AGENTS", "ON THE FLOOR", "CONTACTS", "ARN")
	for _, i := range instances {
		t.add(i.ID, strconv.Itoa(i.Agents), strconv.Itoa(i.Online), strconv.Itoa(i.Contacts), i.ARN)
	}
	_, err := io.WriteString(cmd.OutOrStdout(), t.String())
	return err
}

func newInstancesRemove() *cobra.Command {
	var target ownclient.Options
	var dataDir string
	var yes bool
	cmd := &cobra.Command{
		Use:   "remove INSTANCE",
		Short: "Forget an instance with all its agents",
		Long: `remove has a server forget an instance, named by id or ARN, with all its agents.
What the server keeps of it in the journal goes with the journal's retention. The
next event that names the instance begins it anew, perhaps for another account: so
stop what feeds it first.

On a terminal it asks before it does anything; elsewhere it wants --yes. The key
must be allowed the action rollcall:RemoveAgents on the instance.

With --data-dir it works on the journal of a server that is stopped: for one that
cannot start, since its floor is too large for its memory.`,
		Example: `  rollcall instances remove INSTANCE-ID
  rollcall instances remove --data-dir /var/lib/rollcall INSTANCE-ID
  rollcall instances remove --yes arn:aws:connect:us-east-1:111122223333:instance/INSTANCE-ID`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !yes && !isTerminal(cmd.InOrStdin()) {
				return misused(cmd, errors.New("nobody is there to be asked: give --yes to remove an instance with all its agents"))
			}
			if dataDir != "" {
				return removeStanding(cmd, dataDir, args[0], yes)
			}
			server, err := ownclient.Open(cmd.Context(), target)
			if err != nil {
				return err
			}
			if !yes {
				if err := confirmRemoval(cmd, server, args[0]); err != nil {
					return err
				}
			}
			position, err := remove(cmd.Context(), server, "/v1/instances/"+url.PathEscape(args[0]), nil)
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "instance %s is removed, position %s\n", harmless(args[0]), position)
			return nil
		},
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	addDataDir(cmd, &dataDir)
	addTarget(cmd, &target)
	return cmd
}

// confirmRemoval asks whoever is at the terminal.
func confirmRemoval(cmd *cobra.Command, server *ownclient.Client, name string) error {
	instances, err := listInstances(cmd.Context(), server)
	if err != nil {
		return err
	}
	return askForRemoval(cmd, instances, name)
}

func askForRemoval(cmd *cobra.Command, instances []knownInstance, name string) error {
	agents := "its agents"
	for _, i := range instances {
		if i.ID == name || i.ARN == name {
			agents = fmt.Sprintf("%d agents, %d of them on the floor", i.Agents, i.Online)
		}
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "Forget instance %s with %s? [y/N] ", harmless(name), agents)
	return confirm(interruptible(cmd.Context(), cmd.InOrStdin()))
}

// errNotConfirmed ends a command that was told not to go on.
var errNotConfirmed = errors.New("nothing was removed")

// confirm reads an answer; only a clear yes is one.
func confirm(in io.Reader) error {
	line, err := bufio.NewReader(in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "y", "yes":
		return nil
	}
	return errNotConfirmed
}

// remove asks /v1 to remove something, and gives the position of the event that
// did it.
func remove(ctx context.Context, server *ownclient.Client, path string, query url.Values) (position string, err error) {
	resp, err := server.Do(ctx, http.MethodDelete, path, query, nil)
	if err != nil {
		return "", err
	}
	var answer struct {
		Position string `json:"position"`
	}
	if err := read(server, resp, &answer); err != nil {
		return "", err
	}
	return answer.Position, nil
}

// answerError is an answer of /v1 that is an error.
type answerError struct {
	status  int
	message string
}

func (e *answerError) Error() string { return e.message }

// read reads an answer of /v1, or the error that it is.
func read(server *ownclient.Client, resp *ownclient.Response, answer any) error {
	if resp.Status != http.StatusOK {
		var failure struct {
			Error struct {
				Message string `json:"message"`
			} `json:"error"`
		}
		if err := json.Unmarshal(resp.Body, &failure); err != nil || failure.Error.Message == "" {
			return fmt.Errorf("%s answered %d %s; is it a rollcall server?", server.Endpoint, resp.Status, http.StatusText(resp.Status))
		}
		return &answerError{resp.Status, failure.Error.Message}
	}
	if err := json.Unmarshal(resp.Body, answer); err != nil {
		return fmt.Errorf("read the answer of %s: %w", server.Endpoint, err)
	}
	return nil
}
