package floor

import "rollcall"

// draft is what the writer has made ready and not yet published.
type draft struct {
	changes  []change
	latest   map[rollcall.AgentID]*rollcall.Agent // :: agent id -> newest in changes, nil if forgotten
	ordinals uint32                               // the next to be given out
	text     Text
	staged   bool    // Floors.staged has the floor
	beside   version // of the newest record that is of the instance and no event of agents; zero without
}

// change is one applied event, ready to be published. was is nil for an agent
// that appears, is for one that is forgotten. row is nil when another change
// of the same draft takes its place.
type change struct {
	was, is *rollcall.Agent
	row     *row
	said    *rollcall.Snapshot // by the event; nil if nothing
	version version
}

// stage works out what a record does here. Nobody sees it before publish.
func (fl *Floor) stage(r *rollcall.Record, v version) rollcall.Change {
	e, d := r.Event, &fl.draft
	c := rollcall.Change{Position: r.Position, Instance: fl.arn.Instance}
	if e.Instance.InstanceARN() != fl.arn {
		c.Effect = rollcall.EffectForeign
		return c
	}
	old := fl.newest(rollcall.AgentID(e.Agent.ID))
	switch c.Effect = judge(old, e); c.Effect {
	case rollcall.EffectApplied:
		is := next(old, e)
		if old == nil {
			is.Ordinal = d.ordinals
			d.ordinals++
		}
		d.latest[is.ID] = is
		c.Old, c.New = old, is
	case rollcall.EffectForgotten:
		d.latest[old.ID] = nil
		c.Old = old
	case rollcall.EffectLate, rollcall.EffectRepeated, rollcall.EffectForeign, rollcall.EffectRemoved, rollcall.EffectUnreadable,
		rollcall.EffectElsewhere:
		return c
	}
	d.changes = append(d.changes, change{was: c.Old, is: c.New, said: e.Snapshot, version: v})
	return c
}

// newest is the agent as the writer knows it, nil when there is none.
func (fl *Floor) newest(id rollcall.AgentID) *rollcall.Agent {
	if a, ok := fl.draft.latest[id]; ok {
		return a
	}
	if r := fl.rowLocked(id); r != nil { // the writer needs no lock to read
		return r.agent(fl.agents)
	}
	return nil
}

// publish shows readers what was staged, in one step.
func (fl *Floor) publish() {
	d := &fl.draft
	directory := fl.pack()
	roomier := fl.index.ordinals.grown(len(d.changes)) // to move all takes long
	fl.mu.Lock()
	if roomier != nil {
		fl.index.ordinals.slots = roomier
	}
	for i := range d.changes {
		c := &d.changes[i]
		switch {
		case c.is == nil:
			fl.putRow(c.was.Ordinal, nil)
		case c.row != nil:
			fl.putRow(c.is.Ordinal, c.row)
		}
		fl.index.reindex(c.was, c.is)
		if c.is == nil || c.row != nil {
			fl.recent.note(c, fl.index.present.n)
		}
		fl.version = c.version
	}
	if d.beside.number > fl.version.number {
		fl.version = d.beside
	}
	if fl.changed != nil {
		close(fl.changed)
		fl.changed = nil
	}
	if directory != nil {
		fl.directory = directory
	}
	fl.bytes.shared = fl.shared.bytes()
	fl.mu.Unlock()
	clear(d.changes)
	d.changes = d.changes[:0]
	clear(d.latest)
	d.staged, d.beside = false, version{}
}

// pack makes the row of each agent that changed, once, and counts who shares
// what from then on. It gives the directory, if that changed.
func (fl *Floor) pack() *Directory {
	fl.shared.mu.Lock()
	defer fl.shared.mu.Unlock()
	d := &fl.draft
	for i := range d.changes {
		c := &d.changes[i]
		switch {
		case c.is == nil:
			fl.shared.release(fl.rows.get(c.was.Ordinal), nil)
		case d.latest[c.is.ID] == c.is: // else it is forgotten, or changed again within the batch
			was := fl.rows.get(c.is.Ordinal)
			fl.encodeInto(&d.text, c.is)
			c.row = newRow(c.is, was, fl.shared, fl.agents, &d.text)
			fl.shared.release(was, c.row)
		}
		fl.shared.names.note(c.was, c.is, c.said)
	}
	return fl.shared.names.view()
}

// putRow sets the row with the ordinal; nil takes it away.
func (fl *Floor) putRow(o uint32, r *row) {
	if was := fl.rows.get(o); was != nil {
		fl.bytes.rows -= int64(was.bytes)
	}
	if r != nil {
		fl.bytes.rows += int64(r.bytes)
		if at := r.eventAt(); r.eventType != rollcall.EventSeed && at.After(fl.heard) {
			fl.heard = at
		}
	}
	fl.rows.put(o, r)
}
