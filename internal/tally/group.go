package tally

import (
	"cmp"
	"slices"
	"time"

	"rollcall"
)

// Dimension is by what agents are put into groups.
type Dimension uint8

// The dimensions. An agent is in as many groups of one as it has of that: each
// queue of its profile, each group of its hierarchy path, each channel of which
// it has slots. Agents of whom it is not known are in no group.
const (
	ByQueue Dimension = iota
	ByRoutingProfile
	ByHierarchyGroup
	ByStatus
	ByActivity
	ByChannel
	dimensions int = iota
)

var dimensionNames = [dimensions]string{"queue", "routing-profile", "hierarchy-group", "status", "activity", "channel"}

// String names the dimension as /v1 does.
func (d Dimension) String() string { return dimensionNames[d] }

// Dimensions lists the dimensions.
func Dimensions() []Dimension {
	all := make([]Dimension, dimensions)
	for i := range all {
		all[i] = Dimension(i)
	}
	return all
}

// Label says which group of a dimension it is.
type Label struct {
	ID   string // of a queue, routing profile or hierarchy group; empty of the others
	Name string
	Type rollcall.StatusType // of a status
}

// Group is the agents that have these labels, one a dimension.
type Group struct {
	Labels []Label // as the newest event among its agents names them
	Counts

	namedAt time.Time
}

// Sum counts the agents, in all and by the dimensions, of which there are two at
// most. keep tells which labels make groups; nil: all. Groups stand in the order
// of their labels' names.
func Sum(agents []*rollcall.Agent, by []Dimension, keep func(Dimension, Label) bool) (total Counts, groups []*Group) {
	s := summing{by: by, keep: keep, groups: make(map[Key]*Group)}
	for _, a := range agents {
		total.Add(a, Scope{})
		if len(by) > 0 {
			s.add(a)
		}
	}
	for _, g := range s.groups {
		groups = append(groups, g)
	}
	slices.SortFunc(groups, CompareGroups)
	return total, groups
}

// Key is what makes a group another than the rest: of what has an id the id, since
// names may differ between events.
type Key [2]Label

// Key is the group's.
func (g *Group) Key() Key { return keyOf(g.Labels) }

func keyOf(labels []Label) (key Key) {
	for i, l := range labels {
		if l.ID != "" {
			l.Name = ""
		}
		key[i] = l
	}
	return key
}

type summing struct {
	by     []Dimension
	keep   func(Dimension, Label) bool
	groups map[Key]*Group

	// What agents share has the same labels each time.
	ofProfile [2]map[*rollcall.RoutingProfile][]Label
	ofPath    [2]map[*rollcall.HierarchyPath][]Label
}

func (s *summing) add(a *rollcall.Agent) {
	for _, first := range s.labels(a, 0) {
		if len(s.by) == 1 {
			s.count(a, []Label{first})
			continue
		}
		for _, second := range s.labels(a, 1) {
			s.count(a, []Label{first, second})
		}
	}
}

func (s *summing) count(a *rollcall.Agent, labels []Label) {
	key := keyOf(labels)
	g := s.groups[key]
	if g == nil {
		g = new(Group)
		s.groups[key] = g
	}
	if g.Labels == nil || a.EventAt.After(g.namedAt) {
		g.Labels, g.namedAt = labels, a.EventAt
	}
	g.Add(a, s.scope(labels))
}

// scope is what of an agent counts under the labels.
func (s *summing) scope(labels []Label) (in Scope) {
	for i, d := range s.by {
		switch d {
		case ByQueue:
			in.Queue = rollcall.QueueID(labels[i].ID)
		case ByChannel:
			in.Channel = rollcall.Channel(labels[i].Name)
		case ByRoutingProfile, ByHierarchyGroup, ByStatus, ByActivity:
		}
	}
	return in
}

// labels are the agent's of the dimension at i.
func (s *summing) labels(a *rollcall.Agent, i int) []Label {
	switch s.by[i] {
	case ByQueue, ByRoutingProfile:
		return remember(&s.ofProfile[i], a.Configuration.RoutingProfile, func() []Label { return s.kept(a, i) })
	case ByHierarchyGroup:
		return remember(&s.ofPath[i], a.Configuration.Hierarchy, func() []Label { return s.kept(a, i) })
	case ByStatus, ByActivity, ByChannel:
	}
	return s.kept(a, i)
}

func (s *summing) kept(a *rollcall.Agent, i int) []Label {
	labels := Labels(a, s.by[i])
	if s.keep != nil {
		labels = slices.DeleteFunc(labels, func(l Label) bool { return !s.keep(s.by[i], l) })
	}
	return labels
}

func remember[K comparable](of *map[K][]Label, key K, labels func() []Label) []Label {
	if known, ok := (*of)[key]; ok {
		return known
	}
	if *of == nil {
		*of = make(map[K][]Label)
	}
	(*of)[key] = labels()
	return (*of)[key]
}

// Labels are the agent's labels of a dimension, each once.
func Labels(a *rollcall.Agent, d Dimension) []Label {
	var labels []Label
	switch d {
	case ByQueue:
		if p := a.Configuration.RoutingProfile; p != nil {
			for _, q := range p.InboundQueues {
				label := Label{ID: string(q.ID), Name: q.Name}
				if !q.Agent && !slices.ContainsFunc(labels, func(l Label) bool { return l.ID == label.ID }) {
					labels = append(labels, label)
				}
			}
		}
	case ByRoutingProfile:
		if p := a.Configuration.RoutingProfile; p != nil {
			labels = append(labels, Label{ID: string(p.ID), Name: p.Name})
		}
	case ByHierarchyGroup:
		if path := a.Configuration.Hierarchy; path != nil {
			for _, g := range path {
				if g.ID != "" {
					labels = append(labels, Label{ID: string(g.ID), Name: g.Name})
				}
			}
		}
	case ByStatus:
		if a.Status.Known() {
			labels = append(labels, Label{Name: a.Status.Name, Type: a.Status.Type})
		}
	case ByActivity:
		labels = append(labels, Label{Name: a.ActivityName()})
	case ByChannel:
		for _, c := range a.Concurrency {
			if label := (Label{Name: string(c.Channel)}); c.MaximumSlots > 0 && !slices.Contains(labels, label) {
				labels = append(labels, label)
			}
		}
	}
	return labels
}

// CompareGroups orders groups by the names of their labels.
func CompareGroups(a, b *Group) int {
	for i := range a.Labels {
		l, m := &a.Labels[i], &b.Labels[i]
		if c := cmp.Or(cmp.Compare(l.Name, m.Name), cmp.Compare(l.ID, m.ID), cmp.Compare(l.Type, m.Type)); c != 0 {
			return c
		}
	}
	return 0
}
