package v1_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"rollcall"
	"rollcall/internal/floor"
	"rollcall/internal/lobby"
	v1 "rollcall/internal/v1"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// queued has a contact wait since so many seconds before noon.
func queued(l *lobby.Lobby, id, queue string, channel rollcall.Channel, before int) {
	at := noon.Add(-time.Duration(before) * time.Second)
	l.Apply(&rollcall.ContactEvent{
		Type: rollcall.ContactQueued, At: at, Instance: support, Contact: rollcall.ContactID(id), Channel: channel, Queue: rollcall.QueueID(queue), EnqueuedAt: at,
	})
}

// newLobby is the API over two agents, of whom ann has the queues sales and claims and bob claims alone.
func newLobby(change func(*lobby.Lobby)) http.Handler {
	floors := floor.New(floor.Options{})
	ann, bob := agent(support, "ann", "sales", "claims"), agent(support, "bob", "claims")
	ann.Snapshot.Configuration.RoutingProfile.Name = "Front"
	bob.Snapshot.Configuration.RoutingProfile.ID = "p2"
	for i, e := range []*rollcall.Event{ann, bob} {
		for j := range e.Snapshot.Configuration.RoutingProfile.InboundQueues {
			q := &e.Snapshot.Configuration.RoutingProfile.InboundQueues[j]
			q.Name = strings.ToUpper(string(q.ID))
		}
		floors.Apply([]rollcall.Record{{Position: rollcall.Position{Epoch: 7, Pack: uint64(i) + 1}, Event: e}})
	}
	l := lobby.New(lobby.Bytes)
	change(l)
	return v1.New(v1.Options{
		Floors: floors, Gate: gate(everything), Lobby: l, View: func(read func()) { read() }, WaitForget: 4 * time.Hour, Now: func() time.Time { return noon },
	})
}

func waitingThere(l *lobby.Lobby) {
	queued(l, "c1", "sales", "VOICE", 100)
	queued(l, "c2", "claims", "VOICE", 300)
	queued(l, "c3", "claims", "CHAT", 200)
	queued(l, "c4", "nobodys", "CHAT", 50)
	queued(l, "old", "sales", "VOICE", 4*3600+1)
}

// told says who waits, in all and by group, as "name n longest"; "-" where that isn't told.
func told(t *testing.T, h http.Handler, query string) (all string) {
	t.Helper()
	type Counts struct {
		Waiting     *int
		LongestWait struct{ Since, ContactID string }
	}
	var answer struct {
		Total  Counts
		Groups []struct {
			By map[string]any
			Counts
		}
	}
	w := get(h, "/v1/instances/support/summary?"+query)
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", query, w.Code, w.Body)
	}
	tell := func(name string, n *int, longest string) string {
		if n == nil {
			return name + "-"
		}
		return fmt.Sprint(name, *n, " ", longest)
	}
	list := []string{tell("", answer.Total.Waiting, answer.Total.LongestWait.ContactID)}
	for _, g := range answer.Groups {
		var names []string
		for _, by := range g.By {
			if object, ok := by.(map[string]any); ok {
				by = object["id"]
				if by == nil {
					by = object["name"]
				}
			}
			names = append(names, fmt.Sprint(by))
		}
		slices.Sort(names)
		list = append(list, tell(strings.Join(names, "/")+" ", g.Waiting, g.LongestWait.ContactID))
	}
	return strings.Join(list, ", ")
}

