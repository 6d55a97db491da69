package connect_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall"
	"rollcall/connectapi"
	"rollcall/internal/source"
	"rollcall/internal/source/connect"
)

// run begins to look, and gives how the first look went.
func (c *centre) run() source.SeedStatus {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { c.Run(ctx); close(ended) }()
	c.t.Cleanup(func() { cancel(); <-ended })
	<-c.passed
	return *c.Status().Seed
}

func TestSeeder_MakesAFloorOfNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCentre(t)
		began := time.Now().UTC()
		ana := available("ana", began.Add(-time.Hour))
		ana.HierarchyPath.LevelOne = connectapi.Reference{ID: "north", ARN: arn("agent-group", "north")}
		ana.NextStatus = "Lunch"
		ana.Contacts = []connectapi.AgentContact{{
			ContactID: "c", Channel: "VOICE", InitiationMethod: "OUTBOUND", AgentContactState: "CONNECTED",
			StateStartTimestamp: began.Add(-time.Minute), ConnectedToAgentTimestamp: began.Add(-time.Minute), Queue: connectapi.Reference{ID: "out", ARN: arn("queue", "out")},
		}}
		odd := available("odd", began)
		odd.Contacts = []connectapi.AgentContact{{AgentContactState: "CONNECTED"}} // without an id
		c.amazon.users = []connectapi.UserData{ana, available("ben", began), available("a/b", began), odd}
		is := c.run()
		if got := c.outcomes(); got != "[new:2 unusable:2]" {
			t.Errorf("outcomes %s", got)
		}
		if is.Failed || is.Agents != 4 || is.Of != 4 || is.New != 2 || is.Lacks != nil || c.kept != 2 {
			t.Errorf("the look is %+v, %d seeds kept", is, c.kept)
		}
		got := c.agent("ana")
		want := &rollcall.Agent{
			ID: "ana", ARN: arn("agent", "ana"), EventType: rollcall.EventSeed, EventAt: got.EventAt, ConfiguredAt: got.EventAt,
			Status: rollcall.Status{ID: "on", ARN: arn("agent-state", "on"), Name: "Available", Type: rollcall.StatusRoutable, StartedAt: began.Add(-time.Hour)},
			Next:   &rollcall.NextStatus{ID: "lunch", ARN: arn("agent-state", "lunch"), Name: "Lunch"},
			Configuration: rollcall.Configuration{
				Username: "ana", FirstName: "Ana", LastName: "Sol",
				RoutingProfile: &rollcall.RoutingProfile{
					ID: "p", ARN: arn("routing-profile", "p"), Name: "Profile",
					InboundQueues: []rollcall.Queue{{ID: "sales", ARN: arn("queue", "sales"), Name: "Sales", Channels: []rollcall.Channel{"VOICE", "CHAT"}}},
				},
				Hierarchy: &rollcall.HierarchyPath{{ID: "north", ARN: arn("agent-group", "north"), Name: "North"}},
			},
			Concurrency: []rollcall.Concurrency{{Channel: "VOICE", MaximumSlots: 1, AvailableSlots: 1}},
			Contacts: []rollcall.Contact{{
				ID: "c", Channel: "VOICE", InitiationMethod: "OUTBOUND", State: rollcall.StateConnected, StateStartedAt: began.Add(-time.Minute),
				ConnectedToAgentAt: began.Add(-time.Minute), ShownStateStartedAt: began.Add(-time.Minute), Queue: &rollcall.Queue{ID: "out", ARN: arn("queue", "out"), Name: "Outbound"},
			}},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("ana (-want +got):\n%s", diff)
		}
		for i := 1; i < len(c.amazon.at); i++ {
			if wait := c.amazon.at[i].Sub(c.amazon.at[i-1]); wait < connect.AmazonsPace {
				t.Errorf("%s came %s after %s", c.amazon.asked[i], wait, c.amazon.asked[i-1])
			}
		}
	})
}

