package rollcall

import "time"

// EventType is why Amazon Connect published an agent event.
type EventType string

// The event types of Amazon Connect's agent event streams.
const (
	EventLogin       EventType = "LOGIN"
	EventLogout      EventType = "LOGOUT"
	EventStateChange EventType = "STATE_CHANGE"
	EventHeartBeat   EventType = "HEART_BEAT"
)

// The event types of our own. Such events are appended to the journal by
// rollcall itself, so that whoever replays it forgets at the same place, and
// are never taken from outside. At names the state that they were judged on:
// what has changed since then stays, so that an event appended twice, or
// overtaken by another, does no harm.
const (
	// EventForgetAgent removes the row of Agent, if the agent still isn't
	// Online and its newest event still is of the instant At.
	EventForgetAgent EventType = "ROLLCALL_FORGET_AGENT"

	// EventRemoveInstance removes Instance with all its agents, if the first
	// event that made it was of the instant At. A later event begins it anew,
	// perhaps for another owner.
	EventRemoveInstance EventType = "ROLLCALL_REMOVE_INSTANCE"
)

// EventSeed is what Amazon Connect answered about an agent when it was asked,
// in the form of an agent event; rollcall appends it. At is an instant at which
// it was so no longer ago than that. An event of a stream of the same instant or
// a later one outdoes it, whichever comes first. See Agent.Seeded.
const EventSeed EventType = "ROLLCALL_SEED"

// Known tells whether the type is one of Amazon Connect's that we know. One that
// we don't know is kept as it came, and does what STATE_CHANGE does.
func (t EventType) Known() bool {
	return t == EventStateChange || t == EventHeartBeat || t == EventLogin || t == EventLogout
}

// Ours tells whether the type is one of our own, that take something away.
func (t EventType) Ours() bool { return t == EventForgetAgent || t == EventRemoveInstance }

// NewForgetting is the event that forgets an agent whose row is a.
func NewForgetting(instance ARN, a *Agent) *Event {
	agent := instance.Child(TypeAgent, string(a.ID))
	return &Event{
		Type: EventForgetAgent, At: a.EventAt, Instance: instance.InstanceARN(),
		Agent: agent, AgentARN: agent.String(),
	}
}

// NewLogout is the logout that never came of an agent whose row is a. It is no
// older than the newest event.
func NewLogout(instance ARN, a *Agent, now time.Time) *Event {
	at := now.UTC().Truncate(time.Millisecond)
	if at.Before(a.EventAt) {
		at = a.EventAt
	}
	agent := instance.Child(TypeAgent, string(a.ID))
	return &Event{Type: EventLogout, At: at, Agent: agent, AgentARN: agent.String(), Instance: instance.InstanceARN()}
}

// NewRemoval is the event that removes an instance whose first event was of
// the instant since.
func NewRemoval(instance ARN, since time.Time) *Event {
	return &Event{Type: EventRemoveInstance, At: since, Instance: instance.InstanceARN()}
}

// Event is one agent event: what became of one agent at one instant. Source:
// Amazon Connect Administrator Guide, "Agent event streams data model".
type Event struct {
	ID       EventID // empty when the document had none; then repetitions can't be told
	Type     EventType
	At       time.Time // EventTimestamp
	Agent    ARN       // lies inside Instance
	AgentARN string    // as it came
	Instance ARN
	Snapshot *Snapshot // nil when the document had none
}

// Snapshot is the agent's whole state at the event's instant. It replaces
// what was known before; what it lacks is no longer so, except for the status,
// which every agent has, and the configuration, of which old and hand-made
// events leave parts out.
type Snapshot struct {
	Status        *Status // nil when the document had none; then the old one stays
	Next          *NextStatus
	Configuration *Configuration // nil when the document had none; then the old one stays
	Concurrency   []Concurrency
	Contacts      []Contact
}

// MaxAhead is how far an event's instant may lie in the future when it is
// taken in. One that lay further ahead would freeze its agent: all true events
// would be late.
const MaxAhead = 5 * time.Minute

// Record is an event at its place in the journal.
type Record struct {
	Position Position
	Event    *Event // nil: what was kept there makes no event by today's rules

	// Elsewhere says that what was kept there is no event of agents, and is applied
	// beside the floor. Event is nil then. It may be about an instance, whose
	// watchers are then to look again, and may begin it: At is the instant since
	// which there is one.
	Elsewhere bool
	Instance  ARN // zero: it is about none
	Begins    bool
	At        time.Time
}

// Effect says what an event did.
type Effect uint8

// The effects. A late, repeated or foreign event changes nothing. An event of
// our own is late when what it was judged on has changed since, and repeated
// when what it would take away is gone.
const (
	EffectApplied    Effect = iota
	EffectLate              // older than the newest event applied for that agent
	EffectRepeated          // same id at the same instant as one applied
	EffectForeign           // its instance id belongs to another account or Region
	EffectForgotten         // its agent has no row any more
	EffectRemoved           // its instance is no more
	EffectUnreadable        // a rule that is newer than the record makes no event of it
	EffectElsewhere         // it is no event of agents, and does what it does beside the floor
)

// String names the effect as metrics label it.
func (e Effect) String() string {
	switch e {
	case EffectApplied:
		return "applied"
	case EffectLate:
		return "late"
	case EffectRepeated:
		return "repeated"
	case EffectForeign:
		return "foreign"
	case EffectForgotten:
		return "forgotten"
	case EffectRemoved:
		return "removed"
	case EffectUnreadable:
		return "unreadable"
	case EffectElsewhere:
		return "elsewhere"
	}
	return "unknown"
}

// Change is what one event did to one agent. EffectApplied has New, and Old
// unless it is the agent's first event; EffectForgotten has Old alone; the
// others have neither. EffectRemoved stands for all agents of the instance.
type Change struct {
	Position Position
	Instance InstanceID
	Effect   Effect
	Old, New *Agent
}
