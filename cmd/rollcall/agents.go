package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"rollcall/internal/ownclient"
)

// roster is what the command line asks of `rollcall agents`.
type roster struct {
	target   ownclient.Options
	instance string
	filters  url.Values
	offline  bool
	output   string
	watch    bool
	every    time.Duration
	times    url.Values // the filters that time alone changes
	sort     string
	groupBy  string

	orders []order // of sort
}

func newAgents() *cobra.Command {
	r := &roster{filters: url.Values{}, times: url.Values{}}
	cmd := &cobra.Command{
		Use:   "agents",
		Short: "List who is on the floor, and what each is doing",
		Long: `agents asks a server's /v1 who is on the floor and prints a table: name, status,
activity, time in that activity, contacts and queue. Filters combine, and each
may be repeated. With one instance on the server, --instance may be left out.`,
		Example: `  rollcall agents
  rollcall agents --watch --queue Sales --group-by activity
  rollcall agents --activity "After contact work" --longer-than 5m --sort since
  rollcall agents --contact-state CONNECTED_ONHOLD --output json | jq -r '.[].name'
  rollcall agents forget ann                # who left without a logout, or for good`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if r.output != "table" && r.output != "json" {
				return misused(cmd, fmt.Errorf("--output %q: want table or json", r.output))
			}
			if r.every < 100*time.Millisecond {
				return misused(cmd, fmt.Errorf("--every %s: want at least 100ms", r.every))
			}
			if err := r.prepare(); err != nil {
				return misused(cmd, err)
			}
			return r.run(cmd.Context(), cmd.OutOrStdout())
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&r.instance, "instance", "", "id or ARN of the instance (default: the only one)")
	for _, f := range [][2]string{
		{"queue", "only agents that this queue feeds; name, id or ARN"},
		{"routing-profile", "only agents with this routing profile; name, id or ARN"},
		{"hierarchy-group", "only agents in this group or below; name, id or ARN"},
		{"agent", "only this agent; id or ARN"},
		{"name", "only agents whose name has this part"},
		{"status", "only agents in this status; its name"},
		{"status-type", "only agents in a status of this type: ROUTABLE, CUSTOM or OFFLINE"},
		{"activity", "only agents with this activity, as the table says it"},
		{"channel", "only agents with slots of this channel, or a contact on it"},
		{"contact-state", "only agents with a contact in this state"},
	} {
		flags.Var(filterFlag{r.filters, f[0]}, f[0], f[1])
	}
	flags.Var(timeFlag{filterFlag{r.times, "longer-than"}}, "longer-than", "only agents whose activity has lasted so long, as 5m; not with --watch")
	flags.Var(timeFlag{filterFlag{r.times, "not-heard-for"}}, "not-heard-for", "only agents of whom nothing was heard for so long; not with --watch")
	flags.BoolVar(&r.offline, "include-offline", false, "also agents who are offline and have no contact")
	flags.StringVar(&r.output, "output", "table", "table or json")
	flags.BoolVar(&r.watch, "watch", false, "keep the list fresh until Ctrl-C")
	flags.DurationVar(&r.every, "every", time.Second, "with --watch: how often the table is drawn")
	flags.StringVar(&r.sort, "sort", "", "keys with commas between: "+orderNames()+"; a minus turns one round (default: activity,since with --watch)")
	flags.StringVar(&r.groupBy, "group-by", "", "queue, profile, team or activity")
	addTarget(cmd, &r.target)
	cmd.AddCommand(newAgentsForget())
	return cmd
}

// filterFlag is a flag that may be repeated and becomes a query parameter.
type filterFlag struct {
	values url.Values
	name   string
}

func (f filterFlag) Type() string       { return "value" }
func (f filterFlag) String() string     { return "" }
func (f filterFlag) Set(s string) error { f.values.Add(f.name, s); return nil }

// timeFlag is a filterFlag for a duration.
type timeFlag struct{ filterFlag }

func (f timeFlag) Set(s string) error {
	d, err := parseDuration(s)
	if err != nil {
		return err
	}
	return f.filterFlag.Set(d.String())
}

func (r *roster) run(ctx context.Context, out io.Writer) error {
	server, err := ownclient.Open(ctx, r.target)
	if err != nil {
		return err
	}
	if r.instance == "" {
		if r.instance, err = onlyInstance(ctx, server); err != nil {
			return err
		}
	}
	if !r.watch {
		return r.print(ctx, server, out)
	}
	return r.keepFresh(ctx, server, out)
}

func (r *roster) print(ctx context.Context, server *ownclient.Client, out io.Writer) error {
	agents, total, err := r.list(ctx, server)
	if err != nil {
		return err
	}
	if r.output == "json" {
		encoder := json.NewEncoder(escapedJSON{out})
		encoder.SetIndent("", "  ")
		return encoder.Encode(agents)
	}
	table, err := r.lay(agents, time.Now())
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s%d on the list\n", table.String(), total)
	return err
}

// query is what of the command line goes to the server.
func (r *roster) query() url.Values {
	query := url.Values{}
	for name, values := range r.filters {
		query[name] = values
	}
	if r.offline {
		query.Set("include-offline", "true")
	}
	return query
}

// list asks for all pages.
func (r *roster) list(ctx context.Context, server *ownclient.Client) (agents []json.RawMessage, total int, err error) {
	query := r.query()
	query.Set("limit", "1000")
	for name, values := range r.times {
		query[name] = values
	}
	agents = []json.RawMessage{}
	for {
		var page struct {
			Agents     []json.RawMessage `json:"agents"`
			Total      int               `json:"total"`
			NextCursor string            `json:"nextCursor"`
		}
		path := "/v1/instances/" + url.PathEscape(r.instance) + "/agents"
		if err := get(ctx, server, path, query, &page); err != nil {
			return nil, 0, err
		}
		agents, total = append(agents, page.Agents...), page.Total
		if page.NextCursor == "" {
			return agents, total, nil
		}
		query.Set("cursor", page.NextCursor)
	}
}

// onlyInstance is the instance that a server has, when it has one.
func onlyInstance(ctx context.Context, server *ownclient.Client) (string, error) {
	instances, err := listInstances(ctx, server)
	if err != nil {
		return "", err
	}
	switch len(instances) {
	case 0:
		return "", errors.New("the server knows no instance yet, or none that this key may read; put events in with 'rollcall emit'")
	case 1:
		return instances[0].ID, nil
	}
	var list strings.Builder
	for _, i := range instances {
		fmt.Fprintf(&list, "\n  --instance %s   # %d on the floor", i.ID, i.Online)
	}
	return "", fmt.Errorf("the server has several instances; choose one:%s", list.String())
}

// get asks /v1 and reads the answer.
func get(ctx context.Context, server *ownclient.Client, path string, query url.Values, answer any) error {
	resp, err := server.Do(ctx, http.MethodGet, path, query, nil)
	if err != nil {
		return err
	}
	return read(server, resp, answer)
}