// A seed never outdoes what a stream has told of the same instant or a later one,
// whichever comes first, and nothing is kept of whom the floor shows the same.
func TestSeeder_AStreamOutdoesWhatIsAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCentre(t)
		began := time.Now()
		c.amazon.users = []connectapi.UserData{
			available("agreed", began), available("newer", began), available("disagreed", began), available("outdated", began), available("new", began),
		}
		c.stream("agreed", "Available", began.Add(-time.Minute))
		c.stream("disagreed", "Lunch", began.Add(-time.Minute))
		c.stream("outdated", "Lunch", began.Add(-time.Hour))
		c.amazon.hook = func(operation string) {
			if operation == "GetCurrentUserData" && len(c.passed) == 0 { // while the answer is on its way
				c.stream("newer", "Lunch", time.Now())
			}
		}
		c.run()
		if got := c.outcomes(); got != "[agreed:1 disagreed:1 new:1 newer:1 outdated:1]" || c.kept != 3 {
			t.Errorf("outcomes %s, %d seeds kept", got, c.kept)
		}
		c.shows("agreed", "Available, seeded false")
		c.shows("newer", "Lunch, seeded false")
		for _, seeded := range []string{"disagreed", "outdated", "new"} {
			c.shows(seeded, "Available, seeded true")
		}
		at := c.agent("new").EventAt
		if effect := c.stream("new", "Lunch", at.Add(-time.Millisecond)); effect != rollcall.EffectLate {
			t.Errorf("an event from before the seed was %s", effect)
		}
		c.shows("new", "Available, seeded true")
		if effect := c.stream("new", "Lunch", at); effect != rollcall.EffectApplied {
			t.Errorf("an event of the seed's instant was %s", effect)
		}
		c.shows("new", "Lunch, seeded false")
	})
}

func TestSeeder_WhoIsInNoAnswerHasLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCentre(t)
		began := time.Now()
		c.amazon.users = []connectapi.UserData{available("seeded", began), available("stays", began)}
		c.stream("lost", "Available", began.Add(-time.Hour)) // its logout never came
		c.stream("heard", "Available", began.Add(-2*time.Minute))
		c.run()
		c.shows("lost", "Offline, seeded true")
		c.shows("heard", "Available, seeded false") // its heartbeats may still come
		c.amazon.change(func(a *amazon) { a.users = a.users[1:] })
		c.outcomes()
		time.Sleep(time.Minute)
		if is := c.look(); is.Left != 1 || is.Agreed != 1 {
			t.Errorf("the second look is %+v", is)
		}
		c.shows("seeded", "Offline, seeded true")
		c.shows("stays", "Available, seeded true")
		if got := c.agent("seeded").Status; got.Type != rollcall.StatusOffline || got.ID != "off" {
			t.Errorf("who left has status %+v", got)
		}
	})
}

func TestSeeder_LooksOnceAnHourAndWhenItIsWanted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCentre(t)
		first := c.run()
		if second := c.look(); second.Pass != first.Pass+1 {
			t.Errorf("wanted, and then it was look %d", second.Pass)
		}
		ended := time.Now()
		joined := make(chan int, 1)
		c.amazon.change(func(a *amazon) {
			a.hook = func(operation string) {
				if operation == "ListQueues" {
					joined <- c.Seed()
				}
			}
		})
		<-c.passed
		if after := time.Since(ended); after < connect.Every || after > connect.Every+time.Minute {
			t.Errorf("the next look was over after %s", after)
		}
		if pass := <-joined; pass != 3 {
			t.Errorf("who wants a look during the third is told to await %d", pass)
		}
		c.amazon.change(func(a *amazon) { a.hook = nil })
		time.Sleep(connect.Every / 2)
		if n := len(c.passed); n != 0 {
			t.Errorf("%d looks more, though one was going on when it was wanted", n)
		}
	})
}

func TestSeeder_GoesOnWhenItIsSlowedDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCentre(t)
		c.amazon.users = []connectapi.UserData{available("ana", time.Now())}
		c.amazon.refused["SearchUsers"] = refusal{"ThrottlingException", http.StatusTooManyRequests, 3}
		c.amazon.refused["GetCurrentUserData"] = refusal{"InternalServiceException", http.StatusInternalServerError, 2}
		if is := c.run(); is.Failed || is.SlowedDown != 3 || is.New != 1 {
			t.Errorf("the look is %+v", is)
		}
		waits := 0
		for i := 1; i < len(c.amazon.at); i++ {
			if c.amazon.asked[i] == c.amazon.asked[i-1] && c.amazon.at[i].Sub(c.amazon.at[i-1]) >= connect.AmazonsPace {
				waits++
			}
		}
		if waits != 5 {
			t.Errorf("%d questions were asked again after a while, want 5: %v", waits, c.amazon.asked)
		}
	})
}

