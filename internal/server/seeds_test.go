package server_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"rollcall/connectclient"
	"rollcall/internal/server"
	"rollcall/internal/simulate"
	seeding "rollcall/internal/source/connect"
)

// seedingFrom has a server seed the tests' instance from where Amazon Connect is
// said to be, at any pace.
func seedingFrom(endpoint, instance string) []seeding.Options {
	arn, err := seeding.ParseInstance(instance)
	if err != nil {
		panic(err)
	}
	return []seeding.Options{{Instance: arn, Pace: seeding.NewPace(0), Client: connectclient.Config{
		EndpointURL: endpoint, Region: "us-east-1", Credentials: credentials.NewStaticCredentialsProvider(ownKey.ID, ownKey.Secret, ""),
		Backoff: func(int) time.Duration { return 0 },
	}}}
}

// worker is an agent's first event, with a routing profile.
func worker(agent string) string {
	return strings.Replace(login(agent), `"Configuration":{`, `"Configuration":{"RoutingProfile":{"ARN":"`+support+`/routing-profile/p","Name":"Profile"},`, 1)
}

// seededStatus is what a server tells of its looks.
type seededStatus struct {
	Sources []struct {
		Source, State, Trouble string
		Seed                   struct {
			Pass, Agents, New, Agreed, Disagreed, Outdated, Left int
			EndedAt                                              string
			Failed                                               bool
		}
	}
}

// awaitLook waits until a look is over, and tells how it went.
func (r *running) awaitLook(pass int) seededStatus {
	r.t.Helper()
	for end := time.Now().Add(2 * time.Minute); ; {
		answer := r.send(http.MethodGet, "/v1/sources/seed", "", nil)
		var is seededStatus
		if err := json.Unmarshal([]byte(answer.body), &is); err != nil || answer.status != http.StatusOK || len(is.Sources) != 1 {
			r.t.Fatalf("/v1/sources/seed: %s, %v", answer, err)
		}
		if seed := is.Sources[0].Seed; seed.Pass > pass || seed.Pass == pass && seed.EndedAt != "" {
			return is
		}
		if time.Now().After(end) {
			r.t.Fatalf("look %d is not over: %s", pass, answer)
		}
	}
}

// A rollcall is an Amazon Connect, too: a server that is seeded from another one
// answers as that does, also after a restart, and what comes of a stream confirms it.
func TestSeeds_MakeTheFloorOfAnotherServer(t *testing.T) {
	now := time.Now()
	centre := simulate.New(simulate.Config{Agents: 80, Seed: 5, Start: now.Add(-time.Hour), Duration: 59 * time.Minute})
	var events bytes.Buffer
	var instance string
	for e, more := centre.Next(); more; e, more = centre.Next() {
		events.Write(append(e.AppendJSON(nil), '\n'))
	}
	_, instance, _ = strings.Cut(events.String(), `"InstanceARN":"`)
	instance, _, _ = strings.Cut(instance, `"`)
	a := run(t, settings())
	for lines := events.Bytes(); len(lines) > 0; {
		n := min(len(lines), 4<<20)
		n = bytes.LastIndexByte(lines[:n], '\n') + 1
		a.put(string(lines[:n]))
		lines = lines[n:]
	}
	c := onDisk(t)
	c.Seeds = seedingFrom(a.URL(), instance)
	b := run(t, c)
	if is := b.awaitLook(1).Sources[0]; is.Seed.Failed || is.Trouble != "" || is.Seed.New == 0 || is.Seed.New != is.Seed.Agents {
		t.Fatalf("the first look: %+v", is)
	}
	id := instance[strings.LastIndexByte(instance, '/')+1:]
	profiles := a.send(http.MethodGet, "/routing-profiles-summary/"+id, "", nil).body
	var listed struct{ RoutingProfileSummaryList []struct{ ID string } }
	if err := json.Unmarshal([]byte(profiles), &listed); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, p := range listed.RoutingProfileSummaryList {
		ids = append(ids, fmt.Sprintf("%q", p.ID))
	}
	question := `{"Filters":{"RoutingProfiles":[` + strings.Join(ids, ",") + `]}}`
	want := a.post("/metrics/userdata/"+id, question)
	if got := b.post("/metrics/userdata/"+id, question); got.status != http.StatusOK || got.body != want.body {
		t.Errorf("the seeded server answers\n%s\nand the other one\n%s", got, want)
	}
	marked := func() int {
		return strings.Count(b.send(http.MethodGet, "/v1/instances/"+id+"/agents?limit=1000", "", nil).body, `"seeded":true`)
	}
	before := marked()
	if is := b.awaitLook(1).Sources[0]; before != is.Seed.New {
		t.Errorf("%d rows are marked, of %d that were seeded", before, is.Seed.New)
	}
	if body := b.send(http.MethodGet, "/v1/instances", "", nil).body; strings.Contains(body, "feedAt") || strings.Contains(body, "feedArrivedAt") {
		t.Errorf("nothing came of a stream, and instances have a feed: %s", body)
	}
	b.awaitMetrics(
		fmt.Sprintf(`rollcall_seed_agents_total{outcome="new",source="connect:%s"} %d`, instance, before),
		fmt.Sprintf(`rollcall_seed_looks_total{outcome="done",source="connect:%s"} 1`, instance),
	)
	if err := b.end(); err != nil {
		t.Fatal(err)
	}

	b = run(t, c)
	if is := b.awaitLook(1).Sources[0]; is.Seed.New != 0 || is.Seed.Agreed != before {
		t.Errorf("after a restart the first look: %+v", is)
	}
	if got := b.post("/metrics/userdata/"+id, question); got.body != want.body || marked() != before {
		t.Errorf("after a restart %d rows are marked, and the server answers\n%s", marked(), got)
	}
	_, agent, _ := strings.Cut(want.body, "/agent/")
	agent, _, _ = strings.Cut(agent, `"`)
	b.put(fmt.Sprintf(`{"AgentARN":"%s/agent/%s","EventType":"HEART_BEAT","EventTimestamp":%q,"CurrentAgentSnapshot":{"AgentStatus":{"Name":"Available"}}}`,
		instance, agent, time.Now().UTC().Format(time.RFC3339Nano)))
	if got := marked(); got != before-1 {
		t.Errorf("after an event of a stream %d rows are marked, want %d", got, before-1)
	}
}

