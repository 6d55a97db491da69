package floor_test

import (
	"cmp"
	"maps"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"rollcall"
	"rollcall/internal/floor"
)

// table is what a watcher has: the matching rows of one version.
type table struct {
	query    *rollcall.Query
	position rollcall.Position
	rows     map[rollcall.AgentID]*rollcall.Agent
}

func newTable(fl *floor.Floor, q *rollcall.Query) *table {
	page := fl.Select(q, rollcall.Cursor{}, 1<<20)
	t := &table{query: q, position: page.Position, rows: map[rollcall.AgentID]*rollcall.Agent{}}
	for _, a := range page.Agents {
		t.rows[a.ID] = a
	}
	return t
}

func (t *table) take(d floor.Delta) {
	for _, id := range d.Left {
		delete(t.rows, id)
	}
	for _, a := range d.Agents {
		t.rows[a.ID] = a
	}
	t.position = d.Position
}

func (t *table) list() []*rollcall.Agent {
	return slices.SortedFunc(maps.Values(t.rows), func(a, b *rollcall.Agent) int { return cmp.Compare(a.Ordinal, b.Ordinal) })
}

func TestChangedSince_MakesOldTablesNewOnes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := floor.New(floor.Options{})
		tables := map[*floor.Floor][]*table{}
		records := drawRecords(t, 60)
		for len(records) > 0 {
			n := rapid.IntRange(1, len(records)).Draw(t, "batch")
			f.Apply(records[:n])
			records = records[n:]
			for _, fl := range f.Instances() {
				for _, table := range tables[fl] {
					if rapid.Bool().Draw(t, "reads") {
						checkTable(t, fl, table)
					}
				}
				tables[fl] = append(tables[fl], newTable(fl, drawQuery(t)))
			}
		}
		for _, fl := range f.Instances() {
			for _, table := range tables[fl] {
				checkTable(t, fl, table)
			}
		}
	})
}

func checkTable(t *rapid.T, fl *floor.Floor, table *table) {
	d, ok := fl.ChangedSince(table.query, table.position)
	if !ok {
		t.Fatalf("the floor can't tell what changed since %s", table.position)
	}
	table.take(d)
	want := fl.Select(table.query, rollcall.Cursor{}, 1<<20)
	if diff := gocmp.Diff(want.Agents, table.list(), cmpopts.EquateEmpty()); diff != "" || d.Total != want.Total || d.Position != want.Position {
		t.Fatalf("query %+v, total %d of %d (-want +got):\n%s", table.query, d.Total, want.Total, diff)
	}
}

func TestChangedSince_SaysHowFarBackItReaches(t *testing.T) {
	f, j := floor.New(floor.Options{}), journal{}
	first := j.record(event("ana", 0, available("q1")))
	f.Apply([]rollcall.Record{first})
	fl := f.Instances()[0]
	all := &rollcall.Query{IncludeOffline: true}
	if d, ok := fl.ChangedSince(all, first.Position); !ok || len(d.Agents)+len(d.Left) != 0 || d.Total != 1 {
		t.Fatalf("nothing changed since the newest: %+v %t", d, ok)
	}
	ahead, foreign := first.Position, first.Position
	ahead.Pack++
	foreign.Epoch++
	for _, p := range []rollcall.Position{ahead, foreign, {}} {
		if _, ok := fl.ChangedSince(all, p); ok {
			t.Errorf("the floor tells what changed since %s", p)
		}
	}
	for i := range 5000 { // more than are recorded of so small a floor
		f.Apply([]rollcall.Record{j.record(event("ben", i, available("q1")))})
	}
	if _, ok := fl.ChangedSince(all, first.Position); ok {
		t.Error("the record of changes has no bound")
	}
	if d, ok := fl.ChangedSince(all, f.Position()); !ok || d.Total != 2 {
		t.Errorf("the newest changes are not recorded: %+v %t", d, ok)
	}
	loaded := restore(t, f).Instances()[0]
	if _, ok := loaded.ChangedSince(all, f.Position()); !ok {
		t.Error("a floor that was loaded can't tell what changes from there")
	}
}
