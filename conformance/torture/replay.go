package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"rollcall"
	"rollcall/internal/agentevent"
	"rollcall/internal/floor"
	"rollcall/internal/journal"
)

// entry is one record of the journal, and what it did to the floor.
type entry struct {
	position rollcall.Position
	id       string // of the event
	event    event  // when the id is one of a writer
	ours     bool   // it is an event of rollcall's own
	effect   rollcall.Effect
}

// replay is the journal from its beginning, and the floor that it makes.
type replay struct {
	entries []entry
	end     rollcall.Position
	sha256  map[string]string // :: position -> SHA-256 of the floor's dump there; the end, and what was asked for
}

// readJournal reads a whole journal and applies it to an empty floor. Both are
// left in dir for people to read. Nothing was to be forgotten: where the journal
// begins later than it began, the check finds what is lost. At the positions in
// at, and at the end, the floor is dumped.
func readJournal(ctx context.Context, log journal.Log, at map[string]bool, dir string) (*replay, error) {
	r := &replay{end: log.End(), sha256: make(map[string]string)}
	floors := floor.New(floor.Options{})
	if r.end.Pack > 0 {
		for pack, err := range log.Tail(ctx, log.Start()) {
			if err != nil {
				return nil, fmt.Errorf("read the journal: %w", err)
			}
			if err := r.apply(floors, pack); err != nil {
				return nil, err
			}
			if at[pack.Last().String()] {
				r.dump(floors, pack.Last())
			}
			if !pack.Last().Before(r.end) {
				break
			}
		}
	}
	dump := r.dump(floors, r.end)
	return r, errors.Join(
		os.WriteFile(filepath.Join(dir, "journal.txt"), r.text(), 0o600),
		os.WriteFile(filepath.Join(dir, "floor of the journal.jsonl"), dump, 0o600))
}

// dump takes note of the floor at a position.
func (r *replay) dump(floors *floor.Floors, at rollcall.Position) []byte {
	var dump bytes.Buffer
	_ = floors.Dump(&dump) // fails only as a Writer does
	r.sha256[at.String()] = fmt.Sprintf("%x", sha256.Sum256(dump.Bytes()))
	return dump.Bytes()
}

// text has a line for each entry: position, event, effect.
func (r *replay) text() []byte {
	var b []byte
	for _, e := range r.entries {
		b = fmt.Appendln(b, e.position, e.id, e.effect)
	}
	return b
}

func (r *replay) apply(floors *floor.Floors, pack journal.Pack) error {
	records := make([]rollcall.Record, len(pack.Records))
	for i, raw := range pack.Records {
		e, err := agentevent.DecodeRecord(raw)
		if err != nil {
			return fmt.Errorf("read the event at %s: %w", pack.Position(i), err)
		}
		records[i] = rollcall.Record{Position: pack.Position(i), Event: e}
	}
	for i, change := range floors.Apply(records) {
		e := records[i].Event
		found := entry{position: change.Position, id: string(e.ID), ours: e.Type.Ours(), effect: change.Effect}
		if known, ok := parseEvent(found.id); ok && intact(e, known) {
			found.event = known
		}
		r.entries = append(r.entries, found)
	}
	return nil
}

// intact tells whether the journal's event is the one that has the id.
func intact(e *rollcall.Event, known event) bool {
	return e.Agent.ID == agentID(known.Agent) && e.Snapshot != nil &&
		len(e.Snapshot.Contacts) == 1 && string(e.Snapshot.Contacts[0].ID) == known.String()
}
