package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// eventsTarget takes events, as a stream would post them: each request has
// some of the present moment, for agents of this connection's own.
type eventsTarget struct {
	Address    string
	Agents     int // of the house on that server
	FirstRound int // no event before was of this round or a later one
	Batch      int // documents of a request
	Lanes      int // connections
	Requests   int // that each of them makes at most

	ready [][][]byte // the requests of each connection as they go over the wire; made at the first open
}

// eventsAsker is one connection of it.
type eventsAsker struct {
	httpAsker
	next int
}

// open connects. Before the first connection all requests are made and signed:
// that is not part of what is measured, and takes longer than a server waits for
// the first request of a connection.
func (t *eventsTarget) open(ctx context.Context, connection int) (asker, error) {
	if t.ready == nil {
		h := newHouse(t.Agents)
		for lane := range t.Lanes {
			requests, err := t.requests(ctx, h, lane)
			if err != nil {
				return nil, err
			}
			t.ready = append(t.ready, requests)
		}
	}
	a := &eventsAsker{httpAsker: httpAsker{requests: t.ready[connection]}}
	return a, a.dial(ctx, t.Address)
}

// requests are those of one connection. Their events are of now and later, a
// millisecond apart.
func (t *eventsTarget) requests(ctx context.Context, h house, connection int) (all [][]byte, err error) {
	own, at := t.Agents/t.Lanes, time.Now()
	var body []byte
	for n := range t.Requests {
		body = body[:0]
		for i := n * t.Batch; i < (n+1)*t.Batch; i++ {
			body = h.appendDocument(body, connection*own+i%own, t.FirstRound+i/own, at.Add(time.Duration(n)*time.Millisecond))
		}
		request, err := question{Path: visibleEventsPath, Body: body}.wire(ctx, t.Address, &benchKey)
		if err != nil {
			return nil, err
		}
		all = append(all, request)
	}
	return all, nil
}

// Ask posts the next events and returns when questions see them.
func (a *eventsAsker) Ask(context.Context, int) (int, error) {
	if a.next == len(a.requests) {
		return 0, errors.New("all requests that were made ready are asked")
	}
	a.next++
	return a.send(a.requests[a.next-1])
}

const (
	eventsPerSecond = 10_000
	eventsBatch     = 20
	eventsLanes     = 32
	roundsAJob      = 1000 // more than any job comes to
)

// measureVisible holds the time from an event's request to an answer that
// shows it against the disk's own sync, and the time of an answer meanwhile
// against that at rest.
func (r *run) measureVisible(ctx context.Context) error {
	s, err := r.server(ctx, smallFloor)
	if err != nil {
		return err
	}
	if err := r.proveVisible(ctx, s); err != nil {
		return err
	}
	window := 3 * r.window // a second has 500 requests: the slowest of a hundred would be five
	post := func() (measure, error) { return load(ctx, r.eventsJob(s, window)) }
	sync := func() (measure, error) { return syncFile(filepath.Join(r.dir, "sync"), r.window) }
	mine, others, err := r.alternate("visible", post, sync)
	if err != nil {
		return err
	}
	r.report.note("%d requests of %d events a second, %d connections", eventsPerSecond/eventsBatch, eventsBatch, eventsLanes)
	r.report.add("p99 from POST of events to visible, 10,000 events/s", "ms", "p99 of fdatasync on the same disk", pairsOf(mine, others, p99), oursAtMostBesidePlus(5, "ms"))
	r.report.add("p50 of the same", "ms", "p50 of fdatasync", pairsOf(mine, others, p50), noGoal)
	return r.measureWhilePosting(ctx, s)
}

func (r *run) eventsJob(s *server, d time.Duration) job {
	const rate = eventsPerSecond / eventsBatch
	r.round += roundsAJob
	target := eventsTarget{Address: s.Address, Agents: s.house.agents, FirstRound: r.round, Batch: eventsBatch, Lanes: eventsLanes}
	target.Requests = int((d+d/4).Seconds()*rate)/eventsLanes + 2
	return job{Events: &target, Connections: eventsLanes, WarmUp: d / 4, Duration: d, Rate: rate}
}

// proveVisible makes sure that the server's word can be measured: what it calls
// visible is in the answer to the very next question.
func (r *run) proveVisible(ctx context.Context, s *server) error {
	a := &httpAsker{}
	if err := a.dial(ctx, s.Address); err != nil {
		return err
	}
	defer a.Close()
	for agent := range 100 {
		r.round++
		event := s.house.appendDocument(nil, agent, r.round, time.Now())
		if err := post(ctx, a, s.Address, visibleEventsPath, event); err != nil {
			return err
		}
		if state := s.house.state(agent, r.round); state != "" {
			contact := fmt.Sprintf(`"ContactId":"%08x-`, r.round)
			var found answered
			if err := found.walk(ctx, s.client(), listFilter("Agents", agentID(agent)), 1); err != nil {
				return err
			}
			if len(found.answers) != 1 || !strings.Contains(string(found.answers[0]), contact) {
				return fmt.Errorf("agent %d was said to be visible with %s, and is not: %s", agent, contact, found.answers)
			}
		}
	}
	return nil
}

// measureWhilePosting holds the time of an answer while events are posted
// against that at rest.
func (r *run) measureWhilePosting(ctx context.Context, s *server) error {
	questions, err := sameMatches[0].questions(ctx, s, false)
	if err != nil {
		return err
	}
	ask := func() (measure, error) {
		return load(ctx, job{
			HTTP:        &httpTarget{Address: s.Address, Requests: questions, Key: &benchKey},
			Connections: 1, WarmUp: r.window / 4, Duration: r.window,
		})
	}
	busy := func() (measure, error) {
		before, err := s.applied(ctx)
		if err != nil {
			return measure{}, err
		}
		started, cancel := context.WithCancel(ctx)
		defer cancel()
		posting := make(chan error, 1)
		go func() {
			defer cancel() // nobody waits any longer for what doesn't come
			_, err := load(ctx, r.eventsJob(s, 2*r.window))
			posting <- err
		}()
		var m measure
		if err = waitApplied(started, s, before+1); err == nil {
			m, err = ask()
		}
		return m, cmp.Or(<-posting, err)
	}
	mine, others, err := r.alternate("posting", busy, ask)
	if err != nil {
		return err
	}
	r.report.note("no goal: the posting process takes part of the cores, and no process posts 100,000 events a second beside a server on them")
	r.report.add("p99 of a page while 10,000 events/s are posted", "ms", "the same server at rest", pairsOf(mine, others, p99), noGoal)
	return nil
}

// syncBytes is about what the events of one commit are, compressed.
const syncBytes = 16 << 10

// syncFile appends to a file and syncs it, again and again.
func syncFile(path string, window time.Duration) (measure, error) {
	file, err := os.Create(path)
	if err != nil {
		return measure{}, err
	}
	defer func() { _ = file.Close() }()
	block := slices.Repeat([]byte("0123456789abcdef"), syncBytes/16)
	var latencies []time.Duration
	for startedAt := time.Now(); time.Since(startedAt) < window; {
		if _, err := file.Write(block); err != nil {
			return measure{}, err
		}
		begin := time.Now()
		if err := dataSync(file); err != nil {
			return measure{}, err
		}
		latencies = append(latencies, time.Since(begin))
	}
	return newMeasure(latencies, window), nil
}
