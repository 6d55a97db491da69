package floor

import (
	"bytes"
	"slices"
	"sync"

	"rollcall"
)

// Floor is the state of one instance. Its methods may be called from any
// goroutine; it changes through Floors.Apply alone.
type Floor struct {
	arn       rollcall.ARN
	floors    *Floors
	encode    func(dst []byte, a *rollcall.Agent, instance rollcall.ARN) []byte
	scratches scratches

	mu      sync.RWMutex // readers read under it, the writer writes under it and reads without
	rows    rows
	index   index
	version version // of the newest change here

	draft draft // the writer's
}

// draft is what the writer has made ready and not yet published.
type draft struct {
	changes  []change
	latest   map[rollcall.AgentID]*rollcall.Agent // :: agent id -> its newest row in changes
	ordinals uint32                               // given out so far, published or not
	interner interner
	buffer   []byte
}

// change is one applied event, ready to be published.
type change struct {
	was, is *rollcall.Agent
	answer  []byte
	version version
}

func newFloor(f *Floors, instance rollcall.ARN) *Floor {
	return &Floor{
		arn:    instance,
		floors: f,
		encode: f.options.Encode,
		index:  newIndex(),
		draft:  draft{latest: make(map[rollcall.AgentID]*rollcall.Agent)},
	}
}

// ARN names the instance. The account and Region first seen for an instance id
// own it.
func (fl *Floor) ARN() rollcall.ARN { return fl.arn }

// Agent gives an agent's row, offline or not.
func (fl *Floor) Agent(id rollcall.AgentID) (*rollcall.Agent, bool) {
	fl.mu.RLock()
	defer fl.mu.RUnlock()
	return fl.agentLocked(id)
}

func (fl *Floor) agentLocked(id rollcall.AgentID) (*rollcall.Agent, bool) {
	o, ok := fl.index.ordinals[id]
	if !ok {
		return nil, false
	}
	return fl.rows.get(o).agent, true
}

// Counts tells how many are on the floor.
func (fl *Floor) Counts() Counts {
	fl.mu.RLock()
	defer fl.mu.RUnlock()
	return fl.countsLocked()
}

func (fl *Floor) countsLocked() Counts {
	return Counts{
		Instances: 1,
		Agents:    fl.index.present.n,
		Online:    fl.index.online.n,
		Contacts:  fl.index.contacts,
	}
}

// versionLocked is the newest version that what is published here holds. It is
// the journal's as a whole where that is ahead of this floor's last change:
// the records between were other instances'.
func (fl *Floor) versionLocked() version {
	if whole := fl.floors.head.Load().version; whole.number > fl.version.number {
		return whole
	}
	return fl.version
}

// stage works out what a record does here. Nobody sees it before publish.
func (fl *Floor) stage(r *rollcall.Record, v version) rollcall.Change {
	e, d := r.Event, &fl.draft
	c := rollcall.Change{Position: r.Position, Instance: fl.arn.Instance}
	if e.Instance.InstanceARN() != fl.arn {
		c.Effect = rollcall.EffectForeign
		return c
	}
	id := rollcall.AgentID(e.Agent.ID)
	old := d.latest[id]
	if old == nil {
		old, _ = fl.agentLocked(id) // the writer needs no lock to read
	}
	if c.Effect = judge(old, e); c.Effect != rollcall.EffectApplied {
		return c
	}
	is := next(old, e)
	d.interner.row(old, is)
	if old == nil {
		is.Ordinal = d.ordinals
		d.ordinals++
	}
	d.latest[is.ID] = is
	d.changes = append(d.changes, change{was: old, is: is, version: v})
	c.Old, c.New = old, is
	return c
}

// publish shows readers what was staged, in one step.
func (fl *Floor) publish() {
	d := &fl.draft
	fl.encodeDraft()
	fl.mu.Lock()
	for i := range d.changes {
		c := &d.changes[i]
		fl.rows.put(c.is.Ordinal, row{agent: c.is, answer: c.answer})
		fl.index.reindex(c.was, c.is)
		fl.version = c.version
	}
	fl.mu.Unlock()
	clear(d.changes)
	d.changes = d.changes[:0]
	clear(d.latest)
}

// encodeDraft encodes the answer of each agent that changed, once, and keeps
// the old bytes where they came out the same.
func (fl *Floor) encodeDraft() {
	d := &fl.draft
	if fl.encode == nil {
		return
	}
	for i := range d.changes {
		c := &d.changes[i]
		if d.latest[c.is.ID] != c.is {
			continue // changed again within the batch
		}
		d.buffer = fl.encode(d.buffer[:0], c.is, fl.arn)
		if c.was != nil && c.was.Ordinal < uint32(fl.index.span) {
			if old := fl.rows.get(c.was.Ordinal).answer; bytes.Equal(old, d.buffer) {
				c.answer = old
				continue
			}
		}
		c.answer = slices.Clone(d.buffer)
	}
}
