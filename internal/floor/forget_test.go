package floor_test

import (
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"rollcall"
	"rollcall/internal/floor"
)

// churn is a contact centre over months: of its people, some leave each day
// and as many come, and who left is forgotten thirty days later.
type churn struct {
	f      *floor.Floors
	j      journal
	random *rand.Rand
	staff  []int // numbers of those who work here now
	hired  int
}

func (c *churn) apply(e *rollcall.Event) {
	c.f.Apply([]rollcall.Record{c.j.record(e)})
}

func (c *churn) hire(day int) int {
	e := fleetEvent(c.hired, 50_000, 0)
	e.At = midnight.AddDate(0, 0, day)
	c.apply(e)
	c.hired++
	return c.hired - 1
}

func (c *churn) leave(day, who int) {
	e := fleetEvent(who, 50_000, 0)
	e.Type, e.At, e.Snapshot = rollcall.EventLogout, midnight.AddDate(0, 0, day).Add(time.Hour), nil
	c.apply(e)
}

func (c *churn) day(day, replaced int) {
	for range replaced {
		i := c.random.IntN(len(c.staff))
		c.leave(day, c.staff[i])
		c.staff[i] = c.hire(day)
	}
	for _, e := range c.f.Instances()[0].Overdue(midnight.AddDate(0, 0, day-30), floor.NoLimit) {
		c.apply(e)
	}
}

func liveHeap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestApply_MemoryIsBoundedOverMonthsOfChurn(t *testing.T) {
	const people, replaced, days, settled = 5000, 50, 400, 100
	c := &churn{f: floor.New(floor.Options{Encode: readyAnswer}), random: rand.New(rand.NewPCG(1, 2))}
	before := liveHeap()
	for range people {
		c.staff = append(c.staff, c.hire(0))
	}
	fl := c.f.Instances()[0]
	var heapSettled uint64
	for day := 1; day <= days; day++ {
		c.day(day, replaced)
		if n := c.f.Counts().Agents; n > people+32*replaced {
			t.Fatalf("day %d: %d rows", day, n)
		}
		if day == settled {
			heapSettled = liveHeap() - before
		}
	}
	heap := liveHeap() - before
	pages, blocks := floor.Space(fl)
	t.Logf("%d agents in all, %d rows; live heap %d KB on day %d, %d KB on day %d; %d pages, %d blocks",
		c.hired, c.f.Counts().Agents, heapSettled>>10, settled, heap>>10, days, pages, blocks)
	if float64(heap) > 1.1*float64(heapSettled) {
		t.Errorf("live heap grew from %d to %d bytes", heapSettled, heap)
	}
	if err := floor.CheckFloor(fl); err != nil {
		t.Fatal(err)
	}
	// When all have left, nothing but a list of pages and names remains.
	for _, who := range c.staff {
		c.leave(days+1, who)
	}
	c.day(days+40, 0)
	if pages, blocks := floor.Space(fl); pages+blocks > 0 || c.f.Counts() != (floor.Counts{Instances: 1, Bytes: floor.InstanceBytes + floor.NamedBytes(fl)}) {
		t.Errorf("left: %d pages, %d blocks, %+v", pages, blocks, c.f.Counts())
	}
	if e := fl.Overdue(midnight.AddDate(9, 0, 0), 1); len(e) > 0 {
		t.Errorf("nobody is left, and %+v is overdue", e[0])
	}
}

// In one batch an agent is forgotten and comes back, and its instance is
// removed and begins anew.
func TestApply_ForgetsWithinABatch(t *testing.T) {
	f, j := floor.New(floor.Options{Encode: answer}), new(journal)
	first := event("ana", 1, available("q1"))
	logout := event("ana", 2, nil)
	logout.Type = rollcall.EventLogout
	f.Apply([]rollcall.Record{j.record(first)})
	fl, _ := f.Floor("north")
	events := []*rollcall.Event{
		logout,
		rollcall.NewForgetting(fl.ARN(), &rollcall.Agent{ID: "ana", EventAt: logout.At}),
		event("ana", 3, available("q2")),
		event("ben", 3, available("q1")),
		rollcall.NewRemoval(fl.ARN(), fl.Since()),
		event("cem", 4, available("q1")),
	}
	want := []rollcall.Effect{
		rollcall.EffectApplied, rollcall.EffectForgotten, rollcall.EffectApplied, rollcall.EffectApplied,
		rollcall.EffectRemoved, rollcall.EffectApplied,
	}
	records := make([]rollcall.Record, len(events))
	for i, e := range events {
		records[i] = j.record(e)
	}
	for i, c := range f.Apply(records) {
		if c.Effect != want[i] {
			t.Errorf("%s of %s: %s, want %s", events[i].Type, events[i].Agent.ID, c.Effect, want[i])
		}
	}
	if again := everyone(fl); len(again) != 2 || again[0].Ordinal != 1 || again[1].Ordinal != 2 {
		t.Errorf("who reads the removed floor still sees %+v", again)
	}
	fl, _ = f.Floor("north")
	if now := everyone(fl); len(now) != 1 || now[0].ID != "cem" || now[0].Ordinal != 3 || f.Counts().Agents != 1 {
		t.Errorf("%+v, %+v", now, f.Counts())
	}
}
