package floor

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"rollcall"
)

// An agent that goes leaves nothing in any index.
func TestReindex_ForgetsAnAgent(t *testing.T) {
	x := newIndex(new(rows))
	agents := make([]*rollcall.Agent, 3)
	for i := range agents {
		agents[i] = &rollcall.Agent{
			ID: rollcall.AgentID(fmt.Sprint("agent", i)), Ordinal: uint32(i),
			Status: rollcall.Status{Type: rollcall.StatusRoutable},
			Configuration: rollcall.Configuration{
				RoutingProfile: &rollcall.RoutingProfile{ID: "p", InboundQueues: []rollcall.Queue{{ID: "q"}, {ID: "r"}, {ID: "q"}}},
				Hierarchy:      &rollcall.HierarchyPath{{ID: "g"}, {ID: "h"}},
			},
			Contacts: []rollcall.Contact{{State: rollcall.StateConnected}, {State: rollcall.StatePaused}},
		}
		x.reindex(nil, agents[i])
	}
	if x.present.n != 3 || x.online.n != 3 || x.contacts != 6 || x.here.queues.find("q").len() != 3 || x.states[rollcall.StateConnected].n != 3 {
		t.Fatalf("%+v", x)
	}
	for _, a := range agents {
		x.reindex(a, nil)
	}
	left := x.ordinals.n + len(x.here.byProfile.sole) + len(x.here.byProfile.shared) + len(x.here.byPath.sole) + len(x.here.byPath.shared) +
		x.here.queues.n + x.here.profiles.n + x.here.groups.n + x.present.n + x.online.n + x.contacts
	for i := range x.states {
		left += x.states[i].n
	}
	if left != 0 {
		t.Fatalf("%+v", x)
	}
}

// Whoever comes and goes, with a profile of his own or one that many have, and
// whether few profiles have a queue or more than its key lists, what is indexed
// is what an index that begins with the last state has.
func TestReindex_IsTheSameHoweverItCameAbout(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		profiles := make([]*rollcall.RoutingProfile, 3*mostShared)
		paths := make([]*rollcall.HierarchyPath, len(profiles))
		for i := range profiles {
			own := rollcall.QueueID(fmt.Sprint("q", i))
			profiles[i] = &rollcall.RoutingProfile{ID: rollcall.RoutingProfileID(fmt.Sprint("p", i/2)), InboundQueues: []rollcall.Queue{{ID: own}, {ID: "all"}, {ID: own}}}
			paths[i] = &rollcall.HierarchyPath{{ID: "all"}, {ID: rollcall.HierarchyGroupID(fmt.Sprint("g", i))}}
		}
		x, now := newIndex(new(rows)), make([]*rollcall.Agent, 4*len(profiles))
		x.limit = func(int) int { return 5 }
		kinds := rapid.IntRange(1, len(profiles)).Draw(t, "profiles")
		for i, step := range rapid.SliceOfN(rapid.IntRange(0, 1<<20), 1, 600).Draw(t, "steps") {
			o := (i*7 + step) % len(now)
			was := now[o]
			if now[o] = nil; step%5 > 0 || was == nil {
				now[o] = &rollcall.Agent{
					ID: rollcall.AgentID(fmt.Sprint("agent", o)), Ordinal: uint32(o), Status: rollcall.Status{Type: rollcall.StatusRoutable},
					Configuration: rollcall.Configuration{RoutingProfile: profiles[step/5%kinds], Hierarchy: paths[step/7%kinds]},
				}
				if step%11 == 0 {
					now[o].Status.Type = rollcall.StatusOffline
				}
			}
			x.reindex(was, now[o])
		}
		rebuilt := newIndex(new(rows))
		for _, a := range now {
			if a != nil {
				rebuilt.reindex(nil, a)
			}
		}
		if err := errors.Join(checkMembers(&x.here, &rebuilt.here), checkMembers(&x.away, &rebuilt.away)); err != nil {
			t.Fatal(err)
		}
		var u union
		u.disjoint = true
		asked := []rollcall.QueueID{"q0", "all", "q1", "all", "none"}[:rapid.IntRange(1, 5).Draw(t, "asked")]
		collect(&u, &x.here.queues, x.here.byProfile.numbers, asked)
		all := new(bitset)
		sum := 0
		for _, one := range u.postings {
			all.unite(one)
			sum += one.len()
		}
		for o, a := range now {
			want := a != nil && a.Online() && slices.ContainsFunc(a.Configuration.RoutingProfile.InboundQueues,
				func(q rollcall.Queue) bool { return slices.Contains(asked, q.ID) })
			if all.has(uint32(o)) != want {
				t.Fatalf("agent %d is in the union of %v: %v", o, asked, !want)
			}
		}
		if u.disjoint && sum != all.n {
			t.Fatalf("%d of %v stand in several sets, %d at once", sum, asked, all.n)
		}
	})
}
