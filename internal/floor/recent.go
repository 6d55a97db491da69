package floor

import (
	"cmp"
	"math"
	"slices"
	"sort"
	"strings"

	"rollcall"
)

// recent records which agents changed last, so that the floor can say what
// became of it since a position (ChangedSince). It takes memory in proportion to the
// agents: it reaches back over twice as many changes as there are agents, by
// when most of the floor is new anyway.
type recent struct {
	since  rollcall.Position // all changes after it are recorded
	chunks [][]recentChange  // oldest first; each but the last is full
}

// recentChange says that an agent changed or, with an id, was forgotten.
type recentChange struct {
	pack    uint64 // of the change's position, in the journal's present epoch
	event   uint32
	ordinal uint32
	gone    rollcall.AgentID
}

const (
	recentChunk = 512
	minRecent   = 2 * recentChunk
	maxRecent   = 1 << 18 // 8 MiB
)

func (c *recentChange) position(epoch rollcall.Epoch) rollcall.Position {
	return rollcall.Position{Epoch: epoch, Pack: c.pack, Event: c.event}
}

// note records a change that is published. agents is how many there are.
func (r *recent) note(c *change, agents int) {
	at := c.version.position
	last := len(r.chunks) - 1
	if last < 0 || len(r.chunks[last]) == recentChunk {
		r.chunks = append(r.chunks, make([]recentChange, 0, recentChunk))
		last++
		if most := min(max(2*agents, minRecent), maxRecent); last*recentChunk > most {
			r.dropOldest(at.Epoch)
		}
		last = len(r.chunks) - 1
	}
	noted := recentChange{pack: at.Pack, event: at.Event}
	if c.is == nil {
		noted.ordinal, noted.gone = c.was.Ordinal, rollcall.AgentID(strings.Clone(string(c.was.ID)))
	} else {
		noted.ordinal = c.is.Ordinal
	}
	r.chunks[last] = append(r.chunks[last], noted)
}

func (r *recent) dropOldest(epoch rollcall.Epoch) {
	oldest := r.chunks[0]
	r.since = oldest[len(oldest)-1].position(epoch)
	r.chunks = slices.Delete(r.chunks, 0, 1)
}

// begin forgets everything: what changed until now is not known.
func (r *recent) begin(at rollcall.Position) { *r = recent{since: at} }

// after gives the ordinals of the agents that changed after p, in their order
// and each once, and the ids of those forgotten.
func (r *recent) after(p rollcall.Position) (changed []uint32, gone []rollcall.AgentID) {
	later := func(c *recentChange) bool { return p.Before(c.position(p.Epoch)) }
	first := sort.Search(len(r.chunks), func(i int) bool {
		chunk := r.chunks[i]
		return later(&chunk[len(chunk)-1])
	})
	for i, chunk := range r.chunks[min(first, len(r.chunks)):] {
		if i == 0 {
			chunk = chunk[sort.Search(len(chunk), func(j int) bool { return later(&chunk[j]) }):]
		}
		for j := range chunk {
			if c := &chunk[j]; c.gone != "" {
				gone = append(gone, c.gone)
			} else {
				changed = append(changed, c.ordinal)
			}
		}
	}
	slices.Sort(changed)
	return slices.Compact(changed), gone
}

// Delta is what became of the agents that a query selects between two versions
// of the floor.
type Delta struct {
	Agents   []*rollcall.Agent  // who changed and matches, in the order of their ordinals
	Left     []rollcall.AgentID // who changed and does not match, or is forgotten; not all of them matched before
	Total    int                // agents that match
	Position rollcall.Position  // the newest record that the later version holds
}

// ChangedSince tells what became of the agents that the query selects after the
// position, in one version of the floor. Whoever has the matching rows of the
// earlier version, puts Agents in their place and takes Left out, has those of
// the later. It is false where the floor can't tell: for a position of another
// epoch, one that lies too far back, and one still ahead.
func (fl *Floor) ChangedSince(q *rollcall.Query, p rollcall.Position) (Delta, bool) {
	indexed, limit := *q, 0
	if q.Traits.Any() {
		indexed.Traits, limit = rollcall.Traits{}, math.MaxInt
	}
	fl.mu.RLock()
	page, matches := fl.chooseLocked(&indexed, rollcall.Cursor{}, limit)
	d := Delta{Total: page.Total, Position: page.Position}
	if p.Epoch != d.Position.Epoch || d.Position.Before(p) || p.Before(fl.recent.since) {
		fl.mu.RUnlock()
		return d, false
	}
	ordinals, gone := fl.recent.after(p)
	changed := make([]*row, 0, len(ordinals))
	for _, o := range ordinals {
		if r := fl.rows.get(o); r != nil {
			changed = append(changed, r)
		}
	}
	back := slices.DeleteFunc(gone, func(id rollcall.AgentID) bool { return fl.rowLocked(id) != nil })
	fl.mu.RUnlock()
	if limit > 0 {
		d.Total = 0
		for _, r := range matches {
			if q.Traits.Match(r.agent(fl.agents)) {
				d.Total++
			}
		}
	}
	d.Left = back
	for _, r := range changed {
		if a := r.agent(fl.agents); q.Match(a) {
			d.Agents = append(d.Agents, a)
		} else {
			d.Left = append(d.Left, a.ID)
		}
	}
	slices.SortFunc(d.Left, func(a, b rollcall.AgentID) int { return cmp.Compare(a, b) })
	d.Left = slices.Compact(d.Left)
	return d, true
}

// Changed gives the position of the newest change on this floor, and a channel
// that is closed when there is a newer one.
func (fl *Floor) Changed() (rollcall.Position, <-chan struct{}) {
	fl.mu.Lock()
	defer fl.mu.Unlock()
	if fl.changed == nil {
		fl.changed = make(chan struct{})
	}
	return fl.version.position, fl.changed
}
