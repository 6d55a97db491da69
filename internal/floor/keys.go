package floor

import "rollcall"

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

// appendQueueIDs appends the queues that feed the agent. Nobody can ask for an
// agent's own queue.
func appendQueueIDs(dst []rollcall.QueueID, a *rollcall.Agent) []rollcall.QueueID {
	if profile := profileOf(a); profile != nil {
		for i := range profile.InboundQueues {
			if q := &profile.InboundQueues[i]; !q.Agent {
				dst = append(dst, q.ID)
			}
		}
	}
	return dst
}

func appendProfileIDs(dst []rollcall.RoutingProfileID, a *rollcall.Agent) []rollcall.RoutingProfileID {
	if profile := profileOf(a); profile != nil {
		dst = append(dst, profile.ID)
	}
	return dst
}

// appendGroupIDs appends the groups on all levels of the agent's path.
func appendGroupIDs(dst []rollcall.HierarchyGroupID, a *rollcall.Agent) []rollcall.HierarchyGroupID {
	if path := hierarchyOf(a); path != nil {
		for i := range path {
			if id := path[i].ID; id != "" {
				dst = append(dst, id)
			}
		}
	}
	return dst
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
