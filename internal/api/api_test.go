package api_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall"
	"rollcall/internal/access"
	"rollcall/internal/api"
	"rollcall/internal/floor"
)

var (
	support   = rollcall.ARN{Partition: "aws", Region: "eu-west-1", Account: "123456789012", Instance: "support"}
	elsewhere = rollcall.ARN{Partition: "aws", Region: "us-east-1", Account: "210987654321", Instance: "elsewhere"}
)

// agent is an event of an agent who is Available and fed by the queues.
func agent(instance rollcall.ARN, id string, queues ...string) *rollcall.Event {
	at := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	profile := &rollcall.RoutingProfile{ID: "p"}
	for _, q := range queues {
		profile.InboundQueues = append(profile.InboundQueues, rollcall.Queue{ID: rollcall.QueueID(q)})
	}
	arn := instance.Child(rollcall.TypeAgent, id)
	return &rollcall.Event{
		Type: rollcall.EventStateChange, At: at, Agent: arn, AgentARN: arn.String(), Instance: instance,
		Snapshot: &rollcall.Snapshot{
			Status:        &rollcall.Status{ID: "1", Name: "Available", Type: rollcall.StatusRoutable, StartedAt: at},
			Configuration: &rollcall.Configuration{Username: id, RoutingProfile: profile},
		},
	}
}

// gate believes everybody and lets them do what it says.
type gate func(resource rollcall.ARN) bool

func (g gate) Knock(*http.Request) error                        { return nil }
func (g gate) Admit(*http.Request, []byte) (access.Pass, error) { return g, nil }
func (g gate) KeyID() string                                    { return "test" }

func (g gate) Allow(action string, instance rollcall.ARN, _ ...rollcall.ARN) error {
	if !g(instance) {
		return rollcall.Errorf(rollcall.CodeDenied, "may not %s on %s", action, instance)
	}
	return nil
}

func everything(rollcall.ARN) bool { return true }

// newAPI is the API over a floor with an agent each in two accounts, and one
// whose queue is called as another agent is.
func newAPI(g gate) http.Handler {
	floors := floor.New(floor.Options{})
	for i, e := range []*rollcall.Event{
		agent(support, "ann", "q1", "q2"), agent(support, "bob", "q2"), agent(support, "cay", "ann"), agent(elsewhere, "dan", "q1"),
	} {
		floors.Apply([]rollcall.Record{{Position: rollcall.Position{Epoch: 7, Pack: uint64(i) + 1}, Event: e}})
	}
	return api.New(api.Options{Floors: floors, Gate: g})
}

func get(h http.Handler, target string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, http.NoBody))
	return w
}

