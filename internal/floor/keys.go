package floor

import (
	"iter"

	"rollcall"
)

// The keys under which a row stands in the indexes. A nil row has none.

func profileOf(a *rollcall.Agent) *rollcall.RoutingProfile {
	if a == nil {
		return nil
	}
	return a.Configuration.RoutingProfile
}

func hierarchyOf(a *rollcall.Agent) *rollcall.HierarchyPath {
	if a == nil {
		return nil
	}
	return a.Configuration.Hierarchy
}

// queueIDs are the queues that feed the agent. Nobody can ask for an agent's
// own queue.
func queueIDs(a *rollcall.Agent) iter.Seq[rollcall.QueueID] {
	return func(yield func(rollcall.QueueID) bool) {
		profile := profileOf(a)
		if profile == nil {
			return
		}
		for i := range profile.InboundQueues {
			if q := &profile.InboundQueues[i]; !q.Agent && !yield(q.ID) {
				return
			}
		}
	}
}

func profileIDs(a *rollcall.Agent) iter.Seq[rollcall.RoutingProfileID] {
	return func(yield func(rollcall.RoutingProfileID) bool) {
		if profile := profileOf(a); profile != nil {
			yield(profile.ID)
		}
	}
}

// groupIDs are the groups on all levels of the agent's path.
func groupIDs(a *rollcall.Agent) iter.Seq[rollcall.HierarchyGroupID] {
	return func(yield func(rollcall.HierarchyGroupID) bool) {
		path := hierarchyOf(a)
		if path == nil {
			return
		}
		for i := range path {
			if id := path[i].ID; id != "" && !yield(id) {
				return
			}
		}
	}
}

func shownStatesOf(a *rollcall.Agent) rollcall.ContactStates {
	var states rollcall.ContactStates
	if a != nil {
		for i := range a.Contacts {
			states.Add(a.Contacts[i].State.Shown())
		}
	}
	return states
}
