package floor

import (
	"context"
	"fmt"

	"rollcall"
)

// version is a state that the floors were in: after so many records, the
// newest of which stood at the position.
type version struct {
	number   uint64
	position rollcall.Position
}

// head is what is published. The channel is closed when a newer head is.
type head struct {
	version version
	counts  Counts
	changed chan struct{}
}

// advance publishes the newest version and wakes who waits.
func (f *Floors) advance() {
	old := f.head.Load()
	if old.version == f.newest {
		return
	}
	f.head.Store(&head{version: f.newest, counts: f.counts, changed: make(chan struct{})})
	close(old.changed)
}

// Position is the place of the newest record applied. Whoever asks any floor
// now gets an answer of that version or a newer one.
func (f *Floors) Position() rollcall.Position { return f.head.Load().version.position }

// Wait returns when Position is at p or past it, or with the context's error.
// A position of another epoch than the journal's present one is refused with
// rollcall.CodeInvalid.
func (f *Floors) Wait(ctx context.Context, p rollcall.Position) error {
	for {
		h := f.head.Load()
		switch now := h.version.position; {
		case p.IsZero() || (p.Epoch == now.Epoch && !now.Before(p)):
			return nil
		case p.Epoch != now.Epoch && !now.IsZero():
			return rollcall.Errorf(rollcall.CodeInvalid,
				"position %s is not of this journal, whose epoch is %s", p, now.Epoch)
		}
		select {
		case <-h.changed:
		case <-ctx.Done():
			return fmt.Errorf("wait for position %s: %w", p, ctx.Err())
		}
	}
}
