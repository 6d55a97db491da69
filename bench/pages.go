package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"rollcall/connectclient"
)

// differing is how many questions are asked in turn, no two of them the same.
const differing = 500

// pageConnections are enough to keep both cores busy.
const pageConnections = 16

// measurePages holds requests a second against a plain handler that writes the
// same bytes.
func (r *run) measurePages(ctx context.Context) error {
	s, err := r.server(ctx, r.agents)
	if err != nil {
		return err
	}
	for _, f := range []struct {
		name, what string
		ask        func(ctx context.Context, s *server) (answered, error)
		goal       goal
	}{
		{"questions/s, pages of 100 agents", "plain handler, same bytes", fullPages, ratioAtLeast(0.8)},
		{"questions/s, one agent by id", "plain handler, same bytes", singleAgents, ratioAtLeast(0.7)},
	} {
		prepared, err := f.ask(ctx, s)
		if err != nil {
			return err
		}
		if err := r.besidePlain(ctx, s, prepared, f.name, f.what, f.goal); err != nil {
			return err
		}
	}
	return nil
}

// answered are questions with the answers that they got, verified.
type answered struct {
	questions []question
	answers   [][]byte
}

func (a *answered) answerBytes() int {
	sum := 0
	for _, answer := range a.answers {
		sum += len(answer)
	}
	return sum / len(a.answers)
}

// plainBeside starts a plain handler that has the answers ready, and gives what
// asks it for them.
func (r *run) plainBeside(ctx context.Context, a answered) (*child, func() (measure, error), error) {
	path := filepath.Join(r.dir, "bodies")
	if err := writeBodies(path, a.answers); err != nil {
		return nil, nil, err
	}
	rival, err := startChild(ctx, "plain", plain{Bodies: path})
	if err != nil {
		return nil, nil, err
	}
	var address string
	if err := rival.answer(&address); err != nil {
		return nil, nil, errors.Join(err, rival.close())
	}
	numbered := make([]question, len(a.questions))
	for i, q := range a.questions {
		numbered[i] = question{Path: fmt.Sprintf("/%d", i), Body: q.Body}
	}
	return rival, r.asking(ctx, rival.cmd.Process.Pid, address, numbered), nil
}

// asking asks a server, which is the process, as fast as it answers.
func (r *run) asking(ctx context.Context, pid int, address string, questions []question) func() (measure, error) {
	return withCPU(pid, func() (measure, error) {
		return load(ctx, job{
			HTTP:        &httpTarget{Address: address, Requests: questions, Key: &benchKey},
			Connections: pageConnections, WarmUp: r.window / 4, Duration: r.window,
		})
	})
}

func (r *run) besidePlain(ctx context.Context, s *server, a answered, name, what string, g goal) error {
	rival, beside, err := r.plainBeside(ctx, a)
	if err != nil {
		return err
	}
	defer func() { _ = rival.close() }()
	ours := r.asking(ctx, s.PID(), s.Address, a.questions)
	if err := r.profile(ctx, s, name, ours); err != nil {
		return err
	}
	mine, others, err := r.alternate(name, ours, beside)
	if err != nil {
		return err
	}
	r.report.note("%.1f KB, %d different questions on %d agents", float64(a.answerBytes())/1000, len(a.questions), s.house.agents)
	r.cpuNote(mine, others)
	r.report.add(name, "/s", what, pairsOf(mine, others, perSecond), g)
	return nil
}

// fullPages asks for page after page of lines, pairs of queues and teams, until
// there are enough that are full.
func fullPages(ctx context.Context, s *server) (answered, error) {
	var a answered
	h := s.house
	for i := 0; len(a.questions) < differing; i++ {
		var filters string
		g := i * 7 % h.groups()
		switch i % 4 {
		case 0:
			filters = listFilter("Queues", lineQueueID(i*3%h.lines()))
		case 1:
			filters = listFilter("Queues", groupQueueID(g), groupQueueID((g+1)%h.groups()), groupQueueID((g+2)%h.groups()))
		case 2:
			filters = listFilter("UserHierarchyGroups", teamID(g))
		case 3:
			filters = listFilter("Queues", lineQueueID(i*5%h.lines())) + `,"ContactFilter":{"ContactStates":[` + askedStates + `]}`
		}
		if err := a.walk(ctx, s.client(), filters, 10); err != nil {
			return a, err
		}
	}
	return a, nil
}

func singleAgents(ctx context.Context, s *server) (answered, error) {
	var a answered
	for i := range differing {
		if err := a.walk(ctx, s.client(), listFilter("Agents", agentID(i*7919%s.house.agents)), 1); err != nil {
			return a, err
		}
	}
	return a, nil
}

// walk asks for the first pages of a question, and keeps those that are full
// (or the only one).
func (a *answered) walk(ctx context.Context, c *connectclient.Client, filters string, pages int) error {
	token := ""
	for range pages {
		body := fmt.Sprintf(`{"Filters":{%s},"MaxResults":100`, filters)
		if token != "" {
			body += `,"NextToken":"` + token + `"`
		}
		body += "}"
		resp, err := c.Do(ctx, connectclient.Request{InstanceID: instanceID, Body: []byte(body)})
		if err != nil {
			return err
		}
		var page struct {
			NextToken    string
			UserDataList []json.RawMessage
		}
		if err := resp.Err(); err != nil {
			return fmt.Errorf("%s: %w", body, err)
		}
		if err := json.Unmarshal(resp.Body, &page); err != nil {
			return err
		}
		if n := len(page.UserDataList); n == 100 || n == 1 && token == "" {
			a.questions = append(a.questions, question{Path: userDataPath, Body: []byte(body)})
			a.answers = append(a.answers, resp.Body)
		}
		if token = page.NextToken; token == "" {
			break
		}
	}
	return nil
}

var userDataPath = "/metrics/userdata/" + url.PathEscape(instanceID)

// listFilter is a member of Filters.
func listFilter(name string, ids ...string) string {
	return `"` + name + `":["` + strings.Join(ids, `","`) + `"]`
}
