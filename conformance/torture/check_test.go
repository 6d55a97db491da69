package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall"
)

// at is a position of the journal that these tests are about.
func at(pack uint64, index uint32) rollcall.Position {
	return rollcall.Position{Epoch: 7, Pack: pack, Event: index}
}

// told is an attempt from second begin to second end.
func told(o outcome, begin, end int, p rollcall.Position) attempt {
	return attempt{Node: "node", Outcome: o, Begin: time.Duration(begin) * time.Second, End: time.Duration(end) * time.Second, Position: p}
}

func applied(p rollcall.Position, e event) entry {
	return entry{position: p, id: e.String(), event: e, effect: rollcall.EffectApplied}
}

func again(p rollcall.Position, e event, effect rollcall.Effect) entry {
	return entry{position: p, id: e.String(), event: e, effect: effect}
}

// A good history: one request of two events, one that was stored twice after an
// unknown outcome and of which nothing is known, one that was refused.
func goodHistory() ([]*request, *replay) {
	a1, a2, a3, b1, b2 := event{1, 1}, event{1, 2}, event{1, 3}, event{2, 1}, event{2, 2}
	requests := []*request{
		{ID: 0, Events: []event{a1, a2}, Attempts: []attempt{told(acknowledged, 0, 1, at(1, 1))}},
		{ID: 1, Events: []event{a3}, Attempts: []attempt{
			told(unknown, 2, 3, rollcall.Position{}), told(refused, 3, 4, rollcall.Position{}), told(acknowledged, 4, 5, at(2, 0)),
		}},
		{ID: 2, Events: []event{b1}, Once: true, Attempts: []attempt{told(unknown, 0, 1, rollcall.Position{})}},
		{ID: 3, Events: []event{b2}, Once: true, Attempts: []attempt{told(refused, 2, 3, rollcall.Position{})}},
	}
	return requests, &replay{end: at(4, 0), entries: []entry{
		applied(at(1, 0), a1), applied(at(1, 1), a2), applied(at(2, 0), a3), applied(at(3, 0), b1),
		again(at(4, 0), a3, rollcall.EffectRepeated),
	}}
}

func TestCheck_FindsNothingWhereAllIsWell(t *testing.T) {
	requests, journal := goodHistory()
	f := newFindings()
	check(requests, journal, f)
	if !f.none() {
		t.Errorf("found %v", f.Examples)
	}
}

func TestCheck_FindsEachBrokenPromise(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(requests []*request, r *replay)
		want  map[kind]int
	}{
		{"an acknowledged event is gone", func(_ []*request, r *replay) {
			r.entries = append(r.entries[:2:2], r.entries[3])
		}, map[kind]int{lost: 1, misplaced: 1}},
		{"the journal is empty", func(_ []*request, r *replay) { r.entries = nil }, map[kind]int{lost: 3, misplaced: 2}},
		{"one of two events is gone", func(_ []*request, r *replay) {
			r.entries = r.entries[1:]
		}, map[kind]int{lost: 1, torn: 1}},
		{"a request lies in two packs", func(_ []*request, r *replay) {
			r.entries[0].position = at(0, 9)
		}, map[kind]int{torn: 2}},
		{"it is somewhere else than was said", func(requests []*request, _ *replay) {
			requests[0].Attempts[0].Position = at(1, 0)
		}, map[kind]int{misplaced: 1}},
		{"another life of the journal", func(requests []*request, _ *replay) {
			requests[0].Attempts[0].Position.Epoch = 8
		}, map[kind]int{misplaced: 1}},
		{"numbers fall", func(_ []*request, r *replay) {
			a3 := event{1, 3}
			r.entries = append([]entry{applied(at(0, 0), a3)}, r.entries...)
			r.entries[3].effect = rollcall.EffectLate
			r.entries = r.entries[:5]
		}, map[kind]int{reversed: 2}},
		{"what was acknowledged before lies behind", func(requests []*request, _ *replay) {
			requests[1].Attempts[2].Begin, requests[1].Attempts[2].End = 0, time.Second
			requests[0].Attempts[0].Begin, requests[0].Attempts[0].End = 4*time.Second, 5*time.Second
		}, map[kind]int{unordered: 1}},
		{"stored once more than sent", func(_ []*request, r *replay) {
			r.entries = append(r.entries, again(at(5, 0), event{1, 3}, rollcall.EffectLate))
		}, map[kind]int{excess: 1}},
		{"kept although refused", func(_ []*request, r *replay) {
			r.entries = append(r.entries, applied(at(5, 0), event{2, 2}))
		}, map[kind]int{excess: 1}},
		{"nobody sent it", func(_ []*request, r *replay) {
			r.entries = append(r.entries, applied(at(5, 0), event{9, 1}), entry{position: at(6, 0), id: "?"})
		}, map[kind]int{stranger: 2}},
		{"a repetition is applied", func(_ []*request, r *replay) {
			r.entries[4].effect = rollcall.EffectApplied
		}, map[kind]int{unrecognised: 1}},
		{"the first is taken for a repetition", func(_ []*request, r *replay) {
			r.entries[2].effect = rollcall.EffectLate
		}, map[kind]int{unrecognised: 1}},
		{"nobody ever answered", func(requests []*request, r *replay) {
			requests[1].Attempts = requests[1].Attempts[:1]
			r.entries = r.entries[:4]
		}, map[kind]int{unresolved: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			requests, journal := goodHistory()
			c.spoil(requests, journal)
			f := newFindings()
			check(requests, journal, f)
			got := make(map[kind]int)
			for k, n := range f.Counts {
				if n > 0 {
					got[k] = n
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("findings differ (-want +got):\n%s\n%v", diff, f.Examples)
			}
		})
	}
}
