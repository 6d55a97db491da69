package rollcall

import (
	"slices"
	"strings"
	"time"
	"unicode"
)

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
	Traits          Traits
}

// Traits are the filters for people, by what an agent is called and does. Every
// one that is not zero must hold; within one any of its values is enough.
type Traits struct {
	Statuses    []string // the status' name, as it is spelled
	StatusTypes []StatusType
	Activities  []string  // as ActivityName gives them; "Custom" is every custom status
	Channels    []Channel // the agent has slots of it, or a contact on it
	Name        string    // a part of first, last or user name, in any case
	BusySince   time.Time // the activity began then or before
	HeardBefore time.Time // the newest event is of that instant or older
}

// Any tells whether there is a filter.
func (t *Traits) Any() bool {
	return len(t.Statuses)+len(t.StatusTypes)+len(t.Activities)+len(t.Channels) > 0 ||
		t.Name != "" || !t.BusySince.IsZero() || !t.HeardBefore.IsZero()
}

// Match tells whether the query selects the agent. It is the slow, obvious
// truth; the floor's Select is an optimisation that must agree with it.
func (q *Query) Match(a *Agent) bool {
	return (q.IncludeOffline || a.Online()) &&
		q.matchQueue(a) && q.matchRoutingProfile(a) && q.matchAgent(a) &&
		q.matchHierarchy(a) && q.matchContacts(a) && q.Traits.Match(a)
}

// Match tells whether every filter holds for the agent.
func (t *Traits) Match(a *Agent) bool {
	return (len(t.Statuses) == 0 || slices.Contains(t.Statuses, a.Status.Name)) &&
		(len(t.StatusTypes) == 0 || slices.Contains(t.StatusTypes, a.Status.Type.Nearest())) &&
		(len(t.Activities) == 0 || t.matchActivity(a)) &&
		(len(t.Channels) == 0 || slices.ContainsFunc(t.Channels, a.Serves)) &&
		(t.Name == "" || t.matchName(a)) &&
		(t.BusySince.IsZero() || !a.ActivitySince().After(t.BusySince)) &&
		(t.HeardBefore.IsZero() || !a.EventAt.After(t.HeardBefore))
}

func (t *Traits) matchActivity(a *Agent) bool {
	return slices.Contains(t.Activities, a.ActivityName()) ||
		(a.Activity() == ActivityCustom && slices.Contains(t.Activities, ActivityCustom.String()))
}

func (t *Traits) matchName(a *Agent) bool {
	c, part := &a.Configuration, FoldCase(t.Name)
	return strings.Contains(FoldCase(c.FirstName+" "+c.LastName), part) || strings.Contains(FoldCase(c.Username), part)
}

// FoldCase makes words that differ in case alone the same.
func FoldCase(s string) string {
	return strings.Map(func(r rune) rune { return unicode.ToLower(unicode.ToUpper(r)) }, s)
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
