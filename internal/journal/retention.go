package journal

import (
	"context"
	"fmt"
	"math"
	"time"

	"rollcall"
)

// Retention is how a Log forgets what is old. A Log forgets nothing by itself:
// whoever follows it knows from where on it is still needed.
type Retention interface {
	// Start lies directly before the oldest record that is retained: the earliest
	// place from which a Tail may begin. It is {Epoch, 0, 0} until something was
	// forgotten, and BehindPack of the newest pack forgotten from then on.
	Start() rollcall.Position

	// Trim forgets every pack before the one that to lies in, so that the newest
	// pack always stays, and frees the space. When it returns without an error
	// the packs are gone for good; after a crash during it they are either all
	// there or gone. A to that is not behind Start changes nothing. A Tail that
	// is about to read a pack forgotten ends with ErrTrimmed. Errors:
	// ErrForeignEpoch, ErrNoPosition, ErrClosed, ErrFailed, ctx's.
	Trim(ctx context.Context, to rollcall.Position) error

	// Stat tells what the packs behind from take: those of sequence from.Pack+1
	// and up. From the zero Position or Start that is all that is retained.
	Stat(ctx context.Context, from rollcall.Position) (Stat, error)
}

// Stat is the size and the times of a part of a log.
type Stat struct {
	Packs    uint64
	Bytes    int64     // that they take where they are stored, about
	OldestAt time.Time // Pack.At of the first and of the last; zero without packs
	NewestAt time.Time
}

// BehindPack is the place behind every record of a pack, whose number need not
// be known.
func BehindPack(epoch rollcall.Epoch, sequence uint64) rollcall.Position {
	if sequence == 0 {
		return rollcall.Position{Epoch: epoch}
	}
	return rollcall.Position{Epoch: epoch, Pack: sequence, Event: math.MaxUint32}
}

// ValidateStart gives ErrTrimmed if a Tail of the log with this start may no
// longer begin at from.
func ValidateStart(from, start rollcall.Position) error {
	if from.Before(start) {
		return fmt.Errorf("%w: %s, where the journal begins behind pack %d", ErrTrimmed, from, start.Pack)
	}
	return nil
}
