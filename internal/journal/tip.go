package journal

import (
	"context"
	"sync"

	"rollcall"
)

// Tip is the newest durable position of a log, and how those who tail it learn
// that it moved. Implementations of Log share it.
type Tip struct {
	mu     sync.Mutex
	end    rollcall.Position
	failed error // the log's terminal failure, or nil
	closed bool
	moved  chan struct{} // closed and replaced whenever one of the above changes
}

// NewTip gives the tip of a log that ends at end.
func NewTip(end rollcall.Position) *Tip {
	return &Tip{end: end, moved: make(chan struct{})}
}

// End gives the newest durable position.
func (t *Tip) End() rollcall.Position {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.end
}

// Advance tells everybody that records up to end are durable.
func (t *Tip) Advance(end rollcall.Position) {
	t.change(func() { t.end = end })
}

// Fail ends every Await for what will never come with err.
func (t *Tip) Fail(err error) {
	t.change(func() { t.failed = err })
}

// Close ends every Await with ErrClosed.
func (t *Tip) Close() {
	t.change(func() { t.closed = true })
}

func (t *Tip) change(f func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f()
	close(t.moved)
	t.moved = make(chan struct{})
}

// Await returns the end once pack sequence is durable. Otherwise it returns
// ErrClosed, the failure after which the pack cannot come, or ctx's error.
func (t *Tip) Await(ctx context.Context, sequence uint64) (rollcall.Position, error) {
	for {
		t.mu.Lock()
		end, failed, closed, moved := t.end, t.failed, t.closed, t.moved
		t.mu.Unlock()
		switch {
		case ctx.Err() != nil:
			return end, ctx.Err()
		case closed:
			return end, ErrClosed
		case end.Pack >= sequence:
			return end, nil
		case failed != nil:
			return end, failed
		}
		select {
		case <-moved:
		case <-ctx.Done():
		}
	}
}
