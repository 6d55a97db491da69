package rollcalltest_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/connectclient"
	"rollcall/rollcalltest"
)

func ask(t *testing.T, s *rollcalltest.Server, in connectclient.GetCurrentUserDataInput) (*connectclient.GetCurrentUserDataOutput, error) {
	t.Helper()
	in.InstanceID = s.InstanceID
	return s.Client().GetCurrentUserData(t.Context(), &in)
}

func TestEmit_QuestionsSeeWhatWasEmitted(t *testing.T) {
	s := rollcalltest.NewServer(t)
	since := s.Now().Add(-time.Minute)
	s.Emit(
		rollcalltest.Event{Agent: "ann", Queues: []string{"sales"}, StatusSince: since},
		rollcalltest.Event{
			Agent: "bob", Queues: []string{"sales", "support"}, HierarchyGroups: []string{"leeds", "team-b"}, NextStatus: "Lunch",
			Slots:    map[string]int{"VOICE": 1, "CHAT": 3},
			Contacts: []rollcalltest.Contact{{ID: "c1", Channel: "CHAT", Queue: "support", Since: since}},
		},
		rollcalltest.Event{Agent: "cay", Queues: []string{"sales"}, Status: "Offline"},
	)
	out, err := ask(t, s, connectclient.GetCurrentUserDataInput{Filters: &connectclient.Filters{Queues: []string{"sales"}}})
	if err != nil {
		t.Fatal(err)
	}
	if out.ApproximateTotalCount != 2 || len(out.UserDataList) != 2 {
		t.Fatalf("%d agents of %d, want ann and bob", len(out.UserDataList), out.ApproximateTotalCount)
	}
	reference := func(kind, id string) connectclient.Reference {
		return connectclient.Reference{ID: id, ARN: s.InstanceARN() + "/" + kind + "/" + id}
	}
	queue := reference("queue", "support")
	want := connectclient.UserData{
		User: reference("agent", "bob"), RoutingProfile: reference("routing-profile", "profile"),
		HierarchyPath:           connectclient.HierarchyPath{LevelOne: reference("agent-group", "leeds"), LevelTwo: reference("agent-group", "team-b")},
		Status:                  connectclient.AgentStatus{StatusStartTimestamp: s.Now(), StatusARN: s.InstanceARN() + "/agent-state/Available", StatusName: "Available"},
		AvailableSlotsByChannel: map[connectclient.Channel]int{"CHAT": 2, "VOICE": 1},
		MaxSlotsByChannel:       map[connectclient.Channel]int{"CHAT": 3, "VOICE": 1},
		ActiveSlotsByChannel:    map[connectclient.Channel]int{"CHAT": 1, "VOICE": 0},
		Contacts: []connectclient.AgentContact{{
			ContactID: "c1", Channel: "CHAT", InitiationMethod: "INBOUND", AgentContactState: "CONNECTED",
			StateStartTimestamp: since, ConnectedToAgentTimestamp: since, Queue: queue,
		}},
		NextStatus: "Lunch",
	}
	if diff := cmp.Diff(want, out.UserDataList[1]); diff != "" {
		t.Errorf("bob (-want +got):\n%s", diff)
	}
}

func TestIncludeOffline_ReturnsThem(t *testing.T) {
	s := rollcalltest.NewServer(t, rollcalltest.IncludeOffline)
	s.Emit(rollcalltest.Event{Agent: "cay", Queues: []string{"sales"}, Status: "Offline"})
	out, err := ask(t, s, connectclient.GetCurrentUserDataInput{Filters: &connectclient.Filters{Queues: []string{"sales"}}})
	if err != nil || out.ApproximateTotalCount != 1 {
		t.Errorf("%+v, %v; want cay", out, err)
	}
}

func TestLenientFilters_EverybodyWithoutAFilter(t *testing.T) {
	s := rollcalltest.NewServer(t, rollcalltest.LenientFilters)
	s.Emit(rollcalltest.Event{Agent: "ann"}, rollcalltest.Event{Agent: "bob"})
	out, err := ask(t, s, connectclient.GetCurrentUserDataInput{Filters: &connectclient.Filters{}})
	if err != nil || out.ApproximateTotalCount != 2 {
		t.Errorf("%+v, %v; want both", out, err)
	}
}

