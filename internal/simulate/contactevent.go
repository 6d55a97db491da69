package simulate

import "time"

// The types of contact events that a Centre emits, with Config.ContactEvents.
const (
	Initiated        Type = "INITIATED"
	Queued           Type = "QUEUED"
	ConnectedToAgent Type = "CONNECTED_TO_AGENT"
	Disconnected     Type = "DISCONNECTED"
	Completed        Type = "COMPLETED"
)

// tell publishes what became of a contact, in the form in which Amazon EventBridge
// delivers it. Nothing of the day depends on whether it does.
func (c *Centre) tell(k *contact, typ Type) {
	if !c.cfg.ContactEvents {
		return
	}
	told := k.record
	e := Event{At: time.UnixMilli(int64(c.stamp())).UTC(), Type: typ, world: c.world, contact: &told, id: newUUID(c.contactIDs)}
	if k.agent != nil {
		e.who = k.agent.person
		if typ != Initiated && typ != Queued {
			e.AgentARN = k.agent.arn
		}
	}
	c.out = append(c.out, e)
}

// tellOfWait publishes that k came into its line, and will that it left it, if its
// customer loses patience before an agent has it.
func (c *Centre) tellOfWait(k *contact) {
	c.tell(k, Queued)
	c.tellOfPatience(k)
}

func (c *Centre) tellOfPatience(k *contact) {
	if c.cfg.ContactEvents && k.giveUpAt > 0 {
		c.set(timer{at: max(c.now, k.giveUpAt), do: (*Centre).giveUp, contact: k})
	}
}

// giveUp is the end of a customer's patience. The line notices by itself.
func (c *Centre) giveUp(t timer) {
	if t.contact.agent == nil {
		c.tell(t.contact, Disconnected)
	}
}

// tellOfState publishes what a contact's new state means for it.
func (c *Centre) tellOfState(k *contact) {
	switch k.state {
	case ended, failed:
		c.tell(k, Disconnected)
	case missed, rejected: // it goes back to its line, if it has one
		if k.line == nil {
			c.tell(k, Disconnected)
		}
	case incoming, pending, connecting, connected, onHold, paused:
	}
}

// appendContactEvent appends the document of a contact event.
func (e *Event) appendContactEvent(dst []byte) []byte {
	w, k := e.world, e.contact
	text := func(parts ...string) {
		for _, part := range parts {
			dst = append(dst, part...)
		}
	}
	at := stamp(e.At.UnixMilli())
	text(`{"version":"0","id":"`)
	dst = e.id.append(dst)
	text(`","detail-type":"Amazon Connect Contact Event","source":"aws.connect","account":"`, w.account, `","time":`)
	dst = appendStamp(dst, at)
	text(`,"region":"`, w.region, `","resources":["`, w.instance, `","`, w.instance, `/contact/`)
	dst = k.id.append(dst)
	text(`"],"detail":{"eventType":"`, string(e.Type), `","contactId":"`)
	dst = k.id.append(dst)
	if k.initial != (uuid{}) {
		text(`","initialContactId":"`)
		dst = k.initial.append(dst)
	}
	channel := channelNames[k.channel]
	if k.channel == task {
		channel = "TASK"
	}
	text(`","channel":"`, channel, `","instanceArn":"`, w.instance, `","initiationMethod":"`, string(k.method), `"`)
	if e.Type != Initiated && k.queue != nil {
		text(`,"queueInfo":{"queueArn":"`, k.queue.ARN, `","queueType":"STANDARD","enqueueTimestamp":`)
		dst = appendStamp(dst, k.queuedAt)
		text(`}`)
	}
	if e.AgentARN != "" {
		text(`,"agentInfo":{"agentArn":"`, e.AgentARN, `","connectedToAgentTimestamp":`)
		dst = appendStamp(dst, k.connectedAt)
		text(`}`)
	}
	if e.Type == Disconnected || e.Type == Completed {
		text(`,"disconnectTimestamp":`)
		dst = appendStamp(dst, at)
	}
	return append(dst, `}}`...)
}