func TestSummary_TellsWhoWaits(t *testing.T) {
	h := newLobby(waitingThere)
	for query, want := range map[string]string{
		"":                              "4 c2",
		"queue=claims":                  "2 c2",
		"channel=CHAT":                  "2 c3",
		"routing-profile=p2":            "2 c2",
		"status=Available":              "4 c2",
		"agent=ann":                     "-",
		"agent=ann&queue=sales":         "1 c1",
		"by=queue":                      "4 c2, nobodys 1 c4, claims 2 c2, sales 1 c1",
		"by=queue&queue=sales":          "1 c1, sales 1 c1",
		"by=channel":                    "4 c2, CHAT 2 c3, VOICE 2 c2",
		"by=queue,channel":              "4 c2, CHAT/nobodys 1 c4, CHAT/claims 1 c3, VOICE/claims 1 c2, VOICE/sales 1 c1",
		"by=routing-profile":            "4 c2, p2 2 c2, p 3 c2",
		"by=status":                     "4 c2, Available -",
		"by=queue,activity&queue=sales": "1 c1, Available/sales -",
	} {
		if got := told(t, h, query); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	h = newLobby(func(*lobby.Lobby) {})
	if got := told(t, h, "by=queue"); got != "-, claims -, sales -" {
		t.Errorf("without a source: %s", got)
	}
	h = newLobby(func(l *lobby.Lobby) {
		l.Apply(&rollcall.ContactEvent{Type: rollcall.ContactInitiated, At: noon, Instance: support, Contact: "c"})
	})
	if got := told(t, h, "by=queue"); got != "0 , claims 0 , sales 0 " {
		t.Errorf("when nobody waits: %s", got)
	}
}

type waitingPage struct {
	Contacts []struct {
		ID, Channel  string
		Queue        struct{ ID, Name string }
		WaitingSince string
	}
	Total      *int
	NextCursor string
}

func contacts(t *testing.T, h http.Handler, query string) (p waitingPage, ids string) {
	t.Helper()
	var list strings.Builder
	w := get(h, "/v1/instances/support/contacts?state=waiting"+query)
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", query, w.Code, w.Body)
	}
	for _, c := range p.Contacts {
		list.WriteString(c.ID + " ")
	}
	return p, list.String()
}

func TestContacts_ListsWhoWaitsTheLongestFirst(t *testing.T) {
	h := newLobby(waitingThere)
	p, ids := contacts(t, h, "")
	if ids != "c2 c3 c1 c4 " || *p.Total != 4 {
		t.Errorf("%s of %d", ids, *p.Total)
	}
	if c := p.Contacts[0]; c.Channel != "VOICE" || c.Queue.ID != "claims" || c.Queue.Name != "CLAIMS" || c.WaitingSince != "2026-03-02T11:55:00.000Z" {
		t.Errorf("%+v", c)
	}
	for query, want := range map[string]string{
		"&queue=CLAIMS": "c2 c3 ", "&queue=nobodys&queue=sales": "c1 c4 ", "&channel=CHAT": "c3 c4 ", "&channel=VOICE&queue=claims": "c2 ",
		"&queue=" + url.QueryEscape(support.Child("queue", "sales").String()): "c1 ", "&queue=unheard-of": "",
	} {
		if _, ids := contacts(t, h, query); ids != want {
			t.Errorf("%s: %q, want %q", query, ids, want)
		}
	}
	if p, ids := contacts(t, newLobby(func(*lobby.Lobby) {}), ""); ids != "" || p.Total != nil {
		t.Errorf("without a source: %q of %v", ids, p.Total)
	}
	for query, want := range map[string]string{
		"": "state: want waiting", "?state=ringing": "state: want waiting", "?state=waiting&cursor=x": "no nextCursor of this instance",
		"?state=waiting&limit=0": "limit", "?state=waiting&status=x": "is no parameter",
	} {
		if w := get(h, "/v1/instances/support/contacts"+query); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d %s, want %q", query, w.Code, w.Body, want)
		}
	}
}

func TestContacts_PagesHoldEachOnceThoughOthersLeave(t *testing.T) {
	var l *lobby.Lobby
	h := newLobby(func(is *lobby.Lobby) {
		l = is
		for i := range 50 {
			queued(l, fmt.Sprint("c", i), "sales", "VOICE", i/10) // ten of an instant
		}
	})
	seen := map[string]int{}
	for cursor, first := "", true; cursor != "" || first; first = false {
		p, _ := contacts(t, h, "&limit=7"+cursor)
		for i, c := range p.Contacts {
			seen[c.ID]++
			if i < 3 { // gone before the next page is asked for
				l.Apply(&rollcall.ContactEvent{Type: rollcall.ContactDisconnected, At: noon, Instance: support, Contact: rollcall.ContactID(c.ID), LeftAt: noon})
			}
		}
		cursor = ""
		if p.NextCursor != "" {
			cursor = "&cursor=" + p.NextCursor
		}
	}
	if len(seen) != 50 {
		t.Errorf("%d were listed, want 50", len(seen))
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s was listed %d times", id, n)
		}
	}
}
