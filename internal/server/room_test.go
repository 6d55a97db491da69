package server_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"rollcall/internal/server"
)

// fat is an event of an agent with so many contacts and a profile of so many
// queues, none of which any other event has.
func fat(agent string, n, contacts, queues int) string {
	contact := func(i int) string {
		return fmt.Sprintf(`{"ContactId":"%s-%d-%d-%s","State":"CONNECTED"}`, agent, n, i, strings.Repeat("x", 40))
	}
	queue := func(i int) string {
		return fmt.Sprintf(`{"ARN":"%s/queue/%s-%d-%d","Name":"queue %[2]s %d %d"}`, support, agent, n, i)
	}
	list := func(count int, item func(int) string) string {
		items := make([]string, count)
		for i := range items {
			items[i] = item(i)
		}
		return "[" + strings.Join(items, ",") + "]"
	}
	return fmt.Sprintf(`{"AgentARN":"%s/agent/%s","EventId":"%[2]s-%d","EventType":"STATE_CHANGE","EventTimestamp":"2026-03-02T09:%02d:%02d.000Z",`+
		`"CurrentAgentSnapshot":{"AgentStatus":{"ARN":"%[1]s/agent-state/a","Name":"Available","StartTimestamp":"2026-03-02T09:00:00.000Z"},`+
		`"Configuration":{"RoutingProfile":{"ARN":"%[1]s/routing-profile/%[2]s-%[3]d","InboundQueues":%[6]s}},"Contacts":%[7]s}}`,
		support, agent, n, n/60, n%60, list(queues, queue), list(contacts, contact))
}

// together sends all at the same time, and counts who was taken.
func together(s *running, bodies []string) (taken int64, others []reply) {
	var all sync.WaitGroup
	var mu sync.Mutex
	var n atomic.Int64
	for _, body := range bodies {
		all.Go(func() {
			got, err := s.tryPost("/v1/events?wait=visible", body)
			if err == nil && got.status == http.StatusOK {
				n.Add(1)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			others = append(others, got)
		})
	}
	all.Wait()
	return n.Load(), others
}

func TestRoom_IsNotTakenTwiceByRequestsAtTheSameTime(t *testing.T) {
	bodies := func(one func(i int) string) (all []string) {
		for i := range 40 {
			all = append(all, one(i))
		}
		return all
	}
	for _, c := range []struct {
		name   string
		change func(*server.Config)
		bodies []string
		over   func(s *running) bool
	}{
		{
			"instances", func(c *server.Config) { c.MaxInstances = 10 },
			bodies(func(i int) string {
				return strings.ReplaceAll(login("ann"), "instance/support", fmt.Sprintf("instance/support-%d", i)) +
					strings.ReplaceAll(login("ann"), "instance/support", fmt.Sprintf("instance/sales-%d", i))
			}),
			func(s *running) bool { return s.Counts().Instances > 10 },
		},
		{
			"agents", func(c *server.Config) { c.MaxAgents = 50 },
			bodies(func(i int) string {
				return login(fmt.Sprint("ann", i)) + login(fmt.Sprint("bob", i)) + login(fmt.Sprint("cay", i))
			}),
			func(s *running) bool { return s.Counts().Agents > 50 },
		},
		{
			"bytes", func(c *server.Config) { c.MaxFloorBytes, c.MaxInstanceShare = 1<<20, 100 },
			bodies(func(i int) string { return fat(fmt.Sprint("ann", i), 1, 100, 50) }),
			func(s *running) bool { return s.Counts().Bytes > 1<<20 },
		},
		{
			"bytes of an instance", func(c *server.Config) { c.MaxFloorBytes, c.MaxInstanceShare = 10<<20, 10 },
			bodies(func(i int) string { return fat(fmt.Sprint("ann", i), 1, 100, 50) }),
			func(s *running) bool { return s.Counts().Bytes > 1<<20 },
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := settings()
			c.change(&config)
			s := run(t, config)
			taken, refused := together(s, c.bodies)
			if c.over(s) || taken == 0 || len(refused) == 0 {
				t.Errorf("%d requests were taken, %d refused: %+v", taken, len(refused), s.Counts())
			}
			for _, r := range refused {
				if r.status != http.StatusBadRequest && r.status != http.StatusServiceUnavailable {
					t.Errorf("refused with %s", r)
				}
			}
			// Nothing stays claimed: all the room that is left can be taken.
			if left := config.MaxAgents - s.Counts().Agents; c.name == "agents" && left > 0 {
				var rest []string
				for i := range left {
					rest = append(rest, login(fmt.Sprint("dan", i)))
				}
				s.put(rest...)
			}
		})
	}
}

