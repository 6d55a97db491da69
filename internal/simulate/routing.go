package simulate

import "time"

// desk is a routing profile at work: who is free under it, and the lines it
// serves.
type desk struct {
	profile *profile
	people  int // of the roster; configuration changes don't count
	benches [channels]bench
	lines   [channels][]*line
	ranks   map[*line]int // :: line -> priority, less is served first
}

// bench is a queue of agents who can be offered a contact of one channel,
// longest idle first: a list through their seats.
type bench struct{ first, last *agent }

// seat is an agent's place on the bench of one channel.
type seat struct {
	prev, next *agent
	since      uint64 // orders seats over all benches of the channel; 0: not seated
}

func (b *bench) push(a *agent, ch channel, since uint64) {
	a.seats[ch] = seat{prev: b.last, since: since}
	if b.last == nil {
		b.first = a
	} else {
		b.last.seats[ch].next = a
	}
	b.last = a
}

func (b *bench) remove(a *agent, ch channel) {
	s := a.seats[ch]
	if s.prev == nil {
		b.first = s.next
	} else {
		s.prev.seats[ch].next = s.next
	}
	if s.next == nil {
		b.last = s.prev
	} else {
		s.next.seats[ch].prev = s.prev
	}
	a.seats[ch] = seat{}
}

// furnish makes the desks and lines of the world's profiles.
func (c *Centre) furnish() {
	type place struct {
		queue   string
		channel channel
	}
	queues := map[string]*queue{} // :: name -> queue
	for _, q := range c.world.queues {
		queues[q.Name] = q
	}
	lines := map[place]*line{} // :: queue and channel -> line
	for _, p := range c.world.profiles {
		d := &desk{profile: p, ranks: map[*line]int{}}
		c.desks[p], c.ordered = d, append(c.ordered, d)
		for _, need := range p.inbound {
			for _, ch := range need.channels {
				at := place{need.queue, ch}
				if lines[at] == nil {
					lines[at] = &line{queue: queues[need.queue], channel: ch}
					c.lines = append(c.lines, lines[at])
				}
				l := lines[at]
				l.desks = append(l.desks, d)
				d.lines[ch] = append(d.lines[ch], l)
				d.ranks[l] = need.priority
			}
		}
	}
	for i := range c.agents {
		c.desks[c.agents[i].profile].people++
	}
}

// reseat seats a on the benches of the channels for which it has become free,
// and takes it off those for which it is no more. Routing notices a newly free
// agent a moment later.
func (c *Centre) reseat(a *agent) {
	var free [channels]int8
	if a.routable() {
		free = a.available()
	}
	freed := false
	for ch := range channel(channels) {
		switch seated := a.seats[ch].since > 0; {
		case free[ch] > 0 && !seated:
			c.seated++
			a.desk.benches[ch].push(a, ch, c.seated)
			freed = true
		case free[ch] == 0 && seated:
			a.desk.benches[ch].remove(a, ch)
		}
	}
	if freed {
		c.later(a, c.dice.between(150*time.Millisecond, 900*time.Millisecond), (*Centre).seek)
	}
}

// seek gives a the contact that has waited for it: of the highest priority,
// then of the longest wait.
func (c *Centre) seek(t timer) {
	a := t.agent
	var best *contact
	for ch := range channels {
		if a.seats[ch].since == 0 {
			continue
		}
		for _, l := range a.desk.lines[ch] {
			if k := l.head(c.now); k != nil && (best == nil || a.desk.prefers(k, best)) {
				best = k
			}
		}
	}
	if best != nil {
		c.offer(best.line.shift(), a)
	}
}

func (d *desk) prefers(k, other *contact) bool {
	if a, b := d.ranks[k.line], d.ranks[other.line]; a != b {
		return a < b
	}
	return k.queuedAt < other.queuedAt
}

// dispatch offers what waits in l to whom is free.
func (c *Centre) dispatch(l *line) {
	for l.head(c.now) != nil {
		a := l.longestIdle()
		if a == nil {
			return
		}
		c.offer(l.shift(), a)
	}
}

func (l *line) longestIdle() *agent {
	var best *agent
	for _, d := range l.desks {
		if a := d.benches[l.channel].first; a != nil && (best == nil || a.seats[l.channel].since < best.seats[l.channel].since) {
			best = a
		}
	}
	return best
}
