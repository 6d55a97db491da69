package floor

import (
	"slices"

	"rollcall"
)

// plan is a question turned into sets that must all hold. The first is the
// smallest and is walked; the others mask it.
type plan struct {
	sets []set
	lent []*scratch
	pool *scratches
}

// plan chooses the sets for a query. The caller holds the floor's lock as long
// as it walks, and closes the plan.
func (x *index) plan(q *rollcall.Query, pool *scratches) plan {
	p := plan{sets: make([]set, 0, 5), pool: pool}
	if len(q.Agents) > 0 {
		p.sets = append(p.sets, x.agents(q.Agents))
	}
	if len(q.Queues) > 0 {
		p.unite(x, q, func(m *members, u *union) { collect(u, &m.queues, m.byProfile.numbers, q.Queues) })
	}
	if len(q.RoutingProfiles) > 0 {
		p.unite(x, q, func(m *members, u *union) { collect(u, &m.profiles, m.byProfile.numbers, q.RoutingProfiles) })
	}
	if len(q.HierarchyGroups) > 0 {
		p.unite(x, q, func(m *members, u *union) { collect(u, &m.groups, m.byPath.numbers, q.HierarchyGroups) })
	}
	switch {
	case q.ContactStates != 0: // whoever has a contact is online
		p.sets = append(p.sets, x.inStates(q.ContactStates))
	case len(q.Queues)+len(q.RoutingProfiles)+len(q.HierarchyGroups) > 0: // unite went by that
	case !q.IncludeOffline:
		p.sets = append(p.sets, denseSet(&x.online))
	case len(p.sets) == 0:
		p.sets = append(p.sets, denseSet(&x.present))
	}
	p.smallestFirst()
	return p
}

func (p *plan) close() {
	for _, s := range p.lent {
		p.pool.put(s)
	}
}

// smallestFirst moves the set that is walked to the front. A bitset costs the
// floor to walk, however few are in it, so it leads only alone.
func (p *plan) smallestFirst() {
	for i := range p.sets {
		s, first := &p.sets[i], &p.sets[0]
		if s.dense == nil && (first.dense != nil || s.size < first.size) {
			*s, *first = *first, *s
		}
	}
}

// unite adds the set of all agents that are collected from those who are
// online or, if the query wants them, from all.
func (p *plan) unite(x *index, q *rollcall.Query, collect func(*members, *union)) {
	u := union{disjoint: true}
	u.postings = u.room[:0]
	collect(&x.here, &u)
	if q.IncludeOffline {
		collect(&x.away, &u)
	}
	s := set{span: x.span, exact: u.disjoint}
	lists := 0
	for _, one := range u.postings {
		s.size += one.len()
		if !one.isDense() {
			lists++
		}
	}
	switch {
	case lists == 1 && len(u.postings) == 1:
		s.list = u.postings[0].list
	case lists > 0:
		s.lists = make([][]uint32, 0, lists)
	}
	if lists < len(u.postings) {
		s.dense = make([]*bitset, 0, len(u.postings)-lists)
	}
	for _, one := range u.postings {
		switch {
		case one.isDense():
			s.dense = append(s.dense, one.dense)
		case s.lists != nil:
			s.lists = append(s.lists, one.list)
		}
	}
	p.sets = append(p.sets, s)
}

// gather gathers each union in a scratch set, so that it can be asked in any
// way. The one that is walked for a page alone is better read where it lies.
func (p *plan) gather(pageAlone bool) {
	for i := range p.sets {
		s := &p.sets[i]
		if s.lists == nil || (i == 0 && pageAlone) {
			continue
		}
		s.tree = p.pool.get(s.span)
		p.lent = append(p.lent, s.tree)
		s.tree.add(s.lists, s.dense)
		s.lists, s.dense = nil, nil
	}
}

// agents is the set of the agents named, as far as they are here.
func (x *index) agents(ids []rollcall.AgentID) set {
	list := x.ordinals.appendAll(make([]uint32, 0, len(ids)), ids)
	slices.Sort(list)
	list = slices.Compact(list)
	return set{list: list, size: len(list), exact: true}
}

// inStates is the set of the agents that have a contact in one of the states.
func (x *index) inStates(states rollcall.ContactStates) set {
	s := set{dense: make([]*bitset, 0, shownStates)}
	for i := range x.states {
		if states.Has(rollcall.ContactState(i)) {
			s.dense = append(s.dense, &x.states[i])
			s.size += x.states[i].n
		}
	}
	s.exact = len(s.dense) == 1
	return s
}

func denseSet(b *bitset) set {
	return set{dense: []*bitset{b}, size: b.n, exact: true}
}
