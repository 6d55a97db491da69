package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

// job is what a load generator is told to do. It goes to its process as JSON.
type job struct {
	HTTP     *httpTarget     `json:",omitzero"` // one of these
	Redis    *redisTarget    `json:",omitzero"`
	Postgres *postgresTarget `json:",omitzero"`
	Events   *eventsTarget   `json:",omitzero"`

	Connections int
	WarmUp      time.Duration // asked, and not counted
	Duration    time.Duration

	// Rate is how many requests a second all connections begin together, each at
	// its time whether the ones before were quick or not; a latency counts from
	// the time at which the request was to begin. 0: each connection asks again
	// as soon as it is answered.
	Rate float64
}

// asker is one connection to whatever is measured. One goroutine uses it.
type asker interface {
	// Ask sends request number i and reads the whole answer, of which it gives
	// the length in bytes.
	Ask(ctx context.Context, i int) (int, error)
	Close()
}

// target is something that can be asked.
type target interface {
	open(ctx context.Context, connection int) (asker, error)
}

func (j *job) target() (target, error) {
	switch {
	case j.HTTP != nil:
		return j.HTTP, nil
	case j.Redis != nil:
		return j.Redis, nil
	case j.Postgres != nil:
		return j.Postgres, nil
	case j.Events != nil:
		return j.Events, nil
	}
	return nil, errors.New("the job names nothing to ask")
}

// run asks until the time is over.
func (j *job) run(ctx context.Context) (measure, error) {
	t, err := j.target()
	if err != nil {
		return measure{}, err
	}
	lanes := make([]lane, j.Connections)
	for i := range lanes {
		if lanes[i].asker, err = t.open(ctx, i); err != nil {
			return measure{}, fmt.Errorf("open connection %d: %w", i, err)
		}
		defer lanes[i].asker.Close()
		if lanes[i].alarm, err = newAlarm(); err != nil {
			return measure{}, fmt.Errorf("make a timer: %w", err)
		}
		defer lanes[i].alarm.close()
	}
	spent := cpuOf(os.Getpid())
	start := time.Now().Add(j.WarmUp)
	var all sync.WaitGroup
	for i := range lanes {
		all.Go(func() { lanes[i].run(ctx, j, i, start) })
	}
	all.Wait()
	m := j.sum(lanes)
	m.ClientCPU = (cpuOf(os.Getpid()) - spent) / time.Duration(max(1, m.Asked))
	return m, nil
}

func (j *job) sum(lanes []lane) measure {
	var latencies []time.Duration
	for i := range lanes {
		latencies = append(latencies, lanes[i].latencies...)
	}
	m := newMeasure(latencies, j.Duration)
	for i := range lanes {
		l := &lanes[i]
		m.Bytes += l.bytes
		m.Errors += l.errors
		m.Asked += l.asked
		if m.FirstWhy == "" && l.why != nil {
			m.FirstWhy = l.why.Error()
		}
	}
	return m
}

// lane is what goes over one connection.
type lane struct {
	asker     asker
	alarm     *alarm
	latencies []time.Duration
	bytes     int
	asked     int
	errors    int
	why       error // the first
}

// strides keep connections from asking the same questions at the same time.
const stride = 37

func (l *lane) run(ctx context.Context, j *job, number int, start time.Time) {
	end := start.Add(j.Duration)
	l.latencies = make([]time.Duration, 0, 1<<16)
	p := newPace(j, number, start)
	for i := number * stride; ; i++ {
		begin := p.next()
		if !begin.Before(end) {
			return
		}
		l.alarm.wait(begin)
		n, err := l.asker.Ask(ctx, i)
		done := time.Now()
		l.asked++
		switch {
		case err != nil:
			l.errors++
			if l.why == nil {
				l.why = err
			}
			if l.errors == 10 {
				return // it won't get better
			}
		case !begin.Before(start):
			l.latencies = append(l.latencies, done.Sub(begin))
			l.bytes += n
		}
	}
}

// pace tells when requests begin.
type pace struct {
	every time.Duration // 0: at once
	at    time.Time
}

func newPace(j *job, number int, start time.Time) pace {
	if j.Rate == 0 {
		return pace{}
	}
	every := time.Duration(float64(j.Connections) / j.Rate * float64(time.Second))
	offset := every/time.Duration(j.Connections)*time.Duration(number) - j.WarmUp.Truncate(every)
	return pace{every: every, at: start.Add(offset)}
}

// next is when the next request begins: an instant to wait for, or now.
func (p *pace) next() time.Time {
	if p.every == 0 {
		return time.Now()
	}
	begin := p.at
	p.at = p.at.Add(p.every)
	return begin
}
