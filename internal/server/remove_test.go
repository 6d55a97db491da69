package server_test

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rollcall"
	"rollcall/internal/access"
	"rollcall/internal/journal"
)

const (
	instancePath = "/v1/instances/{instanceId}"
	agentPath    = "/v1/instances/{instanceId}/agents/{agentId}"
	agentsPath   = "/v1/instances/{instanceId}/agents"
	supportPath  = "/v1/instances/support"
)

// logout is an agent's last event.
func logout(agent string) string {
	return strings.NewReplacer(`"LOGIN"`, `"LOGOUT"`, "login-", "logout-", "09:00:00.000Z\",\"Version", "09:30:00.000Z\",\"Version",
		`"Available"`, `"Offline"`).Replace(login(agent))
}

func TestRemove_AgentsAndInstances(t *testing.T) {
	d := newDescribed(t)
	put := func(events ...string) {
		t.Helper()
		d.ask(http.MethodPost, "/v1/events", "/v1/events", url.Values{"wait": {"visible"}}, strings.Join(events, "\n"), 200)
	}
	remaining := func(want string) {
		t.Helper()
		var names []string
		page := d.ask(http.MethodGet, agentsPath, supportPath+"/agents", url.Values{"include-offline": {"true"}}, "", 200)
		for _, a := range page["agents"].([]any) {
			names = append(names, a.(map[string]any)["id"].(string))
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%q are left, want %q", got, want)
		}
	}
	put(login("ann"), login("bob"), login("cay"), logout("cay"))
	remaining("ann bob cay")

	d.ask(http.MethodDelete, agentPath, supportPath+"/agents/nobody", nil, "", 404)
	d.ask(http.MethodDelete, agentPath, "/v1/instances/nowhere/agents/ann", nil, "", 404)
	d.ask(http.MethodDelete, agentPath, supportPath+"/agents/ann", url.Values{"force": {"maybe"}}, "", 400)
	refused := d.ask(http.MethodDelete, agentPath, supportPath+"/agents/ann", nil, "", 400)
	if message := refused["error"].(map[string]any)["message"].(string); !strings.Contains(message, `agent "ann" is on the floor (Available)`) {
		t.Errorf("an agent on the floor: %s", message)
	}
	remaining("ann bob cay")
	d.ask(http.MethodDelete, agentPath, supportPath+"/agents/cay", nil, "", 200)
	remaining("ann bob")
	d.ask(http.MethodDelete, agentPath, supportPath+"/agents/"+url.PathEscape(support+"/agent/ann"), url.Values{"force": {"true"}}, "", 200)
	remaining("bob")

	// Who is forgotten may come again.
	put(strings.ReplaceAll(login("ann"), "2026-03-02T09", "2026-03-02T10"))
	remaining("bob ann")

	d.ask(http.MethodDelete, instancePath, "/v1/instances/nowhere", nil, "", 404)
	d.ask(http.MethodDelete, instancePath, supportPath, nil, "", 200)
	d.ask(http.MethodGet, agentsPath, supportPath+"/agents", nil, "", 404)
	put(login("dan"))
	remaining("dan")
}

