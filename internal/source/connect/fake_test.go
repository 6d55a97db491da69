package connect_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"rollcall"
	"rollcall/connectapi"
	"rollcall/connectclient"
	"rollcall/internal/agentevent"
	"rollcall/internal/floor"
	"rollcall/internal/source"
	"rollcall/internal/source/connect"
)

var support = rollcall.ARN{Partition: "aws", Region: "eu-west-1", Account: "123456789012", Instance: "support"}

func arn(kind, id string) string { return support.Child(kind, id).String() }

// amazon is an Amazon Connect in memory, with what each operation answers.
type amazon struct {
	mu      sync.Mutex
	users   []connectapi.UserData
	refused map[string]refusal // :: operation -> how it is refused
	asked   []string           // operations, in order
	at      []time.Time        // of each
	hook    func(operation string)
	behind  time.Duration // its clock is
}

type refusal struct {
	code   string
	status int
	times  int // then it is answered; 0: always refused
}

// change is for a test whose Seeder runs.
func (a *amazon) change(what func(*amazon)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	what(a)
}

// RoundTrip implements http.RoundTripper.
func (a *amazon) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	w.Header().Set("Date", time.Now().Add(-a.behind).UTC().Format(http.TimeFormat))
	operation, answer := a.answer(r)
	a.mu.Lock()
	a.asked, a.at = append(a.asked, operation), append(a.at, time.Now())
	refused, is := a.refused[operation]
	if is && refused.times > 0 {
		if refused.times--; refused.times == 0 {
			delete(a.refused, operation)
		} else {
			a.refused[operation] = refused
		}
	}
	hook := a.hook
	a.mu.Unlock()
	if hook != nil {
		hook(operation)
	}
	if is {
		w.Header().Set("X-Amzn-Errortype", refused.code)
		w.WriteHeader(refused.status)
		_, _ = io.WriteString(w, `{"Message":"no"}`)
	} else if err := json.NewEncoder(w).Encode(answer); err != nil {
		return nil, err
	}
	return w.Result(), nil
}

func (a *amazon) answer(r *http.Request) (operation string, answer any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch path := r.URL.Path; {
	case strings.HasPrefix(path, "/routing-profiles-summary/"):
		return "ListRoutingProfiles", connectapi.ListRoutingProfilesOutput{RoutingProfileSummaryList: []connectapi.RoutingProfileSummary{{ID: "p", Name: "Profile"}}}
	case strings.HasPrefix(path, "/routing-profiles/"):
		return "ListRoutingProfileQueues", connectapi.ListRoutingProfileQueuesOutput{RoutingProfileQueueConfigSummaryList: []connectapi.RoutingProfileQueueConfigSummary{
			{QueueID: "sales", QueueARN: arn("queue", "sales"), QueueName: "Sales", Channel: "VOICE"},
			{QueueID: "sales", QueueARN: arn("queue", "sales"), QueueName: "Sales", Channel: "CHAT"},
		}}
	case strings.HasPrefix(path, "/agent-status/"):
		return "ListAgentStatuses", connectapi.ListAgentStatusesOutput{AgentStatusSummaryList: []connectapi.AgentStatusSummary{
			{ID: "on", Name: "Available", Type: "ROUTABLE", ARN: arn("agent-state", "on")},
			{ID: "off", Name: "Offline", Type: "OFFLINE", ARN: arn("agent-state", "off")},
			{ID: "lunch", Name: "Lunch", Type: "CUSTOM", ARN: arn("agent-state", "lunch")},
		}}
	case strings.HasPrefix(path, "/queues-summary/"):
		return "ListQueues", connectapi.ListQueuesOutput{QueueSummaryList: []connectapi.QueueSummary{{ID: "out", Name: "Outbound"}}}
	case strings.HasPrefix(path, "/user-hierarchy-groups-summary/"):
		return "ListUserHierarchyGroups", connectapi.ListUserHierarchyGroupsOutput{UserHierarchyGroupSummaryList: []connectapi.HierarchyGroupSummary{{ID: "north", Name: "North"}}}
	case strings.HasPrefix(path, "/search-users"):
		out := connectapi.SearchUsersOutput{}
		for _, u := range a.users {
			name := strings.ToUpper(u.User.ID[:1]) + u.User.ID[1:]
			out.Users = append(out.Users, connectapi.UserSearchSummary{ID: u.User.ID, Username: u.User.ID, IdentityInfo: &connectapi.UserIdentityInfoLite{FirstName: name, LastName: "Sol"}})
		}
		return "SearchUsers", out
	case strings.HasPrefix(path, "/users-summary/"):
		out := connectapi.ListUsersOutput{}
		for _, u := range a.users {
			out.UserSummaryList = append(out.UserSummaryList, connectapi.UserSummary{ID: u.User.ID, Username: u.User.ID})
		}
		return "ListUsers", out
	case strings.HasPrefix(path, "/metrics/userdata/"):
		return "GetCurrentUserData", connectapi.GetCurrentUserDataOutput{UserDataList: a.users, ApproximateTotalCount: int64(len(a.users))}
	}
	return r.URL.Path, nil
}