// The attack: ever new agents, each as fat as documents allow. It ends at the
// budget, and who is on the floor goes on.
func TestRoom_FatAgentsEndAtTheBudget(t *testing.T) {
	c := settings()
	c.MaxFloorBytes, c.MaxInstanceShare = 4<<20, 50
	s := run(t, c)
	s.put(fat("ann", 0, 1, 10))
	var got reply
	for i := 0; ; i++ {
		if got = s.post("/v1/events?wait=visible", fat(fmt.Sprint("eve", i), 1, 100, 0)); got.status != http.StatusOK {
			break
		}
		if i == 1000 {
			t.Fatal("a thousand fat agents were taken")
		}
	}
	bytes := s.Counts().Bytes
	if got.status != http.StatusBadRequest || !strings.Contains(got.body, "(--max-instance-share, --max-floor-bytes)") || bytes > 2<<20 || bytes < 1<<20 {
		t.Errorf("at %d bytes: %s", bytes, got)
	}
	s.put(fat("ann", 1, 3, 10))
	other := strings.ReplaceAll(login("zoe"), "instance/support", "instance/sales")
	s.put(other)
}

// The attack: one agent with ever new profiles. What is remembered of them is
// bounded.
func TestRoom_OneAgentWithNewProfilesTakesNoMore(t *testing.T) {
	c := settings()
	c.MaxFloorBytes = 4 << 20
	s := run(t, c)
	for n := range 60 {
		s.put(fat("eve", n, 10, 100))
		if is := s.Counts().Bytes; is > 3<<19 {
			t.Fatalf("profile %d: %d bytes", n, is)
		}
	}
}

// Whoever is refused learns the limits and nothing about others.
func TestRoom_TellsNothingAboutOthers(t *testing.T) {
	c := settings()
	c.MaxInstances, c.MaxAgents = 4, 7
	s := run(t, c)
	for i := range 3 {
		s.put(strings.ReplaceAll(login("ann")+login("bob"), "instance/support", fmt.Sprintf("instance/tenant-%d", i)))
	}
	got := s.post("/v1/events", login("ann")+login("bob"))
	if got.status != http.StatusBadRequest || strings.Contains(got.body[:strings.Index(got.body, `"requestId"`)], "6") || !strings.Contains(got.body, "no more than 7") {
		t.Errorf("two agents too many: %s", got)
	}
}

func TestStart_OverBudgetSaysSoAndServes(t *testing.T) {
	c := settings()
	c.Ephemeral, c.DataDir = false, t.TempDir()
	s := run(t, c)
	for i := range 60 {
		s.put(fat(fmt.Sprint("eve", i), 1, 100, 0))
	}
	if err := s.end(); err != nil {
		t.Fatal(err)
	}
	c.MaxFloorBytes = 1 << 20
	s = run(t, c)
	said := s.log.find("the floor takes more memory than its budget (--max-floor-bytes): nothing new is taken in until it takes less")
	if said == nil || !strings.Contains(said["way_out"].(string), "rollcall instances list|remove --data-dir "+c.DataDir) {
		t.Errorf("said: %v", said)
	}
	if got := s.post("/v1/events", login("zoe")); got.status != http.StatusBadRequest {
		t.Errorf("a new agent: %s", got)
	}
	if err := s.end(); err != nil {
		t.Fatal(err)
	}
	c.MemoryLimit = 1 << 20
	refused := open(t, c)
	refused.start()
	if err := refused.await(); err == nil || !strings.Contains(err.Error(), "rollcall agents forget --data-dir") {
		t.Errorf("with memory for less: %v", err)
	}
}
