package v1_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"rollcall"
	"rollcall/internal/access"
	"rollcall/internal/door"
	"rollcall/internal/floor"
	v1 "rollcall/internal/v1"
)

// live is a server that can be watched, and what it is fed by.
type live struct {
	*httptest.Server
	floors  *floor.Floors
	streams *door.Streams
	clock   atomic.Int64 // nanoseconds after the first event
	at      rollcall.Position
}

var first = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func newLive(t *testing.T, change func(*v1.Options)) *live {
	t.Helper()
	l := &live{floors: floor.New(floor.Options{}), streams: door.NewStreams(10, 5), at: rollcall.Position{Epoch: 7}}
	o := v1.Options{
		Floors: l.floors, Gate: gate(everything), Secrets: [][]byte{[]byte("a secret")}, StaleAfter: 250 * time.Second,
		Door: &door.Door{Streams: l.streams}, Now: func() time.Time { return first.Add(time.Duration(l.clock.Load())) },
	}
	if change != nil {
		change(&o)
	}
	l.Server = httptest.NewServer(v1.New(o))
	t.Cleanup(func() {
		l.CloseClientConnections()
		l.Close()
	})
	return l
}

// put makes something of an agent: available, with these queues.
func (l *live) put(id string, queues ...string) { l.apply(agent(support, id, queues...)) }

func (l *live) apply(e *rollcall.Event) {
	l.at.Pack++
	if !e.Type.Ours() {
		e.At = e.At.Add(time.Duration(l.at.Pack) * time.Second)
	}
	l.floors.Apply([]rollcall.Record{{Position: l.at, Event: e}})
}

// frame is an event as it came.
type frame struct {
	name, id string
	hasID    bool
	data     struct {
		Agents []struct {
			ID    string `json:"id"`
			Stale bool   `json:"stale"`
		} `json:"agents"`
		Left     []string `json:"left"`
		More     bool     `json:"more"`
		Total    any      `json:"total"` // a number, or the counts of a summary
		Position string   `json:"position"`
		Reason   string   `json:"reason"`
	}
}

// reader reads the events of a stream, and keeps the table that they make.
type reader struct {
	t      *testing.T
	answer *http.Response
	lines  *bufio.Scanner
	table  map[string]bool
	lastID string
}

func (l *live) watch(t *testing.T, path, lastID string) *reader {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, l.URL+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if lastID != "" {
		request.Header.Set("Last-Event-ID", lastID)
	}
	answer, err := l.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = answer.Body.Close() })
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("status %d", answer.StatusCode)
	}
	lines := bufio.NewScanner(answer.Body)
	lines.Buffer(nil, 16<<20)
	return &reader{t: t, answer: answer, lines: lines, table: map[string]bool{}}
}

// next reads the next event. It fails the test when the stream is over.
func (r *reader) next() frame {
	r.t.Helper()
	f, ok := r.read()
	if !ok {
		r.t.Fatal("the stream is over")
	}
	return f
}

func (r *reader) read() (f frame, ok bool) {
	r.t.Helper()
	for r.lines.Scan() {
		field, value, _ := strings.Cut(r.lines.Text(), ": ")
		switch field {
		case "event":
			f.name = value
		case "id", "id:":
			f.id, f.hasID = value, true
		case "data":
			if err := json.Unmarshal([]byte(value), &f.data); err != nil {
				r.t.Fatalf("%v: %s", err, value)
			}
		case "":
			if f.name != "" {
				r.take(f)
				return f, true
			}
		}
	}
	return f, false
}

func (r *reader) take(f frame) {
	if f.hasID {
		r.lastID = f.id
	}
	if f.name == "reset" {
		clear(r.table)
	}
	for _, id := range f.data.Left {
		delete(r.table, id)
	}
	for _, a := range f.data.Agents {
		r.table[a.ID] = true
	}
}

// until reads events up to one with the name, and gives it.
func (r *reader) until(name string) frame {
	r.t.Helper()
	for {
		if f := r.next(); f.name == name {
			return f
		}
	}
}

func (r *reader) who() string { return strings.Join(slices.Sorted(maps.Keys(r.table)), " ") }

