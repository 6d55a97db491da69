package server

import (
	"fmt"
	"maps"
	"slices"
	"sync"

	"rollcall"
	"rollcall/internal/agentevent"
	"rollcall/internal/floor"
)

// owner gives the instance that has an id.
func (s *Server) owner(id rollcall.InstanceID) (rollcall.ARN, bool) {
	fl, known := s.floors.Floor(id)
	if !known {
		return rollcall.ARN{}, false
	}
	return fl.ARN(), true
}

// room is what there is of what the server bounds: instances, agents, bytes of
// the floor and of each instance. Whoever appends events claims beforehand what
// they may take; it is given back when the floor shows what they took.
// So requests at the same time can't together go over a bound, but by what goes
// away meanwhile and what another node of a cluster takes.
type room struct {
	floors    *floor.Floors
	instances int
	agents    int
	bytes     int64 // 0: not bounded
	share     int64 // of bytes, that one instance may take

	mu      sync.Mutex
	claimed claim
	begun   map[rollcall.InstanceID]int // :: instances that claims begin -> claims
	kept    []*claim                    // durable, and not yet seen on the floor
}

// claim is what some events may take.
type claim struct {
	begins   []rollcall.InstanceID // that are new
	agents   int                   // that are new
	bytes    int64
	of       map[rollcall.InstanceID]int64 // bytes, by instance
	position rollcall.Position             // of the last event, once that is known
}

func newRoom(c *Config, floors *floor.Floors) *room {
	return &room{
		floors: floors, instances: c.MaxInstances, agents: c.MaxAgents,
		bytes: c.MaxFloorBytes, share: c.MaxFloorBytes / 100 * int64(c.MaxInstanceShare),
		claimed: claim{of: make(map[rollcall.InstanceID]int64)}, begun: make(map[rollcall.InstanceID]int),
	}
}

// reserve claims room for documents. settle is to be called once, with the
// position of the last, or the zero position if they aren't kept.
//
// Mostly there is far more room than any such documents could take, and that
// much is claimed. Where it gets narrow they are tried on the floor.
func (r *room) reserve(documents []agentevent.Document, beside []rollcall.ARN) (settle func(rollcall.Position), err error) {
	quick := r.most(documents)
	r.beside(quick, beside)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sweep()
	if r.over(quick, &r.claimed, ample) == nil {
		return r.hold(quick), nil
	}
	r.mu.Unlock()
	exact := r.tried(documents)
	r.beside(exact, beside)
	r.mu.Lock()
	r.sweep()
	if err := r.over(exact, new(claim), 1); err != nil {
		return nil, err
	}
	if err := r.over(exact, &r.claimed, 1); err != nil {
		return nil, rollcall.Errorf(rollcall.CodeUnavailable,
			"events that are being taken in at this moment may need the room that these need, and nothing of the request was kept; try again").WithCause(err)
	}
	return r.hold(exact), nil
}

// ample: a claim that is not exact must fit into the room so many times,
// together with the claims that are there.
const ample = 4

// most is a claim that is told at once.
func (r *room) most(documents []agentevent.Document) *claim {
	c := &claim{agents: len(documents), of: make(map[rollcall.InstanceID]int64)}
	var last rollcall.InstanceID
	for i := range documents {
		e := &documents[i].Event
		id, bytes := e.Instance.Instance, floor.MostBytes(e, len(documents[i].Record))
		if id != last {
			last = id
			if _, known := r.floors.Floor(id); !known && !slices.Contains(c.begins, id) {
				c.begins = append(c.begins, id)
				bytes += floor.InstanceBytes
			}
		}
		c.of[id] += bytes
		c.bytes += bytes
	}
	return c
}

// beside adds to a claim the instances that events begin which are not of agents.
func (r *room) beside(c *claim, instances []rollcall.ARN) {
	for _, instance := range instances {
		id := instance.Instance
		if _, known := r.floors.Floor(id); !known && !slices.Contains(c.begins, id) {
			c.begins = append(c.begins, id)
			c.of[id] += floor.InstanceBytes
			c.bytes += floor.InstanceBytes
		}
	}
}

