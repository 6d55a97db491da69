package rollcall

import "time"

// EventType is why Amazon Connect published an agent event.
type EventType string

// The event types of Amazon Connect's agent event streams, and one of ours.
const (
	EventLogin       EventType = "LOGIN"
	EventLogout      EventType = "LOGOUT"
	EventStateChange EventType = "STATE_CHANGE"
	EventHeartBeat   EventType = "HEART_BEAT"
)

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
	Event    *Event
}

// Effect says what an event did.
type Effect uint8

// The effects. A late or repeated event changes nothing.
const (
	EffectApplied  Effect = iota
	EffectLate            // older than the newest event applied for that agent
	EffectRepeated        // same id at the same instant as one applied
	EffectForeign         // its instance id belongs to another account or Region
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
	}
	return "unknown"
}

// Change is what one event did to one agent. Old is nil for an agent's first
// event; both are nil unless Effect is EffectApplied.
type Change struct {
	Position Position
	Instance InstanceID
	Effect   Effect
	Old, New *Agent
}
