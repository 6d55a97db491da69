package tally_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"rollcall"
	"rollcall/internal/tally"
)

var noon = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

// lunch is an agent in a custom status since noon.
func lunch(id string, contacts ...rollcall.Contact) *rollcall.Agent {
	return &rollcall.Agent{
		ID: rollcall.AgentID(id), EventAt: noon, Contacts: contacts,
		Status: rollcall.Status{Name: "Lunch", Type: rollcall.StatusCustom, StartedAt: noon},
	}
}

// Amazon's documentation gives this floor: thirty agents in a custom status, one
// of them on a contact.
func TestSum_CustomStatusAndContactOverlap(t *testing.T) {
	agents := []*rollcall.Agent{lunch("a0", rollcall.Contact{ID: "c", Channel: "VOICE", State: rollcall.StateConnected, StateStartedAt: noon})}
	for i := range 29 {
		agents = append(agents, lunch(fmt.Sprint("a", i+1)))
	}
	total, _ := tally.Sum(agents, nil, nil)
	got := []int{total.Online, total.OnContact, total.NonProductive, total.AfterContactWork, total.Error, total.Available}
	if want := []int{30, 1, 30, 0, 0, 0}; !slices.Equal(got, want) {
		t.Errorf("online, on contact, non-productive, after contact work, error, available = %v, want %v", got, want)
	}
	if want := map[string]int{"On contact": 1, "Lunch": 29}; !maps.Equal(total.ByActivity, want) {
		t.Errorf("by activity %v, want %v", total.ByActivity, want)
	}
}

func TestSum_ContactsAreTheQueuesAndTheChannelsAlone(t *testing.T) {
	sales, claims := rollcall.Queue{ID: "s", Name: "Sales"}, rollcall.Queue{ID: "c", Name: "Claims"}
	a := &rollcall.Agent{
		ID: "ana", EventAt: noon, Status: rollcall.Status{Name: "Available", Type: rollcall.StatusRoutable, StartedAt: noon},
		Configuration: rollcall.Configuration{RoutingProfile: &rollcall.RoutingProfile{
			ID: "p", Name: "Front", InboundQueues: []rollcall.Queue{sales, claims, {ID: "ana", Agent: true}},
		}},
		Concurrency: []rollcall.Concurrency{{Channel: "VOICE", MaximumSlots: 1, AvailableSlots: 1}, {Channel: "CHAT", MaximumSlots: 3, AvailableSlots: 1}},
		Contacts: []rollcall.Contact{
			{ID: "1", Channel: "CHAT", State: rollcall.StateConnected, Queue: &sales, StateStartedAt: noon},
			{ID: "2", Channel: "CHAT", State: rollcall.StateEnded, Queue: &claims, StateStartedAt: noon},
		},
	}
	_, groups := tally.Sum([]*rollcall.Agent{a}, []tally.Dimension{tally.ByQueue, tally.ByChannel}, nil)
	var got []string
	for _, g := range groups {
		s := g.Slots[rollcall.Channel(g.Labels[1].Name)]
		got = append(got, fmt.Sprint(g.Labels[0].Name, " ", g.Labels[1].Name, " ", g.Contacts, " ", s, " ", len(g.Slots)))
	}
	want := []string{"Claims CHAT 1 {3 1 2} 1", "Claims VOICE 0 {1 1 0} 1", "Sales CHAT 1 {3 1 2} 1", "Sales VOICE 0 {1 1 0} 1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	_, groups = tally.Sum([]*rollcall.Agent{a}, []tally.Dimension{tally.ByQueue}, func(_ tally.Dimension, l tally.Label) bool { return l.ID == "s" })
	if len(groups) != 1 || groups[0].Labels[0].Name != "Sales" {
		t.Errorf("groups %+v, want Sales alone", groups)
	}
}

// Every group is what the total would be of the agents in it, but for contacts
// and slots of other queues and channels.
func TestSum_GroupsAgreeWithTotalsOfTheirAgents(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		agents := drawAgents(t)
		by := rapid.SliceOfNDistinct(rapid.SampledFrom(tally.Dimensions()), 1, 2, rapid.ID).Draw(t, "by")
		_, groups := tally.Sum(agents, by, nil)
		seen := map[string]bool{}
		for _, g := range groups {
			inside := slices.DeleteFunc(slices.Clone(agents), func(a *rollcall.Agent) bool {
				for i, d := range by {
					if !slices.ContainsFunc(tally.Labels(a, d), func(l tally.Label) bool { return same(l, g.Labels[i]) }) {
						return true
					}
				}
				return false
			})
			want, _ := tally.Sum(inside, nil, nil)
			if diff := cmp.Diff(want, g.Counts, cmpopts.IgnoreFields(tally.Counts{}, "Contacts", "ByState", "ByChannel", "AfterContactWork", "Slots")); diff != "" {
				t.Fatalf("group %v of %v (-total of its agents +group):\n%s", g.Labels, by, diff)
			}
			for _, l := range g.Labels {
				l.Name = map[bool]string{true: l.Name}[l.ID == ""]
				seen[fmt.Sprint(l)] = true
			}
		}
		for _, a := range agents {
			if len(by) > 1 {
				break // the other label may be missing
			}
			for _, l := range tally.Labels(a, by[0]) {
				l.Name = map[bool]string{true: l.Name}[l.ID == ""]
				if !seen[fmt.Sprint(l)] {
					t.Fatalf("agent %s is in no group %v", a.ID, l)
				}
			}
		}
	})
}

