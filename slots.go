package rollcall

// Slots are how many contacts of one channel an agent may have, could take,
// and has.
type Slots struct {
	Channel   Channel
	Maximum   int
	Available int
	Active    int
}

// Slots counts the agent's slots, a row for each channel of the routing
// profile in the event's order, then one for each further channel that has an
// active contact.
//
// Maximum and Available are the event's own numbers. Active is counted from
// the contacts, so Available + Active need not be Maximum: a ringing, missed,
// rejected or failed contact holds a slot without being active. Events of old
// carry no concurrency; for them only Active can be told.
func (a *Agent) Slots() []Slots { return a.AppendSlots(make([]Slots, 0, len(a.Concurrency))) }

// AppendSlots is Slots for who has memory for them: slots must be empty.
func (a *Agent) AppendSlots(slots []Slots) []Slots {
	for _, c := range a.Concurrency {
		slots = append(slots, Slots{Channel: c.Channel, Maximum: c.MaximumSlots, Available: c.AvailableSlots})
	}
	for i := range a.Contacts {
		if a.Contacts[i].Active() {
			slots = countActive(slots, a.Contacts[i].Channel)
		}
	}
	return slots
}

func countActive(slots []Slots, channel Channel) []Slots {
	for i := range slots {
		if slots[i].Channel == channel {
			slots[i].Active++
			return slots
		}
	}
	return append(slots, Slots{Channel: channel, Active: 1})
}

// Serves tells whether the agent has slots of the channel, or a contact on it.
func (a *Agent) Serves(channel Channel) bool {
	for _, c := range a.Concurrency {
		if c.Channel == channel && c.MaximumSlots > 0 {
			return true
		}
	}
	for i := range a.Contacts {
		if a.Contacts[i].Channel == channel {
			return true
		}
	}
	return false
}