// tried is a claim for what the documents take, as the floor is now.
func (r *room) tried(documents []agentevent.Document) *claim {
	events := make([]*rollcall.Event, len(documents))
	for i := range documents {
		events[i] = &documents[i].Event
	}
	need := r.floors.Need(events)
	c := &claim{begins: need.Begins, agents: need.Agents, of: need.Bytes}
	for _, bytes := range need.Bytes {
		c.bytes += bytes
	}
	return c
}

// over says what of a claim, beside others and taken so many times, goes over.
// It tells whoever asks about the limits and their own instance alone; what
// others have is in the cause.
func (r *room) over(c, others *claim, times int64) error {
	counts := r.floors.Counts()
	begins := len(c.begins)
	if others == &r.claimed {
		begins = len(r.begun)
		for _, id := range c.begins {
			if r.begun[id] == 0 {
				begins++
			}
		}
	}
	if n := counts.Instances + begins; begins > 0 && len(c.begins) > 0 && n > r.instances {
		return rollcall.Errorf(rollcall.CodeInvalid, "the events name %d instances that are new here, and the server takes no more than %d in all (--max-instances)",
			len(c.begins), r.instances).WithCause(fmt.Errorf("they would be %d", n))
	}
	if n := int64(counts.Agents) + times*int64(others.agents+c.agents); c.agents > 0 && n > int64(r.agents) {
		return rollcall.Errorf(rollcall.CodeInvalid, "the events name %d agents that are new here, and the server takes no more than %d in all (--max-agents)",
			c.agents, r.agents).WithCause(fmt.Errorf("they would be %d", n))
	}
	if r.bytes == 0 {
		return nil
	}
	// What is left of a tenth is for agents who are here already, so that new ones
	// don't make the floor stand still.
	most, share := r.bytes, r.share
	if c.agents > 0 {
		most, share = most-most/10, share-share/10
	}
	for _, id := range slices.Sorted(maps.Keys(c.of)) {
		has := int64(0)
		if fl, known := r.floors.Floor(id); known {
			has = fl.Counts().Bytes
		}
		if more := c.of[id]; more > 0 && has+times*(others.of[id]+more) > share {
			return rollcall.Errorf(rollcall.CodeInvalid, "the events take %d bytes of memory more for instance %s, which has %d of at most %d (--max-instance-share, --max-floor-bytes)",
				more, rollcall.Shorten(string(id)), has, share)
		}
	}
	if n := counts.Bytes + times*(others.bytes+c.bytes); c.bytes > 0 && n > most {
		return rollcall.Errorf(rollcall.CodeInvalid, "the events take %d bytes of memory more, and the server takes no more than %d in all (--max-floor-bytes)",
			c.bytes, most).WithCause(fmt.Errorf("they would be %d", n))
	}
	return nil
}

// hold adds a claim to those that are there.
func (r *room) hold(c *claim) (settle func(rollcall.Position)) {
	for _, id := range c.begins {
		r.begun[id]++
	}
	r.claimed.agents += c.agents
	r.claimed.bytes += c.bytes
	for id, bytes := range c.of {
		r.claimed.of[id] += bytes
	}
	return func(p rollcall.Position) {
		r.mu.Lock()
		defer r.mu.Unlock()
		c.position = p
		r.kept = append(r.kept, c)
	}
}

func (r *room) giveBack(c *claim) {
	for _, id := range c.begins {
		if r.begun[id]--; r.begun[id] == 0 {
			delete(r.begun, id)
		}
	}
	r.claimed.agents -= c.agents
	r.claimed.bytes -= c.bytes
	for id, bytes := range c.of {
		if r.claimed.of[id] -= bytes; r.claimed.of[id] == 0 {
			delete(r.claimed.of, id)
		}
	}
}

// sweep gives back the claims of events that the floor shows: whoever saw what
// they put finds its room free, not yet taken twice.
func (r *room) sweep() {
	at := r.floors.Position()
	r.kept = slices.DeleteFunc(r.kept, func(c *claim) bool {
		if at.Before(c.position) {
			return false
		}
		r.giveBack(c)
		return true
	})
}
