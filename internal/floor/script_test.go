package floor_test

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"rollcall"
	"rollcall/internal/floor"
)

// The scripts in testdata say what the floor makes of events. The verbs:
//
//	event HH:MM:SS TYPE AGENT [member…]   applies an event; its effect is the result
//	forget AGENT HH:MM:SS [member…]       applies the event that forgets an agent, judged on that newest event
//	remove HH:MM:SS [member…]             applies the event that removes an instance of that first event
//	overdue HH:MM:SS [limit=N]            lists who can be forgotten, heard of before then
//	select [member…]                      asks; "TOTAL: AGENT…", and "more", is the result
//	expect RESULT                         of the line before
//
// An event without members, or with no more than id, account and instance, has
// no snapshot; "snapshot" gives an empty one. Members of both verbs are below,
// in readEvent and readSelect.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) { runScript(t, name) })
	}
}

func runScript(t *testing.T, name string) {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := file.Close(); err != nil {
			t.Error(err)
		}
	})
	f, result := floor.New(floor.Options{}), ""
	lines := bufio.NewScanner(file)
	for n := 1; lines.Scan(); n++ {
		line, _, _ := strings.Cut(lines.Text(), "#")
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch verb {
		case "":
		case "event":
			result = effect(f, n, readEvent(t, strings.Fields(rest)))
		case "forget":
			agent, rest, _ := strings.Cut(rest, " ")
			at, members, _ := strings.Cut(rest, " ")
			row := &rollcall.Agent{ID: rollcall.AgentID(agent), EventAt: clock(at)}
			result = effect(f, n, rollcall.NewForgetting(readEvent(t, strings.Fields(at+" LOGOUT "+agent+" "+members)).Instance, row))
		case "remove":
			at, members, _ := strings.Cut(rest, " ")
			result = effect(f, n, rollcall.NewRemoval(readEvent(t, strings.Fields(at+" LOGOUT anybody "+members)).Instance, clock(at)))
		case "overdue":
			result = readOverdue(f, strings.Fields(rest))
		case "select":
			result = readSelect(t, f, strings.Fields(rest))
		case "expect":
			if want := strings.Join(strings.Fields(rest), " "); result != want {
				t.Errorf("%s:%d: got %q, want %q", name, n, result, want)
			}
		default:
			t.Fatalf("%s:%d: unknown verb %q", name, n, verb)
		}
	}
	for _, fl := range f.Instances() {
		if err := floor.CheckFloor(fl); err != nil {
			t.Error(err)
		}
	}
}

func effect(f *floor.Floors, line int, e *rollcall.Event) string {
	r := rollcall.Record{Position: rollcall.Position{Epoch: epoch, Pack: uint64(line)}, Event: e}
	return f.Apply([]rollcall.Record{r})[0].Effect.String()
}

func readOverdue(f *floor.Floors, words []string) string {
	limit := floor.NoLimit
	if len(words) > 1 {
		limit = number(strings.TrimPrefix(words[1], "limit="))
	}
	fl, _ := f.Floor("north")
	var list []string
	for _, e := range fl.Overdue(clock(words[0]), limit) {
		list = append(list, e.Agent.ID+"@"+e.At.Format(time.TimeOnly))
	}
	return strings.Join(list, " ")
}

func clock(s string) time.Time {
	at, err := time.Parse(time.TimeOnly, s)
	if err != nil {
		panic(err)
	}
	return midnight.Add(at.Sub(time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)))
}

func readEvent(t *testing.T, words []string) *rollcall.Event {
	t.Helper()
	e := &rollcall.Event{At: clock(words[0]), Type: rollcall.EventType(words[1])}
	instance, account := "north", "1"
	s, c := new(rollcall.Snapshot), new(rollcall.Configuration)
	for _, word := range words[3:] {
		key, value, _ := strings.Cut(word, "=")
		switch key {
		case "id":
			e.ID = rollcall.EventID(value)
			continue
		case "instance":
			instance = value
			continue
		case "account":
			account = value
			continue
		case "snapshot":
		case "status": // Name@HH:MM:SS
			name, at, _ := strings.Cut(value, "@")
			s.Status = &rollcall.Status{ARN: "agent-state/" + name, Name: name, Type: statusType(name), StartedAt: clock(at)}
		case "next":
			s.Next = &rollcall.NextStatus{Name: value}
		case "contact": // ID:CHANNEL:STATE@HH:MM:SS[:connected@HH:MM:SS]
			s.Contacts = append(s.Contacts, readContact(t, value))
		case "slots": // CHANNEL:AVAILABLE/MAXIMUM,…
			for _, slot := range strings.Split(value, ",") {
				channel, of, _ := strings.Cut(slot, ":")
				available, maximum, _ := strings.Cut(of, "/")
				s.Concurrency = append(s.Concurrency, rollcall.Concurrency{
					Channel: rollcall.Channel(channel), AvailableSlots: number(available), MaximumSlots: number(maximum),
				})
			}
		default:
			readConfiguration(t, c, key, value)
			s.Configuration = c
		}
		e.Snapshot = s
	}
	e.Instance = instanceARN(account, instance)
	e.Agent = e.Instance.Child(rollcall.TypeAgent, words[2])
	e.AgentARN = e.Agent.String()
	return e
}

