package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// underChange are the floors that change while they are asked, how fast, and what
// the slowest of a hundred questions may take of what they take at rest: the
// large one as fast as can be, and one of a large real contact centre as fast
// as that changes at its worst.
func (r *run) underChange() []change {
	return []change{{r.agents, 100_000, 2}, {smallFloor, 10_000, 1.2}}
}

type change struct {
	agents int
	rate   int64 // changes a second
	most   float64
}

// measureInside weighs floors and holds the time of an answer while they change
// fast against that at rest. Changes are applied in the process that answers,
// since to send and to decode so many events needs more than the machine has.
func (r *run) measureInside(ctx context.Context) error {
	for _, c := range r.underChange() {
		if err := r.measureChange(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) measureChange(ctx context.Context, ch change) error {
	r.tell("fill a floor of %d agents without a journal", ch.agents)
	c, err := startChild(ctx, "inside", insideOptions{Agents: ch.agents})
	if err != nil {
		return err
	}
	defer func() { _ = c.close() }()
	var w insideWeight
	if err := c.answer(&w); err != nil {
		return err
	}
	r.tell("filled in %.1f s, %.0f bytes an agent", w.FillSeconds, w.HeapBytes)
	name := fmt.Sprintf("live heap of an agent, %d agents", ch.agents)
	r.report.add(name, "B", "its answer", pairs{{Ours: w.HeapBytes, Beside: w.AnswerBytes}}, ratioAtMost(1.6))
	return r.measureUnderChange(ctx, &inside{child: c, address: w.Address}, ch)
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

func (r *run) measureUnderChange(ctx context.Context, in *inside, ch change) error {
	h := newHouse(ch.agents)
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
	busy, idle, err := r.alternate("under change", ask(ch.rate), ask(0))
	if err != nil {
		return err
	}
	what := "the same floor at rest"
	r.report.note("%.0f changes/s applied, one asker, one and 100 queues of %d agents", reached, ch.agents)
	r.report.add(fmt.Sprintf("p99 of a page while %d changes/s are applied", ch.rate), "ms", what, pairsOf(busy, idle, p99), ratioAtMost(ch.most))
	r.report.add("p50 of the same", "ms", what, pairsOf(busy, idle, p50), noGoal)
	return nil
}
