package floor_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall"
	"rollcall/internal/floor"
)

// model is the floor without indexes, batches, sharing or versions: a list of
// rows in the order of first appearance.
type model map[rollcall.InstanceID]*modelFloor

type modelFloor struct {
	arn   rollcall.ARN
	since time.Time
	rows  []*rollcall.Agent
	next  uint32 // ordinal
}

// retired keeps in the model the next ordinal of instances that are removed.
const retired rollcall.InstanceID = "(retired)"

// instances are those that the model has.
func (m model) instances() map[rollcall.InstanceID]*modelFloor {
	all := maps.Clone(m)
	delete(all, retired)
	return all
}

func (m model) apply(r rollcall.Record) rollcall.Effect {
	e := r.Event
	fl := m[e.Instance.Instance]
	if fl == nil && e.Type.Ours() {
		return rollcall.EffectRepeated
	}
	if fl == nil {
		fl = &modelFloor{arn: e.Instance, since: e.At}
		if gone := m[retired]; gone != nil {
			fl.next = gone.next
		}
		m[e.Instance.Instance] = fl
	}
	if fl.arn != e.Instance {
		return rollcall.EffectForeign
	}
	if e.Type == rollcall.EventRemoveInstance {
		return m.remove(fl, e)
	}
	i := slices.IndexFunc(fl.rows, func(a *rollcall.Agent) bool { return string(a.ID) == e.Agent.ID })
	if i < 0 {
		effect := floor.Judge(nil, e)
		if effect == rollcall.EffectApplied {
			a := floor.Next(nil, e)
			a.Ordinal, fl.next = fl.next, fl.next+1
			fl.rows = append(fl.rows, a)
		}
		return effect
	}
	effect := floor.Judge(fl.rows[i], e)
	switch effect {
	case rollcall.EffectApplied:
		fl.rows[i] = floor.Next(fl.rows[i], e)
	case rollcall.EffectForgotten:
		fl.rows = slices.Delete(fl.rows, i, i+1)
	case rollcall.EffectLate, rollcall.EffectRepeated, rollcall.EffectForeign, rollcall.EffectRemoved, rollcall.EffectUnreadable,
		rollcall.EffectElsewhere:
	}
	return effect
}

func (m model) remove(fl *modelFloor, e *rollcall.Event) rollcall.Effect {
	if !fl.since.Equal(e.At) {
		return rollcall.EffectLate
	}
	if m[retired] == nil || m[retired].next < fl.next {
		m[retired] = fl
	}
	delete(m, e.Instance.Instance)
	return rollcall.EffectRemoved
}

// row is the present row of a record's agent.
func (m model) row(r rollcall.Record) *rollcall.Agent {
	if fl := m[r.Event.Instance.Instance]; fl != nil {
		for _, a := range fl.rows {
			if string(a.ID) == r.Event.Agent.ID {
				return a
			}
		}
	}
	return nil
}

// match is the obvious answer to a query.
func (fl *modelFloor) match(q *rollcall.Query) []*rollcall.Agent {
	list := []*rollcall.Agent{}
	for _, a := range fl.rows {
		if q.Match(a) {
			list = append(list, a)
		}
	}
	return list
}

// answer is an encoding that shows every change, and shares some of it. It has
// more holes than a form takes, and more forms than an answer does.
func answer(t *floor.Text, a *rollcall.Agent, instance rollcall.ARN) {
	share := func(format string, args ...any) {
		t.Form = fmt.Appendf(t.Form, format, args...)
		t.Share()
	}
	share("%s ", instance)
	t.Value(fmt.Append(nil, a.EventAt))
	for range 1 + len(a.ID)%5 {
		t.Form = append(t.Form, '/')
		t.ID()
	}
	status := a.Status
	status.StartedAt = time.Time{}
	t.Share()
	t.Value(fmt.Append(nil, a.Status.StartedAt))
	share("%v", status)
	for _, c := range a.Contacts {
		queue := rollcall.Queue{}
		if c.Queue != nil {
			queue, c.Queue = *c.Queue, nil
		}
		t.Form = append(t.Form, ' ')
		t.Value(fmt.Append(nil, c))
		share(" %v", queue)
	}
}