func TestWatch_StateThenChanges(t *testing.T) {
	l := newLive(t, nil)
	l.put("ann", "q1")
	l.put("bob", "q2")
	r := l.watch(t, "/v1/instances/support/agents/watch?queue=q1&interval=0s", "")
	h := r.answer.Header
	if h.Get("Content-Type") != "text/event-stream" || h.Get("Cache-Control") != "no-cache, no-transform" ||
		h.Get("X-Accel-Buffering") != "no" || h.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("headers %v", h)
	}
	if f := r.next(); f.name != "state" || f.hasID || f.data.More || r.who() != "ann" {
		t.Errorf("first frame %+v", f)
	}
	if f := r.next(); f.name != "synced" || f.id != l.at.String() || f.data.Position != f.id || f.data.Total != 1.0 {
		t.Errorf("second frame %+v, want synced at %s", f, l.at)
	}
	l.put("cay", "q1")
	if f := r.next(); f.name != "change" || f.id != l.at.String() || f.data.Total != 2.0 || r.who() != "ann cay" {
		t.Errorf("after an agent has come: %+v", f)
	}
	l.put("ann", "q2")
	if f := r.next(); !slices.Equal(f.data.Left, []string{"ann"}) || f.data.Total != 1.0 || r.who() != "cay" {
		t.Errorf("after an agent has left: %+v", f)
	}
}

func TestWatch_ResumesWhereItWas(t *testing.T) {
	l := newLive(t, nil)
	l.put("ann", "q1")
	l.put("bob", "q1")
	r := l.watch(t, "/v1/instances/support/agents/watch?queue=q1", "")
	at := r.until("synced").id
	l.put("cay", "q1")
	l.put("bob", "q2")
	for _, again := range []*reader{
		l.watch(t, "/v1/instances/support/agents/watch?queue=q1", at),
		l.watch(t, "/v1/instances/support/agents/watch?queue=q1&last-event-id="+at, ""),
		l.watch(t, "/v1/instances/support/agents/watch?queue=q1&last-event-id=nonsense", at), // the header wins
	} {
		again.table = maps.Clone(map[string]bool{"ann": true, "bob": true})
		if f := again.next(); f.name != "change" || again.who() != "ann cay" {
			t.Errorf("first frame after the interruption %+v, table %s", f, again.who())
		}
		if f := again.next(); f.name != "synced" || f.id != l.at.String() || f.data.Total != 2.0 {
			t.Errorf("second frame after the interruption %+v", f)
		}
	}
}

func TestWatch_BeginsAnewWhereItCanNotResume(t *testing.T) {
	l := newLive(t, nil)
	l.put("ann", "q1")
	foreign, ahead := l.at, l.at
	foreign.Epoch++
	ahead.Pack += 5
	old := l.at
	for i := range 5000 {
		l.put(fmt.Sprint("bob", i%3), "q1")
	}
	for id, want := range map[string]string{
		foreign.String(): "the journal's epoch is 0000000000000007 now",
		old.String():     "is not recorded any more",
		"nonsense":       "is no id of an event of here",
	} {
		r := l.watch(t, "/v1/instances/support/agents/watch", id)
		if f := r.next(); f.name != "reset" || !f.hasID || f.id != "" || !strings.Contains(f.data.Reason, want) {
			t.Errorf("from %s: %+v, want a reset since %s", id, f, want)
		}
		if f := r.until("synced"); r.who() != "ann bob0 bob1 bob2" || f.data.Total != 4.0 {
			t.Errorf("from %s: the table is %s", id, r.who())
		}
	}
}

func TestWatch_StatesOfManyComeInPages(t *testing.T) {
	l := newLive(t, nil)
	for i := range 1201 {
		l.put(fmt.Sprint("agent", i), "q1")
	}
	r := l.watch(t, "/v1/instances/support/agents/watch", "")
	var pages []string
	for f := r.next(); f.name == "state"; f = r.next() {
		pages = append(pages, fmt.Sprint(len(f.data.Agents), f.data.More, f.hasID))
	}
	if want := []string{"500 true false", "500 true false", "201 false false"}; !slices.Equal(pages, want) || len(r.table) != 1201 {
		t.Errorf("pages %q, want %q", pages, want)
	}
}

