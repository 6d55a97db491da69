package floor

import "rollcall"

// shownStates is how many contact states a set is kept for.
const shownStates = int(rollcall.StatePaused) + 1

// index holds every set of one floor's ordinals by which questions select. It
// is a function of the rows, and reindex is the one place that changes it.
type index struct {
	ordinals ordinals                            // by agent id
	queues   postings[rollcall.QueueID]          // inbound queue, no agent's own
	profiles postings[rollcall.RoutingProfileID] // routing profile
	groups   postings[rollcall.HierarchyGroupID] // group on any level
	states   [shownStates]bitset                 // by shown contact state
	present  bitset                              // every agent that has a row
	online   bitset                              // rollcall.Agent.Online
	contacts int                                 // of all agents
	limit    func(agents int) int                // listLimit; tests make it small
	span     int                                 // one more than the highest ordinal seen
}

func newIndex(r *rows) index {
	return index{
		ordinals: ordinals{rows: r},
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
		x.queues.move(o, limit, appendQueueIDs(x.queues.from[:0], was), appendQueueIDs(x.queues.to[:0], is))
		x.profiles.move(o, limit, appendProfileIDs(x.profiles.from[:0], was), appendProfileIDs(x.profiles.to[:0], is))
	}
	if hierarchyOf(was) != hierarchyOf(is) {
		x.groups.move(o, limit, appendGroupIDs(x.groups.from[:0], was), appendGroupIDs(x.groups.to[:0], is))
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
