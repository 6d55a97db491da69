package simulate

import "time"

// contact is a piece of work: what snapshots tell of it, and what is to become
// of it. One that is missed and goes back to its line is a new contact with
// the same id, since the old one stays with the agent until it is cleared.
type contact struct {
	record
	agent    *agent        // nil while it waits
	line     *line         // where it came from; nil for what has no way back
	left     time.Duration // of the talking
	giveUpAt time.Duration // while it waits; 0: never
	turn     uint32        // counts state changes, each of which cancels the timers
}

// move changes k's state and says so.
func (c *Centre) move(k *contact, s state) {
	k.state, k.stateAt = s, c.stamp()
	k.turn++
	c.publish(k.agent, StateChange)
	c.tellOfState(k)
	c.reseat(k.agent)
}

// offer rings at a.
func (c *Centre) offer(k *contact, a *agent) {
	a.take(k)
	if k.method == callback {
		c.move(k, incoming)
	} else {
		c.move(k, connecting)
	}
	h := habits[k.channel]
	switch p := c.dice.Float64(); {
	case p < h.misses:
		c.then(k, 20*time.Second, (*Centre).miss)
	case p < h.misses+h.rejects:
		c.then(k, c.dice.between(2*time.Second, 10*time.Second), (*Centre).reject)
	case p > 0.995:
		c.then(k, c.dice.between(time.Second, 4*time.Second), (*Centre).fail)
	default:
		c.then(k, c.dice.between(time.Second, 7*time.Second), (*Centre).accept)
	}
}

func (c *Centre) accept(t timer) {
	k := t.contact
	if k.state == incoming {
		c.move(k, pending)
		c.then(k, c.dice.between(100*time.Millisecond, 600*time.Millisecond), (*Centre).dial)
		return
	}
	c.connect(k)
}

// dial calls the customer of a callback.
func (c *Centre) dial(t timer) {
	c.move(t.contact, connecting)
	c.then(t.contact, c.dice.between(3*time.Second, 18*time.Second), (*Centre).ring)
}

// ring is the outcome of a call that the agent placed.
func (c *Centre) ring(t timer) {
	switch p := c.dice.Float64(); {
	case p < 0.03:
		c.fail(t)
	case p < 0.25: // nobody answers
		c.move(t.contact, ended)
		c.then(t.contact, c.dice.between(2*time.Second, 15*time.Second), (*Centre).clear)
	default:
		c.connect(t.contact)
	}
}

func (c *Centre) miss(t timer) {
	c.move(t.contact, missed)
	c.then(t.contact, c.dice.between(6*time.Second, 40*time.Second), (*Centre).clear)
	c.giveBack(t.contact)
}

func (c *Centre) reject(t timer) {
	c.move(t.contact, rejected)
	c.then(t.contact, c.dice.between(3*time.Second, 10*time.Second), (*Centre).clear)
	c.giveBack(t.contact)
}

// fail is the customer gone in the whisper, or something broken.
func (c *Centre) fail(t timer) {
	c.move(t.contact, failed)
	c.then(t.contact, c.dice.between(5*time.Second, 20*time.Second), (*Centre).clear)
}

// giveBack puts what k was about first in its line again.
func (c *Centre) giveBack(k *contact) {
	if k.line == nil {
		return
	}
	again := &contact{record: k.record, line: k.line, giveUpAt: k.giveUpAt}
	k.line.waiting = append([]*contact{again}, k.line.waiting...)
	c.tellOfPatience(again)
	c.dispatch(k.line)
}

func (c *Centre) connect(k *contact) {
	k.left = time.Duration(k.agent.pace * float64(c.dice.around(habits[k.channel].talk)))
	k.connectedAt = c.stamp()
	c.move(k, connected)
	c.tell(k, ConnectedToAgent)
	c.talk(k)
}

// talk goes on until it is over or interrupted.
func (c *Centre) talk(k *contact) {
	const brief = 15 * time.Second
	if k.left > 2*brief && k.method != monitor && k.method != agentReply && c.dice.chance(0.25) {
		d := c.dice.between(brief, k.left)
		k.left -= d
		switch k.channel {
		case voice, task:
			c.then(k, d, (*Centre).interrupt)
			return
		case email:
			c.then(k, d, (*Centre).reply)
			return
		case chat:
		}
	}
	c.then(k, k.left, (*Centre).hangUp)
}

// interrupt puts a call on hold or pauses a task.
func (c *Centre) interrupt(t timer) {
	if t.contact.channel == task {
		c.move(t.contact, paused)
		c.then(t.contact, c.dice.between(time.Minute, 5*time.Minute), (*Centre).resume)
		return
	}
	c.move(t.contact, onHold)
	c.then(t.contact, c.dice.between(10*time.Second, 100*time.Second), (*Centre).resume)
}

func (c *Centre) resume(t timer) {
	if t.contact.state == onHold && c.dice.chance(0.05) { // tired of the music
		c.hangUp(t)
		return
	}
	c.move(t.contact, connected)
	c.talk(t.contact)
}

// hangUp ends the conversation; after contact work begins. Some conversations
// go on elsewhere.
func (c *Centre) hangUp(t timer) {
	k := t.contact
	c.move(k, ended)
	wrap := c.dice.around(habits[k.channel].wrap)
	if k.method == monitor || k.method == agentReply {
		wrap = c.dice.between(time.Second, 3*time.Second)
	}
	c.then(k, wrap, (*Centre).clear)
	if k.line != nil && k.channel != email && c.dice.chance(0.06) {
		c.handOver(k)
	}
}

// clear frees k's slot. A next status takes effect with the last one.
func (c *Centre) clear(t timer) {
	a := t.contact.agent
	if t.contact.state == ended {
		c.tell(t.contact, Completed)
	}
	a.drop(t.contact)
	if a.next != nil && len(a.contacts) == 0 {
		c.become(a, a.next)
		return
	}
	c.publish(a, StateChange)
	c.reseat(a)
}
