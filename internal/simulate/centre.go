package simulate

import (
	"math/rand/v2"
	"strconv"
	"time"
)

// Centre is a contact centre at one moment of its simulated time. It is not
// safe for concurrent use; the events it gives out are.
type Centre struct {
	cfg     Config
	world   *world
	startAt stamp
	now     time.Duration // since Config.Start
	timers  timers
	dice    dice
	ids     *rand.Rand

	contactIDs *rand.Rand // of contact events

	agents   []agent
	desks    map[*profile]*desk  // :: routing profile -> desk
	ordered  []*desk             // desks in the world's order
	outbound map[*profile]*queue // :: routing profile -> its default outbound queue
	lines    []*line
	seated   uint64 // counts seatings, for bench order

	out  []Event // happened, not yet handed over from sent on
	sent int
}

// New builds the contact centre that cfg describes, at the moment before its
// first event. It takes the default for everything if cfg is one that Validate
// refuses.
func New(cfg Config) *Centre {
	cfg = cfg.withDefaults(time.Now())
	day := strconv.FormatInt(cfg.Start.UnixMilli(), 10)
	c := &Centre{
		cfg:     cfg,
		world:   newWorld(cfg),
		startAt: stamp(cfg.Start.UnixMilli()),
		dice:    dice{source(cfg.Seed, "day", day)},
		ids:     source(cfg.Seed, "ids", day),

		contactIDs: source(cfg.Seed, "contact event ids", day),
		agents:     make([]agent, cfg.Agents),
		desks:      map[*profile]*desk{},
		outbound:   map[*profile]*queue{},
	}
	for i := range c.agents {
		c.agents[i].person = &c.world.people[i]
	}
	for _, p := range c.world.profiles {
		for _, q := range c.world.queues {
			if q.Name == p.outbound {
				c.outbound[p] = q
			}
		}
	}
	c.furnish()
	c.open()
	c.staff()
	c.set(timer{at: c.scaled(reorganizeEvery / time.Duration(cfg.Agents)), do: (*Centre).reorganize})
	return c
}

// Config is the one that New was given, with the defaults filled in.
func (c *Centre) Config() Config { return c.cfg }

// InstanceARN is the simulated instance's.
func (c *Centre) InstanceARN() string { return c.world.instance }

// Queues are the standard queues.
func (c *Centre) Queues() []Resource {
	return names(c.world.queues, func(q *queue) Resource { return q.Resource })
}

// RoutingProfiles are all there are; every agent has one of them.
func (c *Centre) RoutingProfiles() []Resource {
	return names(c.world.profiles, func(p *profile) Resource { return p.Resource })
}

// HierarchyGroups are all levels' groups, parents first.
func (c *Centre) HierarchyGroups() []Resource {
	return names(c.world.hierarchy.groups, func(g *group) Resource { return g.Resource })
}

// Agents are the roster, by username.
func (c *Centre) Agents() []Resource {
	return names(c.agents, func(a agent) Resource {
		return Resource{ID: a.id.String(), ARN: a.arn, Name: a.username[1 : len(a.username)-1]}
	})
}

func names[T any](all []T, name func(T) Resource) []Resource {
	list := make([]Resource, len(all))
	for i, one := range all {
		list[i] = name(one)
	}
	return list
}

// Next is the next event. Timestamps never decrease from one to the next. ok
// is false after the last, when Config.Duration is over.
func (c *Centre) Next() (e Event, ok bool) {
	if !c.advance() {
		return Event{}, false
	}
	e, c.out[c.sent] = c.out[c.sent], Event{}
	c.sent++
	return e, true
}

// NextAt is the time of the event that Next would return.
func (c *Centre) NextAt() (at time.Time, ok bool) {
	if !c.advance() {
		return time.Time{}, false
	}
	return c.out[c.sent].At, true
}

// advance lets time pass until there is an event to hand over.
func (c *Centre) advance() bool {
	if c.sent == len(c.out) {
		c.out, c.sent = c.out[:0], 0
	}
	for len(c.out) == 0 {
		at, ok := c.timers.peek()
		if !ok || c.cfg.Duration > 0 && at > c.cfg.Duration {
			return false
		}
		t := c.timers.pop()
		c.now = at
		if !t.stale() {
			t.do(c, t)
		}
	}
	return true
}

// scaled is how long something takes at the centre's rate.
func (c *Centre) scaled(d time.Duration) time.Duration {
	return time.Duration(float64(d) / c.cfg.Rate)
}

func (c *Centre) set(t timer) { c.timers.push(t) }

// then sets what becomes of k after d, unless its state changes before.
func (c *Centre) then(k *contact, d time.Duration, do func(*Centre, timer)) {
	c.set(timer{at: c.now + c.scaled(d), do: do, contact: k, turn: k.turn})
}

// later sets what a does after d, unless a goes offline before.
func (c *Centre) later(a *agent, d time.Duration, do func(*Centre, timer)) {
	c.set(timer{at: c.now + c.scaled(d), do: do, agent: a, turn: a.turn})
}