func TestAdvance_PageTokensExpire(t *testing.T) {
	s := rollcalltest.NewServer(t)
	s.Emit(rollcalltest.Event{Agent: "ann", Queues: []string{"q"}}, rollcalltest.Event{Agent: "bob", Queues: []string{"q"}})
	in := connectclient.GetCurrentUserDataInput{Filters: &connectclient.Filters{Queues: []string{"q"}}, MaxResults: 1}
	first, err := ask(t, s, in)
	if err != nil || first.NextToken == "" {
		t.Fatalf("%+v, %v; want a first page of two", first, err)
	}
	in.NextToken = first.NextToken
	s.Advance(4 * time.Minute)
	if second, err := ask(t, s, in); err != nil || second.UserDataList[0].User.ID != "bob" {
		t.Fatalf("after 4 minutes: %+v, %v; want bob", second, err)
	}
	s.Advance(2 * time.Minute)
	var invalid *connectclient.InvalidParameterException
	if _, err := ask(t, s, in); !errors.As(err, &invalid) {
		t.Errorf("after 6 minutes: %v, want InvalidParameterException", err)
	}
}

func TestAWSQuotas_FillWithTheTestsTime(t *testing.T) {
	s := rollcalltest.NewServer(t, rollcalltest.AWSQuotas)
	s.Emit(rollcalltest.Event{Agent: "ann", Queues: []string{"q"}})
	client := connectclient.New(connectclient.Config{EndpointURL: s.URL, Region: s.Region, Credentials: s.Credentials(), MaxAttempts: 1})
	in := &connectclient.GetCurrentUserDataInput{InstanceID: s.InstanceID, Filters: &connectclient.Filters{Queues: []string{"q"}}}
	answered := func() (n int) {
		for ; ; n++ {
			_, err := client.GetCurrentUserData(t.Context(), in)
			var throttled *connectclient.ThrottlingException
			if errors.As(err, &throttled) {
				return n
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if n := answered(); n != 5 {
		t.Errorf("%d questions at once, want 5", n)
	}
	s.Advance(time.Second)
	if n := answered(); n != 2 {
		t.Errorf("%d questions after a second, want 2", n)
	}
}

func TestEmit_LogoutLeavesTheFloor(t *testing.T) {
	s := rollcalltest.NewServer(t)
	sales := connectclient.GetCurrentUserDataInput{Filters: &connectclient.Filters{Queues: []string{"sales"}}}
	s.Emit(rollcalltest.Event{Agent: "ann", Queues: []string{"sales"}, Type: "LOGIN"})
	if out, err := ask(t, s, sales); err != nil || out.ApproximateTotalCount != 1 {
		t.Fatalf("%+v, %v; want ann", out, err)
	}
	s.Emit(rollcalltest.Event{Agent: "ann", Queues: []string{"sales"}, Type: "LOGOUT"})
	if out, err := ask(t, s, sales); err != nil || out.ApproximateTotalCount != 0 {
		t.Errorf("%+v, %v; want nobody", out, err)
	}
}

// The Go client reads names, page by page, of a server that gives them to who
// asks, and of one that gives them to all.
func TestClient_ReadsNames(t *testing.T) {
	for _, options := range [][]rollcalltest.Option{nil, {rollcalltest.Names}} {
		s := rollcalltest.NewServer(t, options...)
		s.Emit(rollcalltest.Event{Agent: "ann", Queues: []string{"sales"}}, rollcalltest.Event{Agent: "bob", Queues: []string{"sales"}})
		in := &connectclient.GetCurrentUserDataInput{InstanceID: s.InstanceID, Filters: &connectclient.Filters{Queues: []string{"sales"}}, MaxResults: 1}
		var names []string
		for page, err := range s.Client().NamedPages(t.Context(), in) {
			if err != nil {
				t.Fatal(err)
			}
			for _, u := range page.UserDataList {
				names = append(names, u.User.Name+" "+u.Status.StatusType+" "+u.Activity)
				if u.ActivitySince.IsZero() || u.RoutingProfile.ID == "" {
					t.Errorf("%+v", u)
				}
			}
		}
		if want := []string{"ann ROUTABLE Available", "bob ROUTABLE Available"}; !slices.Equal(names, want) {
			t.Errorf("%q, want %q", names, want)
		}
		out, err := s.Client().GetNamedUserData(t.Context(), in)
		if err != nil || len(out.UserDataList) != 1 || out.UserDataList[0].User.Username == "" && out.UserDataList[0].User.Name != "ann" {
			t.Errorf("%+v, %v", out, err)
		}
	}
}

func TestEmit_NothingIsNoFailure(t *testing.T) {
	s := rollcalltest.NewServer(t)
	s.Emit()
	s.EmitJSON()
}