// answerOf is the answer without a floor.
func answerOf(a *rollcall.Agent, instance rollcall.ARN) string {
	var b strings.Builder
	status := a.Status
	status.StartedAt = time.Time{}
	fmt.Fprintf(&b, "%s %v%s%v%v", instance, a.EventAt, strings.Repeat("/"+string(a.ID), 1+len(a.ID)%5), a.Status.StartedAt, status)
	for _, c := range a.Contacts {
		queue := rollcall.Queue{}
		if c.Queue != nil {
			queue, c.Queue = *c.Queue, nil
		}
		fmt.Fprintf(&b, " %v %v", c, queue)
	}
	return b.String()
}

func sameAnswer(a, b *floor.Answer) bool { return string(a.Append(nil)) == string(b.Append(nil)) }

// walkPages asks page after page and joins them.
func walkPages(t *rapid.T, fl *floor.Floor, q *rollcall.Query, limit int) []*rollcall.Agent {
	list := []*rollcall.Agent{}
	var after rollcall.Cursor
	for {
		page := fl.Select(q, after, limit)
		list = append(list, page.Agents...)
		bare := fl.SelectAnswers(q, after, limit)
		if bare.Agents = page.Agents; !cmp.Equal(bare, page, cmp.Comparer(sameAnswer)) {
			t.Fatalf("SelectAnswers gives %+v, Select %+v", bare, page)
		}
		if len(page.Agents) > limit || (page.More && len(page.Agents) < limit) {
			t.Fatalf("a page of %d agents, more %v, limit %d", len(page.Agents), page.More, limit)
		}
		for i, a := range page.Agents {
			got, want := string(page.Answers[i].Append([]byte("before "))), "before "+answerOf(a, fl.ARN())
			if got != want || page.Answers[i].Len() != len(want)-len("before ") {
				t.Fatalf("answer of %d bytes %q, want %q", page.Answers[i].Len(), got, want)
			}
		}
		if !page.More {
			return list
		}
		after = page.Next
	}
}

func TestSelect_AgreesWithMatch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, m := floor.New(floor.Options{Encode: answer}), model{}
		limit := rapid.SampledFrom([]int{1, 2, 3, 4096}).Draw(t, "list limit")
		records := drawRecords(t, 40)
		for len(records) > 0 {
			if rapid.IntRange(0, 2).Draw(t, "restore") == 0 {
				f = restore(t, f)
			}
			n := rapid.IntRange(1, len(records)).Draw(t, "batch")
			checkChanges(t, f.Apply(records[:n]), m, records[:n])
			records = records[n:]
			floor.SetListLimit(f, limit)
			if len(f.Instances()) != len(m.instances()) {
				t.Fatalf("%d instances, want %d", len(f.Instances()), len(m.instances()))
			}
			for id, want := range m.instances() {
				fl, _ := f.Floor(id)
				if err := floor.CheckFloor(fl); err != nil {
					t.Fatal(err)
				}
				checkSelect(t, fl, want)
			}
		}
	})
}

// checkChanges compares what Apply tells with the model, and moves the model.
func checkChanges(t *rapid.T, changes []rollcall.Change, m model, records []rollcall.Record) {
	if len(changes) != len(records) {
		t.Fatalf("%d changes for %d records", len(changes), len(records))
	}
	for i, c := range changes {
		r := records[i]
		old := m.row(r)
		want := m.apply(r)
		if c.Effect != want || c.Position != r.Position || c.Instance != r.Event.Instance.Instance {
			t.Fatalf("change %+v of record %+v, want effect %v", c, r, want)
		}
		if (c.New != nil) != (want == rollcall.EffectApplied) {
			t.Fatalf("effect %v with row %+v", want, c.New)
		}
		if c.New == nil && want != rollcall.EffectForgotten {
			if c.Old != nil {
				t.Fatalf("effect %v with old row %+v", want, c.Old)
			}
			continue
		}
		if diff := cmp.Diff([]*rollcall.Agent{old, m.row(r)}, []*rollcall.Agent{c.Old, c.New}); diff != "" {
			t.Fatalf("old and new row (-want +got):\n%s", diff)
		}
	}
}

