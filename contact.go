package rollcall

import (
	"slices"
	"time"
)

// Channel is how a contact reaches an agent. Values that we do not know are
// kept as they came.
type Channel string

// The channels of Amazon Connect. Agent events also spell TASK as TASKS;
// decoding folds the two.
const (
	ChannelVoice Channel = "VOICE"
	ChannelChat  Channel = "CHAT"
	ChannelTask  Channel = "TASK"
	ChannelEmail Channel = "EMAIL"
)

// ContactState is where a contact stands with its agent. Source: Amazon
// Connect Administrator Guide, "About contact states".
type ContactState uint8

// The contact states. StatePaused (tasks only) exists in agent events and not
// in the operation, which shows it as CONNECTED.
const (
	StateUnknown ContactState = iota
	StateIncoming
	StatePending
	StateConnecting
	StateConnected
	StateConnectedOnHold
	StateMissed
	StateError
	StateEnded // after contact work
	StateRejected
	StatePaused
	contactStates int = iota
)

var contactStateNames = [contactStates]string{
	"", "INCOMING", "PENDING", "CONNECTING", "CONNECTED", "CONNECTED_ONHOLD",
	"MISSED", "ERROR", "ENDED", "REJECTED", "PAUSED",
}

// String is the state as Amazon Connect spells it.
func (s ContactState) String() string {
	if int(s) < len(contactStateNames) {
		return contactStateNames[s]
	}
	return ""
}

// ContactStateNames lists the states as Amazon Connect spells them.
func ContactStateNames() []string { return slices.Clone(contactStateNames[1:]) }

// ParseContactState reads a state as Amazon Connect spells it.
func ParseContactState(s string) (ContactState, bool) {
	for i := 1; i < len(contactStateNames); i++ {
		if contactStateNames[i] == s {
			return ContactState(i), true
		}
	}
	return StateUnknown, false
}

// Shown is the state that the operation reports: its enumeration lacks PAUSED,
// and a paused task is still the agent's, so it is CONNECTED.
func (s ContactState) Shown() ContactState {
	if s == StatePaused {
		return StateConnected
	}
	return s
}

// ContactStates is a set of contact states.
type ContactStates uint16

// Add puts a state into the set.
func (c *ContactStates) Add(s ContactState) { *c |= 1 << s }

// Has tells whether the state is in the set.
func (c ContactStates) Has(s ContactState) bool { return c&(1<<s) != 0 }

// Contact is one contact as its agent has it. Instants are zero where the
// event had none.
type Contact struct {
	ID                 ContactID
	InitialID          ContactID // of the contact this one was transferred from, if any
	Channel            Channel
	InitiationMethod   string // as it came: INBOUND, OUTBOUND, TRANSFER, CALLBACK, …
	State              ContactState
	StateWord          string    `json:",omitzero"` // as it came, where we don't know it: State is the nearest then; else empty
	StateStartedAt     time.Time // of State itself: on hold since, paused since
	ConnectedToAgentAt time.Time
	QueuedAt           time.Time
	Queue              *Queue // nil when the contact has none

	// ShownStateStartedAt is what the operation gives for StateStartTimestamp:
	// the start of CONNECTED goes on through hold, pause and resume. It depends
	// on earlier events, so decoding leaves it zero and the floor sets it; in
	// rows of the floor it is zero only if the state's own start is unknown.
	ShownStateStartedAt time.Time
}

// StateName is the state as it came.
func (c *Contact) StateName() string {
	if c.StateWord != "" {
		return c.StateWord
	}
	return c.State.String()
}

// NearestState is what a contact in a state that we don't know is taken for:
// CONNECTED once it was connected to the agent, CONNECTING before.
func (c *Contact) NearestState() ContactState {
	if c.ConnectedToAgentAt.IsZero() {
		return StateConnecting
	}
	return StateConnected
}

// Active tells whether the contact takes one of its agent's active slots:
// connected, on hold, in after contact work, or ringing outbound. Source:
// Amazon Connect Administrator Guide, metric "Active slots".
func (c *Contact) Active() bool {
	switch c.State {
	case StateConnected, StateConnectedOnHold, StateEnded, StatePaused:
		return true
	case StateConnecting, StatePending:
		return c.Outbound()
	case StateUnknown, StateIncoming, StateMissed, StateError, StateRejected:
		return false
	}
	return false
}

// Failed tells whether the contact never came to be: it was missed, rejected, or
// its connection failed. Source: the same, metric "Error".
func (c *Contact) Failed() bool {
	return c.State == StateMissed || c.State == StateError || c.State == StateRejected
}

// Outbound tells whether the agent's side rings the customer.
func (c *Contact) Outbound() bool {
	switch c.InitiationMethod {
	case "OUTBOUND", "CALLBACK", "EXTERNAL_OUTBOUND":
		return true
	}
	return false
}