// available is an agent who is Available since an instant.
func available(id string, since time.Time) connectapi.UserData {
	return connectapi.UserData{
		User: connectapi.Reference{ID: id, ARN: arn("agent", id)}, RoutingProfile: connectapi.Reference{ID: "p", ARN: arn("routing-profile", "p")},
		Status:            connectapi.AgentStatusReference{StatusARN: arn("agent-state", "on"), StatusName: "Available", StatusStartTimestamp: since},
		MaxSlotsByChannel: map[connectapi.Channel]int{"VOICE": 1}, AvailableSlotsByChannel: map[connectapi.Channel]int{"VOICE": 1},
		ActiveSlotsByChannel: map[connectapi.Channel]int{}, Contacts: []connectapi.AgentContact{},
	}
}

// centre is a Seeder with the amazon that it asks, and the floors that it seeds.
type centre struct {
	*connect.Seeder
	t      *testing.T
	amazon *amazon
	floors *floor.Floors
	kept   int // seeds

	mu     sync.Mutex // for both below
	fails  error      // what keeping gives
	looked map[connect.Outcome]int

	passed chan bool // failed
}

func newCentre(t *testing.T) *centre {
	t.Helper()
	c := &centre{
		t: t, amazon: &amazon{refused: make(map[string]refusal)}, floors: floor.New(floor.Options{}),
		looked: make(map[connect.Outcome]int), passed: make(chan bool, 100),
	}
	c.Seeder = connect.New(connect.Options{
		Instance: support, Pace: connect.NewPace(connect.AmazonsPace),
		Client: connectclient.Config{EndpointURL: "http://amazon.invalid", HTTPClient: &http.Client{Transport: c.amazon}},
		Floor:  c.floors.Floor, Keep: c.keep, Observe: c, Logger: slog.New(slog.DiscardHandler), Now: time.Now,
	})
	return c
}

func (c *centre) keep(_ context.Context, seeds []*rollcall.Event) error {
	c.mu.Lock()
	fails := c.fails
	c.mu.Unlock()
	if fails != nil {
		return fails
	}
	c.kept += len(seeds)
	c.apply(seeds...)
	return nil
}

// apply has the floors follow a journal's records of these events.
func (c *centre) apply(events ...*rollcall.Event) (changes []rollcall.Change) {
	c.t.Helper()
	records, err := agentevent.Records(events...)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, record := range records {
		e, err := agentevent.DecodeRecord(record)
		if err != nil {
			c.t.Fatal(err)
		}
		p := c.floors.Position()
		changes = append(changes, c.floors.Apply([]rollcall.Record{{Position: rollcall.Position{Epoch: 7, Pack: p.Pack + 1}, Event: e}})...)
	}
	return changes
}

// stream has a stream tell that an agent has a status at an instant.
func (c *centre) stream(agent, status string, at time.Time) rollcall.Effect {
	c.t.Helper()
	return c.apply(&rollcall.Event{
		Type: rollcall.EventHeartBeat, At: at, Instance: support, Agent: support.Child(rollcall.TypeAgent, agent), AgentARN: arn("agent", agent),
		Snapshot: &rollcall.Snapshot{
			Status:        &rollcall.Status{Name: status, StartedAt: at},
			Configuration: &rollcall.Configuration{Username: agent, RoutingProfile: &rollcall.RoutingProfile{ID: "p", ARN: arn("routing-profile", "p")}},
		},
	})[0].Effect
}

func (c *centre) agent(id string) *rollcall.Agent {
	c.t.Helper()
	fl, known := c.floors.Floor("support")
	if !known {
		c.t.Fatalf("there is no floor on which %s could be", id)
	}
	a, known := fl.Agent(rollcall.AgentID(id))
	if !known {
		c.t.Fatalf("%s is not known", id)
	}
	return a
}

// shows holds an agent's status, and whether it is seeded.
func (c *centre) shows(id, want string) {
	c.t.Helper()
	a := c.agent(id)
	if got := fmt.Sprintf("%s, seeded %v", a.Status.Name, a.Seeded()); got != want {
		c.t.Errorf("%s is %s, want %s", id, got, want)
	}
}

// Looked implements connect.Observer, as does Passed.
func (c *centre) Looked(_ string, o connect.Outcome, agents int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.looked[o] += agents; c.looked[o] == 0 {
		delete(c.looked, o)
	}
}

func (c *centre) Passed(_ string, failed bool) { c.passed <- failed }

// outcomes are those since they were asked for last.
func (c *centre) outcomes() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer clear(c.looked)
	return strings.TrimPrefix(fmt.Sprint(c.looked), "map")
}

// look has the Seeder look once more, and tells how that went.
func (c *centre) look() source.SeedStatus {
	c.t.Helper()
	c.Seed()
	<-c.passed
	return *c.Status().Seed
}