func checkSelect(t *rapid.T, fl *floor.Floor, want *modelFloor) {
	q := drawQuery(t)
	matches := want.match(q)
	got := walkPages(t, fl, q, rapid.IntRange(1, 5).Draw(t, "page"))
	if diff := cmp.Diff(matches, got); diff != "" {
		t.Fatalf("query %+v (-want +got):\n%s", q, diff)
	}
	if page := fl.Select(q, rollcall.Cursor{}, 0); page.Total != len(matches) || len(page.Agents) > 0 || page.More != (len(matches) > 0) {
		t.Fatalf("query %+v: total %d, want %d", q, page.Total, len(matches))
	}
	for _, a := range want.rows {
		if got, ok := fl.Agent(a.ID); !ok || !cmp.Equal(got, a) || !fl.Has(a.ID) {
			t.Fatalf("agent %s: %+v", a.ID, got)
		}
	}
	if _, ok := fl.Agent("nobody"); ok || fl.Has("nobody") || fl.Counts().Agents != len(want.rows) {
		t.Fatalf("%d agents, want %d", fl.Counts().Agents, len(want.rows))
	}
}

func TestApply_BatchingAndRedeliveryChangeNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		records := drawRecords(t, 300)
		once, pieces := floor.New(floor.Options{}), floor.New(floor.Options{})
		want := once.Apply(records)
		var got []rollcall.Change
		for at := 0; at < len(records); {
			from := rapid.IntRange(max(0, at-3), at).Draw(t, "from") // some come again
			to := rapid.IntRange(at+1, len(records)).Draw(t, "to")
			got = append(got, pieces.Apply(records[from:to])...)
			at = to
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("changes (-once +pieces):\n%s", diff)
		}
		if a, b := dump(t, once), dump(t, pieces); a != b {
			t.Fatalf("dumps differ:\n%s\n%s", a, b)
		}
		a, b := once.Stats(), pieces.Stats()
		if b.Skipped = 0; a != b {
			t.Fatalf("stats %+v and %+v", a, b)
		}
		if once.Counts() != pieces.Counts() || once.Position() != records[len(records)-1].Position {
			t.Fatalf("counts %+v and %+v at %s", once.Counts(), pieces.Counts(), once.Position())
		}
		checkCounts(t, once)
	})
}

func checkCounts(t *rapid.T, f *floor.Floors) {
	var want floor.Counts
	for _, fl := range f.Instances() {
		want.Instances++
		want.Bytes += fl.Counts().Bytes // CheckFloor reckons them
		if err := floor.CheckFloor(fl); err != nil {
			t.Fatal(err)
		}
		for _, a := range fl.Select(&rollcall.Query{IncludeOffline: true}, rollcall.Cursor{}, floor.NoLimit).Agents {
			want.Agents++
			want.Contacts += len(a.Contacts)
			if a.Online() {
				want.Online++
			}
		}
	}
	if got := f.Counts(); got != want {
		t.Fatalf("counts %+v, want %+v", got, want)
	}
}

func dump(t interface{ Fatal(...any) }, f *floor.Floors) string {
	var b bytes.Buffer
	if err := f.Dump(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A walk takes a page, the floor changes, the walk takes the next: whoever
// matched at every step comes exactly once, nobody comes twice, and nobody
// comes who did not match when the page was taken.
func TestSelect_PagesAreStableUnderChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := floor.New(floor.Options{})
		records := drawRecords(t, 120)
		f.Apply(records[:len(records)/2])
		records = records[len(records)/2:]
		fl, ok := f.Floor("north")
		if !ok {
			return
		}
		q, limit := drawQuery(t), rapid.IntRange(1, 3).Draw(t, "page")
		// By ordinal: who is forgotten and comes back is another agent.
		throughout, returned := map[uint32]bool{}, map[uint32]int{}
		for _, a := range everyone(fl) {
			throughout[a.Ordinal] = true
		}
		for after, more := (rollcall.Cursor{}), true; more; {
			matches := map[uint32]bool{}
			for _, a := range everyone(fl) {
				matches[a.Ordinal] = q.Match(a)
			}
			for o := range throughout {
				throughout[o] = throughout[o] && matches[o]
			}
			page := fl.Select(q, after, limit)
			for _, a := range page.Agents {
				if returned[a.Ordinal]++; !q.Match(a) {
					t.Fatalf("%s does not match %+v", a.ID, q)
				}
			}
			after, more = page.Next, page.More
			n := rapid.IntRange(0, min(5, len(records))).Draw(t, "changes")
			f.Apply(records[:n])
			records = records[n:]
		}
		for o, all := range throughout {
			if n := returned[o]; n > 1 || (all && n != 1) {
				t.Fatalf("%d came %d times, matched throughout: %v", o, n, all)
			}
		}
	})
}

func everyone(fl *floor.Floor) []*rollcall.Agent {
	return fl.Select(&rollcall.Query{IncludeOffline: true}, rollcall.Cursor{}, floor.NoLimit).Agents
}
