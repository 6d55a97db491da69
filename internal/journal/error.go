package journal

import (
	"errors"
	"fmt"
)

// The errors that callers tell apart, with errors.Is.
var (
	// ErrTooLarge refuses an append beyond Limits. Nothing was kept.
	ErrTooLarge = errors.New("append too large")

	// ErrFull refuses an append because as much as is allowed already waits to
	// be durable, or because a bounded log holds all it may. Nothing was kept.
	ErrFull = errors.New("journal full")

	// ErrUnsure tells that a log gave up on an append, which may have been kept,
	// and goes on with others.
	ErrUnsure = errors.New("not known to be in the journal")

	// ErrClosed answers whoever uses a log after Close, or waits during it. An
	// append that gets it was not kept.
	ErrClosed = errors.New("journal closed")

	// ErrFailed tells that a write or sync failed and the log takes nothing
	// more. It wraps the cause. An append that gets it may have been kept.
	ErrFailed = errors.New("journal failed")

	// ErrForeignEpoch refuses a position from another life of the journal.
	ErrForeignEpoch = errors.New("position of another journal epoch")

	// ErrNoPosition refuses a position that this journal never gave out, or
	// that was lost behind its end.
	ErrNoPosition = errors.New("no such journal position")

	// ErrTrimmed refuses a position before the oldest event that is retained.
	ErrTrimmed = errors.New("journal position no longer retained")

	// ErrNoSnapshot tells that the log keeps no snapshot at a position.
	ErrNoSnapshot = errors.New("no such journal snapshot")

	// ErrReadOnly refuses to change a log that was opened for reading.
	ErrReadOnly = errors.New("journal opened for reading only")

	// ErrDamaged is what every DamageError is.
	ErrDamaged = errors.New("journal damaged")

	// ErrGap is wrapped by a DamageError about packs that are missing.
	ErrGap = errors.New("gap in the journal")

	// ErrStalled tells that a write or sync has been under way for too long: the
	// disk hangs, and nothing is acknowledged until it goes on.
	ErrStalled = errors.New("journal disk stalled")

	// ErrInUse tells that another process has the journal open.
	ErrInUse = errors.New("journal in use")
)

// DamageError names what is wrong with a journal, and where. It is ErrDamaged.
type DamageError struct {
	Place    string // the directory or stream that holds the journal; "" if unknown
	Sequence uint64 // of the pack; 0 when it is not about one pack
	Through  uint64 // the last pack that can't be read for the same reason; 0 when it is about one pack at most
	Reason   string
	Err      error // the cause, or nil
}

// Error gives place and reason in one line.
func (e *DamageError) Error() string {
	s := ErrDamaged.Error()
	if e.Place != "" {
		s += fmt.Sprintf(" (%s)", e.Place)
	}
	switch {
	case e.Through > e.Sequence:
		s += fmt.Sprintf(": packs %d to %d", e.Sequence, e.Through)
	case e.Sequence != 0:
		s += fmt.Sprintf(": pack %d", e.Sequence)
	}
	s += ": " + e.Reason
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Is makes every DamageError match ErrDamaged.
func (e *DamageError) Is(target error) bool { return target == ErrDamaged }

// Unwrap gives the cause.
func (e *DamageError) Unwrap() error { return e.Err }

// Gap gives the DamageError for a log that has got where pack want should be.
func Gap(place string, want, got uint64) *DamageError {
	return &DamageError{
		Place: place, Sequence: want, Err: ErrGap,
		Reason: fmt.Sprintf("missing, the next one found is %d", got),
	}
}
