package rollcall

import "time"

// ContactEventType is why Amazon Connect published a contact event. The list
// grows: types that we do not know are kept as they came.
type ContactEventType string

// The contact events that say whether a contact waits. Source: Amazon Connect
// Administrator Guide, "Amazon Connect contact events".
const (
	ContactInitiated        ContactEventType = "INITIATED"
	ContactQueued           ContactEventType = "QUEUED"
	ContactConnectedToAgent ContactEventType = "CONNECTED_TO_AGENT"
	ContactDisconnected     ContactEventType = "DISCONNECTED"
	ContactCompleted        ContactEventType = "COMPLETED"
)

// ContactEvent is what Amazon Connect publishes about one contact. Such events
// come in any order, several times or not at all.
type ContactEvent struct {
	ID       EventID // empty when the document had none
	Type     ContactEventType
	At       time.Time // when it was published
	Instance ARN
	Contact  ContactID
	Channel  Channel // VOICE when the document had none

	// Of a contact that was put into a queue by this event.
	Queue      QueueID // an agent's own queue has the agent's id
	EnqueuedAt time.Time

	// LeftAt is when the contact was connected to an agent or ended, as far as the
	// event tells; zero if it doesn't.
	LeftAt time.Time
}

// Wait is a contact that waits in a queue, since it was put there last.
type Wait struct {
	Contact ContactID
	Channel Channel
	Queue   QueueID
	Since   time.Time // whole milliseconds, UTC
}
