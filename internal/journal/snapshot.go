package journal

import (
	"context"
	"fmt"
	"io"
	"time"

	"rollcall"
)

// Snapshots is where a Log keeps what was made from it, so that a start need
// not read all of it. To the log a snapshot is bytes with a position: the state
// after the record that lies there. Snapshots are no part of the journal's
// truth. One that is damaged is named when it is read, and hinders nothing but
// its own use.
type Snapshots interface {
	// PutSnapshot keeps what write writes, whole or not at all, whenever the
	// process or the machine ends. write gives the position at the end; it must
	// lie in the log, at or behind Start. A snapshot never replaces another: if
	// there is one at that position, it stays and is what PutSnapshot gives. One
	// snapshot is written at a time, without waiting for appends and tails, and
	// in bounded memory. A snapshot that fails for want of space does not fail
	// the log. Errors: write's, ErrForeignEpoch, ErrNoPosition, ErrTrimmed,
	// ErrClosed, ctx's, what the store says.
	PutSnapshot(ctx context.Context, write func(io.Writer) (rollcall.Position, error)) (Snapshot, error)

	// Snapshots lists what is kept of this epoch, the newest position first,
	// those that turn out to be damaged among them.
	Snapshots(ctx context.Context) ([]Snapshot, error)

	// OpenSnapshot reads a snapshot. What it delivers was verified, and only a
	// snapshot that was verified to its end ends with io.EOF. Errors, also of
	// Read: ErrNoSnapshot, a *DamageError, ErrClosed.
	OpenSnapshot(ctx context.Context, at rollcall.Position) (io.ReadCloser, error)

	// RemoveSnapshot forgets a snapshot and frees its space. To remove one that
	// is not there is no error.
	RemoveSnapshot(ctx context.Context, at rollcall.Position) error
}

// Snapshot describes a snapshot that a log keeps.
type Snapshot struct {
	Position  rollcall.Position
	WrittenAt time.Time // by the log's clock, in whole milliseconds, UTC; zero if damaged
	Bytes     int64     // that it takes where it is stored
}

// ValidateSnapshot tells whether a log with this start and this end may keep a
// snapshot of the state at a position.
func ValidateSnapshot(at, start, end rollcall.Position) error {
	err := ValidateFrom(at, end)
	switch {
	case err == nil && at.Pack == 0:
		err = fmt.Errorf("%w: %s, where nothing was written yet", ErrNoPosition, at)
	case err == nil:
		err = ValidateStart(at, start)
	}
	if err != nil {
		return fmt.Errorf("keep a snapshot: %w", err)
	}
	return nil
}
