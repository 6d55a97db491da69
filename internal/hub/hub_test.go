package hub_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"sync/atomic"
	"time"

	"rollcall"
	"rollcall/internal/floor"
	"rollcall/internal/hub"
)

var (
	instance = rollcall.ARN{Partition: "aws", Region: "eu-central-1", Account: "1", Instance: "north"}
	midnight = time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)
	sales    = &rollcall.Query{Queues: []rollcall.QueueID{"sales"}}
)

// centre is a floor and the journal it is made from.
type centre struct {
	floors *floor.Floors
	at     rollcall.Position
}

func newCentre() *centre {
	c := &centre{floors: floor.New(floor.Options{}), at: rollcall.Position{Epoch: 7}}
	c.put("first", "sales", "Available")
	return c
}

func (c *centre) floor() *floor.Floor { return c.floors.Instances()[0] }

func (c *centre) apply(e *rollcall.Event) {
	c.at.Pack++
	c.floors.Apply([]rollcall.Record{{Position: c.at, Event: e}})
}

func (c *centre) event(agent string) *rollcall.Event {
	arn := instance.Child(rollcall.TypeAgent, agent)
	return &rollcall.Event{
		ID: rollcall.EventID(strconv.FormatUint(c.at.Pack, 10)), Type: rollcall.EventStateChange,
		At: midnight.Add(time.Duration(c.at.Pack) * time.Second), Agent: arn, AgentARN: arn.String(), Instance: instance,
	}
}

// put makes the agent one of the queue, in the status.
func (c *centre) put(agent, queue, status string) {
	e := c.event(agent)
	e.Snapshot = &rollcall.Snapshot{
		Status: &rollcall.Status{ID: rollcall.AgentStatusID(status), Name: status, Type: rollcall.StatusCustom, StartedAt: e.At},
		Configuration: &rollcall.Configuration{RoutingProfile: &rollcall.RoutingProfile{
			ID: rollcall.RoutingProfileID(queue), InboundQueues: []rollcall.Queue{{ID: rollcall.QueueID(queue)}},
		}},
	}
	if status == "Offline" {
		e.Snapshot.Status.Type = rollcall.StatusOffline
	}
	c.apply(e)
}

// forget takes the agent away, if it is offline.
func (c *centre) forget(agent string) {
	if a, ok := c.floor().Agent(rollcall.AgentID(agent)); ok {
		c.apply(rollcall.NewForgetting(instance, a))
	}
}

type change struct {
	Rows  map[string]string // :: agent -> status
	Left  []rollcall.AgentID
	Total int
}

func encode(d *floor.Delta) ([]byte, error) {
	c := change{Rows: map[string]string{}, Left: d.Left, Total: d.Total}
	for _, a := range d.Agents {
		c.Rows[string(a.ID)] = a.Status.Name
	}
	return json.Marshal(c)
}

// encodePage writes two rows a page.
func encodePage(rows *floor.Rows, from int) (page []byte, next int, err error) {
	c := change{Rows: map[string]string{}, Total: rows.Len()}
	for next = from; next < min(from+2, rows.Len()); next++ {
		a := rows.Agent(next)
		c.Rows[string(a.ID)] = a.Status.Name
	}
	if next == rows.Len() {
		next = 0
	}
	page, err = json.Marshal(c)
	return page, next, err
}

func question(fl *floor.Floor, q *rollcall.Query, interval time.Duration) *hub.Question {
	return hub.Agents(fmt.Sprint(*q, interval), fl, q, interval, hub.Encoder{Page: encodePage, Change: encode})
}

// viewer is somebody who watches, with the table that the frames make.
type viewer struct {
	question *hub.Question
	query    *rollcall.Query
	watcher  *hub.Watcher
	rows     map[string]string
	total    int
	at       rollcall.Position
	woken    atomic.Bool
}

func (v *viewer) wake() { v.woken.Store(true) }

func (c *centre) rows(q *rollcall.Query) (rows map[string]string, page floor.Page) {
	page = c.floor().Select(q, rollcall.Cursor{}, 1000)
	rows = map[string]string{}
	for _, a := range page.Agents {
		rows[string(a.ID)] = a.Status.Name
	}
	return rows, page
}

// view begins to watch with the state as it is.
func (c *centre) view(t failer, h *hub.Hub, q *rollcall.Query, interval time.Duration) *viewer {
	t.Helper()
	v := &viewer{question: question(c.floor(), q, interval), query: q, rows: map[string]string{}}
	v.watcher = h.Watch(v.question, v.wake)
	v.begin(t)
	return v
}

// begin takes the state.
func (v *viewer) begin(t failer) *hub.State {
	t.Helper()
	clear(v.rows)
	state, err := v.watcher.State()
	if err != nil {
		t.Fatal(err)
	}
	for page, err := range state.Pages() {
		var c change
		if err == nil {
			err = json.Unmarshal(page, &c)
		}
		if err != nil {
			t.Fatal(err)
		}
		maps.Copy(v.rows, c.Rows)
		v.total = c.Total
	}
	v.at = state.At
	return state
}

func (v *viewer) resume(h *hub.Hub) {
	v.watcher.Close()
	v.watcher = h.Watch(v.question, v.wake)
	v.watcher.From(v.at)
}

// read takes the frames that there are for the viewer now.
func (v *viewer) read(t failer) (frames int) {
	t.Helper()
	for {
		list, behind := v.watcher.Poll()
		if behind {
			var err error
			if list, err = v.watcher.CatchUp(); err != nil {
				t.Fatalf("after %s: %v", v.at, err)
			}
		}
		if len(list) == 0 {
			return frames
		}
		for _, f := range list {
			if f.To.Before(v.at) {
				t.Fatalf("a frame leads back from %s to %s", v.at, f.To)
			}
			v.at = f.To
			var c change
			if err := json.NewDecoder(bytes.NewReader(f.Bytes)).Decode(&c); err != nil {
				t.Fatal(err)
			}
			for _, id := range c.Left {
				delete(v.rows, string(id))
			}
			maps.Copy(v.rows, c.Rows)
			v.total = c.Total
			frames++
		}
	}
}

type failer interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

func (c *centre) check(t failer, v *viewer) {
	t.Helper()
	want, page := c.rows(v.query)
	if !maps.Equal(want, v.rows) || v.total != page.Total {
		t.Fatalf("query %+v: the table is %v of %d, want %v of %d", *v.query, v.rows, v.total, want, page.Total)
	}
}