func TestWatch_RefusesWhatCanNotBeWatched(t *testing.T) {
	l := newLive(t, nil)
	l.put("ann", "q1")
	for query, want := range map[string]string{
		"limit=5": "limit: can't be watched: a watch sends everybody who matches", "longer-than=5m": "longer-than: can't be watched: time alone",
		"sort=name": "sort: can't be watched", "cursor=x": "cursor: can't", "not-heard-for=5m": "not-heard-for: can't",
		"interval=11s": `interval: "11s": want a duration from 0s to 10s`, "interval=x": `interval: "x"`, "queue=q9": "q9",
	} {
		answer, err := l.Client().Get(l.URL + "/v1/instances/support/agents/watch?" + query)
		if err != nil {
			t.Fatal(err)
		}
		var told struct {
			Error struct {
				Message string `json:"message"`
			} `json:"error"`
		}
		if err := json.NewDecoder(answer.Body).Decode(&told); err != nil || answer.StatusCode != http.StatusBadRequest || !strings.Contains(told.Error.Message, want) {
			t.Errorf("?%s: %d %+v, want 400 %s", query, answer.StatusCode, told, want)
		}
		_ = answer.Body.Close()
	}
}

func TestWatch_EndsWithItsAgeAndWithTheServer(t *testing.T) {
	l := newLive(t, func(o *v1.Options) { o.WatchMaxAge = time.Millisecond })
	l.put("ann", "q1")
	r := l.watch(t, "/v1/instances/support/agents/watch", "")
	r.until("synced")
	if f, ok := r.read(); ok {
		t.Errorf("frame %+v of a stream that is too old", f)
	}
	l = newLive(t, func(o *v1.Options) { o.DrainTime = time.Millisecond })
	l.put("ann", "q1")
	r = l.watch(t, "/v1/instances/support/agents/watch", "")
	r.until("synced")
	l.streams.Drain()
	if f, ok := r.read(); ok {
		t.Errorf("frame %+v of a server that ends", f)
	}
}

func TestWatch_ATicketOpensOneStream(t *testing.T) {
	l := newLive(t, nil)
	l.put("ann", "q1")
	watch := "/v1/instances/support/agents/watch?queue=q1"
	ticket := l.ticket(t, watch)
	r := l.watch(t, watch+"&ticket="+ticket, "")
	at := r.until("synced").id
	again := l.watch(t, watch+"&ticket="+ticket+"&last-event-id="+at, "") // as EventSource comes back
	again.until("synced")
	if f, ok := r.read(); ok {
		t.Errorf("the stream before goes on with %+v", f)
	}
	l.clock.Store(int64(11 * time.Hour))
	l.watch(t, watch+"&ticket="+ticket, at).until("synced")
	l.clock.Store(int64(13 * time.Hour))
	late := l.ticket(t, watch)
	for name, path := range map[string]string{
		"after twelve hours": watch + "&ticket=" + ticket,
		"another question":   "/v1/instances/support/agents/watch?ticket=" + late,
		"another path":       "/v1/instances/support/summary/watch?queue=q1&ticket=" + late,
		"no ticket":          watch + "&ticket=nonsense",
	} {
		if status := l.status(t, path); status != http.StatusUnauthorized {
			t.Errorf("%s: status %d, want 401", name, status)
		}
	}
	l.clock.Store(int64(13*time.Hour + 2*time.Minute))
	if status := l.status(t, watch+"&ticket="+late); status != http.StatusUnauthorized {
		t.Errorf("a ticket not used for two minutes: status %d, want 401", status)
	}
}

// Whoever comes with a ticket is told, too, when the floor can't be shown; the
// stream before goes on, and the ticket holds.
func TestWatch_ATicketDoesNotOpenWhatCanNotBeAnswered(t *testing.T) {
	var cutOff, throttled atomic.Bool
	l := newLive(t, func(o *v1.Options) {
		o.Throttle = func(access.Pass, string, rollcall.ARN) error {
			if throttled.Load() {
				return rollcall.Errorf(rollcall.CodeThrottled, "too often")
			}
			return nil
		}
		o.Answerable = func() error {
			if cutOff.Load() {
				return rollcall.Errorf(rollcall.CodeUnavailable, "cut off")
			}
			return nil
		}
	})
	l.put("ann", "q1")
	watch := "/v1/instances/support/agents/watch"
	path := watch + "?ticket=" + l.ticket(t, watch)
	r := l.watch(t, path, "")
	r.until("synced")
	cutOff.Store(true)
	if status := l.status(t, path); status != http.StatusServiceUnavailable {
		t.Errorf("status %d of a node that can't answer, want 503", status)
	}
	cutOff.Store(false)
	throttled.Store(true) // as anything that is judged behind the ticket
	if status := l.status(t, path); status != http.StatusTooManyRequests {
		t.Errorf("status %d for who asks too often, want 429", status)
	}
	throttled.Store(false)
	l.put("bob", "q1")
	if f := r.next(); f.name != "change" {
		t.Errorf("the stream before goes on with %+v", f)
	}
	l.watch(t, path, r.lastID).until("synced")
}

