package logtest

import (
	"context"
	"fmt"
	"sync"

	"rollcall"
	"rollcall/internal/journal"
)

// FaultyLog is a journal.Log that fails on demand, both ways. It is safe for
// concurrent use like any other.
type FaultyLog struct {
	journal.Log

	mu     sync.Mutex
	fault  Fault
	err    error         // what Append gives while fault is set
	held   chan struct{} // closed by release; nil when appends pass
	failed chan struct{} // closed by Fail
	cause  error
}

// Fault is a way in which Append fails.
type Fault int

const (
	// None lets appends pass.
	None Fault = iota
	// NotKept fails an append that did not happen.
	NotKept
	// Kept fails an append that happened: the answer was lost.
	Kept
)

// Faulty wraps l. Until told otherwise it behaves like l.
func Faulty(l journal.Log) *FaultyLog {
	return &FaultyLog{Log: l, failed: make(chan struct{})}
}

// Break makes every append from now on fail in this way with err.
func (f *FaultyLog) Break(fault Fault, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fault, f.err = fault, err
}

// Mend makes appends pass again.
func (f *FaultyLog) Mend() { f.Break(None, nil) }

// Hold makes appends wait, as behind a slow disk, until release is called or
// their context is done (they are then not kept).
func (f *FaultyLog) Hold() (release func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	held := make(chan struct{})
	f.held = held
	return sync.OnceFunc(func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		close(held)
		if f.held == held {
			f.held = nil
		}
	})
}

// Fail makes the log fail for good, as after a write that failed: every append
// gives journal.ErrFailed with this cause and is not kept.
func (f *FaultyLog) Fail(cause error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.cause == nil {
		f.cause = fmt.Errorf("%w: %w", journal.ErrFailed, cause)
		close(f.failed)
	}
}

// Append implements journal.Log.
func (f *FaultyLog) Append(ctx context.Context, records [][]byte) (rollcall.Position, error) {
	f.mu.Lock()
	held := f.held
	f.mu.Unlock()
	if held != nil {
		select {
		case <-held:
		case <-ctx.Done():
			return rollcall.Position{}, ctx.Err()
		}
	}

	f.mu.Lock()
	fault, err, cause := f.fault, f.err, f.cause
	f.mu.Unlock()
	switch {
	case cause != nil:
		return rollcall.Position{}, cause
	case fault == NotKept:
		return rollcall.Position{}, err
	case fault == Kept:
		if _, appendErr := f.Log.Append(ctx, records); appendErr != nil {
			return rollcall.Position{}, appendErr
		}
		return rollcall.Position{}, err
	}
	return f.Log.Append(ctx, records)
}

// Failed implements journal.Log. It tells of Fail, not of the log beneath.
func (f *FaultyLog) Failed() <-chan struct{} { return f.failed }

// Err implements journal.Log.
func (f *FaultyLog) Err() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.cause
}

var _ journal.Log = (*FaultyLog)(nil)
