package floor_test

import (
	"cmp"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"rollcall"
	"rollcall/internal/floor"
)

// naming is the directory without sharing and short cuts: what each event said
// of each resource, one after the other.
type naming map[string]map[string]*told // :: kind -> id -> what is known

type told struct {
	floor.Resource
	at time.Time
}

func (d naming) say(kind string, said floor.Resource, at time.Time) {
	switch n := d[kind][said.ID]; {
	case said.ID == "":
	case n == nil:
		if d[kind] == nil {
			d[kind] = make(map[string]*told)
		}
		said.ChangedAt = at
		d[kind][said.ID] = &told{said, at}
	case at.Before(n.at):
		was := n.Resource
		n.fill(said)
		n.fill(was)
		n.note(was, at)
	default:
		was := n.Resource
		n.fill(said)
		n.note(was, at)
		n.at = at
	}
}

// fill takes over what is said.
func (n *told) fill(said floor.Resource) {
	n.Name, n.ARN, n.Type = cmp.Or(said.Name, n.Name), cmp.Or(said.ARN, n.ARN), cmp.Or(said.Type, n.Type)
	if said.Level > 0 {
		n.Level, n.Parent = said.Level, said.Parent
	}
	if said.Profile != nil {
		n.Profile = said.Profile
	}
	if len(said.Slots) > 0 {
		n.Slots = said.Slots
	}
}

func (n *told) note(was floor.Resource, at time.Time) {
	if !gocmp.Equal(n.Resource, was, cmpopts.EquateEmpty()) && at.After(n.ChangedAt) {
		n.ChangedAt = at
	}
}

func (d naming) event(e *rollcall.Event) {
	s := e.Snapshot
	if s == nil {
		return
	}
	if s.Status != nil {
		d.say("status", floor.Resource{ID: string(s.Status.ID), ARN: s.Status.ARN, Name: s.Status.Name, Type: s.Status.Type}, e.At)
	}
	if s.Next != nil {
		d.say("status", floor.Resource{ID: string(s.Next.ID), ARN: s.Next.ARN, Name: s.Next.Name}, e.At)
	}
	if s.Configuration != nil && s.Configuration.RoutingProfile != nil {
		p := *s.Configuration.RoutingProfile
		p.InboundQueues = slices.DeleteFunc(slices.Clone(p.InboundQueues), func(q rollcall.Queue) bool { return q.Agent })
		for i := range p.InboundQueues {
			d.queue(&p.InboundQueues[i], e.At)
		}
		slots := slices.Clone(s.Concurrency)
		for i := range slots {
			slots[i].AvailableSlots = 0
		}
		d.say("profile", floor.Resource{ID: string(p.ID), ARN: p.ARN, Name: p.Name, Profile: &p, Slots: slots}, e.At)
	}
	if s.Configuration != nil && s.Configuration.Hierarchy != nil {
		parent := ""
		for i, g := range s.Configuration.Hierarchy {
			d.say("group", floor.Resource{ID: string(g.ID), ARN: g.ARN, Name: g.Name, Level: i + 1, Parent: parent}, e.At)
			parent = cmp.Or(string(g.ID), parent)
		}
	}
	for _, c := range s.Contacts {
		if c.Queue != nil && !c.Queue.Agent {
			d.queue(c.Queue, e.At)
		}
	}
}

func (d naming) queue(q *rollcall.Queue, at time.Time) {
	d.say("queue", floor.Resource{ID: string(q.ID), ARN: q.ARN, Name: q.Name}, at)
}

// The directory is what one gets who listens to one event after the other,
// however they are batched and through a snapshot at any place.
func TestDirectory_IsWhatEventsNamedLast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		records := drawRecords(t, 60)
		f, want := floor.New(floor.Options{Encode: answer}), make(map[rollcall.InstanceID]naming)
		for begun := 0; begun < len(records); {
			n := rapid.IntRange(1, len(records)-begun).Draw(t, "batch")
			for i, c := range f.Apply(records[begun : begun+n]) {
				e := records[begun+i].Event
				if c.Effect == rollcall.EffectRemoved {
					delete(want, c.Instance)
				}
				if c.Effect == rollcall.EffectApplied {
					if want[c.Instance] == nil {
						want[c.Instance] = make(naming)
					}
					want[c.Instance].event(e)
				}
			}
			begun += n
			if rapid.Bool().Draw(t, "restart") {
				f = restore(t, f)
			}
			for _, fl := range f.Instances() {
				compareNames(t, fl, want[fl.ARN().Instance])
				if err := floor.CheckFloor(fl); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

func compareNames(t *rapid.T, fl *floor.Floor, want naming) {
	directory, at := fl.Directory()
	if at != fl.Select(&rollcall.Query{}, rollcall.Cursor{}, 1).Position {
		t.Fatalf("the directory is of %s", at)
	}
	for kind, got := range map[string]*floor.Listing{
		"queue": &directory.Queues, "profile": &directory.Profiles, "status": &directory.Statuses, "group": &directory.Groups,
	} {
		list := slices.Clone(got.All)
		if !slices.IsSortedFunc(list, func(a, b *floor.Resource) int { return cmp.Compare(a.Ordinal, b.Ordinal) }) {
			t.Fatalf("%s: not in order of appearance: %+v", kind, list)
		}
		for id, n := range want[kind] {
			is := got.Find(id)
			if kind == "status" && n.Type == "" {
				if is != nil {
					t.Fatalf("%+v is listed, and no event told its type", is)
				}
				continue
			}
			if diff := gocmp.Diff(&n.Resource, is, cmpopts.IgnoreFields(floor.Resource{}, "Ordinal"), cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("%s %s (-told +kept):\n%s", kind, id, diff)
			}
			list = slices.DeleteFunc(list, func(r *floor.Resource) bool { return r == is })
		}
		if len(list) > 0 {
			t.Fatalf("%s: never told: %+v", kind, list[0])
		}
	}
}

// An instance's names are gone with it, and with the first event of its next
// life they are new.
func TestDirectory_GoesWithTheInstance(t *testing.T) {
	f, j := floor.New(floor.Options{}), new(journal)
	first := event("ana", 1, available("q1"))
	f.Apply([]rollcall.Record{j.record(first), j.record(rollcall.NewRemoval(first.Instance, first.At)), j.record(event("ben", 3, available("q2")))})
	d, _ := f.Instances()[0].Directory()
	if d.Queues.Find("q1") != nil || d.Queues.Find("q2") == nil || !d.Queues.Find("q2").ChangedAt.Equal(event("", 3, nil).At) {
		t.Errorf("queues: %+v", d.Queues.All)
	}
}
