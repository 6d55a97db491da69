package floor

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"

	"rollcall"
)

// Options are what a floor needs to know from outside.
type Options struct {
	// Encode writes an agent's ready answer to t, which has begun it. It is called
	// when an agent changed, and by several goroutines at once while a snapshot
	// is loaded. It must depend on its arguments alone, and keep none of them,
	// but that t may remember what a shares with other agents: its profile,
	// hierarchy, concurrency and queues, which never change. Without it pages
	// have no Answers.
	Encode func(t *Text, a *rollcall.Agent, instance rollcall.ARN)

	// MostBytes is how much a snapshot may take when it is loaded, as Counts.Bytes
	// reckons; 0: anything. It does not bound Apply.
	MostBytes int64

	// Beside is given the records that stand in a snapshot beside the floors, in
	// order, when it is loaded (Frozen.Write); without it they are left out. It
	// keeps none of them: they are cut from the block that was read.
	Beside func(record []byte) error
}

// Counts tells how many there are of what a server bounds.
type Counts struct {
	Instances int
	Agents    int // that have a row, online or not
	Online    int
	Contacts  int
	Bytes     int64 // reckoned, of all that is kept: see price.go
}

// Stats counts what became of the records, since New.
type Stats struct {
	Applied  uint64
	Late     uint64 // older than the newest event applied for their agent
	Repeated uint64 // same id at the same instant as one applied
	Foreign  uint64 // of an instance id that another account or Region owns

	Forgotten uint64 // took an agent away
	Removed   uint64 // took an instance away
	Skipped   uint64 // delivered a second time: at or before Position
}

// batchRecords is how many records are published at once. Readers wait for
// the publishing of one batch at most: some 20 µs, and some 50 µs more where
// each record is the first to change its page of rows after a snapshot.
const batchRecords = 100

// Floors holds the floor of every instance of one journal.
type Floors struct {
	options Options
	head    atomic.Pointer[head] // what is published; replaced for each batch
	stats   [skipped + 1]atomic.Uint64

	mu     sync.RWMutex
	floors map[rollcall.InstanceID]*Floor // :: instance id -> floor
	homes  map[rollcall.ARN]int           // :: account and Region, without an id -> instances

	// publishing is held by the writer while it publishes a batch, so that
	// whoever holds it sees all floors at one version.
	publishing sync.Mutex

	// The writer's.
	newest  version
	counts  Counts
	fresh   map[rollcall.InstanceID]*Floor // :: floors not yet published
	staged  []*Floor                       // floors with a draft
	retired uint32                         // above every ordinal of the instances removed
}

// skipped is the place in Floors.stats behind those of the effects.
const skipped = int(rollcall.EffectElsewhere) + 1

// New makes the floors of an empty journal.
func New(o Options) *Floors {
	f := &Floors{
		options: o,
		floors:  make(map[rollcall.InstanceID]*Floor),
		homes:   make(map[rollcall.ARN]int),
		fresh:   make(map[rollcall.InstanceID]*Floor),
	}
	f.head.Store(&head{changed: make(chan struct{})})
	return f
}

// Apply takes records in the journal's order and tells what each did. Records
// at or before Position are skipped and have no Change, so that delivering a
// record twice does no harm.
//
// One goroutine calls Apply. The floor keeps strings and slices of the events,
// which must not be changed afterwards, nor be cut from one large string that
// would be kept with them.
func (f *Floors) Apply(records []rollcall.Record) []rollcall.Change {
	changes := make([]rollcall.Change, 0, len(records))
	for batch := range slices.Chunk(records, batchRecords) {
		f.touch(batch)
		for i := range batch {
			r := &batch[i]
			if f.has(r.Position) {
				f.stats[skipped].Add(1)
				continue
			}
			changes = append(changes, f.stage(r))
		}
		f.publish()
	}
	return changes
}

// has tells whether a record of this position was applied. Positions of
// another epoch have no order with ours: the journal says that they follow.
func (f *Floors) has(p rollcall.Position) bool {
	return p.Epoch == f.newest.position.Epoch && !f.newest.position.Before(p)
}

func (f *Floors) stage(r *rollcall.Record) rollcall.Change {
	if r.Event == nil {
		f.newest = version{number: f.newest.number + 1, position: r.Position}
		c := rollcall.Change{Position: r.Position, Effect: rollcall.EffectUnreadable}
		if r.Elsewhere {
			c = f.elsewhere(r)
		}
		f.stats[c.Effect].Add(1)
		return c
	}
	if r.Event.Type == rollcall.EventRemoveInstance {
		f.publish() // what came before
	}
	f.newest = version{number: f.newest.number + 1, position: r.Position}
	c := f.effect(r)
	f.stats[c.Effect].Add(1)
	return c
}

