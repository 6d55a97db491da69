package agentevent

import (
	"strconv"

	"rollcall"
)

func (r *reader) contacts() []rollcall.Contact {
	list := r.contactList[:0]
	for range r.items(r.limits.Lists.Contacts, "contacts") {
		if contact, ok := r.contact(); ok {
			list = append(list, contact)
		}
	}
	r.contactList = list
	return append([]rollcall.Contact(nil), list...)
}

// contact reads one of the snapshot's contacts; false for null, and where
// there is no object.
func (r *reader) contact() (rollcall.Contact, bool) {
	if !r.object() {
		return rollcall.Contact{}, false
	}
	at := r.valueAt
	c := rollcall.Contact{Channel: rollcall.ChannelVoice}
	for name := range r.members {
		switch string(name) {
		case "ContactId":
			c.ID = r.contactID()
		case "InitialContactId":
			c.InitialID = r.contactID()
		case "Channel":
			if channel := r.channel(); channel != "" {
				c.Channel = channel
			}
		case "InitiationMethod":
			c.InitiationMethod = r.label()
		case "State":
			c.State, c.StateWord = r.contactState()
		case "StateStartTimestamp":
			c.StateStartedAt = r.instant()
		case "ConnectedToAgentTimestamp":
			c.ConnectedToAgentAt = r.instant()
		case "QueueTimestamp":
			c.QueuedAt = r.instant()
		case "Queue":
			c.Queue = r.queue()
		}
	}
	if c.ID == "" {
		r.missing(at, "ContactId", validID)
	}
	if c.StateWord != "" {
		c.State = c.NearestState()
	}
	if c.State == rollcall.StateUnknown {
		r.missing(at, "State", contactStates)
	}
	return c, true
}

func (r *reader) contactID() rollcall.ContactID {
	id := string(r.text())
	if id != "" && !rollcall.ValidID(id) {
		r.refuse("found " + strconv.Quote(rollcall.Shorten(id)) + ", expected " + validID)
	}
	return rollcall.ContactID(id)
}

const contactStates = "INCOMING, PENDING, CONNECTING, CONNECTED, CONNECTED_ONHOLD, MISSED, PAUSED, REJECTED, ERROR or ENDED"

// contactState reads a state, or the word of one that we don't know.
func (r *reader) contactState() (rollcall.ContactState, string) {
	text := r.text()
	if len(text) == 0 {
		return rollcall.StateUnknown, ""
	}
	if state, ok := rollcall.ParseContactState(string(text)); ok {
		return state, ""
	}
	return rollcall.StateUnknown, r.listed(text)
}

// channel reads a channel. The guide's data model spells TASK as TASKS.
func (r *reader) channel() rollcall.Channel {
	if word := r.label(); word != "TASKS" {
		return rollcall.Channel(word)
	}
	return rollcall.ChannelTask
}
