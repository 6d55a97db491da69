package simulate

import "time"

// agent is a person at work. Its fields belong to the Centre's methods in
// shift.go (login, statuses), contact.go (contacts) and routing.go (seats).
type agent struct {
	*person
	desk   *desk
	group  *group
	online bool
	turn   uint32 // counts what cancels all of the agent's timers: going offline, logging out

	status   *status
	statusAt stamp
	next     *status // nil: none chosen
	nextAt   stamp

	contacts []*contact // in order of arrival
	used     [channels]int8
	seats    [channels]seat

	last    *snapshot // what the newest event said; nil before the first
	lastAt  time.Duration
	offAt   time.Duration // of the newest logout; before Start for who wasn't there then
	beating bool          // a heartbeat timer is running
}

// routable reports whether a is ready to be offered contacts: Available, with
// nothing chosen for later, and no contact that rings or was left to ring.
func (a *agent) routable() bool {
	if !a.online || a.status.kind != "ROUTABLE" || a.next != nil {
		return false
	}
	for _, k := range a.contacts {
		switch k.state {
		case incoming, pending, connecting, missed, failed, rejected:
			return false
		case connected, onHold, paused, ended:
		}
	}
	return true
}

// take puts k into a slot.
func (a *agent) take(k *contact) {
	k.agent = a
	a.contacts = append(a.contacts, k)
	a.used[k.channel]++
}

// drop frees k's slot and cancels its timers.
func (a *agent) drop(k *contact) {
	for i, other := range a.contacts {
		if other == k {
			a.contacts = append(a.contacts[:i], a.contacts[i+1:]...)
			a.used[k.channel]--
			k.turn++
			return
		}
	}
}

// publish emits an event about a, and sees to it that a heartbeat will follow.
func (c *Centre) publish(a *agent, typ Type) {
	current := a.last
	if typ != Heartbeat || current == nil {
		current = a.snapshot()
	}
	at := c.stamp()
	c.out = append(c.out, Event{
		At: time.UnixMilli(int64(at)).UTC(), Type: typ, AgentARN: a.arn,
		world: c.world, who: a.person, current: current, previous: a.last, id: newUUID(c.ids),
	})
	a.last, a.lastAt = current, c.now
	if !a.beating {
		a.beating = true
		c.set(timer{at: c.now + silence, do: (*Centre).beat, agent: a})
	}
}

// What the stream promises about heartbeats, whatever the rate.
const (
	silence    = 120 * time.Second // without another event, before a HEART_BEAT
	afterwards = time.Hour         // for which they go on after the logout
)

// beat emits a heartbeat if a was silent for long enough, else looks again
// when that could be. There is one such timer an agent.
func (c *Centre) beat(t timer) {
	a := t.agent
	due := a.lastAt + silence
	if !a.online && due > a.offAt+afterwards {
		a.beating = false
		return
	}
	if c.now >= due {
		c.publish(a, Heartbeat)
		due = c.now + silence
	}
	c.set(timer{at: due, do: (*Centre).beat, agent: a})
}