func readConfiguration(t *testing.T, c *rollcall.Configuration, key, value string) {
	t.Helper()
	switch key {
	case "user":
		c.Username = value
	case "first":
		c.FirstName = value
	case "last":
		c.LastName = value
	case "profile": // ID:QUEUE,…
		id, queues, _ := strings.Cut(value, ":")
		c.RoutingProfile = &rollcall.RoutingProfile{ID: rollcall.RoutingProfileID(id)}
		for _, q := range strings.Split(queues, ",") {
			id, own := strings.CutPrefix(q, "own/")
			c.RoutingProfile.InboundQueues = append(c.RoutingProfile.InboundQueues, rollcall.Queue{ID: rollcall.QueueID(id), Agent: own})
		}
	case "groups": // LEVEL1/LEVEL2…; empty: a configuration that names none
		for i, g := range strings.Split(value, "/") {
			if g == "" {
				break
			}
			if c.Hierarchy == nil {
				c.Hierarchy = new(rollcall.HierarchyPath)
			}
			c.Hierarchy[i].ID = rollcall.HierarchyGroupID(g)
		}
	default:
		t.Fatalf("unknown member %q", key)
	}
}

func readContact(t *testing.T, value string) rollcall.Contact {
	t.Helper()
	part := strings.SplitN(value, ":", 3)
	state, rest, _ := strings.Cut(part[2], "@")
	c := rollcall.Contact{ID: rollcall.ContactID(part[0]), Channel: rollcall.Channel(part[1])}
	var ok bool
	if c.State, ok = rollcall.ParseContactState(state); !ok {
		t.Fatalf("unknown state in %q", value)
	}
	since, connected, _ := strings.Cut(rest, ":connected@")
	if c.StateStartedAt = clock(since); connected != "" {
		c.ConnectedToAgentAt = clock(connected)
	}
	return c
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(err)
	}
	return n
}

func readSelect(t *testing.T, f *floor.Floors, words []string) string {
	t.Helper()
	q, limit, show := new(rollcall.Query), floor.NoLimit, ""
	var after rollcall.Cursor
	instance := rollcall.InstanceID("north")
	for _, word := range words {
		key, value, _ := strings.Cut(word, "=")
		list := strings.Split(value, ",")
		switch key {
		case "queues":
			q.Queues = ids[rollcall.QueueID](list)
		case "profiles":
			q.RoutingProfiles = ids[rollcall.RoutingProfileID](list)
		case "agents":
			q.Agents = ids[rollcall.AgentID](list)
		case "groups":
			q.HierarchyGroups = ids[rollcall.HierarchyGroupID](list)
		case "states":
			for _, name := range list {
				state, _ := rollcall.ParseContactState(name)
				q.ContactStates.Add(state)
			}
		case "offline": // include who is
			q.IncludeOffline = true
		case "limit":
			limit = number(value)
		case "after": // the agent with this ordinal
			after = rollcall.Cursor{Ordinal: uint32(number(value)), Started: true}
		case "show": // the aspect of each agent that is printed in brackets
			show = value
		case "instance":
			instance = rollcall.InstanceID(value)
		default:
			t.Fatalf("unknown member %q", key)
		}
	}
	fl, ok := f.Floor(instance)
	if !ok {
		return "unknown instance"
	}
	page := fl.Select(q, after, limit)
	out := []string{strconv.Itoa(page.Total) + ":"}
	for _, a := range page.Agents {
		if show == "" {
			out = append(out, string(a.ID))
		} else {
			out = append(out, string(a.ID)+"["+aspect(t, a, show)+"]")
		}
	}
	if page.More {
		out = append(out, "more")
	}
	return strings.Join(out, " ")
}

func ids[K ~string](list []string) []K {
	keys := make([]K, len(list))
	for i, s := range list {
		keys[i] = K(s)
	}
	return keys
}

func aspect(t *testing.T, a *rollcall.Agent, name string) string {
	t.Helper()
	var parts []string
	switch name {
	case "status":
		if !a.Status.Known() {
			return "unknown"
		}
		parts = append(parts, a.Status.Name+"@"+a.Status.StartedAt.Format(time.TimeOnly))
		if a.Next != nil {
			parts = append(parts, "next "+a.Next.Name)
		}
	case "event":
		parts = append(parts, string(a.EventType)+"@"+a.EventAt.Format(time.TimeOnly))
	case "contacts":
		for _, c := range a.Contacts {
			part := string(c.ID) + ":" + c.State.String() + "@" + c.StateStartedAt.Format(time.TimeOnly)
			if !c.ShownStateStartedAt.Equal(c.StateStartedAt) {
				part += " shown@" + c.ShownStateStartedAt.Format(time.TimeOnly)
			}
			parts = append(parts, part)
		}
	case "slots":
		for _, s := range a.Slots() {
			parts = append(parts, fmt.Sprintf("%s:%d/%d active %d", s.Channel, s.Available, s.Maximum, s.Active))
		}
	case "configuration":
		parts = append(parts, a.Name())
		if p := a.Configuration.RoutingProfile; p != nil {
			queues := make([]string, len(p.InboundQueues))
			for i, q := range p.InboundQueues {
				queues[i] = string(q.ID)
			}
			parts = append(parts, string(p.ID)+":"+strings.Join(queues, ","))
		}
		if h := a.Configuration.Hierarchy; h != nil {
			parts = append(parts, strings.TrimRight(fmt.Sprintf("%s/%s/%s", h[0].ID, h[1].ID, h[2].ID), "/"))
		}
	default:
		t.Fatalf("unknown aspect %q", name)
	}
	return strings.Join(parts, " ")
}
