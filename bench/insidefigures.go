package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// changesPerSecond is how fast the floor changes in measureInside.
const changesPerSecond = 100_000

// measureInside weighs a floor and holds the time of an answer while it changes
// fast against that at rest. Changes are applied in the process that answers,
// since to send and to decode so many events needs more than the machine has.
func (r *run) measureInside(ctx context.Context) error {
	r.tell("fill a floor of %d agents without a journal", r.agents)
	c, err := startChild(ctx, "inside", insideOptions{Agents: r.agents})
	if err != nil {
		return err
	}
	defer func() { _ = c.close() }()
	var w insideWeight
	if err := c.answer(&w); err != nil {
		return err
	}
	r.tell("filled in %.1f s, %.0f bytes an agent", w.FillSeconds, w.HeapBytes)
	name := fmt.Sprintf("live heap of an agent, %d agents", r.agents)
	r.report.add(name, "B", "its answer", pairs{{Ours: w.HeapBytes, Beside: w.AnswerBytes}}, ratioAtMost(1.6))
	return r.measureUnderChange(ctx, &inside{child: c, address: w.Address})
}

// inside speaks to the child of that name.
type inside struct {
	child   *child
	address string
}

// change sets the rate of changes and gives how many there were so far.
func (in *inside) change(rate int64) (applied int64, err error) {
	if err := json.NewEncoder(in.child.in).Encode(rate); err != nil {
		return 0, err
	}
	err = in.child.answer(&applied)
	return applied, err
}

func (r *run) measureUnderChange(ctx context.Context, in *inside) error {
	h := newHouse(r.agents)
	var questions []question
	for i := range differing {
		filters := listFilter("Queues", groupQueueID(spread(i, h.groups())))
		if i%2 == 1 {
			filters = hundredQueues(h, i)
		}
		questions = append(questions, question{Path: userDataPath, Body: []byte(`{"Filters":{` + filters + `}}`)})
	}
	reached := 0.0
	ask := func(rate int64) func() (measure, error) {
		return func() (measure, error) {
			before, err := in.change(rate)
			startedAt := time.Now()
			if err != nil {
				return measure{}, err
			}
			m, err := load(ctx, job{
				HTTP:        &httpTarget{Address: in.address, Requests: questions, Key: &benchKey},
				Connections: 1, WarmUp: r.window / 4, Duration: r.window,
			})
			took := time.Since(startedAt)
			if err != nil {
				return m, err
			}
			after, err := in.change(0)
			if rate > 0 {
				reached += float64(after-before) / took.Seconds() / float64(r.pairs)
			}
			return m, err
		}
	}
	busy, idle, err := r.alternate("under change", ask(changesPerSecond), ask(0))
	if err != nil {
		return err
	}
	what := "the same floor at rest"
	r.report.note("%.0f changes/s applied, one asker, one and 100 queues of %d agents", reached, r.agents)
	r.report.add("p99 of a page while 100,000 changes/s are applied", "ms", what, pairsOf(busy, idle, p99), ratioAtMost(2))
	r.report.add("p50 of the same", "ms", what, pairsOf(busy, idle, p50), noGoal)
	return nil
}
