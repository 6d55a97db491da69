package simulate

import "time"

// line is where contacts of one queue and channel wait. Nothing of a waiting
// contact shows in agent events, so who gives up is only taken out when the line
// is looked at.
type line struct {
	queue    *queue
	channel  channel
	desks    []*desk       // that serve it
	every    time.Duration // mean time between arrivals, before the rate; 0: none arrive
	handling time.Duration // mean time that an agent spends on one
	waiting  []*contact    // oldest first
	limit    int           // of waiting; who comes then is turned away
}

// head is the oldest contact that still waits, or nil.
func (l *line) head(now time.Duration) *contact {
	for len(l.waiting) > 0 {
		k := l.waiting[0]
		if k.giveUpAt == 0 || k.giveUpAt > now {
			return k
		}
		l.shift()
	}
	return nil
}

// shift takes the oldest contact out.
func (l *line) shift() *contact {
	k := l.waiting[0]
	l.waiting[0] = nil
	if l.waiting = l.waiting[1:]; len(l.waiting) == 0 {
		l.waiting = nil
	}
	return k
}

// Assumptions about how busy people are, from which arrivals follow. Tests
// hold what comes out of them.
const (
	atWork    = 0.87 // share of logged-in agents who are Available
	occupancy = 0.66 // share of those who have a contact
)

// together is how many contacts of a channel an agent has at a time, who has
// any and may have several.
var together = [channels]float64{voice: 1, chat: 1.25, task: 1.25, email: 1.15}

// staff sets each line's arrivals so that the people at its desks are busy.
func (c *Centre) staff() {
	erlangs := map[*line]float64{} // :: line -> contacts handled at a time
	for _, d := range c.ordered {
		for ch, lines := range d.lines {
			people := float64(d.people) * present * atWork * occupancy * d.profile.share[ch]
			for _, l := range lines {
				erlangs[l] += people * together[ch] / float64(len(lines))
				l.limit += 2 * d.people
			}
		}
	}
	for _, l := range c.lines {
		h := habits[l.channel]
		l.handling = h.talk + h.wrap + 5*time.Second
		l.limit += 10
		if load := erlangs[l]; load > 0 {
			l.every = time.Duration(float64(l.handling) / load)
			c.openLine(l)
		}
	}
}

// openLine starts l's arrivals: besides the steady ones a rush in the first
// moments, as large as the load, so that the floor is busy at once.
func (c *Centre) openLine(l *line) {
	var next func(*Centre, timer)
	next = func(c *Centre, _ timer) {
		c.appear(l)
		c.set(timer{at: c.now + c.scaled(c.dice.wait(l.every)), do: next})
	}
	rush := func(c *Centre, _ timer) { c.appear(l) }
	c.set(timer{at: c.scaled(c.dice.wait(l.every)), do: next})
	for range int(l.handling/l.every) + c.dice.IntN(2) {
		c.set(timer{at: c.dice.between(c.cfg.RampUp/4, c.cfg.RampUp) + c.scaled(c.dice.wait(15*time.Second)), do: rush})
	}
}

// appear is the arrival of one contact at l.
func (c *Centre) appear(l *line) {
	if l.head(c.now); len(l.waiting) >= l.limit {
		return
	}
	k := &contact{line: l, record: record{id: newUUID(c.ids), queue: l.queue, channel: l.channel, queuedAt: c.stamp()}}
	switch p := c.dice.Float64(); {
	case p < 0.03:
		k.method, k.initial = queueTransfer, newUUID(c.ids)
	case l.channel == chat || l.channel == task:
		k.method = api
	case l.channel == voice && p < 0.08:
		k.method = callback
	case l.channel == voice && p < 0.12:
		k.method = webRTC
	default:
		k.method = inbound
	}
	c.tell(k, Initiated)
	c.enqueue(k)
}

// enqueue lets k wait in its line until its customer loses patience.
func (c *Centre) enqueue(k *contact) {
	if mean := habits[k.channel].patience; mean > 0 && k.method != callback {
		k.giveUpAt = c.now + c.scaled(20*time.Second+c.dice.wait(mean))
	}
	k.line.waiting = append(k.line.waiting, k)
	c.tellOfWait(k)
	c.dispatch(k.line)
}