func TestWatch_AHeadIsAHeaderAlone(t *testing.T) {
	l := newLive(t, nil)
	l.put("ann", "q1")
	answer, err := l.Client().Head(l.URL + "/v1/instances/support/agents/watch")
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "text/event-stream" || l.streams.Open() != 0 {
		t.Errorf("%d %v, and %d streams are open", answer.StatusCode, answer.Header, l.streams.Open())
	}
}

func TestWatch_EndsWithItsInstance(t *testing.T) {
	l := newLive(t, nil)
	l.put("ann", "q1")
	r := l.watch(t, "/v1/instances/support/agents/watch", "")
	r.until("synced")
	l.apply(rollcall.NewRemoval(support, l.floors.Instances()[0].Since()))
	if f, ok := r.read(); ok {
		t.Errorf("frame %+v of an instance that was removed", f)
	}
}

func (l *live) status(t *testing.T, path string) int {
	t.Helper()
	answer, err := l.Client().Get(l.URL + path)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	return answer.StatusCode
}

func (l *live) ticket(t *testing.T, path string) string {
	t.Helper()
	body, _ := json.Marshal(map[string]string{"path": path})
	answer, err := l.Client().Post(l.URL+"/v1/watch-tickets", "application/json", strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	var given struct{ Ticket, ExpiresAt string }
	if err := json.NewDecoder(answer.Body).Decode(&given); err != nil || given.Ticket == "" || given.ExpiresAt == "" {
		t.Fatalf("status %d, %v, %+v", answer.StatusCode, err, given)
	}
	return url.QueryEscape(given.Ticket)
}

// Tickets are kept for hours, and what they are for may be long.
func TestTickets_TakeLittleMemory(t *testing.T) {
	l := newLive(t, nil)
	l.put("ana", "q1")
	long := "/v1/instances/support/agents/watch?name=" + strings.Repeat("x", 15<<10)
	l.ticket(t, long)
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	const tickets = 1000
	before := heap()
	for range tickets {
		l.ticket(t, long)
	}
	if took := int64(heap()) - int64(before); took > tickets*4<<10 {
		t.Errorf("%d tickets hold %d bytes", tickets, took)
	}
}

func TestTickets_AreForWatchesAlone(t *testing.T) {
	l := newLive(t, nil)
	for _, body := range []string{`{}`, `{"path":"/v1/instances"}`, `{"path":"/v1/instances/support/agents"}`, `{"path":"https://x/v1/instances/support/agents/watch"}`, `{"p":1}`, `x`, `{"path":"` + strings.Repeat("a", 17<<10) + `"}`} {
		answer, err := l.Client().Post(l.URL+"/v1/watch-tickets", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode < 400 || answer.StatusCode >= 500 {
			t.Errorf("%.60s: status %d", body, answer.StatusCode)
		}
	}
}

func TestWatch_StreamsHaveALimitAKey(t *testing.T) {
	l := newLive(t, nil)
	l.put("ann", "q1")
	for range 5 {
		l.watch(t, "/v1/instances/support/agents/watch", "").until("synced")
	}
	if status := l.status(t, "/v1/instances/support/agents/watch"); status != http.StatusTooManyRequests {
		t.Errorf("the sixth stream of a key that may have five: status %d, want 429", status)
	}
}

func TestAgents_WhoWasNotHeardOfIsStale(t *testing.T) {
	l := newLive(t, nil)
	l.put("ann", "q1")
	l.clock.Store(int64(200 * time.Second))
	r := l.watch(t, "/v1/instances/support/agents/watch", "")
	if f := r.next(); f.data.Agents[0].Stale {
		t.Error("ann is stale after 199 s")
	}
	l.clock.Store(int64(300 * time.Second))
	if f := l.watch(t, "/v1/instances/support/agents/watch", "").next(); !f.data.Agents[0].Stale {
		t.Error("ann is not stale after 299 s")
	}
}

func TestSummary_IsOfTheRowsBesideIt(t *testing.T) {
	l := newLive(t, nil)
	l.put("ann", "q1", "q2")
	l.put("bob", "q2")
	w := l.watch(t, "/v1/instances/support/summary/watch?interval=0s", "")
	w.until("summary")
	l.put("cay", "q2")
	if f := w.next(); f.name != "summary" || f.id != l.at.String() {
		t.Errorf("frame %+v after an agent has come", f)
	}
	answer, err := l.Client().Get(l.URL + "/v1/instances/support/summary?by=queue&queue=q2&include=rows")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	var got struct {
		Position string
		Total    struct {
			Agents, Available int
			ByActivity        map[string]int
		}
		Groups []struct {
			By     map[string]struct{ ID, Name string }
			Agents int
		}
		Agents []struct{ ID string }
	}
	if err := json.NewDecoder(answer.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	if got.Position != l.at.String() || got.Total.Agents != 3 || got.Total.Available != 3 || len(got.Agents) != 3 ||
		len(got.Groups) != 1 || got.Groups[0].By["queue"].ID != "q2" || got.Groups[0].Agents != 3 || got.Total.ByActivity["Available"] != 3 {
		t.Errorf("%+v", got)
	}
}

// Groups in which nobody is are shown once each, by two dimensions too, whatever
// events call what they are of.
func TestSummary_IncludesWhatIsEmpty(t *testing.T) {
	l := newLive(t, nil)
	l.put("ana", "q1")
	l.put("ben", "q1", "q2")
	for by, want := range map[string]string{"queue": "q1:1 q2:0", "queue,channel": "", "queue,hierarchy-group": "", "queue,activity": ""} {
		answer, err := l.Client().Get(l.URL + "/v1/instances/support/summary?agent=ana&include-empty=true&by=" + by)
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			Groups []struct {
				By     map[string]any `json:"by"`
				Agents int            `json:"agents"`
			} `json:"groups"`
		}
		err = json.NewDecoder(answer.Body).Decode(&got)
		_ = answer.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		seen := make(map[string]bool)
		var all []string
		for _, g := range got.Groups {
			if key := fmt.Sprint(g.By); seen[key] {
				t.Errorf("by %s: %s stands twice", by, key)
			} else {
				seen[key] = true
			}
			if queue, ok := g.By["queue"].(map[string]any); ok {
				all = append(all, fmt.Sprint(queue["id"], ":", g.Agents))
			}
		}
		if want != "" && strings.Join(all, " ") != want {
			t.Errorf("by %s: %v, want %s", by, all, want)
		}
	}
}

func TestNames_CountsWhoHasThem(t *testing.T) {
	l := newLive(t, nil)
	l.put("ann", "q1", "q2")
	l.put("bob", "q2")
	w := get(l.Config.Handler, "/v1/instances/support/names")
	want := `"queues":[{"id":"q1","name":"","agents":1,"online":1},{"id":"q2","name":"","agents":2,"online":2}]`
	if !strings.Contains(w.Body.String(), want) {
		t.Errorf("%s lacks %s", w.Body, want)
	}
}

func TestExport_IsForWhoMayTakeEverything(t *testing.T) {
	for name, c := range map[string]struct {
		may    gate
		status int
	}{
		"everything":   {everything, http.StatusOK},
		"one instance": {func(r rollcall.ARN) bool { return r.Instance == "support" }, http.StatusForbidden},
	} {
		l := newLive(t, func(o *v1.Options) {
			o.Gate = c.may
			o.Export = func(_ context.Context, out io.Writer) error {
				_, err := io.WriteString(out, "{}\n")
				return err
			}
		})
		l.put("ann", "q1")
		if status := l.status(t, "/v1/journal/export"); status != c.status {
			t.Errorf("a key for %s: status %d, want %d", name, status, c.status)
		}
	}
}

// A status that nobody has at the moment is one all the same: a board of those at
// lunch is asked for before lunch, too.
func TestAgents_AStatusThatNobodyHasNowIsKnown(t *testing.T) {
	l := newLive(t, nil)
	atLunch := agent(support, "ana", "q1")
	atLunch.Snapshot.Status = &rollcall.Status{ID: "2", Name: "Lunch", Type: rollcall.StatusCustom, StartedAt: first}
	l.apply(atLunch)
	l.put("ana", "q1")
	for query, want := range map[string]int{
		"agents?status=lunch": http.StatusOK, "agents?activity=Lunch": http.StatusOK, "summary?status=Lunch": http.StatusOK, "agents?status=Dinner": http.StatusBadRequest,
	} {
		answer, err := l.Client().Get(l.URL + "/v1/instances/support/" + query)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("%s: %d, want %d", query, answer.StatusCode, want)
		}
	}
}
