package main

import (
	"context"
	"encoding/json"
	"fmt"

	"rollcall/connectclient"
)

// kind is a kind of filter, and how many of a floor's agents it matches.
type kind struct {
	name    string
	filter  func(h house, i int) string // question number i
	matches func(h house) int
}

// sameMatches select as many on every floor.
var sameMatches = []kind{
	{"one queue", func(h house, i int) string { return listFilter("Queues", groupQueueID(spread(i, h.groups()))) }, func(house) int { return groupAgents }},
	{"100 queues", hundredQueues, func(house) int { return 100 * groupAgents }},
	{"100 agents", func(h house, i int) string {
		ids := make([]string, 100)
		for k := range ids {
			ids[k] = agentID(spread(i, h.groups()) + k*h.groups()) // all of a group
		}
		return listFilter("Agents", ids...)
	}, func(house) int { return 100 }},
	{"a team", func(h house, i int) string { return listFilter("UserHierarchyGroups", teamID(spread(i, h.groups()))) }, func(house) int { return groupAgents }},
}

// growingMatches select a part of the floor, whatever its size.
var growingMatches = []kind{
	{"everybody's queue", func(house, int) string { return listFilter("Queues", everybodyQueueID) }, func(h house) int { return h.agents }},
	{"a department", func(_ house, i int) string { return listFilter("UserHierarchyGroups", departmentID(i%departments)) }, func(h house) int { return h.agents / departments }},
}

// spread deals question numbers over n things.
func spread(i, n int) int { return i * 37 % n }

func hundredQueues(h house, i int) string {
	ids := make([]string, 100)
	for k := range ids {
		ids[k] = groupQueueID((spread(i, h.groups()) + k*(h.groups()/100)) % h.groups())
	}
	return listFilter("Queues", ids...)
}

// differingOfKind is how many questions there are of a kind: as many as the
// small floor has queues, so that both floors are asked as many.
const differingOfKind = smallFloor / groupAgents

// measureScale holds the time of an answer on a large floor against that on a
// small one.
func (r *run) measureScale(ctx context.Context) error {
	small, err := r.server(ctx, smallFloor)
	if err != nil {
		return err
	}
	large, err := r.server(ctx, r.agents)
	if err != nil {
		return err
	}
	for _, withStates := range []bool{false, true} {
		for _, k := range sameMatches {
			if err := r.compareFloors(ctx, small, large, k, withStates, func(string) goal { return ratioAtMost(1.2) }); err != nil {
				return err
			}
		}
		for _, k := range growingMatches {
			if err := r.compareFloors(ctx, small, large, k, withStates, func(unit string) goal { return oursAtMost(1, unit) }); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *run) compareFloors(ctx context.Context, small, large *server, k kind, withStates bool, g func(unit string) goal) error {
	name := k.name
	if withStates {
		name += ", 2 contact states"
	}
	ask := func(s *server) (func() (measure, error), error) {
		questions, err := k.questions(ctx, s, withStates)
		return func() (measure, error) {
			return load(ctx, job{
				HTTP:        &httpTarget{Address: s.Address, Requests: questions, Key: &benchKey},
				Connections: 1, WarmUp: r.window / 4, Duration: r.window / 2,
			})
		}, err
	}
	onLarge, err := ask(large)
	if err != nil {
		return err
	}
	onSmall, err := ask(small)
	if err != nil {
		return err
	}
	if err := r.profile(ctx, large, name, onLarge); err != nil {
		return err
	}
	mine, others, err := r.alternate(name, onLarge, onSmall)
	if err != nil {
		return err
	}
	what := fmt.Sprintf("%d agents", small.house.agents)
	r.report.add("p50 of "+name+fmt.Sprintf(", %d agents", large.house.agents), "ms", what, pairsOf(mine, others, p50), g("ms"))
	r.report.add("p99 of "+name+fmt.Sprintf(", %d agents", large.house.agents), "ms", what, pairsOf(mine, others, p99), g("ms"))
	return nil
}

// questions are of this kind and all different, as far as they can be. The
// first answer must tell the right total.
func (k kind) questions(ctx context.Context, s *server, withStates bool) ([]question, error) {
	questions := make([]question, differingOfKind)
	want := k.matches(s.house)
	for i := range questions {
		filters := k.filter(s.house, i)
		if withStates {
			filters += `,"ContactFilter":{"ContactStates":[` + askedStates + `]}`
		}
		questions[i] = question{Path: userDataPath, Body: []byte(`{"Filters":{` + filters + `}}`)}
	}
	total, err := askTotal(ctx, s, questions[0])
	if err != nil {
		return nil, err
	}
	if lowest := want / 3 * 9 / 10; !withStates && total != want || withStates && (total < lowest || total > want/2) {
		return nil, fmt.Errorf("%s (states %v) on %d agents: %d match, expected %d or with states a third of them", k.name, withStates, s.house.agents, total, want)
	}
	return questions, nil
}

func askTotal(ctx context.Context, s *server, q question) (int, error) {
	resp, err := s.client().Do(ctx, connectclient.Request{InstanceID: instanceID, Body: q.Body})
	if err != nil {
		return 0, err
	}
	var page struct{ ApproximateTotalCount int }
	if err := resp.Err(); err != nil {
		return 0, err
	}
	err = json.Unmarshal(resp.Body, &page)
	return page.ApproximateTotalCount, err
}
