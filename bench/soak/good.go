package main

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"net/http"
	"slices"
	"sync"
	"time"
)

// latencies are what good clients saw.
type latencies struct {
	took   []time.Duration // sorted
	failed int
	why    string // the first of them failed
}

// percentile of the latencies; 0 without any.
func (l *latencies) percentile(p float64) time.Duration {
	if len(l.took) == 0 {
		return 0
	}
	return l.took[min(len(l.took)-1, int(math.Ceil(p/100*float64(len(l.took))))-1)]
}

// ask sends good questions at a steady rate for a while, and waits for all
// answers.
func (s *server) ask(ctx context.Context, perSecond float64, duration time.Duration) *latencies {
	var (
		mu  sync.Mutex
		all latencies
		wg  sync.WaitGroup
	)
	path := "/metrics/userdata/" + s.centre.Config().InstanceID
	body := fmt.Appendf(nil, `{"Filters":{"RoutingProfiles":[%q]}}`, s.centre.RoutingProfiles()[0].ID)
	startedAt := time.Now()
	for i := range int(perSecond * duration.Seconds()) {
		due := startedAt.Add(time.Duration(float64(i) / perSecond * float64(time.Second)))
		select {
		case <-ctx.Done():
			return &all
		case <-time.After(time.Until(due)):
		}
		wg.Go(func() {
			resp, err := s.client.Do(ctx, http.MethodPost, path, nil, body)
			took := time.Since(due)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err != nil:
				all.fail(err.Error())
			case resp.Status != http.StatusOK || !bytes.Contains(resp.Body, []byte(`"ApproximateTotalCount":`)):
				all.fail(fmt.Sprintf("%d %.200s", resp.Status, resp.Body))
			default:
				all.took = append(all.took, took)
			}
		})
	}
	wg.Wait()
	slices.Sort(all.took)
	return &all
}

func (l *latencies) fail(why string) {
	if l.failed++; l.failed == 1 {
		l.why = why
	}
}

// phase is what was measured in one part of the run.
type phase struct {
	*latencies
	memory, goroutines, connections float64       // the largest seen, of the server
	health                          time.Duration // the longest that /metrics took, beside the attack
	unhealthy                       int           // how often it did not answer
	cpu                             float64       // of the server, in cores
}

// measure asks for the time of a measurement, and watches the server.
func (s *server) measure(ctx context.Context, p plan) phase {
	watching, stop := context.WithCancel(ctx)
	watched := make(chan phase, 1)
	go func() { watched <- s.watch(watching) }()
	asked := s.ask(ctx, p.Good, p.Duration)
	stop()
	seen := <-watched
	seen.latencies = asked
	return seen
}

// watch looks at the server every second until ctx is done.
func (s *server) watch(ctx context.Context) (p phase) {
	began, cpu := time.Now(), 0.0
	for first := true; ; first = false {
		askedAt := time.Now()
		g, err := s.gauges(context.WithoutCancel(ctx))
		if err != nil {
			p.unhealthy++
		} else {
			p.health = max(p.health, time.Since(askedAt))
			p.memory = max(p.memory, g["process_resident_memory_bytes"])
			p.goroutines = max(p.goroutines, g["go_goroutines"])
			p.connections = max(p.connections, g["rollcall_connections"])
			if first {
				cpu = g["process_cpu_seconds_total"]
			}
			p.cpu = (g["process_cpu_seconds_total"] - cpu) / time.Since(began).Seconds()
		}
		select {
		case <-ctx.Done():
			return p
		case <-time.After(time.Second):
		}
	}
}
