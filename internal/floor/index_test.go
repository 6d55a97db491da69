package floor

import (
	"fmt"
	"testing"

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
	left := x.ordinals.n + x.here.queues.n + x.here.profiles.n + x.here.groups.n + x.present.n + x.online.n + x.contacts
	for i := range x.states {
		left += x.states[i].n
	}
	if left != 0 {
		t.Fatalf("%+v", x)
	}
}
