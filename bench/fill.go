package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// fillBatch documents make a request of about a megabyte and a half.
const fillBatch = 500

// fill brings a house's agents onto a server's floor as anybody would: by
// signed requests to POST /v1/events, two at a time.
func fill(ctx context.Context, s *server, tell func(done int)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	at := time.Now().Add(-time.Hour)
	var next, done atomic.Int64
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			a := &httpAsker{}
			if err := a.dial(ctx, s.Address); err != nil {
				cancel(err)
				return
			}
			defer a.Close()
			_ = a.conn.SetDeadline(time.Time{})
			var body []byte
			for ctx.Err() == nil {
				first := int(next.Add(fillBatch)) - fillBatch
				last := min(first+fillBatch, s.house.agents)
				if first >= last {
					return
				}
				body = body[:0]
				for i := first; i < last; i++ {
					body = s.house.appendDocument(body, i, 0, at)
				}
				if err := post(ctx, a, s.Address, eventsPath, body); err != nil {
					cancel(fmt.Errorf("fill a floor of %d agents: %w", s.house.agents, err))
					return
				}
				tell(int(done.Add(int64(last - first))))
			}
		})
	}
	all.Wait()
	if err := context.Cause(ctx); err != nil {
		return err
	}
	return waitApplied(ctx, s, float64(s.house.agents))
}

const (
	eventsPath        = "/v1/events"
	visibleEventsPath = eventsPath + "?wait=visible"
)

func post(ctx context.Context, a *httpAsker, address, path string, body []byte) error {
	request, err := question{Path: path, Body: body}.wire(ctx, address, &benchKey)
	if err != nil {
		return err
	}
	_, err = a.send(request)
	return err
}

// waitApplied waits until the floor was handed that many events.
func waitApplied(ctx context.Context, s *server, events float64) error {
	for {
		n, err := s.applied(ctx)
		if err != nil || n >= events {
			return err
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
}
