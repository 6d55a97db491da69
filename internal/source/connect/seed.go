package connect

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"rollcall"
	"rollcall/connectapi"
	"rollcall/internal/agentevent"
)

// seed is what an answer says of an agent whose row is given, nil for one of whom
// nothing is known. What answers don't tell stays as the row has it.
func (n *names) seed(instance rollcall.ARN, d *connectapi.UserData, profile *rollcall.RoutingProfile, at time.Time, row *rollcall.Agent) *rollcall.Event {
	if row == nil {
		row = new(rollcall.Agent)
	}
	c := row.Configuration
	u := n.users[d.User.ID]
	c.Username, c.FirstName, c.LastName = cmp.Or(u.username, c.Username), cmp.Or(u.first, c.FirstName), cmp.Or(u.last, c.LastName)
	c.RoutingProfile, c.Hierarchy = profile, n.path(&d.HierarchyPath, c.Hierarchy)
	s := &rollcall.Snapshot{
		Status:        n.status(&d.Status),
		Next:          n.next(d.NextStatus, row.Next),
		Configuration: &c,
		Contacts:      make([]rollcall.Contact, len(d.Contacts)),
	}
	for _, channel := range channelsOf(d.MaxSlotsByChannel) {
		s.Concurrency = append(s.Concurrency, rollcall.Concurrency{
			Channel: rollcall.Channel(channel), MaximumSlots: d.MaxSlotsByChannel[channel], AvailableSlots: d.AvailableSlotsByChannel[channel],
		})
	}
	for i := range d.Contacts {
		s.Contacts[i] = n.contact(&d.Contacts[i], row.Contacts)
	}
	return event(instance, d.User.ID, at, s)
}

// channelsOf gives channels in the order in which events have them.
func channelsOf(slots map[connectapi.Channel]int) []connectapi.Channel {
	order := connectapi.Channel("").Values()
	place := func(c connectapi.Channel) int {
		if i := slices.Index(order, string(c)); i >= 0 {
			return i
		}
		return len(order)
	}
	return slices.SortedFunc(maps.Keys(slots), func(a, b connectapi.Channel) int { return cmp.Or(place(a)-place(b), cmp.Compare(a, b)) })
}

// gone is that an agent is off the floor.
func (n *names) gone(instance rollcall.ARN, row *rollcall.Agent, at time.Time) *rollcall.Event {
	status := &rollcall.Status{Name: "Offline", Type: rollcall.StatusOffline, StartedAt: at}
	for _, id := range slices.Sorted(maps.Keys(n.statuses)) {
		if is := n.statuses[id]; is.Type == connectapi.AgentStatusType(rollcall.StatusOffline) {
			status.ID, status.ARN, status.Name = rollcall.AgentStatusID(is.ID), is.ARN, is.Name
		}
	}
	return event(instance, string(row.ID), at, &rollcall.Snapshot{Status: status})
}

func event(instance rollcall.ARN, id string, at time.Time, s *rollcall.Snapshot) *rollcall.Event {
	agent := instance.Child(rollcall.TypeAgent, id)
	return &rollcall.Event{
		Type: rollcall.EventSeed, At: at.UTC().Truncate(time.Millisecond), Agent: agent, AgentARN: agent.String(), Instance: instance, Snapshot: s,
	}
}

// canonical is the event as the journal gives it back.
func canonical(e *rollcall.Event) (*rollcall.Event, error) {
	records, err := agentevent.Records(e)
	if err != nil {
		return nil, err
	}
	return agentevent.DecodeRecord(records[0])
}

func (n *names) status(is *connectapi.AgentStatusReference) *rollcall.Status {
	known := n.statuses[rollcall.LastSegment(is.StatusARN)]
	return &rollcall.Status{
		ID: rollcall.AgentStatusID(rollcall.LastSegment(is.StatusARN)), ARN: is.StatusARN, Name: cmp.Or(is.StatusName, known.Name),
		Type: rollcall.StatusType(known.Type), StartedAt: is.StatusStartTimestamp,
	}
}

