package v1_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"rollcall"
	"rollcall/internal/access"
	"rollcall/internal/floor"
	v1 "rollcall/internal/v1"
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

func (g gate) Knock(*http.Request) (string, error)              { return "", nil }
func (g gate) Admit(*http.Request, []byte) (access.Pass, error) { return g, nil }
func (g gate) KeyID() string                                    { return "test" }
func (g gate) Unlimited() bool                                  { return false }

func (g gate) Allow(action string, instance rollcall.ARN, _ ...rollcall.ARN) error {
	if !g(instance) {
		return rollcall.Errorf(rollcall.CodeDenied, "may not %s on %s", action, instance)
	}
	return nil
}

func everything(rollcall.ARN) bool { return true }

// newAPI is the API over a floor with an agent each in two accounts, and one
// whose queue is called as another agent is.
func newAPI(g gate) http.Handler { return newAPIOf(g, 7) }

func newAPIOf(g gate, epoch rollcall.Epoch) http.Handler {
	floors := floor.New(floor.Options{})
	for i, e := range []*rollcall.Event{
		agent(support, "ann", "q1", "q2"), agent(support, "bob", "q2"), agent(support, "cay", "ann"), agent(support, "eve,ii", "q,3"), agent(elsewhere, "dan", "q1"),
	} {
		floors.Apply([]rollcall.Record{{Position: rollcall.Position{Epoch: epoch, Pack: uint64(i) + 1}, Event: e}})
	}
	return v1.New(v1.Options{Floors: floors, Gate: g, Secrets: [][]byte{[]byte("a secret of all tests")}})
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

// walk gives the names of all pages, and the cursor behind the first.
func walk(t *testing.T, h http.Handler, query string) (all []string, cursor string) {
	t.Helper()
	for at := ""; ; {
		w := get(h, "/v1/instances/support/agents?"+query+at)
		all = append(all, names(t, w))
		var answer struct {
			NextCursor string `json:"nextCursor"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
			t.Fatal(err)
		}
		if answer.NextCursor == "" {
			return all, cursor
		}
		cursor = cmp.Or(cursor, answer.NextCursor)
		at = "&cursor=" + answer.NextCursor
	}
}

// A cursor goes on where the page ended, for the question it was given for and
// in the journal's life it was given in, and never somewhere else in silence.
func TestAgents_ACursorIsForItsQuestion(t *testing.T) {
	h := newAPI(everything)
	pages, cursor := walk(t, h, "limit=1&queue=q2&queue=q1")
	if diff := gocmp.Diff([]string{"ann", "bob"}, pages); diff != "" {
		t.Errorf("pages (-want +got):\n%s", diff)
	}
	if pages, _ := walk(t, h, "limit=3"); !slices.Equal(pages, []string{"ann bob cay", "eve,ii"}) {
		t.Errorf("pages of three: %q", pages)
	}
	if got := names(t, get(h, "/v1/instances/support/agents?limit=9&queue=q1&queue=q2&queue=q2&cursor="+cursor)); got != "bob" {
		t.Errorf("the same question in other words, and a longer page: %q", got)
	}
	other := "cursor: %q is no nextCursor of this instance and these filters: repeat both as they were, or leave cursor out to begin anew"
	for name, c := range map[string]struct{ path, cursor, want string }{
		"another filter":   {"support/agents?queue=q2", cursor, other},
		"another instance": {"elsewhere/agents?queue=q1", cursor, other},
		"offline, too":     {"support/agents?queue=q1&queue=q2&include-offline=true", cursor, other},
		"another place":    {"support/agents?queue=q1&queue=q2", "A" + cursor[:len(cursor)-1], other},
	} {
		w := get(h, "/v1/instances/"+c.path+"&cursor="+c.cursor)
		if got, want := message(t, w), fmt.Sprintf(c.want, rollcall.Shorten(c.cursor)); w.Code != http.StatusBadRequest || got != want {
			t.Errorf("%s:\n got %d %s\nwant 400 %s", name, w.Code, got, want)
		}
	}
	later := get(newAPIOf(everything, 8), "/v1/instances/support/agents?queue=q1&queue=q2&cursor="+cursor)
	if got := message(t, later); later.Code != http.StatusBadRequest || !strings.Contains(got, "of an earlier life of this journal, whose epoch is 0000000000000008") || !strings.Contains(got, "Leave cursor out") {
		t.Errorf("after an import: %d %s", later.Code, got)
	}
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
		"":                                   "ann bob cay eve,ii",
		"queue=q1":                           "ann",
		"queue=q1&queue=ann":                 "ann cay",
		"queue=q,3&queue=q1":                 "ann eve,ii",
		"agent=eve%2Cii":                     "eve,ii",
		"agent=bob&queue=q2":                 "bob",
		"routing-profile=p&agent=nobody":     "",
		"X-Amz-Algorithm=x&X-Amz-Date=y":     "ann bob cay eve,ii", // a presigned URL's
		"agent=" + arn("agent", "ann"):       "ann",
		"queue=" + arn("queue", "q2"):        "ann bob",
		"queue=" + arn("queue/agent", "ann"): "", // ann's own queue, not the one called ann
		"queue=" + nobodys:                   "",
		"queue=q1&status=available":          "ann",
		"status-type=custom":                 "",
		"activity=available&name=AN":         "ann",
		"channel=voice":                      "",
		"sort=-name&limit=2":                 "eve,ii cay",
		"longer-than=1h&agent=bob":           "bob",
		"not-heard-for=900000h":              "",
	} {
		if got := names(t, get(h, "/v1/instances/support/agents?"+query)); got != want {
			t.Errorf("?%s gives %q, want %q", query, got, want)
		}
	}
}

// nobodys is an id like Amazon's, which nobody has.
const nobodys = "0e5b8a5e-1d1f-4b42-9a5e-2b1f6f3c9a11"

func arn(kind, id string) string { return support.Child(kind, id).String() }

func TestAgents_NamesEveryFault(t *testing.T) {
	h := newAPI(everything)
	for query, want := range map[string]string{
		"limit=0":                     `limit: "0": want a number from 1 to 1000`,
		"limit=1&limit=2":             "limit: is given 2 times, expected once",
		"cursor=x":                    `cursor: "x" is no nextCursor of this instance and these filters: repeat both as they were, or leave cursor out to begin anew`,
		"cursor=&limit=no":            `cursor: is empty: leave it out for the first page; limit: "no": want a number from 1 to 1000`,
		"contact-state=MISSED,ENDED":  `contact-state: "MISSED,ENDED" is no contact state; there are INCOMING, PENDING, CONNECTING, CONNECTED, CONNECTED_ONHOLD, MISSED, ERROR, ENDED, REJECTED, PAUSED`,
		"colour=red":                  "colour: is no parameter: there are activity, agent, channel, contact-state, cursor, hierarchy-group, include-offline, limit, longer-than, min-position, name, not-heard-for, queue, routing-profile, sort, status, status-type",
		"queue=":                      `queue: "": want an id (1 to 256 printable characters without "/") or an ARN`,
		"agent=" + arn("queue", "q1"): `agent: "` + arn("queue", "q1") + `": it is of type "queue", not "agent"`,
		"queue=" + elsewhere.Child("queue", "q1").String(): `queue: "` + elsewhere.Child("queue", "q1").String()[:64] + `…": it isn't of this instance, but of elsewhere in account 210987654321, us-east-1`,
		"queue=q1%2Cann":                `queue: "q1,ann" is not known here; the nearest are "ann", "q1", "q,3", "q2"`, // a comma is a part of it
		"status=Avail":                  `status: "Avail" is not known here; the nearest are "Available"`,
		"status-type=BUSY":              `status-type: "BUSY" is no status type; there are ROUTABLE, CUSTOM and OFFLINE`,
		"activity=On+contakt":           `activity: "On contakt" is not known here; the nearest are "On contact", "Incoming", "Custom", "Monitoring", "Offline"`,
		"sort=age":                      `sort: "age" is no key; there are activity, activitySince, heardAt, id, name, status, each with a minus before it to turn it round`,
		"longer-than=5":                 `longer-than: "5": want a duration above 0, such as 90s, 5m or 1h30m`,
		"name=":                         `name: has 0 bytes, want 1 to 256`,
		"contact-state=BUSY":            `contact-state: "BUSY" is no contact state; there are INCOMING, PENDING, CONNECTING, CONNECTED, CONNECTED_ONHOLD, MISSED, ERROR, ENDED, REJECTED, PAUSED`,
		strings.Repeat("agent=a&", 101): "agent: has 101 values, at most 100 are allowed",
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
		if diff := gocmp.Diff(message(t, gone), told); diff != "" || here.Code != http.StatusForbidden || gone.Code != http.StatusForbidden {
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
			`{"instances":[{"id":"support","arn":"arn:aws:connect:eu-west-1:123456789012:instance/support","agents":4,"online":4,"contacts":0,"feedAt":"2026-03-02T12:00:00.000Z"}]}`,
		},
		{func(rollcall.ARN) bool { return false }, `{"instances":[]}`},
	} {
		w := get(newAPI(c.allowed), "/v1/instances")
		if diff := gocmp.Diff(c.want, string(bytes.TrimSpace(w.Body.Bytes()))); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}