func TestSeeds_AreWantedByWhoMaySeed(t *testing.T) {
	a := run(t, settings())
	a.put(worker("ann"))
	d := newDescribed(t, func(c *server.Config) { c.Seeds = seedingFrom(a.URL(), support) })
	const path = "/v1/sources/seed"
	number := func(of map[string]any) int {
		n, _ := strconv.Atoi(fmt.Sprint(of["pass"]))
		return n
	}
	pass := number(d.ask(http.MethodPost, path, path, nil, "", 200)["seeds"].([]any)[0].(map[string]any))
	for end, over := time.Now().Add(2*time.Minute), false; !over; {
		is := d.ask(http.MethodGet, path, path, nil, "", 200)["sources"].([]any)[0].(map[string]any)["seed"].(map[string]any)
		over = is["endedAt"] != nil && number(is) >= pass
		if time.Now().After(end) {
			t.Fatalf("look %d is not over: %v", pass, is)
		}
	}
	d.ask(http.MethodGet, "/v1/sources", "/v1/sources", nil, "", 200)
	rows := d.ask(http.MethodGet, "/v1/instances/{instanceId}/agents", "/v1/instances/support/agents", url.Values{"agent": {"ann"}}, "", 200)
	if got := fmt.Sprint(rows["agents"].([]any)[0].(map[string]any)["seeded"]); got != "true" {
		t.Errorf("the row's mark is %s", got)
	}

	none := newDescribed(t)
	none.ask(http.MethodPost, path, path, nil, "", 400)
	none.ask(http.MethodGet, path, path, nil, "", 200)

	s := runWithPolicy(t, `{'Effect':'Allow','Action':['rollcall:Read*','rollcall:PutEvents'],'Resource':'*'}`, worker("ann"))
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		if got := s.send(method, path, "", nil); got.status != http.StatusForbidden || !strings.Contains(got.body, "rollcall:SeedAgents") {
			t.Errorf("%s without the permission: %s", method, got)
		}
	}
}

// What hinders seeding makes no server unready, and is told of with what to do.
func TestSeeds_ThatFailAreToldOf(t *testing.T) {
	a := runWithPolicy(t, `{'Effect':'Allow','Action':'connect:List*','Resource':'*'}`, worker("ann"))
	c := settings()
	c.Seeds = seedingFrom(a.URL(), support)
	c.Seeds[0].Client.Credentials = credentials.NewStaticCredentialsProvider(a.key.ID, a.key.Secret, "")
	s := run(t, c)
	const want = "may not do connect:GetCurrentUserData; they need connect:ListRoutingProfiles and connect:GetCurrentUserData"
	if is := s.awaitLook(1).Sources[0]; !is.Seed.Failed || is.State != "failing" || !strings.Contains(is.Trouble, want) {
		t.Errorf("the first look: %+v", is)
	}
	if ready := get(t, s.admin()+"/readyz"); ready.status != http.StatusOK || !strings.Contains(ready.body, "but of connect:"+support+": the credentials "+want) {
		t.Errorf("/readyz: %s", ready)
	}
	s.log.await(t, "Amazon Connect can't be asked now; it is tried again")
}

// Seeds keep to the bounds of the floor, as events do.
func TestSeeds_NeedRoom(t *testing.T) {
	a := run(t, settings())
	a.put(worker("ann"), worker("bob"))
	c := settings()
	c.MaxAgents, c.Seeds = 1, seedingFrom(a.URL(), support)
	s := run(t, c)
	if is := s.awaitLook(1).Sources[0]; !is.Seed.Failed || !strings.Contains(is.Trouble, "--max-agents") || s.Counts().Agents != 0 {
		t.Errorf("the first look: %+v, with %d agents on the floor", is, s.Counts().Agents)
	}
}
