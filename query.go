package rollcall

import "slices"

// Query selects agents of one instance. Every filter that is not empty must
// hold; within a filter any of its values is enough. A Query with no filter
// selects everybody on the floor.
type Query struct {
	Instance        InstanceID
	Queues          []QueueID          // feeds the agent, by the routing profile's inbound queues
	RoutingProfiles []RoutingProfileID // is the agent's
	Agents          []AgentID
	HierarchyGroups []HierarchyGroupID // on any level of the agent's path, so descendants count
	ContactStates   ContactStates      // of at least one of the agent's contacts, as Shown
	IncludeOffline  bool               // also agents who are offline and have no contact
}

// Match tells whether the query selects the agent. It is the slow, obvious
// truth; the floor's Select is an optimisation that must agree with it.
func (q *Query) Match(a *Agent) bool {
	return (q.IncludeOffline || a.Online()) &&
		q.matchQueue(a) && q.matchRoutingProfile(a) && q.matchAgent(a) &&
		q.matchHierarchy(a) && q.matchContacts(a)
}

func (q *Query) matchQueue(a *Agent) bool {
	if len(q.Queues) == 0 {
		return true
	}
	profile := a.Configuration.RoutingProfile
	return profile != nil && slices.ContainsFunc(profile.InboundQueues, func(queue Queue) bool {
		return !queue.Agent && slices.Contains(q.Queues, queue.ID)
	})
}

func (q *Query) matchRoutingProfile(a *Agent) bool {
	if len(q.RoutingProfiles) == 0 {
		return true
	}
	profile := a.Configuration.RoutingProfile
	return profile != nil && slices.Contains(q.RoutingProfiles, profile.ID)
}

func (q *Query) matchAgent(a *Agent) bool {
	return len(q.Agents) == 0 || slices.Contains(q.Agents, a.ID)
}

func (q *Query) matchHierarchy(a *Agent) bool {
	if len(q.HierarchyGroups) == 0 {
		return true
	}
	path := a.Configuration.Hierarchy
	return path != nil && slices.ContainsFunc(path[:], func(g HierarchyGroup) bool {
		return g.ID != "" && slices.Contains(q.HierarchyGroups, g.ID)
	})
}

func (q *Query) matchContacts(a *Agent) bool {
	if q.ContactStates == 0 {
		return true
	}
	return slices.ContainsFunc(a.Contacts, func(c Contact) bool {
		return q.ContactStates.Has(c.State.Shown())
	})
}

// Cursor is where a walk over pages stands: the ordinal of the last agent
// returned. Since ordinals are never reused, whoever matches throughout a walk
// is returned exactly once, however the floor changes meanwhile.
type Cursor struct {
	Ordinal uint32
	Started bool // false before the first page
}
