package simulate

import "time"

// How people work. All of it is divided by the rate.
const (
	present = 0.89 // of the roster, at any time
	shift   = 8 * time.Hour
	rest    = time.Hour         // between shifts: this floor has no night
	stretch = 105 * time.Minute // mean time from one pause to the next
)

// open begins the day: who is present logs in during the ramp-up, with a shift
// that began some time ago; the others left within the last hour and come back
// within the next.
func (c *Centre) open() {
	for i := range c.agents {
		a := &c.agents[i]
		a.status, a.desk, a.group, a.turn = c.world.offline, c.desks[a.profile], a.person.group, 1
		at := c.dice.between(0, c.cfg.RampUp)
		if c.dice.chance(present) {
			a.statusAt = c.stampAt(-c.dice.between(10*time.Hour, 16*time.Hour))
			c.set(timer{at: at, do: (*Centre).clockIn, agent: a})
			continue
		}
		a.offAt = -c.dice.between(0, afterwards)
		a.statusAt = c.stampAt(a.offAt)
		c.set(timer{at: at, do: (*Centre).beat, agent: a})
		a.lastAt, a.beating = -silence, true
		c.later(a, c.dice.between(rest/12, rest), (*Centre).logIn)
	}
}

// clockIn logs a in somewhere in the middle of a shift.
func (c *Centre) clockIn(t timer) { c.beginShift(t.agent, c.dice.between(5*time.Minute, shift)) }

// logIn begins a full shift.
func (c *Centre) logIn(t timer) {
	c.beginShift(t.agent, c.dice.between(shift*3/4, shift*9/8))
}

// beginShift logs a in. The control panel opens Offline; a moment later the agent
// is Available, or goes to a meeting first.
func (c *Centre) beginShift(a *agent, stay time.Duration) {
	a.online = true
	c.publish(a, Login)
	c.later(a, c.dice.between(300*time.Millisecond, 2500*time.Millisecond), (*Centre).getReady)
	c.later(a, stay, (*Centre).signOff)
	if a.desk.profile.slots[voice] > 0 {
		c.awaitInitiative(a)
	}
}

func (c *Centre) getReady(t timer) {
	if c.dice.chance(0.08) {
		c.become(t.agent, c.pause())
		return
	}
	c.become(t.agent, c.world.available)
}

// pauseDue is the time for a break. Who leaves soon anyway skips it.
func (c *Centre) pauseDue(t timer) {
	if a := t.agent; a.next == nil && a.status == c.world.available {
		c.choose(a, c.pause())
	}
}

func (c *Centre) comeBack(t timer) { c.become(t.agent, c.world.available) }

func (c *Centre) signOff(t timer) { c.choose(t.agent, c.world.offline) }

// changeMind takes back a next status by choosing Available.
func (c *Centre) changeMind(t timer) {
	a := t.agent
	if a.next == nil || a.next == c.world.offline {
		return
	}
	a.next, a.nextAt = nil, 0
	c.publish(a, StateChange)
	c.reseat(a)
	c.later(a, c.dice.wait(stretch), (*Centre).pauseDue)
}

// choose is an agent setting a status in the control panel. Contacts that are
// over are cleared by that; if others are left, it is the next status until
// all slots are clear.
func (c *Centre) choose(a *agent, s *status) {
	for i := len(a.contacts) - 1; i >= 0; i-- {
		if k := a.contacts[i]; k.state.over() {
			a.drop(k)
		}
	}
	if len(a.contacts) == 0 {
		c.become(a, s)
		return
	}
	a.next, a.nextAt = s, c.stamp()
	c.publish(a, StateChange)
	c.reseat(a)
	if c.dice.chance(0.05) {
		c.later(a, c.dice.between(10*time.Second, time.Minute), (*Centre).changeMind)
	}
}

// become puts a status into effect.
func (c *Centre) become(a *agent, s *status) {
	a.status, a.statusAt = s, c.stamp()
	a.next, a.nextAt = nil, 0
	c.publish(a, StateChange)
	c.reseat(a)
	switch s.kind {
	case "ROUTABLE":
		c.later(a, c.dice.wait(stretch), (*Centre).pauseDue)
	case "OFFLINE":
		a.turn++
		c.later(a, c.dice.between(300*time.Millisecond, 3*time.Second), (*Centre).logOut)
	default:
		c.later(a, c.dice.around(s.mean), (*Centre).comeBack)
	}
}

func (c *Centre) logOut(t timer) {
	a := t.agent
	a.online = false
	a.offAt = c.now
	c.publish(a, Logout)
	c.later(a, c.dice.between(rest*2/3, rest*4/3), (*Centre).logIn)
}

// pause draws a reason not to work.
func (c *Centre) pause() *status {
	total := 0
	for _, s := range c.world.pauses {
		total += s.often
	}
	n := c.dice.IntN(total)
	for _, s := range c.world.pauses {
		if n -= s.often; n < 0 {
			return s
		}
	}
	return c.world.pauses[0]
}
