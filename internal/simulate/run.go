package simulate

import (
	"context"
	"fmt"
	"time"
)

const (
	// batchAtMost bounds a batch; that many documents take about three megabytes.
	batchAtMost = 500

	// breath is the least time that Run sleeps, which keeps a busy floor from
	// becoming a batch an event.
	breath = 20 * time.Millisecond
)

// Run hands events to emit as the wall clock reaches their timestamps, in
// batches of whatever is due, until the stream ends (nil), emit fails (its
// error, wrapped) or ctx is done (its error). A batch is emit's only until it
// returns; the events in it may be kept. While emit blocks nothing is lost:
// what falls due meanwhile comes in the next batches.
//
// The clock is package time's, so Run works in a testing/synctest bubble. Who
// has a clock of their own calls NextAt and Next instead.
func (c *Centre) Run(ctx context.Context, emit func([]Event) error) error {
	batch := make([]Event, 0, batchAtMost)
	for {
		at, ok := c.NextAt()
		if !ok {
			return nil
		}
		if err := sleepUntil(ctx, at); err != nil {
			return err
		}
		batch = c.due(time.Now(), batch[:0])
		if err := emit(batch); err != nil {
			return fmt.Errorf("emit %d events: %w", len(batch), err)
		}
	}
}

// due appends what is due at now to batch, as far as its capacity goes.
func (c *Centre) due(now time.Time, batch []Event) []Event {
	for len(batch) < cap(batch) {
		at, ok := c.NextAt()
		if !ok || at.After(now) {
			break
		}
		e, _ := c.Next()
		batch = append(batch, e)
	}
	return batch
}

func sleepUntil(ctx context.Context, at time.Time) error {
	wait := time.Until(at)
	if wait <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(max(wait, breath))
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
