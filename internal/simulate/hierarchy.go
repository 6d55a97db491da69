package simulate

import "strconv"

// group is an agent hierarchy group. path is the JSON of it and all above it.
type group struct {
	Resource
	path string
	last string // path without its closing brace, for the level below
	lvl  int
}

// noGroup is what an event says of an agent outside the hierarchy.
var noGroup = &group{path: "null"}

var (
	sites = [...]struct{ division, site string }{
		{"EMEA", "Lisbon"},
		{"Americas", "Austin"},
		{"APAC", "Cebu"},
		{"EMEA", "Cork"},
		{"Americas", "Halifax"},
		{"EMEA", "Kraków"},
		{"APAC", "Brisbane"},
		{"Americas", "Guadalajara"},
	}
	departments = [...]string{"Service", "Sales", "Technical", "Back Office"}
	crews       = [...]string{"Early crew", "Late crew"}
)

// agentsASite and agentsATeam are the sizes that a site and a team are to
// have; big rosters have bigger teams, as an instance has at most 500 groups.
const (
	agentsASite = 40
	agentsATeam = 12
	teamsAtMost = 12
)

// hierarchy is the tree of groups: division, site, department, team, crew.
type hierarchy struct {
	groups []*group // all, parents first

	heads [][len(departments)]*group   // by site and department: the department
	teams [][len(departments)][]*group // by site and department: the lowest groups
}

// newHierarchy builds as many sites and teams as the roster fills.
func newHierarchy(w *world, agents int) *hierarchy {
	h := &hierarchy{}
	divisions := map[string]*group{} // :: name -> division
	nSites := min(1+agents/agentsASite, len(sites))
	nTeams := min(1+agents/(nSites*len(departments)*agentsATeam), teamsAtMost)
	h.heads = make([][len(departments)]*group, nSites)
	h.teams = make([][len(departments)][]*group, nSites)
	for i, s := range sites[:nSites] {
		if divisions[s.division] == nil {
			divisions[s.division] = h.add(w, nil, s.division)
		}
		site := h.add(w, divisions[s.division], s.site)
		for d, name := range departments {
			head := h.add(w, site, s.site+" "+name)
			h.heads[i][d] = head
			h.teams[i][d] = h.split(w, head, nTeams)
		}
	}
	return h
}

// split makes a department's teams, the first of which works in two crews.
func (h *hierarchy) split(w *world, head *group, n int) []*group {
	var lowest []*group
	for i := range n {
		team := h.add(w, head, head.Name+" Team "+strconv.Itoa(i+1))
		if i > 0 {
			lowest = append(lowest, team)
			continue
		}
		for _, crew := range crews {
			lowest = append(lowest, h.add(w, team, team.Name+" "+crew))
		}
	}
	return lowest
}

// add puts a group below parent, or at the top when that is nil.
func (h *hierarchy) add(w *world, parent *group, name string) *group {
	g := &group{Resource: w.resource("agent-group", name), lvl: 1, last: "{"}
	if parent != nil {
		g.lvl, g.last = parent.lvl+1, parent.last+","
	}
	g.last += `"Level` + strconv.Itoa(g.lvl) + `":{"ARN":` + quote(g.ARN) + `,"Name":` + quote(name) + `}`
	g.path = g.last + "}"
	h.groups = append(h.groups, g)
	return g
}
