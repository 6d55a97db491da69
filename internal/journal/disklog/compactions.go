package disklog

import (
	"errors"
	"sync"
	"time"

	"github.com/cockroachdb/pebble/v2"
)

// compactions lets Pebble compact one thing at a time, as its own scheduler does,
// and has it pause after a compaction that failed: one that meets a table that
// can't be read fails each time, and would be tried again at once, for ever, at
// the cost of a core. The pauses double until one succeeds. The zero value is ready for use.
type compactions struct {
	mu      sync.Mutex // taken with Pebble's own locks held, so nothing of Pebble's is called under it
	running bool
	pause   time.Duration
	resume  time.Time

	db      pebble.DBForCompaction // set by Register
	stop    chan struct{}          // closed by Unregister
	granter sync.WaitGroup
}

const (
	firstPause = time.Second
	mostPause  = 5 * time.Minute // after which Pebble itself believes in a damaged table again
	grantEvery = 100 * time.Millisecond
)

// Register implements pebble.CompactionScheduler.
func (c *compactions) Register(_ int, db pebble.DBForCompaction) {
	c.db, c.stop = db, make(chan struct{})
	c.granter.Go(func() {
		tick := time.NewTicker(grantEvery)
		defer tick.Stop()
		for {
			select {
			case <-c.stop:
				return
			case <-tick.C:
				c.grant()
			}
		}
	})
}

// Unregister implements pebble.CompactionScheduler.
func (c *compactions) Unregister() {
	close(c.stop)
	c.granter.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.running = true // nothing more begins
}

// TrySchedule implements pebble.CompactionScheduler.
func (c *compactions) TrySchedule() (bool, pebble.CompactionGrantHandle) {
	if !c.begin() {
		return false, nil
	}
	return true, c
}

func (c *compactions) begin() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running || time.Now().Before(c.resume) {
		return false
	}
	c.running = true
	return true
}

// grant lets one begin that was refused.
func (c *compactions) grant() {
	if !c.begin() {
		return
	}
	if waiting, _ := c.db.GetWaitingCompaction(); !waiting || !c.db.Schedule(c) {
		c.Done()
	}
}

// Done implements pebble.CompactionGrantHandle.
func (c *compactions) Done() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.running = false
}

// ended is told how each compaction ended, before Done.
func (c *compactions) ended(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case err == nil:
		c.pause, c.resume = 0, time.Time{}
		return
	case errors.Is(err, pebble.ErrCancelledCompaction):
		return
	}
	c.pause = min(max(2*c.pause, firstPause), mostPause)
	c.resume = time.Now().Add(c.pause)
}

// Started implements pebble.CompactionGrantHandle.
func (c *compactions) Started() {}

// MeasureCPU implements pebble.CompactionGrantHandle.
func (c *compactions) MeasureCPU(pebble.CompactionGoroutineKind) {}

// CumulativeStats implements pebble.CompactionGrantHandle.
func (c *compactions) CumulativeStats(pebble.CompactionGrantHandleStats) {}

// UpdateGetAllowedWithoutPermission implements pebble.CompactionScheduler.
func (c *compactions) UpdateGetAllowedWithoutPermission() {}
