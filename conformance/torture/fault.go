package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

// fault is one way to break something.
type fault struct {
	name   string // as the report counts it
	copies int    // in a deck

	// strike breaks something, holds it so for a while, and mends it again, also
	// when ctx ends. Its error is something that did not behave as it must.
	strike func(ctx context.Context, b *blow) error
}

// blow is one strike of a fault.
type blow struct {
	dice    *rand.Rand
	longest time.Duration // that anything is held broken
	name    string        // of the fault; one that finds no victim of its kind becomes another
	whom    string        // what was struck, for the timeline
	parts   bool          // it keeps hosts from each other
	claims  []string      // what nodes said of themselves and was not true
}

// pick chooses one.
func pick[T any](b *blow, from []T) T { return from[b.dice.IntN(len(from))] }

// hold waits between two parts of the longest time, or until ctx ends: what is
// broken is mended either way.
func (b *blow) hold(ctx context.Context, least, most float64) {
	part := least + (most-least)*b.dice.Float64()
	_ = rest(ctx, time.Duration(part*float64(b.longest)))
}

// nemesis strikes until it is told to stop.
type nemesis struct {
	settings *settings
	timeline *timeline
	history  *history
	faults   []fault
	lull     time.Duration // longest time without a fault of the same hand

	mu         sync.Mutex
	mishaps    []string // what did not behave
	claims     []string
	partitions int
}

// run strikes with several hands at once. Each draws from a deck that is
// shuffled when it is used up, so that even a short run has some of each kind.
func (n *nemesis) run(ctx context.Context, hands int) {
	var all sync.WaitGroup
	for hand := range hands {
		all.Go(func() { n.hand(ctx, n.settings.dice(hand)) })
	}
	all.Wait()
}

func (n *nemesis) hand(ctx context.Context, dice *rand.Rand) {
	var deck []*fault
	for n.calm(ctx, dice) == nil {
		if len(deck) == 0 {
			deck = n.shuffle(dice)
		}
		f := deck[0]
		deck = deck[1:]
		b := &blow{dice: dice, longest: n.settings.hold, name: f.name}
		n.timeline.note("begin: "+f.name, "")
		err := f.strike(ctx, b)
		n.timeline.count(b.name, b.whom)
		n.struck(b, err)
	}
}

func (n *nemesis) struck(b *blow, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if b.parts {
		n.partitions++
	}
	n.claims = append(n.claims, b.claims...)
	if err != nil {
		n.mishaps = append(n.mishaps, fmt.Sprintf("%s of %s: %v", b.name, b.whom, err))
	}
}

// What a system must have done before it is struck again: to break what does not
// work yet teaches little.
const (
	progressEvents = 50
	progressWait   = 15 * time.Second // at most
)

// calm waits until some events were acknowledged, and then for a while.
func (n *nemesis) calm(ctx context.Context, dice *rand.Rand) error {
	patience, cancel := context.WithTimeout(ctx, progressWait)
	defer cancel()
	before := n.history.progress()
	for n.history.progress() < before+progressEvents && rest(patience, 50*time.Millisecond) == nil {
	}
	return rest(ctx, time.Duration(dice.Int64N(int64(n.lull))))
}

func (n *nemesis) shuffle(dice *rand.Rand) []*fault {
	var deck []*fault
	for i := range n.faults {
		for range n.faults[i].copies {
			deck = append(deck, &n.faults[i])
		}
	}
	dice.Shuffle(len(deck), func(i, j int) { deck[i], deck[j] = deck[j], deck[i] })
	return deck
}
