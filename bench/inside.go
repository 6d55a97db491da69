package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"runtime"
	"sync/atomic"
	"time"

	"rollcall"
	"rollcall/internal/access"
	"rollcall/internal/agentevent"
	"rollcall/internal/connect"
	"rollcall/internal/floor"
)

// insideOptions are what the child "inside" is told first. It fills floors by
// what a server does with its journal's records, tells what they weigh
// (insideWeight), and serves questions. Then each number on its input is how
// many changes a second it is to apply from now on, and the answer tells how
// many it has applied in all.
type insideOptions struct{ Agents int }

type insideWeight struct {
	Address     string
	HeapBytes   float64 // of an agent: row, indexes and answer, after a collection
	AnswerBytes float64 // of an agent
	FillSeconds float64
}

func (o insideOptions) run(ctx context.Context, out *json.Encoder, in *json.Decoder) error {
	h := newHouse(o.Agents)
	floors := floor.New(floor.Options{Encode: connect.EncodeUserData})
	before, startedAt := liveHeap(), time.Now()
	c := changer{house: h, floors: floors, position: rollcall.Position{Epoch: 1}}
	for first := 0; first < h.agents; first += fillBatch {
		records, err := c.records(first, min(fillBatch, h.agents-first), 0)
		if err != nil {
			return err
		}
		floors.Apply(records)
	}
	w := insideWeight{FillSeconds: time.Since(startedAt).Seconds()}
	w.HeapBytes = (liveHeap() - before) / float64(h.agents)
	fl, ok := floors.Floor(instanceID)
	if !ok {
		return errors.New("the floor is not there")
	}
	for _, answer := range fl.Select(&rollcall.Query{}, rollcall.Cursor{}, h.agents).Answers {
		w.AnswerBytes += float64(answer.Len()) / float64(h.agents)
	}
	server, address, err := serveFloors(ctx, floors)
	if err != nil {
		return err
	}
	w.Address = address
	if err := errors.Join(c.prepare(), out.Encode(w)); err != nil {
		return err
	}
	go c.run()
	for {
		var rate int64
		if err := in.Decode(&rate); err != nil {
			return server.Close() // the driver is done
		}
		c.rate.Store(rate)
		if err := out.Encode(c.applied.Load()); err != nil {
			return err
		}
	}
}

func liveHeap() float64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // what pools held goes with the second
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// serveFloors answers questions as a server does, with its guard and its
// dialect, and without its journal.
func serveFloors(ctx context.Context, floors *floor.Floors) (*http.Server, string, error) {
	keys := access.NewKeys(access.KeysOptions{Own: []access.Key{{ID: benchKey.ID, Secret: benchKey.Secret}}})
	guard := access.NewGuard(access.GuardOptions{Keys: keys, Now: time.Now})
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, "", err
	}
	s := &http.Server{
		Handler:           connect.New(connect.Options{Floors: floors, Gate: guard, Now: time.Now}),
		ReadHeaderTimeout: 10 * time.Second,
	}
	go func() { _ = s.Serve(l) }()
	return s, l.Addr().String(), nil
}

// changer changes floors fast. It applies events that were decoded before, so
// that what is measured beside it is the changing and not the decoding.
type changer struct {
	house    house
	floors   *floor.Floors
	position rollcall.Position // of the newest record

	ready   []rollcall.Record // each changes another agent, or an agent again
	rate    atomic.Int64      // changes a second
	applied atomic.Int64

	document, record []byte // used again
}

// records are what a server reads from its journal, decoded as it does.
func (c *changer) records(first, n, round int) ([]rollcall.Record, error) {
	records := make([]rollcall.Record, n)
	at := midnight.Add(time.Duration(round) * time.Second)
	for i := range records {
		c.document = c.house.appendDocument(c.document[:0], (first+i)%c.house.agents, round, at)
		c.record = agentevent.AppendRecord(c.record[:0], bytes.TrimSpace(c.document))
		event, err := agentevent.DecodeRecord(c.record)
		if err != nil {
			return nil, err
		}
		c.position.Pack++
		records[i] = rollcall.Record{Position: c.position, Event: event}
	}
	return records, nil
}

var midnight = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

// changingGroups is of how many groups the agents change, in turn: 20,000
// agents, scattered over all ordinals.
const changingGroups = 200

// prepare makes the events. Those of a group share one snapshot, so that they
// lie in the processor's cache when they are applied, as they do in a server,
// which has just decoded them.
func (c *changer) prepare() error {
	groups := min(changingGroups, c.house.groups())
	for round := 1; round <= 2; round++ {
		snapshots, err := c.records(0, groups, round)
		if err != nil {
			return err
		}
		for i := range groupAgents {
			for g, r := range snapshots {
				event := *r.Event
				event.Agent.ID = agentID(g + i*c.house.groups())
				event.AgentARN = event.Agent.String()
				c.ready = append(c.ready, rollcall.Record{Event: &event})
			}
		}
	}
	return nil
}

// mostAtOnce bounds what is made up for at once after a tick came late.
const mostAtOnce = 10_000

// run applies as many changes as the rate says, some of them each millisecond.
func (c *changer) run() {
	const tick = time.Millisecond
	due, at, last := 0.0, midnight.Add(time.Hour), time.Now()
	next := 0
	for range time.Tick(tick) {
		now := time.Now() // a tick's own time may be before the last one's, when they come late
		due = min(mostAtOnce, due+float64(c.rate.Load())*now.Sub(last).Seconds())
		last = now
		n := int(due)
		due -= float64(n)
		at = at.Add(tick)
		records := make([]rollcall.Record, n)
		for i := range records {
			event := *c.ready[next].Event // the rest of it is shared, and never changed
			event.At = at
			c.position.Pack++
			records[i] = rollcall.Record{Position: c.position, Event: &event}
			next = (next + 1) % len(c.ready)
		}
		for _, change := range c.floors.Apply(records) {
			if change.Effect == rollcall.EffectApplied {
				c.applied.Add(1)
			}
		}
	}
}
