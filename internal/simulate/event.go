package simulate

import (
	"strconv"
	"time"
)

// Type is the EventType of an agent event.
type Type string

// The types of the stream.
const (
	Login       Type = "LOGIN"
	Logout      Type = "LOGOUT"
	StateChange Type = "STATE_CHANGE"
	Heartbeat   Type = "HEART_BEAT"
)

// Event is one agent event or, with Config.ContactEvents, contact event. It is immutable and refers to nothing that
// changes, so it may be kept, and encoded by any goroutine at any time.
type Event struct {
	At       time.Time // EventTimestamp: UTC, whole milliseconds
	Type     Type
	AgentARN string // empty for a contact event of a contact that no agent has

	world             *world
	who               *person
	current, previous *snapshot
	id                uuid
	contact           *record // of a contact event; nil for an agent event
}

// AppendJSON appends the document to dst, as one line without its end. It is
// compact; an agent event has every member of the data model.
func (e Event) AppendJSON(dst []byte) []byte {
	if e.contact != nil {
		return e.appendContactEvent(dst)
	}
	w := e.world
	dst = append(dst, `{"AWSAccountId":"`...)
	dst = append(dst, w.account...)
	dst = append(dst, `","AgentARN":"`...)
	dst = append(dst, e.AgentARN...)
	dst = append(dst, `","CurrentAgentSnapshot":`...)
	dst = w.appendSnapshot(dst, e.current, e.who)
	dst = append(dst, `,"EventId":"`...)
	dst = e.id.append(dst)
	dst = append(dst, `","EventTimestamp":`...)
	dst = appendStamp(dst, stamp(e.At.UnixMilli()))
	dst = append(dst, `,"EventType":"`...)
	dst = append(dst, e.Type...)
	dst = append(dst, `","InstanceARN":"`...)
	dst = append(dst, w.instance...)
	dst = append(dst, `","PreviousAgentSnapshot":`...)
	dst = w.appendSnapshot(dst, e.previous, e.who)
	return append(dst, `,"Version":"2017-10-01"}`...)
}

func (w *world) appendSnapshot(dst []byte, s *snapshot, who *person) []byte {
	if s == nil {
		return append(dst, "null"...)
	}
	dst = append(dst, `{"AgentStatus":`...)
	dst = append(dst, s.status.head...)
	dst = append(dst, `,"StartTimestamp":`...)
	dst = appendStamp(dst, s.statusAt)
	dst = append(dst, `,"Type":"`...)
	dst = append(dst, s.status.kind...)
	dst = append(dst, `"},"Configuration":`...)
	dst = appendConfiguration(dst, s, who)
	dst = append(dst, `,"Contacts":[`...)
	for i := range s.contacts {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = w.appendContact(dst, &s.contacts[i], who)
	}
	dst = append(dst, `],"NextAgentStatus":`...)
	if s.next == nil {
		return append(dst, "null}"...)
	}
	dst = append(dst, s.next.head...)
	dst = append(dst, `,"EnqueuedTimestamp":`...)
	dst = appendStamp(dst, s.nextAt)
	return append(dst, "}}"...)
}

func appendConfiguration(dst []byte, s *snapshot, who *person) []byte {
	dst = append(dst, `{"AgentHierarchyGroups":`...)
	dst = append(dst, s.group.path...)
	dst = append(dst, `,"FirstName":`...)
	dst = append(dst, who.first...)
	dst = append(dst, `,"LastName":`...)
	dst = append(dst, who.last...)
	dst = append(dst, `,"Proficiencies":`...)
	dst = append(dst, who.skills...)
	dst = append(dst, `,"RoutingProfile":`...)
	dst = append(dst, s.profile.open...)
	first := true
	for ch, tail := range s.profile.slotTail {
		if tail == "" {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(dst, `{"AvailableSlots":`...)
		dst = strconv.AppendInt(dst, int64(s.available[ch]), 10)
		dst = append(dst, tail...)
	}
	dst = append(dst, s.profile.middle...)
	dst = who.id.append(dst)
	dst = append(dst, s.profile.tail...)
	dst = append(dst, `,"Username":`...)
	dst = append(dst, who.username...)
	return append(dst, '}')
}

func (w *world) appendContact(dst []byte, r *record, who *person) []byte {
	dst = append(dst, `{"Channel":"`...)
	dst = append(dst, channelNames[r.channel]...)
	dst = append(dst, `","ConnectedToAgentTimestamp":`...)
	dst = appendStamp(dst, r.connectedAt)
	dst = append(dst, `,"ContactId":"`...)
	dst = r.id.append(dst)
	dst = append(dst, `","InitialContactId":`...)
	if r.initial == (uuid{}) {
		dst = append(dst, "null"...)
	} else {
		dst = append(r.initial.append(append(dst, '"')), '"')
	}
	dst = append(dst, `,"InitiationMethod":"`...)
	dst = append(dst, r.method...)
	dst = append(dst, `","Queue":`...)
	if r.queue != nil {
		dst = append(dst, r.queue.json...)
	} else {
		dst = append(dst, `{"ARN":"`...)
		dst = append(dst, w.instance...)
		dst = append(dst, `/queue/agent/`...)
		dst = who.id.append(dst)
		dst = append(dst, `","Channels":["`...)
		dst = append(dst, channelNames[r.channel]...)
		dst = append(dst, `"],"Name":null}`...)
	}
	dst = append(dst, `,"QueueTimestamp":`...)
	dst = appendStamp(dst, r.queuedAt)
	dst = append(dst, `,"State":"`...)
	dst = append(dst, r.state...)
	dst = append(dst, `","StateStartTimestamp":`...)
	dst = appendStamp(dst, r.stateAt)
	return append(dst, '}')
}
