package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"rollcall/connectclient"
	"rollcall/internal/process"
)

// rulerKinds are asked apart, on each size of a floor, with and without contact
// states. A question for more queues or profiles than a floor has names some that
// nobody has.
var rulerKinds = []struct {
	name   string
	filter func(h house, i int) string // question number i
}{
	{"one agent", func(h house, i int) string { return listFilter("Agents", agentID(i*7919%h.agents)) }},
	{"100 agents", func(h house, i int) string { return listFilter("Agents", several(agentID, i, 100, h.agents)...) }},
	{"one queue", func(h house, i int) string { return listFilter("Queues", groupQueueID(spread(i, h.groups()))) }},
	{"5 queues", func(h house, i int) string { return listFilter("Queues", several(groupQueueID, i, 5, h.groups())...) }},
	{"100 queues", func(h house, i int) string { return listFilter("Queues", several(groupQueueID, i, 100, h.groups())...) }},
	{"4 profiles", func(h house, i int) string {
		return listFilter("RoutingProfiles", several(profileID, i, 4, h.groups())...)
	}},
	{"a team", func(h house, i int) string { return listFilter("UserHierarchyGroups", teamID(spread(i, h.groups()))) }},
}

// several are n ids all different, which lie apart where there are enough.
func several(id func(int) string, i, n, of int) []string {
	ids := make([]string, n)
	for k := range ids {
		if ids[k] = id(k); of > n {
			ids[k] = id((spread(i, of) + k*(of/n)) % of)
		}
	}
	return ids
}

// The goals: what the handler takes over what we take.
const (
	pageGoal, hugePageGoal, agentGoal = 0.7, 0.6, 0.6
	hugeFloor                         = 1_000_000
)

// measureRuler holds the processor time that a server spends on a question
// against that of a plain handler which writes the same bytes: what clients and
// neighbours take is in neither.
func (r *run) measureRuler(ctx context.Context) error {
	for _, agents := range r.sizes {
		s, err := r.server(ctx, agents)
		if err != nil {
			return err
		}
		for _, k := range rulerKinds {
			for _, states := range []string{"", `,"ContactFilter":{"ContactStates":[` + askedStates + `]}`} {
				name, g := k.name, pageGoal
				switch {
				case k.name == "one agent" && states != "":
					continue
				case k.name == "one agent":
					g = agentGoal
				case agents >= hugeFloor:
					g = hugePageGoal
				}
				if states != "" {
					name += ", 2 contact states"
				}
				var a answered
				for i := range differingOfKind {
					if err := a.ask(ctx, s, `{"Filters":{`+k.filter(s.house, i)+states+`}}`); err != nil {
						return err
					}
				}
				if err := r.rule(ctx, s, a, fmt.Sprintf("%s, of %d agents", name, agents), ratioAtLeast(g)); err != nil {
					return err
				}
			}
		}
		if agents != smallFloor && agents != rivalFloor && agents != r.agents { // others want these
			if err := r.stopServer(agents); err != nil {
				return err
			}
		}
	}
	return nil
}

// ask asks for a first page.
func (a *answered) ask(ctx context.Context, s *server, body string) error {
	resp, err := s.client().Do(ctx, connectclient.Request{InstanceID: instanceID, Body: []byte(body)})
	if err != nil {
		return err
	}
	if err := resp.Err(); err != nil {
		return fmt.Errorf("%s: %w", body, err)
	}
	if !json.Valid(resp.Body) {
		return fmt.Errorf("%s: the answer is no JSON", body)
	}
	a.questions = append(a.questions, question{Path: userDataPath, Body: []byte(body)})
	a.answers = append(a.answers, resp.Body)
	return nil
}

func (r *run) rule(ctx context.Context, s *server, a answered, name string, g goal) error {
	rival, beside, err := r.plainBeside(ctx, a)
	if err != nil {
		return err
	}
	defer func() { _ = rival.close() }()
	ours := r.asking(ctx, s.PID(), s.Address, a.questions)
	if err := r.profile(ctx, s, name, ours); err != nil {
		return err
	}
	allocated, instructions, err := spent(ctx, s, ours)
	if err != nil {
		return err
	}
	mine, others, err := r.alternate(name, ours, beside)
	if err != nil {
		return err
	}
	r.report.note("%.1f KB; %.1f KB allocated%s; rates %.2fx", float64(a.answerBytes())/1000, allocated/1000, instructions,
		pairsOf(mine, others, perSecond).ratio())
	r.report.add(name+", questions a second of processor time", "/s", "plain handler, same bytes", pairsOf(mine, others, perProcessorSecond), g)
	return nil
}

// perProcessorSecond is how many requests a second of the server's processor
// time, user and system, answers.
func perProcessorSecond(m measure) float64 { return float64(time.Second) / float64(max(m.CPU, 1)) }

// spent tells the bytes that the server allocates for a request, and, where perf
// can count them, how many instructions it takes.
func spent(ctx context.Context, s *server, ours func() (measure, error)) (bytes float64, instructions string, err error) {
	before, err := s.allocated(ctx)
	if err != nil {
		return 0, "", err
	}
	count := exec.CommandContext(ctx, "perf", "stat", "-x,", "-e", "instructions", "-p", strconv.Itoa(s.PID()))
	var counted strings.Builder
	count.Stderr = &counted
	counting := count.Start() == nil
	m, err := ours()
	if counting {
		_ = count.Process.Signal(os.Interrupt)
		_ = count.Wait() // it tells the signal
	}
	if err != nil {
		return 0, "", err
	}
	after, err := s.allocated(ctx)
	if n, _, _ := strings.Cut(counted.String(), ","); counting {
		if n, err := strconv.ParseFloat(strings.TrimSpace(n), 64); err == nil && n > 0 {
			instructions = fmt.Sprintf(", %.0f thousand instructions", n/float64(m.Asked)/1000)
		}
	}
	return (after - before) / float64(m.Asked), instructions, err
}

// allocated is how many bytes the server has allocated so far.
func (s *server) allocated(ctx context.Context) (n float64, err error) {
	text, err := process.GoodPage(ctx, s.Admin, "/metrics")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "go_memstats_alloc_bytes_total "); ok {
			return strconv.ParseFloat(strings.TrimSpace(rest), 64)
		}
	}
	return 0, errors.New("no go_memstats_alloc_bytes_total on /metrics")
}
