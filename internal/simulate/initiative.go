package simulate

import "time"

// What agents do of their own accord: contacts that no line gave them.

// handOver transfers k's customer: a new contact, either to a colleague's own
// queue or into another line of the channel.
func (c *Centre) handOver(k *contact) {
	heir := &contact{record: record{
		id: newUUID(c.ids), initial: k.initial, channel: k.channel, method: transfer, queuedAt: c.stamp(),
	}}
	if heir.initial == (uuid{}) {
		heir.initial = k.id
	}
	if c.dice.chance(0.3) {
		if colleague := k.agent.desk.benches[k.channel].first; colleague != nil && colleague != k.agent {
			c.offer(heir, colleague)
		}
		return
	}
	for range 2 * len(c.lines) {
		if l := c.lines[c.dice.IntN(len(c.lines))]; l.channel == k.channel && l != k.line && l.every > 0 {
			heir.line, heir.queue = l, l.queue
			c.enqueue(heir)
			return
		}
	}
}

// awaitInitiative sets when a will next think of doing something unasked.
func (c *Centre) awaitInitiative(a *agent) {
	mean := 40 * time.Minute
	if a.lead {
		mean = 10 * time.Minute
	}
	c.later(a, c.dice.wait(mean), (*Centre).initiate)
}

// initiate is an agent with nothing to do who calls somebody, or listens in
// when a lead.
func (c *Centre) initiate(t timer) {
	a := t.agent
	c.awaitInitiative(a)
	if a.seats[voice].since == 0 || len(a.contacts) > 0 {
		return
	}
	if a.lead {
		c.listenIn(a)
		return
	}
	k := &contact{record: record{
		id: newUUID(c.ids), queue: c.outbound[a.desk.profile], channel: voice, method: outbound,
	}}
	a.take(k)
	c.move(k, connecting)
	c.then(k, c.dice.between(4*time.Second, 25*time.Second), (*Centre).ring)
}

// listenIn monitors a call of the desk's first line.
func (c *Centre) listenIn(a *agent) {
	k := &contact{record: record{
		id: newUUID(c.ids), queue: a.desk.lines[voice][0].queue, channel: voice, method: monitor, connectedAt: c.stamp(),
	}}
	a.take(k)
	c.move(k, connected)
	k.left = c.dice.around(2 * time.Minute)
	c.talk(k)
}

// reply drafts an answer to an e-mail, a contact of its own if a slot is free.
func (c *Centre) reply(t timer) {
	k, a := t.contact, t.contact.agent
	c.then(k, k.left+15*time.Second, (*Centre).hangUp)
	if a.available()[email] == 0 {
		return
	}
	draft := &contact{record: record{
		id: newUUID(c.ids), initial: k.id, queue: k.queue, channel: email, method: agentReply, connectedAt: c.stamp(),
	}}
	a.take(draft)
	c.move(draft, connected)
	draft.left = k.left
	c.talk(draft)
}

// reorganizeEvery is how often an agent's configuration changes, on average.
const reorganizeEvery = 40 * time.Hour

// reorganize is an administrator at work: an idle agent gets another routing
// profile, or another team.
func (c *Centre) reorganize(timer) {
	mean := reorganizeEvery / time.Duration(len(c.agents))
	c.set(timer{at: c.now + c.scaled(c.dice.wait(mean)), do: (*Centre).reorganize})
	a := &c.agents[c.dice.IntN(len(c.agents))]
	if !a.online || len(a.contacts) > 0 {
		return
	}
	desk, group := a.desk, a.group
	if c.dice.chance(0.5) {
		desk = c.ordered[c.dice.IntN(len(c.ordered))]
	} else {
		teams := c.world.hierarchy.teams[a.site][a.desk.profile.department]
		group = teams[c.dice.IntN(len(teams))]
	}
	if desk == a.desk && group == a.group {
		return
	}
	c.unseat(a)
	a.desk, a.group = desk, group
	c.publish(a, StateChange)
	c.reseat(a)
}

// unseat takes a off all benches of its desk.
func (c *Centre) unseat(a *agent) {
	for ch := range channel(channels) {
		if a.seats[ch].since > 0 {
			a.desk.benches[ch].remove(a, ch)
		}
	}
}