// next is the status that follows, of which answers give the name alone.
func (n *names) next(name string, was *rollcall.NextStatus) *rollcall.NextStatus {
	switch known := n.byName[name]; {
	case name == "":
		return nil
	case was != nil && was.Name == name:
		return was
	default:
		return &rollcall.NextStatus{ID: rollcall.AgentStatusID(known.ID), ARN: known.ARN, Name: name}
	}
}

// path is the groups of an answer: the row's, if they are the same.
func (n *names) path(is *connectapi.HierarchyPath, was *rollcall.HierarchyPath) *rollcall.HierarchyPath {
	path, same, some := rollcall.HierarchyPath{}, was != nil, false
	for i, g := range [...]connectapi.Reference{is.LevelOne, is.LevelTwo, is.LevelThree, is.LevelFour, is.LevelFive} {
		same = same && string(was[i].ID) == g.ID
		if g.ID != "" {
			some = true
			path[i] = rollcall.HierarchyGroup{ID: rollcall.HierarchyGroupID(g.ID), ARN: g.ARN, Name: n.groups[g.ID].Name}
		}
	}
	switch {
	case same:
		return was
	case !some:
		return nil
	}
	return &path
}

// contact is a contact of an answer, with what the row's contact of the same id has besides.
func (n *names) contact(is *connectapi.AgentContact, was []rollcall.Contact) rollcall.Contact {
	c := rollcall.Contact{ID: rollcall.ContactID(is.ContactID)}
	if i := slices.IndexFunc(was, func(o rollcall.Contact) bool { return o.ID == c.ID }); i >= 0 {
		c.InitialID, c.QueuedAt, c.Queue = was[i].InitialID, was[i].QueuedAt, was[i].Queue
	}
	c.Channel, c.InitiationMethod = rollcall.Channel(is.Channel), string(is.InitiationMethod)
	c.StateStartedAt, c.ConnectedToAgentAt = is.StateStartTimestamp, is.ConnectedToAgentTimestamp
	var known bool
	if c.State, known = rollcall.ParseContactState(string(is.AgentContactState)); !known {
		c.State, c.StateWord = c.NearestState(), string(is.AgentContactState)
	}
	if q := is.Queue; q.ID != "" && (c.Queue == nil || string(c.Queue.ID) != q.ID) {
		c.Queue = &rollcall.Queue{ID: rollcall.QueueID(q.ID), ARN: q.ARN, Name: n.queues[q.ID].Name}
	}
	return c
}

// judge tells what a seed means for an agent whose row is given.
func judge(row *rollcall.Agent, seed *rollcall.Event) Outcome {
	switch {
	case row == nil:
		return OutcomeNew
	case agree(row, seed.Snapshot):
		return OutcomeAgreed
	case !row.EventAt.Before(seed.At):
		return OutcomeNewer
	case row.Seeded() || seed.At.Sub(row.EventAt) > unheard:
		return OutcomeOutdated
	}
	return OutcomeDisagreed
}

// agree tells whether a row shows what an answer says: the status and the next
// one, the profile, and the contacts with their states.
func agree(row *rollcall.Agent, s *rollcall.Snapshot) bool {
	return sameStatus(&row.Status, s.Status) && nextOf(row.Next) == nextOf(s.Next) &&
		profileID(&row.Configuration) == profileID(s.Configuration) &&
		maps.Equal(statesOf(row.Contacts), statesOf(s.Contacts))
}

func sameStatus(a, b *rollcall.Status) bool {
	switch {
	case b == nil:
		return !a.Known()
	case a.ID != "" && b.ID != "":
		return a.ID == b.ID
	}
	return a.Name == b.Name
}

func nextOf(n *rollcall.NextStatus) string {
	if n == nil {
		return ""
	}
	return n.Name
}

func profileID(c *rollcall.Configuration) rollcall.RoutingProfileID {
	if c == nil || c.RoutingProfile == nil {
		return ""
	}
	return c.RoutingProfile.ID
}

func statesOf(contacts []rollcall.Contact) map[rollcall.ContactID]rollcall.ContactState {
	states := make(map[rollcall.ContactID]rollcall.ContactState, len(contacts))
	for i := range contacts {
		states[contacts[i].ID] = contacts[i].State.Shown()
	}
	return states
}
