package journal

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"iter"
	"time"

	"rollcall"
)

// Log is an ordered, durable sequence of records. The package comment states
// what every implementation guarantees, and the package logtest holds them to
// it. All methods may be called from any number of goroutines.
type Log interface {
	// Append makes all records durable, whole or not at all, and gives the
	// position of the last one; the others lie directly before it, in the same
	// pack. It does not keep records or the bytes in them: when it returns, with
	// or without an error, the caller may use them again. Without records it
	// gives End. Errors: ErrTooLarge, ErrFull, ErrUnsure, ErrClosed, ErrFailed,
	// ctx's.
	Append(ctx context.Context, records [][]byte) (rollcall.Position, error)

	// Tail yields everything after from, in order and without a gap, and then
	// waits for more. The first pack yielded is cut when from lies inside it; from
	// BehindPack of a pack before the newest, that one is not read at all.
	// The sequence ends with the caller's break or with an error, which is the
	// last thing yielded: ctx's, ErrClosed, ErrFailed (after everything durable
	// was yielded), ErrForeignEpoch, ErrNoPosition, ErrTrimmed, a *DamageError.
	// The records of a pack hold until the next one is asked for or the sequence
	// has ended, and must not be changed: others may be reading them, too.
	Tail(ctx context.Context, from rollcall.Position) iter.Seq2[Pack, error]

	// Epoch is the log's present life. It does not change while the log is open.
	Epoch() rollcall.Epoch

	// End is the position of the newest durable record: what a follower that
	// starts must reach before it is ready. Of an empty log it is {Epoch, 0, 0},
	// which is not behind the zero Position.
	End() rollcall.Position

	// Limits is the largest atomic append. Where others set it, as in a cluster,
	// it may change.
	Limits() Limits

	// Failed is closed when the log failed for good, and Err then gives the
	// reason, which wraps ErrFailed. Until then Err is nil.
	Failed() <-chan struct{}
	Err() error

	Retention
	Snapshots

	// Close takes no more appends, lets the commit under way finish, fails the
	// appends that wait behind it with ErrClosed, ends every Tail with ErrClosed
	// and releases what the log holds. Closing twice does nothing.
	Close() error
}

// Pack is what one commit made durable, or the part of it that was asked for.
type Pack struct {
	Epoch    rollcall.Epoch
	Sequence uint64 // from 1, without a hole but where a Stray lies

	// First is the index in the whole pack of Records[0]: 0 unless the pack was
	// cut because a Tail began inside it.
	First uint32

	// At is what the appender's clock said at the commit, in whole milliseconds,
	// UTC. Clocks are set back at times: order comes from Sequence alone.
	At time.Time

	Records [][]byte // never empty
}

// Position gives the position of Records[i].
func (p Pack) Position(i int) rollcall.Position {
	return rollcall.Position{Epoch: p.Epoch, Pack: p.Sequence, Event: p.First + uint32(i)}
}

// Last gives the position of the last record.
func (p Pack) Last() rollcall.Position { return p.Position(len(p.Records) - 1) }

// Clone gives the pack with memory of its own, to be kept.
func (p Pack) Clone() Pack {
	records := make([][]byte, len(p.Records))
	for i, r := range p.Records {
		records[i] = bytes.Clone(r)
	}
	p.Records = records
	return p
}

// After gives the part of a whole pack that lies behind from: all of it, its
// end, or nothing (no Records). A from inside the pack but behind its last
// record gives ErrNoPosition.
func (p Pack) After(from rollcall.Position) (Pack, error) {
	if from.Pack < p.Sequence {
		return p, nil
	}
	if from.Pack > p.Sequence {
		p.Records = nil
		return p, nil
	}
	if p.Last().Before(from) {
		return Pack{}, fmt.Errorf("%w: %s, where pack %d holds %d events", ErrNoPosition, from, p.Sequence, len(p.Records))
	}
	p.First = from.Event + 1
	p.Records = p.Records[p.First:]
	return p, nil
}

// Limits is the largest append that a log takes as one unit.
type Limits struct {
	Bytes   int // sum of the lengths of the records
	Records int
}

// Validate gives ErrTooLarge, with sizes and limits, if records are more than
// one append may hold.
func (l Limits) Validate(records [][]byte) error {
	size := 0
	for _, r := range records {
		size += len(r)
	}
	if len(records) > l.Records || size > l.Bytes {
		return fmt.Errorf("%w: %d events of %d bytes together; at most %d events and %d bytes are kept as one unit",
			ErrTooLarge, len(records), size, l.Records, l.Bytes)
	}
	return nil
}

// ValidateFrom tells whether a Tail of the log with this end may begin at from:
// ErrForeignEpoch for a place in another life of the journal, ErrNoPosition for
// one that the log has not reached.
func ValidateFrom(from, end rollcall.Position) error {
	switch {
	case from.IsZero():
		return nil
	case from.Epoch != end.Epoch:
		return fmt.Errorf("%w: %s, where the journal's epoch is %s", ErrForeignEpoch, from, end.Epoch)
	case end.Before(from):
		return fmt.Errorf("%w: %s, where the newest is %s", ErrNoPosition, from, end)
	case from.Pack == 0 && from.Event != 0:
		return fmt.Errorf("%w: %s", ErrNoPosition, from)
	}
	return nil
}

// NewEpoch draws the name of a new life of a journal. It is never 0.
func NewEpoch() rollcall.Epoch {
	var b [8]byte
	_, _ = rand.Read(b[:]) // documented never to fail
	return rollcall.Epoch(binary.BigEndian.Uint64(b[:]) | 1)
}