// effect works out what a record does.
func (f *Floors) effect(r *rollcall.Record) rollcall.Change {
	e := r.Event
	fl := f.owner(e.Instance.Instance)
	switch {
	case fl == nil && e.Type.Ours():
		return rollcall.Change{Position: r.Position, Instance: e.Instance.Instance, Effect: rollcall.EffectRepeated}
	case fl == nil:
		fl = newFloor(f, e.Instance.InstanceARN(), e.At, f.retired)
		f.fresh[e.Instance.Instance] = fl
	case e.Type == rollcall.EventRemoveInstance:
		return f.remove(fl, r)
	}
	c := fl.stage(r, f.newest)
	if c.Old != nil || c.New != nil {
		f.toPublish(fl)
	}
	return c
}

// elsewhere works out what a record does here that is no event of agents.
func (f *Floors) elsewhere(r *rollcall.Record) rollcall.Change {
	c := rollcall.Change{Position: r.Position, Instance: r.Instance.Instance, Effect: rollcall.EffectElsewhere}
	if r.Instance == (rollcall.ARN{}) {
		return c
	}
	fl := f.owner(r.Instance.Instance)
	switch {
	case fl == nil && !r.Begins:
		return c
	case fl == nil:
		fl = newFloor(f, r.Instance, r.At, f.retired)
		f.fresh[r.Instance.Instance] = fl
	case fl.arn != r.Instance:
		c.Effect = rollcall.EffectForeign
		return c
	}
	fl.draft.beside = f.newest
	f.toPublish(fl)
	return c
}

func (f *Floors) toPublish(fl *Floor) {
	if !fl.draft.staged {
		fl.draft.staged = true
		f.staged = append(f.staged, fl)
	}
}

// owner is the floor that has the instance id, nil for an id not known.
func (f *Floors) owner(id rollcall.InstanceID) *Floor {
	if fl := f.floors[id]; fl != nil { // the writer needs no lock to read
		return fl
	}
	return f.fresh[id]
}

// publish shows readers everything that was staged: floor by floor, then the
// instances that are new, then the position.
func (f *Floors) publish() {
	f.publishing.Lock()
	defer f.publishing.Unlock()
	for _, fl := range f.staged {
		before := fl.countsLocked()
		fl.publish()
		f.counts.move(before, fl.countsLocked())
	}
	clear(f.staged)
	f.staged = f.staged[:0]
	if n := len(f.fresh); n > 0 {
		f.counts.move(Counts{}, Counts{Instances: n, Bytes: int64(n) * InstanceBytes})
		f.mu.Lock()
		for id, fl := range f.fresh {
			f.floors[id] = fl
			f.homes[homeOf(fl.arn)]++
		}
		f.mu.Unlock()
		clear(f.fresh)
	}
	f.advance()
}

func (c *Counts) move(before, after Counts) {
	c.Instances += after.Instances - before.Instances
	c.Agents += after.Agents - before.Agents
	c.Online += after.Online - before.Online
	c.Contacts += after.Contacts - before.Contacts
	c.Bytes += after.Bytes - before.Bytes
}

// Floor gives the floor of an instance, if the journal ever named it.
func (f *Floors) Floor(id rollcall.InstanceID) (*Floor, bool) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	fl, ok := f.floors[id]
	return fl, ok
}

// Home is the account and Region that all instances are of, without an instance
// id; false if there are several, or none.
func (f *Floors) Home() (rollcall.ARN, bool) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	for home := range f.homes {
		return home, len(f.homes) == 1
	}
	return rollcall.ARN{}, false
}

func homeOf(arn rollcall.ARN) rollcall.ARN {
	return rollcall.ARN{Partition: arn.Partition, Region: arn.Region, Account: arn.Account}
}

// Instances gives all floors in the order of their instance ids.
func (f *Floors) Instances() []*Floor {
	f.mu.RLock()
	list := make([]*Floor, 0, len(f.floors))
	for _, fl := range f.floors {
		list = append(list, fl)
	}
	f.mu.RUnlock()
	slices.SortFunc(list, func(a, b *Floor) int { return cmp.Compare(a.arn.Instance, b.arn.Instance) })
	return list
}

// Counts sums the counts of all floors, at Position.
func (f *Floors) Counts() Counts { return f.head.Load().counts }

// Stats tells what became of the records so far.
func (f *Floors) Stats() Stats {
	return Stats{
		Applied:  f.stats[rollcall.EffectApplied].Load(),
		Late:     f.stats[rollcall.EffectLate].Load(),
		Repeated: f.stats[rollcall.EffectRepeated].Load(),
		Foreign:  f.stats[rollcall.EffectForeign].Load(),

		Forgotten: f.stats[rollcall.EffectForgotten].Load(),
		Removed:   f.stats[rollcall.EffectRemoved].Load(),
		Skipped:   f.stats[skipped].Load(),
	}
}
