package floor

import "rollcall"

// shownStates is how many contact states a set is kept for.
const shownStates = int(rollcall.StatePaused) + 1

// index holds every set of one floor's ordinals by which questions select. It
// is a function of the rows, and reindex is the one place that changes it.
type index struct {
	ordinals ordinals             // by agent id
	here     members              // of those who are online, for whom nearly all questions ask
	away     members              // of the others
	states   [shownStates]bitset  // by shown contact state
	present  bitset               // every agent that has a row
	online   bitset               // rollcall.Agent.Online
	contacts int                  // of all agents
	limit    func(agents int) int // listLimit; tests make it small
	span     int                  // one more than the highest ordinal seen
}

// members are the agents of each queue, routing profile and hierarchy group.
type members struct {
	queues   postings // inbound, and no agent's own
	profiles postings
	groups   postings // on any level

	// What agents share says which of these they are in.
	byProfile values[*rollcall.RoutingProfile]
	byPath    values[*rollcall.HierarchyPath]
}

func newMembers() members {
	return members{byProfile: newValues[*rollcall.RoutingProfile](), byPath: newValues[*rollcall.HierarchyPath]()}
}

func newIndex(r *rows) index {
	return index{
		ordinals: ordinals{rows: r},
		here:     newMembers(),
		away:     newMembers(),
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
	if before, after := x.membersOf(was), x.membersOf(is); before == after {
		before.move(o, limit, was, is)
	} else {
		before.move(o, limit, was, nil)
		after.move(o, limit, nil, is)
	}
}

// membersOf are those to whom the agent belongs.
func (x *index) membersOf(a *rollcall.Agent) *members {
	if a != nil && a.Online() {
		return &x.here
	}
	return &x.away
}

// move takes an agent from where its old row stood to where its new one stands.
// Rows share equal values, see shared: one that stays is the same.
func (m *members) move(o uint32, limit int, was, is *rollcall.Agent) {
	if before, after := profileOf(was), profileOf(is); before != after {
		if before != nil {
			m.byProfile.leave(before, o, limit, m.keysOfProfile(before))
		}
		if after != nil {
			m.byProfile.join(after, o, limit, m.keysOfProfile(after))
		}
	}
	if before, after := hierarchyOf(was), hierarchyOf(is); before != after {
		if before != nil {
			m.byPath.leave(before, o, limit, m.keysOfPath(before))
		}
		if after != nil {
			m.byPath.join(after, o, limit, m.keysOfPath(after))
		}
	}
}

// identify keeps the table of ids and tells the agent's ordinal.
func (x *index) identify(was, is *rollcall.Agent) uint32 {
	if is == nil {
		x.ordinals.remove(hashOf(was.ID), was.Ordinal)
		return was.Ordinal
	}
	if was == nil {
		x.ordinals.put(hashOf(is.ID), is.Ordinal)
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
