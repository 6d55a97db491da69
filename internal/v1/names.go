package v1

import (
	"math"
	"net/http"

	"rollcall"
	"rollcall/internal/door"
	"rollcall/internal/tally"
)

// namesView is what an instance's queues, profiles, groups and statuses are
// called, in the order of their names.
type namesView struct {
	Position        string        `json:"position"`
	Queues          []namedCount  `json:"queues"`
	RoutingProfiles []namedCount  `json:"routingProfiles"`
	HierarchyGroups []namedCount  `json:"hierarchyGroups"`
	Statuses        []statusCount `json:"statuses"`
}

type namedCount struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Agents int    `json:"agents"` // who have it, online or not
	Online int    `json:"online"`
}

type statusCount struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Agents int    `json:"agents"`
	Online int    `json:"online"`
}

// names answers with what there is.
func (s *service) names(q *request) error {
	if _, err := door.Query(q.Request, minPosition); err != nil {
		return err
	}
	page := q.floor.Select(&rollcall.Query{IncludeOffline: true}, rollcall.Cursor{}, math.MaxInt)
	answer := namesView{
		Position: page.Position.String(), Queues: countNamed(page.Agents, tally.ByQueue),
		RoutingProfiles: countNamed(page.Agents, tally.ByRoutingProfile), HierarchyGroups: countNamed(page.Agents, tally.ByHierarchyGroup),
		Statuses: []statusCount{},
	}
	_, statuses := tally.Sum(page.Agents, []tally.Dimension{tally.ByStatus}, nil)
	for _, g := range statuses {
		answer.Statuses = append(answer.Statuses, statusCount{g.Labels[0].Name, string(g.Labels[0].Type), g.Agents, g.Online})
	}
	return q.WriteJSON(http.StatusOK, answer)
}

func countNamed(agents []*rollcall.Agent, d tally.Dimension) []namedCount {
	_, groups := tally.Sum(agents, []tally.Dimension{d}, nil)
	list := make([]namedCount, len(groups))
	for i, g := range groups {
		list[i] = namedCount{g.Labels[0].ID, g.Labels[0].Name, g.Agents, g.Online}
	}
	return list
}