func TestRemove_NeedsItsOwnPermission(t *testing.T) {
	c := settings()
	c.KeysFile = filepath.Join(t.TempDir(), "keys.yaml")
	reader := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["rollcall:ReadAgents","rollcall:PutEvents","connect:*"],"Resource":"*"}]}`
	key, err := access.CreateKey(c.KeysFile, access.New{Name: "reader", Policy: []byte(reader), CreatedAt: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	s := run(t, c)
	s.put(login("ann"))
	s.key = key
	for _, path := range []string{supportPath, supportPath + "/agents/ann"} {
		got := s.send(http.MethodDelete, path, "", nil)
		if got.status != http.StatusForbidden || !strings.Contains(got.body, "rollcall:RemoveAgents") {
			t.Errorf("DELETE %s: %s", path, got)
		}
	}
}

func TestRead_WaitsForThePositionDemanded(t *testing.T) {
	log := newSlowLog()
	s := run(t, settingsWith(log))
	got := s.post("/v1/events", login("ann"))
	if got.status != http.StatusOK {
		t.Fatalf("put: %s", got)
	}
	<-log.appending
	_, position, _ := strings.Cut(got.body, `"position":"`)
	position, _, _ = strings.Cut(position, `"`)
	answered := s.sendInBackground(http.MethodPost, questions, aboutAnn, http.Header{"X-Rollcall-Min-Position": {position}})
	close(log.follow)
	if got := <-answered; got.status != http.StatusOK || !strings.Contains(got.body, `"Id":"ann"`) {
		t.Errorf("a question with the position of a write: %s", got)
	}
	if got := s.send(http.MethodPost, questions+"?min-position="+position, aboutAnn, nil); got.status != http.StatusOK {
		t.Errorf("the same in the query: %s", got)
	}
	if got := s.send(http.MethodGet, supportPath+"/agents?min-position="+position, "", nil); got.status != http.StatusOK {
		t.Errorf("the same of /v1: %s", got)
	}
	at, err := rollcall.ParsePosition(position)
	if err != nil {
		t.Fatal(err)
	}
	ahead, foreign := at, at
	ahead.Pack++
	foreign.Epoch++
	for _, c := range []struct {
		position string
		status   int
		says     string
	}{
		{ahead.String(), http.StatusServiceUnavailable, "has not seen position " + ahead.String()},
		{foreign.String(), http.StatusBadRequest, "is not of this journal"},
		{"yesterday", http.StatusBadRequest, "EPOCH-PACK-EVENT"},
	} {
		for _, path := range []string{questions, supportPath + "/agents"} {
			if path != questions && c.status == http.StatusServiceUnavailable {
				continue // each takes its time
			}
			method, body := http.MethodPost, aboutAnn
			if path != questions {
				method, body = http.MethodGet, ""
			}
			got := s.send(method, path, body, http.Header{"X-Rollcall-Min-Position": {c.position}})
			if got.status != c.status || !strings.Contains(got.body, c.says) {
				t.Errorf("%s from %s: %s; want %d with %q", path, c.position, got, c.status, c.says)
			}
		}
	}
}

// remoteLog is a journal that is kept elsewhere.
type remoteLog struct {
	*slowLog
	contactAt func() time.Time
}

func (l remoteLog) Contact() (at time.Time, trouble error) {
	return l.contactAt(), errors.New("nobody leads")
}

func (remoteLog) Strays() (first []journal.Stray, count uint64) { return nil, 0 }

func TestCutOff_IsSaidAndAnswersCarryTheirAge(t *testing.T) {
	var age time.Duration
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	log := remoteLog{newSlowLog(), func() time.Time { return now.Add(-age) }}
	close(log.follow)
	c := settingsWith(log)
	c.Now, c.MaxAge = func() time.Time { return now }, time.Minute
	s := run(t, c)
	s.put(login("ann"))
	s.awaitReady()
	admin := s.admin()
	for _, at := range []struct {
		age    time.Duration
		header string
		status int
		ready  string
	}{
		{0, "", http.StatusOK, "ready"},
		{4 * time.Second, "", http.StatusOK, "ready"},
		{42 * time.Second, "42", http.StatusOK, "cut off from the journal for 42s"},
		{2 * time.Minute, "120", http.StatusServiceUnavailable, "cut off from the journal for 2m0s"},
		{0, "", http.StatusOK, "ready"},
	} {
		age = at.age
		for _, path := range []string{questions, supportPath + "/agents"} {
			method, body := http.MethodPost, aboutAnn
			if path != questions {
				method, body = http.MethodGet, ""
			}
			got := s.send(method, path, body, nil)
			if got.status != at.status || got.header.Get("X-Rollcall-Age") != at.header {
				t.Errorf("after %s %s: %s, age %q; want %d, age %q", at.age, path, got, got.header.Get("X-Rollcall-Age"), at.status, at.header)
			}
		}
		if got := get(t, admin+"/readyz"); !strings.Contains(got.body, at.ready) {
			t.Errorf("after %s /readyz: %s, want %q", at.age, got, at.ready)
		}
	}
}

var _ journal.Remote = remoteLog{}

// send sends a signed request with these headers.
func (r *running) send(method, path, body string, header http.Header) reply {
	r.t.Helper()
	got := <-r.sendInBackground(method, path, body, header)
	if got.status == 0 {
		r.t.Fatal(got.body)
	}
	return got
}

// sendInBackground gives the answer when there is one; status 0 stands for none.
func (r *running) sendInBackground(method, path, body string, header http.Header) <-chan reply {
	answered := make(chan reply, 1)
	req, err := http.NewRequestWithContext(context.WithoutCancel(r.t.Context()), method, r.URL()+path, strings.NewReader(body))
	if err == nil {
		maps.Copy(req.Header, header)
		err = r.sign(req, body)
	}
	go func() {
		var got reply
		if err == nil {
			got, err = do(req)
		}
		if err != nil {
			got = reply{body: err.Error()}
		}
		answered <- got
	}()
	return answered
}