func same(a, b tally.Label) bool {
	return a.ID == b.ID && (a.ID != "" || a.Name == b.Name) && a.Type == b.Type
}

func drawAgents(t *rapid.T) []*rollcall.Agent {
	agents := make([]*rollcall.Agent, rapid.IntRange(0, 8).Draw(t, "agents"))
	for i := range agents {
		at := noon.Add(time.Duration(rapid.IntRange(0, 9).Draw(t, "second")) * time.Second)
		status := rapid.SampledFrom([]rollcall.Status{
			{}, {Name: "Available", Type: rollcall.StatusRoutable}, {Name: "Lunch", Type: rollcall.StatusCustom}, {Name: "Offline", Type: rollcall.StatusOffline},
		}).Draw(t, "status")
		status.StartedAt = at
		agents[i] = &rollcall.Agent{ID: rollcall.AgentID(fmt.Sprint("a", i)), EventAt: at, Status: status}
		queues := rapid.SliceOfN(rapid.SampledFrom([]rollcall.QueueID{"q1", "q2", "q3"}), 0, 3).Draw(t, "queues")
		profile := &rollcall.RoutingProfile{ID: rollcall.RoutingProfileID(fmt.Sprint("p", len(queues)))}
		for _, q := range queues {
			profile.InboundQueues = append(profile.InboundQueues, rollcall.Queue{ID: q, Name: rapid.SampledFrom([]string{"Sales", "Claims"}).Draw(t, "name")})
		}
		agents[i].Configuration.RoutingProfile = profile
		for range rapid.IntRange(0, 2).Draw(t, "contacts") {
			agents[i].Contacts = append(agents[i].Contacts, rollcall.Contact{
				State: rollcall.ContactState(rapid.IntRange(1, int(rollcall.StatePaused)).Draw(t, "state")), StateStartedAt: at, Channel: "VOICE",
			})
		}
	}
	return agents
}

// Each number is what somebody would count with the definitions in hand.
func TestSum_AgreesWithTheDefinitions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		agents := drawAgents(t)
		got, _ := tally.Sum(agents, nil, nil)
		agentsWith := func(is func(*rollcall.Agent) bool) (n int) {
			for _, a := range agents {
				if is(a) {
					n++
				}
			}
			return n
		}
		contactsWith := func(is func(*rollcall.Contact) bool) (n int) {
			for _, a := range agents {
				for i := range a.Contacts {
					if is(&a.Contacts[i]) {
						n++
					}
				}
			}
			return n
		}
		inState := func(states ...rollcall.ContactState) func(*rollcall.Agent) bool {
			return func(a *rollcall.Agent) bool {
				return slices.ContainsFunc(a.Contacts, func(c rollcall.Contact) bool { return slices.Contains(states, c.State) })
			}
		}
		for member, n := range map[string][2]int{
			"agents":        {got.Agents, len(agents)},
			"online":        {got.Online, agentsWith(func(a *rollcall.Agent) bool { return a.Status.Name != "" && a.Status.Name != "Offline" })},
			"staffed":       {got.Staffed, agentsWith(func(a *rollcall.Agent) bool { return a.Status.Name == "Available" })},
			"nonProductive": {got.NonProductive, agentsWith(func(a *rollcall.Agent) bool { return a.Status.Name == "Lunch" })},
			"available":     {got.Available, agentsWith(func(a *rollcall.Agent) bool { return a.Status.Name == "Available" && len(a.Contacts) == 0 })},
			"onContact": {got.OnContact, agentsWith(inState(
				rollcall.StateConnected, rollcall.StateConnectedOnHold, rollcall.StateEnded, rollcall.StatePaused))}, // none rings outbound here
			"error":            {got.Error, agentsWith(inState(rollcall.StateMissed, rollcall.StateError, rollcall.StateRejected))},
			"contacts.total":   {got.Contacts, contactsWith(func(*rollcall.Contact) bool { return true })},
			"afterContactWork": {got.AfterContactWork, contactsWith(func(c *rollcall.Contact) bool { return c.State == rollcall.StateEnded })},
		} {
			if n[0] != n[1] {
				t.Fatalf("%s is %d, want %d", member, n[0], n[1])
			}
		}
		activities := 0
		for name, n := range got.ByActivity {
			activities += n
			longest := got.Longest[name]
			for _, a := range agents {
				if a.ActivityName() == name && a.ActivitySince().Before(longest.Since) {
					t.Fatalf("%s is %s since %s, longer than %+v", a.ID, name, a.ActivitySince(), longest)
				}
			}
		}
		if activities != len(agents) {
			t.Fatalf("%d agents have activities, want %d", activities, len(agents))
		}
	})
}
