package natslog

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

const (
	// livelyTime is how long a replica that is idle may be unheard of: the servers
	// speak each second or two.
	livelyTime = 3 * time.Second

	// mostLeaderTime is how long the leader may have heard of no majority and is
	// still believed. One that is cut off takes up to 20 s to notice.
	mostLeaderTime = 5 * time.Second

	// mostMoments bounds what is kept while a Tail catches up: ten minutes' worth.
	mostMoments = 600
)

var errNoLeader = errors.New("the stream has no leader: a majority of its servers is out of reach")

// led tells how long ago a majority stood behind whoever told about a stream. An
// error says that nothing follows from what it told: a replica without a leader
// answers from what it has, and so does a leader that has lost the others.
func led(c *jetstream.ClusterInfo) (ago time.Duration, err error) {
	if c == nil {
		return 0, nil // a server that is no part of a cluster
	}
	if c.Leader == "" {
		return 0, errNoLeader
	}
	var heard []time.Duration
	for _, replica := range c.Replicas {
		if replica.Active > 0 { // 0: never
			heard = append(heard, replica.Active)
		}
	}
	slices.Sort(heard)
	others := (len(c.Replicas) + 1) / 2 // that make a majority with the leader
	switch {
	case others == 0:
		return 0, nil
	case len(heard) < others:
		return 0, fmt.Errorf("the stream's leader %s has not heard of a majority yet", c.Leader)
	}
	ago = heard[others-1]
	if ago > mostLeaderTime {
		return 0, fmt.Errorf("the stream's leader %s has not heard of a majority for %s", c.Leader, ago.Round(time.Second))
	}
	if ago <= livelyTime {
		ago = 0
	}
	return ago, nil
}

// progress knows whether a node keeps up with the journal, and whether the
// journal takes what the node gives it. It is what Log.Contact tells, and follows
// from what happened, never from an answer alone.
type progress struct {
	mu sync.Mutex // for all below

	at      time.Time // the newest moment at which all that there was had been followed
	moments []moment  // later moments, rising, that wait for a Tail
	trouble error     // why the last question brought nothing; nil if it did

	tails    int
	followed uint64 // the furthest that a Tail got

	waiting time.Time // since when an append waits; zero if none does
	refusal error     // what was said about it

	unfit      error // why the stream takes nothing of use; nil if it does
	unfitSince time.Time
}

// moment is where the stream ended at a time when a majority stood behind it.
type moment struct {
	at       time.Time
	sequence uint64
}

// led takes note of where the stream ended.
func (p *progress) led(at time.Time, sequence uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.trouble = nil
	p.settleLocked()
	if n := len(p.moments); n > 0 && p.moments[n-1].sequence >= sequence {
		p.moments[n-1].at = at
	} else if n < mostMoments {
		p.moments = append(p.moments, moment{at, sequence})
	}
	p.settleLocked()
}

// unled takes note of why it is not known where the stream ends.
func (p *progress) unled(why error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.trouble = why
}

// settleLocked passes the moments whose end a Tail has come to. Without a Tail nothing
// is to be followed.
func (p *progress) settleLocked() {
	for len(p.moments) > 0 && (p.tails == 0 || p.moments[0].sequence <= p.followed) {
		if p.at.Before(p.moments[0].at) {
			p.at = p.moments[0].at
		}
		p.moments = p.moments[1:]
	}
}

// begin takes note of a Tail behind a sequence, until end is called.
func (p *progress) begin(behind uint64) (end func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tails++
	p.followed = max(p.followed, behind)
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.tails--
	}
}

// follow takes note that a Tail is done with a sequence and all before it.
func (p *progress) follow(sequence uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.followed = max(p.followed, sequence)
}

// sending takes note that an append waits from now on, unless one waits already.
func (p *progress) sending(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting.IsZero() {
		p.waiting = now
	}
}

// refused takes note of why it still waits.
func (p *progress) refused(why error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refusal = why
}

// taken takes note that the stream takes what it is given.
func (p *progress) taken() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting, p.refusal = time.Time{}, nil
}

// fits takes note of whether the stream takes messages of a size that is of use.
func (p *progress) fits(now time.Time, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil && p.unfit == nil {
		p.unfitSince = now
	}
	p.unfit = err
}

// contact is what Log.Contact tells.
func (p *progress) contact() (at time.Time, trouble error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.settleLocked()
	at, trouble = p.at, p.trouble
	if trouble == nil && len(p.moments) > 0 {
		trouble = fmt.Errorf("pack %d was followed, and the stream has %d", p.followed, p.moments[len(p.moments)-1].sequence)
	}
	if !p.waiting.IsZero() && p.waiting.Before(at) {
		at, trouble = p.waiting, fmt.Errorf("the stream takes nothing: %w", cmp.Or(p.refusal, errNoAnswer))
	}
	if p.unfit != nil && p.unfitSince.Before(at) {
		at, trouble = p.unfitSince, p.unfit
	}
	return at, trouble
}

var errNoAnswer = errors.New("it has not answered yet")
