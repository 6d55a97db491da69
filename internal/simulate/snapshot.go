package simulate

// state is a contact's state.
type state string

// The states of "About contact states", Amazon Connect Administrator Guide.
const (
	incoming   state = "INCOMING"
	pending    state = "PENDING"
	connecting state = "CONNECTING"
	connected  state = "CONNECTED"
	onHold     state = "CONNECTED_ONHOLD"
	paused     state = "PAUSED"
	missed     state = "MISSED"
	failed     state = "ERROR"
	rejected   state = "REJECTED"
	ended      state = "ENDED"
)

// over reports whether the contact only waits to be cleared.
func (s state) over() bool {
	return s == ended || s == missed || s == failed || s == rejected
}

// method is how a contact began.
type method string

const (
	inbound       method = "INBOUND"
	outbound      method = "OUTBOUND"
	transfer      method = "TRANSFER"
	queueTransfer method = "QUEUE_TRANSFER"
	callback      method = "CALLBACK"
	api           method = "API"
	webRTC        method = "WEBRTC_API"
	agentReply    method = "AGENT_REPLY"
	monitor       method = "MONITOR"
)

// record is what a snapshot tells of one contact.
type record struct {
	id, initial uuid   // initial is zero when the contact is the first of its chain
	queue       *queue // nil is the agent's own queue
	state       state
	method      method
	queuedAt    stamp
	connectedAt stamp
	stateAt     stamp
	channel     channel
}

// snapshot is what an event tells of one agent. It is immutable, and two
// events share it: it is one's current and the other's previous.
type snapshot struct {
	status    *status
	statusAt  stamp
	next      *status // nil: none
	nextAt    stamp
	profile   *profile
	group     *group
	available [channels]int8
	contacts  []record
}

// snapshot takes one of a as it is.
func (a *agent) snapshot() *snapshot {
	s := &snapshot{
		status: a.status, statusAt: a.statusAt, next: a.next, nextAt: a.nextAt,
		profile: a.desk.profile, group: a.group, available: a.available(),
	}
	if len(a.contacts) > 0 {
		s.contacts = make([]record, len(a.contacts))
		for i, k := range a.contacts {
			s.contacts[i] = k.record
		}
	}
	return s
}

// available counts the slots of each channel that a could still be given. A
// contact holds its slot until it is cleared, whatever its state; while a
// channel is worked whose behavior is ROUTE_CURRENT_CHANNEL_ONLY, no other has
// slots. As in the stream's published examples, the agent's status and next
// status don't matter here.
func (a *agent) available() [channels]int8 {
	var free [channels]int8
	p, lone, loners := a.desk.profile, 0, 0
	for ch := range channels {
		if a.used[ch] > 0 && p.alone[ch] {
			lone, loners = ch, loners+1
		}
	}
	for ch := range channels {
		if loners == 0 || loners == 1 && lone == ch {
			free[ch] = max(0, p.slots[ch]-a.used[ch])
		}
	}
	return free
}
