package logtest

import (
	"context"
	"errors"
	"testing"

	"rollcall"
	"rollcall/internal/journal"

	"pgregory.net/rapid"
)

// testModel does what a drawn list of steps says and checks everything after
// each. The model is the History: a list of requests and what was said.
func testModel(t *testing.T, create func(tb testing.TB, l journal.Limits) Journal) {
	t.Helper()
	rapid.Check(t, func(rt *rapid.T) {
		m := &model{journal: create(t, Limits)}
		m.open(rt)
		defer func() { _ = m.log.Close() }()
		rt.Repeat(map[string]func(*rapid.T){
			"append":   m.append,
			"together": m.together,
			"cancel":   m.cancel,
			"tail":     m.tail,
			"reopen":   m.reopen,
			"trim":     m.trim,
			"snapshot": m.snapshot,
			"": func(rt *rapid.T) {
				if err := check(m.log, &m.history, 2); err != nil { // few tails: there is an action for them
					rt.Fatalf("check of the log: %v", err)
				}
			},
		})
	})
}

type model struct {
	journal Journal
	log     journal.Log
	history History
}

func (m *model) open(rt *rapid.T) {
	l, err := m.journal.Open()
	if err != nil {
		rt.Fatalf("open: %v", err)
	}
	m.log = l
}

// append may go beyond the limits.
func (m *model) append(rt *rapid.T) {
	n, size := rapid.IntRange(0, 5).Draw(rt, "records"), rapid.IntRange(0, 200).Draw(rt, "size")
	switch rapid.IntRange(0, 9).Draw(rt, "kind") {
	case 0:
		n = rapid.IntRange(Limits.Records-1, Limits.Records+1).Draw(rt, "many records")
	case 1:
		n, size = 1, rapid.IntRange(Limits.Bytes-1, Limits.Bytes+1).Draw(rt, "large size")
	}
	_, err := m.history.Append(context.Background(), m.log, n, size)
	last := m.history.requests[len(m.history.requests)-1]
	tooLarge := Limits.Validate(last.records) != nil
	switch {
	case tooLarge && !errors.Is(err, journal.ErrTooLarge):
		rt.Fatalf("append of %d records of %d bytes: got %v, want %v", n, size, err, journal.ErrTooLarge)
	case !tooLarge && err != nil:
		rt.Fatalf("append of %d records of %d bytes: %v", n, size, err)
	}
}

func (m *model) together(rt *rapid.T) {
	size := rapid.IntRange(0, 200).Draw(rt, "size")
	inParallel(rapid.IntRange(2, 6).Draw(rt, "writers"), func(w int) {
		_, _ = m.history.Append(context.Background(), m.log, 1+w, size)
	})
}

func (m *model) cancel(rt *rapid.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if rapid.Bool().Draw(rt, "before") {
		cancel()
	} else {
		go cancel()
	}
	_, err := m.history.Append(ctx, m.log, 2, 100)
	if err != nil && !errors.Is(err, context.Canceled) {
		rt.Fatalf("cancelled append: %v", err)
	}
	// What may still come must have come before the log is checked.
	if _, err := m.history.Append(context.Background(), m.log, 1, 10); err != nil {
		rt.Fatalf("append after a cancelled one: %v", err)
	}
}

// tail begins at a drawn place, which need not be in the log.
func (m *model) tail(rt *rapid.T) {
	end := m.log.End()
	from := rollcall.Position{
		Epoch: end.Epoch,
		Pack:  rapid.Uint64Range(0, end.Pack+1).Draw(rt, "pack"),
		Event: rapid.Uint32Range(0, 8).Draw(rt, "event"),
	}
	all, err := ReadAll(m.log)
	if err != nil {
		rt.Fatalf("read all: %v", err)
	}
	start := m.log.Start()
	trimmed := start.Pack != 0 && from.Before(start) && (from.Pack != 0 || from.Event == 0)
	known, want := from.Pack == 0 && from.Event == 0 && !trimmed, 0
	for _, p := range all {
		for i := range p.Records {
			known = known || p.Position(i) == from
			if from.Before(p.Position(i)) {
				want++
			}
		}
	}
	if known && want == 0 {
		return // would wait; CheckLog has looked at the end
	}
	got := 0
	packs, err := readFrom(m.log, from)
	for _, p := range packs {
		got += len(p.Records)
	}
	switch {
	case trimmed && errors.Is(err, journal.ErrTrimmed):
	case known && (err != nil || got != want):
		rt.Fatalf("tail from %s: got %d records, %v, want %d", from, got, err, want)
	case !known && !errors.Is(err, journal.ErrNoPosition):
		rt.Fatalf("tail from %s, which is nowhere: got %d records, %v, want %v", from, got, err, journal.ErrNoPosition)
	}
}

// somewhere draws the position of a record that is there.
func (m *model) somewhere(rt *rapid.T) (rollcall.Position, bool) {
	all, err := ReadAll(m.log)
	if err != nil {
		rt.Fatalf("read all: %v", err)
	}
	if len(all) == 0 {
		return rollcall.Position{}, false
	}
	p := all[rapid.IntRange(0, len(all)-1).Draw(rt, "pack")]
	return p.Position(rapid.IntRange(0, len(p.Records)-1).Draw(rt, "record")), true
}

func (m *model) trim(rt *rapid.T) {
	to, some := m.somewhere(rt)
	if !some {
		return
	}
	if err := m.history.Trim(context.Background(), m.log, to); err != nil {
		rt.Fatalf("trim to %s: %v", to, err)
	}
}

// snapshot puts one and removes another.
func (m *model) snapshot(rt *rapid.T) {
	at, some := m.somewhere(rt)
	if !some {
		return
	}
	if _, err := m.history.PutSnapshot(context.Background(), m.log, at); err != nil {
		rt.Fatalf("put a snapshot of %s: %v", at, err)
	}
	list, err := m.log.Snapshots(context.Background())
	if err != nil {
		rt.Fatalf("list the snapshots: %v", err)
	}
	if len(list) > 3 {
		gone := list[rapid.IntRange(0, len(list)-1).Draw(rt, "remove")].Position
		if err := m.history.RemoveSnapshot(context.Background(), m.log, gone); err != nil {
			rt.Fatalf("remove the snapshot of %s: %v", gone, err)
		}
	}
}

// reopen is slow, and therefore rare.
func (m *model) reopen(rt *rapid.T) {
	if !m.journal.Durable || rapid.IntRange(0, 3).Draw(rt, "not now") != 0 {
		return
	}
	if err := m.log.Close(); err != nil {
		rt.Fatalf("close: %v", err)
	}
	m.open(rt)
}
