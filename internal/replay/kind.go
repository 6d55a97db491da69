package replay

import (
	"errors"
	"fmt"
	"time"

	"rollcall"
	"rollcall/internal/agentevent"
	"rollcall/internal/contactevent"
	"rollcall/internal/source"
)

// Part is what a kind of records makes, beside the floors. It is a pure function
// of the records and events that it is given, in order. Whoever reads it from
// another goroutine than Apply's is the part's own business.
type Part interface {
	// Apply takes a record of the part's form that Kind.Describe took. at is zero
	// for one that stands in a snapshot. An error is a fault of the program.
	Apply(at rollcall.Position, record []byte) error

	// Follow is told what each agent event did to the floors.
	Follow(e *rollcall.Event, did rollcall.Change)

	// Restate gives records that make the part what it is where nothing is known
	// yet, the same for the same part. They are the caller's.
	Restate() [][]byte
}

// Kind is a kind of journal records that are no agent events.
type Kind struct {
	Form byte // the first byte of a record; what follows is JSON, a line of an export

	// Own tells which records are of no use outside their journal: a dump of events
	// leaves them out, and no server takes them.
	Own func(record []byte) bool

	// Mine tells whether a line of an export is of this kind.
	Mine func(line []byte) bool

	// Describe judges a record and says what it is about. A *agentevent.NewerError
	// wants a newer release; any other error says that the record changes nothing.
	Describe func(record []byte) (About, error)

	Begin func(*State) Part // of an empty journal; State may keep it by its own type
}

// About is what a record is about.
type About struct {
	Event *rollcall.Event // an agent event, or one of our own; nil for all else

	// Of what is no Event.
	At       time.Time    // its own instant
	Instance rollcall.ARN // zero where it is of none
	Begins   bool         // there is such an instance from here on
}

// kinds are all kinds, in the order in which they are restated.
var kinds = []Kind{
	{Form: contactevent.Form, Own: contactevent.Own, Mine: contactevent.Mine, Describe: describeContact, Begin: func(s *State) Part { return contacts{s.lobby} }},
	{Form: source.Form, Own: func([]byte) bool { return true }, Mine: source.Mine, Describe: describeCheckpoint, Begin: func(s *State) Part { return s.checkpoints }},
}

func describeCheckpoint(record []byte) (About, error) {
	is, err := source.Decode(record)
	return About{At: is.At}, err
}

func kindOf(record []byte) *Kind {
	for i := range kinds {
		if len(record) > 0 && record[0] == kinds[i].Form {
			return &kinds[i]
		}
	}
	return nil
}

// newer is what a record is of which no kind is known.
func newer(record []byte) error {
	_, err := agentevent.DecodeRecord(record)
	if err == nil {
		return errors.New("an agent event stands beside the floors")
	}
	return err
}

// Describe says what a record is about, of whatever kind. Errors: a
// *agentevent.NewerError; any other says that it changes nothing.
func Describe(record []byte) (About, error) {
	if k := kindOf(record); k != nil {
		return k.Describe(record)
	}
	event, err := agentevent.DecodeRecord(record)
	return About{Event: event}, err
}

// Own tells whether a record is of no use outside its journal.
func Own(record []byte) bool {
	if k := kindOf(record); k != nil {
		return k.Own(record)
	}
	return agentevent.IsControl(record)
}

// Line gives the JSON of a record, without copying it: a line of an export.
func Line(record []byte) ([]byte, error) {
	if own := agentevent.ControlDocument(record); own != nil {
		return own, nil
	}
	if kindOf(record) != nil {
		return record[1:], nil
	}
	return agentevent.Canonical(record)
}

// Parse makes a record of a line that Line gave, if it is of a kind that is no
// agent event and none of rollcall's own about agents; otherwise it gives nil.
func Parse(line []byte) (record []byte, err error) {
	for i := range kinds {
		k := &kinds[i]
		if !k.Mine(line) {
			continue
		}
		record = append(append(make([]byte, 0, 1+len(line)), k.Form), line...)
		if _, err := k.Describe(record); err != nil {
			return nil, fmt.Errorf("record of form %d: %w", k.Form, err)
		}
		return record, nil
	}
	return nil, nil
}
