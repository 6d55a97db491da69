package rollcall

import (
	"slices"
	"strings"
	"time"
)

// StatusType says whether an agent in that status is offered contacts.
type StatusType string

// The status types of Amazon Connect.
const (
	StatusRoutable StatusType = "ROUTABLE"
	StatusCustom   StatusType = "CUSTOM"
	StatusOffline  StatusType = "OFFLINE"
)

// Known tells whether the type is one of those that we know. One that we don't
// know is kept as it came.
func (t StatusType) Known() bool {
	return t == StatusRoutable || t == StatusCustom || t == StatusOffline
}

// Nearest is the type, or for one that we don't know CUSTOM: an event names the
// status, so the agent is there, and nothing tells that contacts are offered.
func (t StatusType) Nearest() StatusType {
	if t == "" || t.Known() {
		return t
	}
	return StatusCustom
}

// Status is what the agent (or a supervisor) set in the contact control panel.
// It does not follow contacts: an agent on a call stays Available.
type Status struct {
	ID        AgentStatusID
	ARN       string
	Name      string
	Type      StatusType
	StartedAt time.Time
}

// Known tells whether any event ever named the agent's status. The zero Status
// stands for an agent of whom only events without a snapshot have come.
func (s *Status) Known() bool { return s.Type != "" || s.Name != "" || s.ARN != "" }

// NextStatus is a status that the agent chose during a contact. It takes
// effect when all slots are clear.
type NextStatus struct {
	ID         AgentStatusID
	ARN        string
	Name       string
	EnqueuedAt time.Time
}

// Queue is a queue as an event names it. An agent's own queue has Agent set,
// the agent's id for an id and no name; questions can't ask for it.
type Queue struct {
	ID       QueueID
	ARN      string
	Name     string
	Agent    bool
	Channels []Channel
}

// Concurrency is how many contacts of one channel a routing profile allows,
// and how many more the agent could take at the time of the event.
type Concurrency struct {
	Channel        Channel
	MaximumSlots   int
	AvailableSlots int
}

// RoutingProfile says which queues feed the agent. It is immutable, and agents
// may share one value.
type RoutingProfile struct {
	ID                   RoutingProfileID
	ARN                  string
	Name                 string
	InboundQueues        []Queue // rows of the floor leave out the agent's own, so that agents can share
	DefaultOutboundQueue *Queue
}

// HierarchyLevels is the deepest agent hierarchy that Amazon Connect allows.
const HierarchyLevels = 5

// HierarchyGroup is one group of an agent's hierarchy path. The zero value
// stands for a level that the path does not reach.
type HierarchyGroup struct {
	ID   HierarchyGroupID
	ARN  string
	Name string
}

// HierarchyPath is the agent's group and all above it, level one first. It is
// immutable, and agents may share one value.
type HierarchyPath [HierarchyLevels]HierarchyGroup

// Proficiency is one of an agent's skills.
type Proficiency struct {
	Name  string
	Value string
	Level float64 // 1.0 to 5.0
}

// Configuration is how the agent is set up.
type Configuration struct {
	Username       string
	FirstName      string
	LastName       string
	RoutingProfile *RoutingProfile // nil when no event ever named one
	Hierarchy      *HierarchyPath  // nil when the agent is in no group
	Proficiencies  []Proficiency
}

// Group is the agent's own group of the hierarchy, the deepest of the path; zero
// when the agent is in none.
func (c *Configuration) Group() HierarchyGroup {
	if c.Hierarchy != nil {
		for level := len(c.Hierarchy) - 1; level >= 0; level-- {
			if g := c.Hierarchy[level]; g != (HierarchyGroup{}) {
				return g
			}
		}
	}
	return HierarchyGroup{}
}

// SameSetting tells whether agents with these configurations are set up alike.
// What a profile or a group is called and consists of is its own business.
func (c *Configuration) SameSetting(o *Configuration) bool {
	return c.Username == o.Username && c.FirstName == o.FirstName && c.LastName == o.LastName &&
		c.profileID() == o.profileID() && c.Group().ID == o.Group().ID && slices.Equal(c.Proficiencies, o.Proficiencies)
}

func (c *Configuration) profileID() RoutingProfileID {
	if c.RoutingProfile == nil {
		return ""
	}
	return c.RoutingProfile.ID
}

// Agent is a row of the floor. Rows are immutable: Apply makes a new one for
// each event that changes something, so whoever holds a row may keep it.
type Agent struct {
	ARN           string
	ID            AgentID
	Ordinal       uint32 // order of first appearance in the journal, never reused
	Status        Status
	Next          *NextStatus
	Configuration Configuration
	Concurrency   []Concurrency // of the newest snapshot; empty for events of old that had none
	Contacts      []Contact

	// ConfiguredAt is the instant of the newest event that told another
	// configuration of the agent's own: names, routing profile, group or
	// proficiencies. Zero when no event told any.
	ConfiguredAt time.Time `json:",omitzero"`

	// OwnQueue tells whether an event named the agent's own queue, which is left out
	// of the routing profile.
	OwnQueue bool `json:",omitzero"`

	// What the newest applied event was.
	EventAt   time.Time
	EventType EventType
	EventIDs  []EventID // applied at EventAt, oldest first; at most MaxEventIDs
}

// MaxEventIDs bounds how many event ids a row remembers to tell a repetition.
const MaxEventIDs = 16

// Seeded tells whether the newest of the agent is what Amazon Connect answered
// when it was asked, which no event of a stream has confirmed yet.
func (a *Agent) Seeded() bool { return a.EventType == EventSeed }

// Online tells whether the operation returns the agent: whoever has a status
// that is not offline, or still has a contact. Until a status is known nobody
// can say that the agent is there.
func (a *Agent) Online() bool {
	return len(a.Contacts) > 0 || (a.Status.Known() && a.Status.Type != StatusOffline)
}

// Contact is the contact that the agent has by that id; nil if there is none.
func (a *Agent) Contact(id ContactID) *Contact {
	for i := range a.Contacts {
		if a.Contacts[i].ID == id {
			return &a.Contacts[i]
		}
	}
	return nil
}

// Name is the agent's name for people: first and last name, else the username,
// else the id. What is nothing but blanks is no name.
func (a *Agent) Name() string {
	c := &a.Configuration
	first, last := strings.TrimSpace(c.FirstName), strings.TrimSpace(c.LastName)
	switch {
	case first != "" && last != "":
		return first + " " + last
	case first+last != "":
		return first + last
	case strings.TrimSpace(c.Username) != "":
		return c.Username
	default:
		return string(a.ID)
	}
}
