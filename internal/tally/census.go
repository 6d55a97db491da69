package tally

import (
	"encoding/binary"
	"iter"
	"slices"

	"rollcall"
)

// Census keeps agents by what Metrics see of them. Those who are the same in
// that are of one class, so that to count costs what differs between agents and
// not how many there are: at rest a floor has some classes a routing profile.
// One goroutine uses it at a time.
type Census struct {
	first   uint32
	of      []*class // by ordinal from first on; nil: nobody
	classes map[classKey]*class
	agents  int
}

// classKey is what agents of a class have in common.
type classKey struct {
	profile *rollcall.RoutingProfile // shared by agents, as rows have it
	status  rollcall.AgentStatusID
	kind    rollcall.StatusType
	known   bool
	loads   string // packed
}

type class struct {
	key    classKey
	agents int
	status rollcall.Status
	loads  []load
}

// load is what an agent has of a channel.
type load struct {
	channel          rollcall.Channel
	slots, available int // of the routing profile

	contacts, active, ended, failed int
}

// NewCensus takes in the agents, who come in the order of their ordinals.
func NewCensus(agents iter.Seq[*rollcall.Agent]) *Census {
	c := &Census{classes: make(map[classKey]*class)}
	for a := range agents {
		if c.agents == 0 {
			c.first = a.Ordinal
		}
		c.Put(a)
	}
	return c
}

// Agents is how many there are.
func (c *Census) Agents() int { return c.agents }

// Put takes in an agent, in the place of what was known of the same. It is
// false for an ordinal below all that it began with.
func (c *Census) Put(a *rollcall.Agent) bool {
	if a.Ordinal < c.first {
		return false
	}
	i := int(a.Ordinal - c.first)
	if i >= len(c.of) {
		c.of = append(c.of, make([]*class, i+1-len(c.of))...)
	}
	if was := c.of[i]; was != nil {
		c.agents--
		if was.agents--; was.agents == 0 {
			delete(c.classes, was.key)
		}
	}
	c.of[i] = c.class(a)
	c.of[i].agents++
	c.agents++
	return true
}

// class finds or makes an agent's class.
func (c *Census) class(a *rollcall.Agent) *class {
	var room [4]load
	loads := appendLoads(room[:0], a)
	var packed [64]byte
	key := classKey{
		profile: a.Configuration.RoutingProfile, status: a.Status.ID, kind: a.Status.Type, known: a.Status.Known(),
		loads: string(packLoads(packed[:0], loads)),
	}
	found := c.classes[key]
	if found == nil {
		found = &class{key: key, status: rollcall.Status{ID: a.Status.ID, ARN: a.Status.ARN, Name: a.Status.Name, Type: a.Status.Type}, loads: slices.Clone(loads)}
		c.classes[key] = found
	}
	return found
}

func appendLoads(loads []load, a *rollcall.Agent) []load {
	of := func(channel rollcall.Channel) (l *load, fresh bool) {
		for i := range loads {
			if loads[i].channel == channel {
				return &loads[i], false
			}
		}
		loads = append(loads, load{channel: channel})
		return &loads[len(loads)-1], true
	}
	for _, s := range a.Concurrency {
		if l, fresh := of(s.Channel); fresh {
			l.slots, l.available = s.MaximumSlots, s.AvailableSlots
		}
	}
	for i := range a.Contacts {
		contact := &a.Contacts[i]
		l, _ := of(contact.Channel)
		l.contacts++
		l.active += one(contact.Active())
		l.ended += one(contact.State == rollcall.StateEnded)
		l.failed += one(contact.Failed())
	}
	return loads
}

func packLoads(dst []byte, loads []load) []byte {
	for i := range loads {
		l := &loads[i]
		dst = append(binary.AppendUvarint(dst, uint64(len(l.channel))), l.channel...)
		for _, n := range [...]int{l.slots, l.available, l.contacts, l.active, l.ended, l.failed} {
			dst = binary.AppendVarint(dst, int64(n))
		}
	}
	return dst
}
