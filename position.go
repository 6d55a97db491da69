package rollcall

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// Epoch names one life of a journal. An import, or a loss that the operator
// accepted, begins a new one, so that a position of the old life can never be
// mistaken for a place in the new.
type Epoch uint64

// String gives the epoch as 16 hexadecimal digits.
func (e Epoch) String() string { return fmt.Sprintf("%016x", uint64(e)) }

// Position is a place in the journal: the event with index Event (from 0) in
// the pack with sequence Pack (from 1) of the journal's life Epoch. The zero
// Position lies before the first event of any journal.
type Position struct {
	Epoch Epoch
	Pack  uint64
	Event uint32
}

// IsZero tells whether p lies before the first event.
func (p Position) IsZero() bool { return p == Position{} }

// Compare orders two positions of one epoch: -1, 0 or +1. Positions of
// different epochs have no order; callers check the epoch first.
func (p Position) Compare(o Position) int {
	return cmp.Or(cmp.Compare(p.Pack, o.Pack), cmp.Compare(p.Event, o.Event))
}

// Before tells whether p comes earlier than o in the same epoch. The zero
// Position comes before every other.
func (p Position) Before(o Position) bool { return p.Compare(o) < 0 }

// String gives the position as clients see it: "epoch-pack-event".
func (p Position) String() string {
	return fmt.Sprintf("%s-%d-%d", p.Epoch, p.Pack, p.Event)
}

// ParsePosition reads what String wrote.
func ParsePosition(s string) (Position, error) {
	bad := func() (Position, error) {
		return Position{}, Errorf(CodeInvalid, "position %q: want EPOCH-PACK-EVENT, as an earlier answer gave it", Shorten(s))
	}
	parts := strings.Split(s, "-")
	if len(parts) != 3 || len(parts[0]) != 16 {
		return bad()
	}
	epoch, err := strconv.ParseUint(parts[0], 16, 64)
	if err != nil {
		return bad()
	}
	pack, err := strconv.ParseUint(parts[1], 10, 64)
	if err != nil {
		return bad()
	}
	event, err := strconv.ParseUint(parts[2], 10, 32)
	if err != nil {
		return bad()
	}
	return Position{Epoch: Epoch(epoch), Pack: pack, Event: uint32(event)}, nil
}
