package floor

import (
	"iter"

	"rollcall"
)

// shownStates is how many contact states a set is kept for.
const shownStates = int(rollcall.StatePaused) + 1

// index holds every set of one floor's ordinals by which questions select. It
// is a function of the rows, and reindex is the one place that changes it.
type index struct {
	ordinals map[rollcall.AgentID]uint32            // :: agent id -> ordinal
	queues   map[rollcall.QueueID]*posting          // :: inbound queue, no agent's own -> agents
	profiles map[rollcall.RoutingProfileID]*posting // :: routing profile -> agents
	groups   map[rollcall.HierarchyGroupID]*posting // :: group on any level -> agents
	states   [shownStates]bitset                    // by shown contact state
	present  bitset                                 // every agent that has a row
	online   bitset                                 // rollcall.Agent.Online
	contacts int                                    // of all agents
	limit    func(agents int) int                   // listLimit; tests make it small
	span     int                                    // one more than the highest ordinal seen
}

func newIndex() index {
	return index{
		ordinals: make(map[rollcall.AgentID]uint32),
		queues:   make(map[rollcall.QueueID]*posting),
		profiles: make(map[rollcall.RoutingProfileID]*posting),
		groups:   make(map[rollcall.HierarchyGroupID]*posting),
		limit:    listLimit,
	}
}

// reindex moves one agent from where its old row stood to where its new one
// stands. Either may be nil: the agent appears, or is forgotten.
func (x *index) reindex(was, is *rollcall.Agent) {
	o := x.identify(was, is)
	x.present.put(o, is != nil)
	x.online.put(o, is != nil && is.Online())
	x.reindexContacts(o, was, is)
	limit := x.limit(x.present.n)
	if profileOf(was) != profileOf(is) { // rows share equal values, see interner
		move(x.queues, o, limit, queueIDs(was), queueIDs(is))
		move(x.profiles, o, limit, profileIDs(was), profileIDs(is))
	}
	if hierarchyOf(was) != hierarchyOf(is) {
		move(x.groups, o, limit, groupIDs(was), groupIDs(is))
	}
}

// identify keeps the map from ids and tells the agent's ordinal.
func (x *index) identify(was, is *rollcall.Agent) uint32 {
	if is == nil {
		delete(x.ordinals, was.ID)
		return was.Ordinal
	}
	if was == nil {
		x.ordinals[is.ID] = is.Ordinal
		x.span = max(x.span, int(is.Ordinal)+1)
	}
	return is.Ordinal
}

func (x *index) reindexContacts(o uint32, was, is *rollcall.Agent) {
	before, after := shownStatesOf(was), shownStatesOf(is)
	if changed := before ^ after; changed != 0 {
		for s := range x.states {
			state := rollcall.ContactState(s)
			if changed.Has(state) {
				x.states[s].put(o, after.Has(state))
			}
		}
	}
	if was != nil {
		x.contacts -= len(was.Contacts)
	}
	if is != nil {
		x.contacts += len(is.Contacts)
	}
}

// move takes the ordinal out of the postings that only from names and puts it
// into those that only to names. A posting lives as long as it has an agent.
func move[K comparable](postings map[K]*posting, o uint32, limit int, from, to iter.Seq[K]) {
	for key := range from {
		p := postings[key]
		if p == nil || contains(to, key) {
			continue
		}
		if p.put(o, false, limit); p.len() == 0 {
			delete(postings, key)
		}
	}
	for key := range to {
		p := postings[key]
		if p == nil {
			p = new(posting)
			postings[key] = p
		}
		p.put(o, true, limit)
	}
}

func contains[K comparable](keys iter.Seq[K], key K) bool {
	for k := range keys {
		if k == key {
			return true
		}
	}
	return false
}