// names are those of the agents in an answer.
func names(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	var answer struct {
		Agents []struct {
			Name string `json:"name"`
		} `json:"agents"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != http.StatusOK {
		t.Fatalf("status %d, %v: %s", w.Code, err, w.Body)
	}
	var list []string
	for _, a := range answer.Agents {
		list = append(list, a.Name)
	}
	return strings.Join(list, " ")
}

// message is that of an error.
func message(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	var answer struct {
		Error struct {
			Message   string `json:"message"`
			RequestID string `json:"requestId"`
		} `json:"error"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || answer.Error.RequestID == "" {
		t.Fatalf("status %d, %v: %s", w.Code, err, w.Body)
	}
	return answer.Error.Message
}

func TestAgents_SelectsByIDsAndARNs(t *testing.T) {
	h := newAPI(everything)
	for query, want := range map[string]string{
		"":                                   "ann bob cay",
		"queue=q1":                           "ann",
		"queue=q1&queue=ann":                 "ann cay",
		"queue=q1,ann":                       "ann cay",
		"agent=bob&queue=q2":                 "bob",
		"routing-profile=p&agent=nobody":     "",
		"limit=2&cursor=0":                   "bob cay",
		"X-Amz-Algorithm=x&X-Amz-Date=y":     "ann bob cay", // a presigned URL's
		"agent=" + arn("agent", "ann"):       "ann",
		"queue=" + arn("queue", "q2"):        "ann bob",
		"queue=" + arn("queue/agent", "ann"): "", // ann's own queue, not the one called ann
	} {
		if got := names(t, get(h, "/v1/instances/support/agents?"+query)); got != want {
			t.Errorf("?%s gives %q, want %q", query, got, want)
		}
	}
}

func arn(kind, id string) string { return support.Child(kind, id).String() }

func TestAgents_NamesEveryFault(t *testing.T) {
	h := newAPI(everything)
	for query, want := range map[string]string{
		"limit=0":                     `limit: "0": want a number from 1 to 1000`,
		"limit=1&limit=2":             "limit: is given 2 times, expected once",
		"cursor=x&limit=no":           `cursor: "x": want nextCursor of an earlier answer; limit: "no": want a number from 1 to 1000`,
		"colour=red":                  "colour: is no parameter: there are agent, contact-state, cursor, hierarchy-group, include-offline, limit, min-position, queue, routing-profile",
		"queue=":                      `queue: "": want an id (1 to 256 printable characters without "/") or an ARN`,
		"agent=" + arn("queue", "q1"): `agent: "` + arn("queue", "q1") + `": it is of type "queue", not "agent"`,
		"queue=" + elsewhere.Child("queue", "q1").String(): `queue: "` + elsewhere.Child("queue", "q1").String()[:64] + `…": it isn't of this instance, but of elsewhere in account 210987654321, us-east-1`,
		"contact-state=BUSY":                                   `contact-state: "BUSY" is no contact state; CONNECTED is one`,
		"agent=" + strings.Repeat("a,", 100) + "a":             "agent: has 101 values, at most 100 are allowed",
		"include-offline=perhaps&include-offline=true&limit=x": `include-offline: is given 2 times, expected once; limit: "x": want a number from 1 to 1000`,
	} {
		w := get(h, "/v1/instances/support/agents?"+query)
		if got := message(t, w); w.Code != http.StatusBadRequest || got != want {
			t.Errorf("?%s\n got %d %s\nwant 400 %s", query, w.Code, got, want)
		}
	}
}

// A path that isn't clean is unknown like any other, and not redirected: the
// signature would not hold there.
func TestNew_RedirectsNobody(t *testing.T) {
	h := newAPI(everything)
	for _, path := range []string{
		"/v1//instances", "/v1/instances/", "/v1/instances//agents", "/v1/instances/support/../support/agents", "/v1/./instances", "/v1/nowhere",
	} {
		w := get(h, path)
		if got, want := message(t, w), "there is no path "+path; w.Code != http.StatusNotFound || got != want {
			t.Errorf("%d %s, want 404 %s", w.Code, got, want)
		}
	}
}

func TestAgents_InstanceByIDOrARN(t *testing.T) {
	h := newAPI(everything)
	for _, c := range []struct {
		name   string
		status int
	}{
		{"support", http.StatusOK},
		{"arn%3Aaws%3Aconnect%3Aeu-west-1%3A123456789012%3Ainstance%2Fsupport", http.StatusOK},
		{"arn%3Aaws%3Aconnect%3Aeu-west-1%3A000000000000%3Ainstance%2Fsupport", http.StatusNotFound},
		{"nowhere", http.StatusNotFound},
		{"..%2F..", http.StatusBadRequest},
		{"arn%3Aaws%3As3%3A%3A%3Abucket", http.StatusBadRequest},
	} {
		if w := get(h, "/v1/instances/"+c.name+"/agents"); w.Code != c.status {
			t.Errorf("%s: %d %s, want %d", c.name, w.Code, w.Body, c.status)
		}
	}
}

// Whoever may not ask about an instance gets the same answer whether it is here
// or not.
func TestAgents_DoesNotTellWhichInstancesAreHere(t *testing.T) {
	for name, allowed := range map[string]gate{
		"nothing":           func(rollcall.ARN) bool { return false },
		"the other account": func(r rollcall.ARN) bool { return r.Account == elsewhere.Account },
	} {
		h := newAPI(allowed)
		here, gone := get(h, "/v1/instances/support/agents"), get(h, "/v1/instances/nowhere/agents")
		told := strings.ReplaceAll(message(t, here), "instance/support", "instance/nowhere")
		if diff := cmp.Diff(message(t, gone), told); diff != "" || here.Code != http.StatusForbidden || gone.Code != http.StatusForbidden {
			t.Errorf("a key for %s: %d here, %d not here (-not here +here):\n%s", name, here.Code, gone.Code, diff)
		}
	}
}

func TestInstances_ListsWhatTheKeyMayRead(t *testing.T) {
	for _, c := range []struct {
		allowed gate
		want    string
	}{
		{
			func(r rollcall.ARN) bool { return r == support },
			`{"instances":[{"id":"support","arn":"arn:aws:connect:eu-west-1:123456789012:instance/support","agents":3,"online":3,"contacts":0}]}`,
		},
		{func(rollcall.ARN) bool { return false }, `{"instances":[]}`},
	} {
		w := get(newAPI(c.allowed), "/v1/instances")
		if diff := cmp.Diff(c.want, string(bytes.TrimSpace(w.Body.Bytes()))); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}
