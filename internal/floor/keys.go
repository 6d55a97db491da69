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

func shownStatesOf(a *rollcall.Agent) rollcall.ContactStates {
	var states rollcall.ContactStates
	if a != nil {
		for i := range a.Contacts {
			states.Add(a.Contacts[i].State.Shown())
		}
	}
	return states
}
