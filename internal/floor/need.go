package floor

import (
	"slices"

	"rollcall"
)

// Need is what events would take of what a server bounds, beyond what is there.
type Need struct {
	Begins []rollcall.InstanceID         // that are new
	Agents int                           // that are new
	Bytes  map[rollcall.InstanceID]int64 // at most, by instance
}

// Need tells what events would take if they were applied now. Any goroutine may
// ask; it takes about as long as to apply them. What other events take away
// meanwhile is not foreseen.
func (f *Floors) Need(events []*rollcall.Event) Need {
	need := Need{Bytes: make(map[rollcall.InstanceID]int64)}
	trials := make(map[rollcall.InstanceID]*trial)
	for _, e := range events {
		t := trials[e.Instance.Instance]
		if t == nil {
			t = newTrial(f, e)
			trials[e.Instance.Instance] = t
		}
		t.apply(e)
	}
	for id, t := range trials {
		if t.begun {
			need.Begins = append(need.Begins, id)
		}
		need.Agents += t.agents
		need.Bytes[id] = t.bytes()
	}
	return need
}

// MostBytes is more than what an event can take whose record has so many bytes,
// whatever the floor has. It is told at once.
func MostBytes(e *rollcall.Event, recordBytes int) int64 {
	const (
		factor  = 6 // a text is in a row, in an answer, in a form, in a key, and in two names
		event   = 16 << 10
		contact = 1152
		queue   = 1536
	)
	most := int64(event + factor*recordBytes)
	if s := e.Snapshot; s != nil {
		most += contact * int64(len(s.Contacts))
		if s.Configuration != nil && s.Configuration.RoutingProfile != nil {
			most += queue * int64(len(s.Configuration.RoutingProfile.InboundQueues))
		}
	}
	return most
}

// trial applies events to what is there, and throws the outcome away.
type trial struct {
	floor  *Floor
	begun  bool // the floor is new
	agents int  // that are new
	latest map[rollcall.AgentID]*rollcall.Agent
	more   map[rollcall.AgentID]int64 // :: agent id -> the most that its row takes beyond the present one
	shared *shared
	text   Text
}

func newTrial(f *Floors, first *rollcall.Event) *trial {
	t := &trial{latest: make(map[rollcall.AgentID]*rollcall.Agent), more: make(map[rollcall.AgentID]int64), shared: newShared()}
	var known bool
	if t.floor, known = f.Floor(first.Instance.Instance); !known {
		t.floor, t.begun = newFloor(New(f.options), first.Instance.InstanceARN(), first.At, 0), true
	}
	t.shared.names.trial = true
	t.text = Text{all: &t.shared.forms, Agents: t.floor.agents}
	return t
}

func (t *trial) apply(e *rollcall.Event) {
	if e.Instance.InstanceARN() != t.floor.arn || e.Type.Ours() {
		return
	}
	id := rollcall.AgentID(e.Agent.ID)
	present, size := t.floor.priced(id)
	old, tried := t.latest[id]
	if !tried {
		old = present
	}
	if judge(old, e) != rollcall.EffectApplied {
		return
	}
	if old == nil {
		t.agents++
	}
	is := next(old, e)
	is.Contacts = slices.Clone(is.Contacts) // the present row's, perhaps
	t.latest[id] = is
	if e.Snapshot != nil {
		t.shared.names.say(is, e.Snapshot)
	}
	t.floor.encodeInto(&t.text, is)
	r := newRow(is, nil, t.shared, t.floor.agents, &t.text)
	t.more[id] = max(t.more[id], int64(r.bytes)-size)
}

// priced is Agent, with what its row takes.
func (fl *Floor) priced(id rollcall.AgentID) (*rollcall.Agent, int64) {
	fl.mu.RLock()
	r := fl.rowLocked(id)
	fl.mu.RUnlock()
	if r == nil {
		return nil, 0
	}
	return r.agent(fl.agents), int64(r.bytes)
}

func (t *trial) bytes() (bytes int64) {
	if t.begun {
		bytes += InstanceBytes
	}
	if t.agents > 0 {
		bytes += pageBytes * int64(1+(t.agents+pageRows-1)/pageRows)
	}
	for _, more := range t.more {
		bytes += more
	}
	is, has := t.shared, t.floor.shared
	has.mu.Lock()
	defer has.mu.Unlock()
	return bytes + is.statuses.missing(&has.statuses) + is.profiles.missing(&has.profiles) + is.paths.missing(&has.paths) +
		is.queues.missing(&has.queues) + is.slots.missing(&has.slots) + is.forms.missing(&has.forms) +
		is.names.missing(has.names)
}
