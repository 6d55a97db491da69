// Package replay makes of a journal's records what is now: the floors and,
// beside them, what other kinds of records make (parts). Start-up, live running,
// an export and a test all call Apply, pack after pack; it reads no clock and
// draws no random number, so the same journal makes the same state everywhere.
//
// A further kind of records is a line in kinds, with a part that knows three
// things: what a record of its form does (Part.Apply), what an agent event means
// for it (Part.Follow), and which records make it what it is where nothing is
// known yet (Part.Restate). Snapshots hold those records behind the floors, and
// so do exports of a journal that was trimmed.
package replay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"rollcall"
	"rollcall/internal/agentevent"
	"rollcall/internal/floor"
	"rollcall/internal/journal"
	"rollcall/internal/lobby"
	"rollcall/internal/source"
)

// State is what a journal makes. One goroutine applies; any may read and write
// snapshots.
type State struct {
	floors *floor.Floors
	parts  map[byte]Part // :: form of records -> what they make

	lobby       *lobby.Lobby        // a part
	checkpoints *source.Checkpoints // a part

	// applying is held while records are applied, so that whoever holds it sees
	// the floors and all parts at one position.
	applying sync.Mutex

	batch []rollcall.Record // of Apply, for the next
}

// Options are those of the floors.
type Options = floor.Options

// New makes the state of an empty journal.
func New(o Options) *State {
	s := &State{parts: make(map[byte]Part, len(kinds)), lobby: lobby.New(lobby.Bytes), checkpoints: source.NewCheckpoints()}
	for i := range kinds {
		s.parts[kinds[i].Form] = kinds[i].Begin(s)
	}
	s.floors = floor.New(o)
	return s
}

// Load makes the state that WriteSnapshot wrote for a position. It reads to the
// end of r, so that a reader that verifies what it gives has verified all, and no
// further when ctx ends. Errors are floor.Load's.
func Load(ctx context.Context, r io.Reader, at rollcall.Position, o Options) (*State, error) {
	return load(o, func(o Options) (*floor.Floors, error) { return floor.LoadAt(ctx, r, at, o) })
}

func load(o Options, floors func(Options) (*floor.Floors, error)) (_ *State, err error) {
	s := New(o)
	o.Beside = s.restated
	s.floors, err = floors(o)
	switch {
	case errors.Is(err, floor.ErrDamaged):
		return nil, &journal.DamageError{Reason: "the state in a snapshot cannot be read", Err: err}
	case err != nil:
		return nil, err
	}
	return s, nil
}

// Carry copies a snapshot so that its state is the one at another position, of
// another epoch.
func Carry(r io.Reader, to rollcall.Position, w io.Writer) error {
	s, err := load(Options{}, func(o Options) (*floor.Floors, error) { return floor.Load(r, o) })
	if err != nil {
		return err
	}
	s.floors.Rebase(to)
	_, err = s.WriteSnapshot(w)
	return err
}

// restated takes a record that stands in a snapshot.
func (s *State) restated(record []byte) error {
	if len(record) > 0 {
		if part, ok := s.parts[record[0]]; ok {
			return part.Apply(rollcall.Position{}, record)
		}
	}
	return newer(record)
}

// Floors are the floors that all agent events make.
func (s *State) Floors() *floor.Floors { return s.floors }

// Lobby is who waits. Whoever reads it together with the floors does so in View.
func (s *State) Lobby() *lobby.Lobby { return s.lobby }

// Checkpoints say how far streams of events were read.
func (s *State) Checkpoints() *source.Checkpoints { return s.checkpoints }

// Position is that of the newest record applied.
func (s *State) Position() rollcall.Position { return s.floors.Position() }

// Apply takes a pack and tells what each record did; those at or before Position
// are skipped. What today's rules make nothing of changes nothing. What only a
// newer release knows is the end, an *agentevent.NewerError, and nothing of the
// pack is applied: to go on would answer questions wrongly.
func (s *State) Apply(pack journal.Pack) ([]rollcall.Change, error) {
	s.applying.Lock()
	defer s.applying.Unlock()
	position := s.floors.Position()
	s.batch = s.batch[:0]
	first := -1
	for i, record := range pack.Records {
		r := rollcall.Record{Position: pack.Position(i)}
		if r.Position.Epoch == position.Epoch && !position.Before(r.Position) {
			continue
		}
		if first < 0 {
			first = i
		}
		about, err := Describe(record)
		if newer, ok := errors.AsType[*agentevent.NewerError](err); ok {
			return nil, fmt.Errorf("read the event at %s from the journal: %w", r.Position, newer)
		}
		r.Event, r.Elsewhere = about.Event, err == nil && about.Event == nil
		if r.Elsewhere {
			r.At, r.Instance, r.Begins = about.At, about.Instance, about.Begins
		}
		s.batch = append(s.batch, r)
	}
	if first < 0 {
		return nil, nil
	}
	changes := s.floors.Apply(s.batch)
	return changes, s.follow(pack.Records[first:], changes)
}

// follow has the parts follow what the floors did.
func (s *State) follow(records [][]byte, changes []rollcall.Change) error {
	if len(s.parts) == 0 {
		return nil
	}
	for i, record := range records {
		r := &s.batch[i]
		switch {
		case r.Elsewhere && changes[i].Effect == rollcall.EffectElsewhere:
			if err := s.parts[record[0]].Apply(r.Position, record); err != nil {
				return fmt.Errorf("apply the record at %s: %w", r.Position, err)
			}
		case r.Event != nil:
			for _, part := range s.parts {
				part.Follow(r.Event, changes[i])
			}
		}
	}
	return nil
}

// View calls read while nothing is applied: the floors and all parts are at one
// position. Apply waits for it.
func (s *State) View(read func()) {
	s.applying.Lock()
	defer s.applying.Unlock()
	read()
}

// Restate gives the records that make the parts what they are where nothing is
// known yet: journal records like others. The floors are floor.Restate's.
// Whoever wants them of the floors' position calls it in View.
func (s *State) Restate() (records [][]byte) {
	for i := range kinds {
		records = append(records, s.parts[kinds[i].Form].Restate()...)
	}
	return records
}

// WriteSnapshot writes the whole state, of one position, and gives that. Whoever
// loads it and applies what follows has the state that applied everything. Any
// goroutine may call it while Apply goes on.
func (s *State) WriteSnapshot(w io.Writer) (rollcall.Position, error) {
	var floors *floor.Frozen
	var beside [][]byte
	s.View(func() { floors, beside = s.floors.Freeze(), s.Restate() })
	return floors.Write(w, beside)
}