// A clock that is ahead would make seeds outdo events that came after the answer.
func TestSeeder_GoesByTheServicesClockWhereOursIsAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCentre(t)
		c.amazon.behind = 3 * time.Minute
		c.amazon.users = []connectapi.UserData{available("ana", time.Now())}
		c.run()
		there := time.Now().Add(-c.amazon.behind)
		if at := c.agent("ana").EventAt; at.After(there) || at.Before(there.Add(-time.Minute)) {
			t.Errorf("the seed is of %s, where it is %s there", at, there)
		}
		if effect := c.stream("ana", "Lunch", there); effect != rollcall.EffectApplied {
			t.Errorf("an event after the answer was %s", effect)
		}
	})
}

func TestSeeder_TriesAgainAfterALookThatFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCentre(t)
		c.amazon.users = []connectapi.UserData{available("ana", time.Now())}
		c.amazon.refused["GetCurrentUserData"] = refusal{"ThrottlingException", http.StatusTooManyRequests, 8}
		is := c.run()
		if status := c.Status(); !is.Failed || status.State != source.StateFailing || !strings.Contains(status.Trouble, "slows the questions down") {
			t.Errorf("%+v, %+v", status, is)
		}
		failed := time.Now()
		if <-c.passed {
			t.Fatal("the second look failed, too")
		}
		if took := time.Since(failed); took > 5*time.Minute {
			t.Errorf("it was tried again after %s", took)
		}
		if status := c.Status(); status.State != source.StateWaiting || status.Trouble != "" {
			t.Errorf("then it is %+v", status)
		}
		c.shows("ana", "Available, seeded true")

		c.mu.Lock()
		c.fails = rollcall.Errorf(rollcall.CodeInvalid, "no room (--max-agents)").WithCause(errors.New("of no business to anybody"))
		c.mu.Unlock()
		c.amazon.change(func(a *amazon) { a.users = append(a.users, available("ben", time.Now())) })
		if is := c.look(); !is.Failed || c.Status().Trouble != "no room (--max-agents)" {
			t.Errorf("without room it is %+v", c.Status())
		}
	})
}

func TestSeeder_NamesThePermissionsThatAreMissing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCentre(t)
		denied := refusal{"AccessDeniedException", http.StatusForbidden, 0}
		c.amazon.users = []connectapi.UserData{available("ana", time.Now())}
		for _, operation := range []string{"SearchUsers", "ListAgentStatuses", "ListQueues", "ListUserHierarchyGroups", "ListRoutingProfileQueues"} {
			c.amazon.refused[operation] = denied
		}
		is := c.run()
		want := []string{"connect:ListAgentStatuses", "connect:ListQueues", "connect:ListUserHierarchyGroups", "connect:SearchUsers", "connect:ListRoutingProfileQueues"}
		if is.Failed || !slices.Equal(is.Lacks, want) || !strings.Contains(c.Status().Trouble, strings.Join(want, ", ")) {
			t.Errorf("without names: %+v, %+v", is, c.Status())
		}
		if got := c.agent("ana"); got.Name() != "ana" || got.Status.Type != rollcall.StatusRoutable || len(got.Configuration.RoutingProfile.InboundQueues) != 0 {
			t.Errorf("without names ana is %+v", got) // the name is ListUsers'
		}
		for _, operation := range []string{"ListRoutingProfiles", "GetCurrentUserData"} {
			c.amazon.change(func(a *amazon) { a.refused = map[string]refusal{operation: denied} })
			is := c.look()
			trouble := c.Status().Trouble
			if !is.Failed || !strings.Contains(trouble, "may not do connect:"+operation+"; they need connect:ListRoutingProfiles and connect:GetCurrentUserData") {
				t.Errorf("without %s: %+v, %s", operation, is, trouble)
			}
		}
	})
}

func TestSeeder_LeavesAnotherAccountsInstanceAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCentre(t)
		other := support
		other.Account = "210987654321"
		c.apply(&rollcall.Event{Type: rollcall.EventLogin, At: time.Now(), Instance: other, Agent: other.Child("agent", "x"), AgentARN: other.Child("agent", "x").String()})
		if is := c.run(); !is.Failed || !strings.Contains(c.Status().Trouble, other.String()+" here") || len(c.amazon.asked) > 0 {
			t.Errorf("%+v, %+v, asked %v", is, c.Status(), c.amazon.asked)
		}
	})
}

func TestParseInstance_WantsTheARNOfAnInstance(t *testing.T) {
	if got, err := connect.ParseInstance(support.String()); err != nil || got != support {
		t.Errorf("%v, %v", got, err)
	}
	for _, text := range []string{"", "support", arn("agent", "ana"), "arn:aws:s3:::bucket"} {
		if _, err := connect.ParseInstance(text); err == nil || !strings.Contains(err.Error(), "want the ARN of an instance") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
