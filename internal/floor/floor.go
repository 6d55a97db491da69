package floor

import (
	"sync"
	"time"

	"rollcall"
)

// Floor is the state of one instance. Its methods may be called from any
// goroutine; it changes through Floors.Apply alone.
type Floor struct {
	arn       rollcall.ARN
	agents    string    // what the ARNs of its agents begin with
	since     time.Time // of the first event
	floors    *Floors
	encode    func(t *Text, a *rollcall.Agent, instance rollcall.ARN)
	scratches scratches
	totals    totals

	mu        sync.RWMutex // readers read under it, the writer writes under it and reads without
	rows      rows
	index     index
	bytes     struct{ rows, shared int64 } // reckoned, see price.go
	version   version                      // of the newest change here
	recent    recent
	directory *Directory
	changed   chan struct{} // closed at the next change; nil while nobody waits
	heard     time.Time     // the newest instant of an event that is no seed

	shared *shared // the writer's, who lets others read it
	draft  draft   // the writer's
}

// newFloor makes the floor of an instance whose first event was at since, and
// whose agents get ordinals from first on.
func newFloor(f *Floors, instance rollcall.ARN, since time.Time, first uint32) *Floor {
	fl := &Floor{
		arn:       instance,
		agents:    instance.Child(rollcall.TypeAgent, "").String(),
		since:     since.UTC(),
		floors:    f,
		encode:    f.options.Encode,
		totals:    totals{dear: dearSize},
		shared:    newShared(),
		directory: new(Directory),
		draft:     draft{latest: make(map[rollcall.AgentID]*rollcall.Agent), ordinals: first},
	}
	fl.draft.text = Text{all: &fl.shared.forms, Agents: fl.agents}
	fl.index = newIndex(&fl.rows)
	fl.index.span = int(first)
	fl.recent.begin(f.newest.position)
	return fl
}

// ARN names the instance. The account and Region first seen for an instance id
// own it.
func (fl *Floor) ARN() rollcall.ARN { return fl.arn }

// Since is the instant of the instance's first event: see
// rollcall.EventRemoveInstance.
func (fl *Floor) Since() time.Time { return fl.since }

// Heard is the instant of the newest event of any agent that has a row, by the
// clock of whoever made the event. Nothing was heard by a seed: zero, where there
// is nothing else.
func (fl *Floor) Heard() time.Time {
	fl.mu.RLock()
	defer fl.mu.RUnlock()
	return fl.heard
}

// Agent gives an agent's row, offline or not.
func (fl *Floor) Agent(id rollcall.AgentID) (*rollcall.Agent, bool) {
	fl.mu.RLock()
	r := fl.rowLocked(id)
	fl.mu.RUnlock()
	if r == nil {
		return nil, false
	}
	return r.agent(fl.agents), true
}

// Has tells whether an agent has a row, offline or not.
func (fl *Floor) Has(id rollcall.AgentID) bool {
	fl.mu.RLock()
	defer fl.mu.RUnlock()
	return fl.rowLocked(id) != nil
}

func (fl *Floor) rowLocked(id rollcall.AgentID) *row {
	return fl.index.ordinals.find(id)
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
		Bytes:     InstanceBytes + fl.bytes.rows + fl.bytes.shared + pageBytes*int64(fl.rows.live),
	}
}

// Position is that of an answer now.
func (fl *Floor) Position() rollcall.Position {
	fl.mu.RLock()
	defer fl.mu.RUnlock()
	return fl.versionLocked().position
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

// encodeInto makes t the agent's answer.
func (fl *Floor) encodeInto(t *Text, a *rollcall.Agent) {
	t.Begin(a.ID)
	if fl.encode != nil {
		fl.encode(t, a, fl.arn)
		t.Share()
	}
}
