package disklog

import (
	"cmp"
	"fmt"
	"sync"
	"time"

	"rollcall/internal/journal"
)

// A disk that hangs answers a write or a sync neither with success nor with a
// failure. So whatever changes the journal's files is timed while it is under
// way: beyond Options.Stall it is told, beyond Options.StallStop it counts as
// failed. Clocks that tests move have no part in it.

// operations are those under way. The zero value is ready for use.
type operations struct {
	mu  sync.Mutex
	all map[*operation]struct{}
}

type operation struct {
	doing, name string
	since       time.Time
}

// begin notes an operation until the function that it gives is called.
func (o *operations) begin(doing, name string) (end func()) {
	op := &operation{doing, name, time.Now()}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.all == nil {
		o.all = make(map[*operation]struct{})
	}
	o.all[op] = struct{}{}
	return func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		delete(o.all, op)
	}
}

// oldest gives the one that has been under way the longest; nil if there is none.
func (o *operations) oldest() (first *operation) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for op := range o.all {
		if first == nil || op.since.Before(first.since) {
			first = op
		}
	}
	return first
}

// Stalled implements journal.Local.
func (l *Log) Stalled() error {
	op := l.fs.under.oldest()
	if op == nil || l.options.Stall <= 0 || time.Since(op.since) < l.options.Stall {
		return nil
	}
	return op.stall()
}

func (op *operation) stall() error {
	return fmt.Errorf("%w: to %s %s has taken %s so far", journal.ErrStalled, op.doing, op.name, time.Since(op.since).Round(time.Second))
}

// stallsEvery is how often a log looks for operations that take too long.
const stallsEvery = 500 * time.Millisecond

// watchStalls tells of each operation that takes too long, once, and ends the
// log with one that takes much too long.
func (l *Log) watchStalls() {
	tick := time.NewTicker(cmp.Or(l.options.lookEvery, stallsEvery))
	defer tick.Stop()
	var told *operation
	for {
		select {
		case <-l.closing:
			return
		case <-tick.C:
		}
		op := l.fs.under.oldest()
		if told != nil && told != op {
			l.options.Logger.Warn("journal disk goes on", "dir", l.dir)
			told = nil
		}
		if op == nil {
			continue
		}
		if stalled := l.Stalled(); stalled != nil && told == nil {
			l.options.Logger.Error("journal disk stalled, nothing is accepted meanwhile", "dir", l.dir, "error", stalled)
			told = op
		}
		if most := l.options.StallStop; most > 0 && time.Since(op.since) >= most {
			l.fs.stop(op.stall())
			return
		}
	}
}
