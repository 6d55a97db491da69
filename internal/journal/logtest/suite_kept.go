package logtest

import (
	"context"
	"errors"
	"io"
	"testing"

	"rollcall"
	"rollcall/internal/journal"
)

// fill appends n requests of two records, and gives the positions of their ends.
func fill(t *testing.T, h *History, l journal.Log, n int) (ends []rollcall.Position) {
	t.Helper()
	for range n {
		ends = append(ends, mustAppend(t, h, l, 2, 300))
	}
	return ends
}

func testTailBehind(t *testing.T, j Journal) {
	t.Helper()
	l := open(t, j)
	var h History
	ends := fill(t, &h, l, 8)
	if err := h.Trim(t.Context(), l, ends[2]); err != nil {
		t.Fatal(err)
	}
	for sequence := l.Start().Pack; sequence < l.End().Pack; sequence++ {
		from := journal.BehindPack(l.Epoch(), sequence)
		for p, err := range l.Tail(t.Context(), from) {
			if err != nil || p.Sequence != sequence+1 || p.First != 0 {
				t.Errorf("from %s: got pack %d from record %d on, %v", from, p.Sequence, p.First, err)
			}
			break
		}
	}
}

func testTrim(t *testing.T, j Journal) {
	t.Helper()
	l := open(t, j)
	var h History
	if l.Start() != (rollcall.Position{Epoch: l.Epoch()}) {
		t.Errorf("a new log starts at %s", l.Start())
	}
	ends := fill(t, &h, l, 20)
	for _, c := range []struct {
		to    rollcall.Position
		start uint64 // expected
	}{
		{ends[0], 0}, // nothing lies before
		{ends[5], ends[5].Pack - 1},
		{ends[5], ends[5].Pack - 1}, // again
		{ends[2], ends[5].Pack - 1}, // never back
		{l.Start(), ends[5].Pack - 1},
		{rollcall.Position{}, ends[5].Pack - 1},
		{ends[12], ends[12].Pack - 1},
		{ends[19], ends[19].Pack - 1}, // all but the newest
	} {
		if err := h.Trim(t.Context(), l, c.to); err != nil {
			t.Fatalf("trim to %s: %v", c.to, err)
		}
		if got := l.Start(); got.Pack != c.start {
			t.Errorf("trimmed to %s, the start is %s, want the place behind pack %d", c.to, got, c.start)
		}
		CheckLog(t, l, &h)
		mustAppend(t, &h, l, 1, 100)
		CheckLog(t, l, &h)
	}
	for to, want := range map[rollcall.Position]error{
		{Epoch: l.Epoch() + 1, Pack: 1}:             journal.ErrForeignEpoch,
		{Epoch: l.Epoch(), Pack: l.End().Pack + 1}:  journal.ErrNoPosition,
		{Epoch: l.Epoch(), Pack: 1 << 60, Event: 1}: journal.ErrNoPosition,
	} {
		if err := l.Trim(t.Context(), to); !errors.Is(err, want) {
			t.Errorf("trim to %s: got %v, want %v", to, err, want)
		}
	}
	CheckLog(t, l, &h)
}

func testTrimReopen(t *testing.T, j Journal) {
	t.Helper()
	if !j.Durable {
		return
	}
	var h History
	for range 3 {
		l := open(t, j)
		CheckLog(t, l, &h)
		ends := fill(t, &h, l, 10)
		if err := h.Trim(t.Context(), l, ends[7]); err != nil {
			t.Fatal(err)
		}
		CheckLog(t, l, &h)
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	CheckLog(t, open(t, j), &h)
}

// Packs that a Tail has not read yet are forgotten: it ends, and says why.
func testTrimUnderTail(t *testing.T, j Journal) {
	t.Helper()
	l := open(t, j)
	var h History
	ends := fill(t, &h, l, 40)
	// A tail reads ahead, so that what was forgotten may still come. What counts
	// is that nothing is left out.
	due := uint64(1)
	var last error
	for p, err := range l.Tail(t.Context(), rollcall.Position{}) {
		if last = err; err != nil {
			break
		}
		if p.Sequence != due {
			t.Errorf("pack %d came where %d was due", p.Sequence, due)
		}
		if due++; p.Sequence == 1 {
			if err := h.Trim(t.Context(), l, ends[39]); err != nil {
				t.Fatal(err)
			}
		}
		if p.Last() == l.End() {
			break
		}
	}
	if last != nil && !errors.Is(last, journal.ErrTrimmed) {
		t.Errorf("the tail ended with %v", last)
	}
	CheckLog(t, l, &h)
}

// Appends, tails and trims do not wait for each other, and nothing that may not
// go is missing.
func testTrimConcurrent(t *testing.T, j Journal) {
	t.Helper()
	l := open(t, j)
	var h History
	inParallel(4, func(w int) {
		for i := range 25 {
			if w < 3 {
				if _, err := h.Append(t.Context(), l, 2, 200); err != nil {
					t.Errorf("append: %v", err)
				}
			} else if err := h.Trim(t.Context(), l, l.End()); err != nil {
				t.Errorf("trim %d: %v", i, err)
			}
		}
	})
	CheckLog(t, l, &h)
}

func testSnapshots(t *testing.T, j Journal) {
	t.Helper()
	l := open(t, j)
	var h History
	if _, err := h.PutSnapshot(t.Context(), l, l.End()); !errors.Is(err, journal.ErrNoPosition) {
		t.Errorf("a snapshot of an empty log: got %v, want %v", err, journal.ErrNoPosition)
	}
	h = History{}
	ends := fill(t, &h, l, 16)
	for _, i := range []int{3, 12, 7, 4, 15, 0} { // of one, and of several pieces
		first, err := h.PutSnapshot(t.Context(), l, ends[i])
		if err != nil {
			t.Fatal(err)
		}
		CheckLog(t, l, &h)
		again, err := h.PutSnapshot(t.Context(), l, ends[i])
		if err != nil || again != first || first.Position != ends[i] {
			t.Errorf("put again at %s: got %+v, %v, want %+v", ends[i], again, err, first)
		}
	}
	CheckLog(t, l, &h)
	for range 2 {
		if err := h.RemoveSnapshot(t.Context(), l, ends[7]); err != nil {
			t.Error(err)
		}
		if _, err := readSnapshot(l, ends[7]); !errors.Is(err, journal.ErrNoSnapshot) {
			t.Errorf("read a snapshot that was removed: got %v, want %v", err, journal.ErrNoSnapshot)
		}
		CheckLog(t, l, &h)
	}
	if !j.Durable {
		return
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l = open(t, j)
	CheckLog(t, l, &h)
}

func testSnapshotRefused(t *testing.T, j Journal) {
	t.Helper()
	l := open(t, j)
	var h History
	ends := fill(t, &h, l, 10)
	if err := h.Trim(t.Context(), l, ends[4]); err != nil {
		t.Fatal(err)
	}
	before := rollcall.Position{Epoch: l.Epoch(), Pack: l.Start().Pack}
	for at, want := range map[rollcall.Position]error{
		{}:                              journal.ErrNoPosition,
		{Epoch: l.Epoch() + 1, Pack: 5}: journal.ErrForeignEpoch,
		{Epoch: l.Epoch(), Pack: 1000}:  journal.ErrNoPosition,
		before:                          journal.ErrTrimmed,
	} {
		_, err := l.PutSnapshot(t.Context(), func(io.Writer) (rollcall.Position, error) { return at, nil })
		if !errors.Is(err, want) {
			t.Errorf("a snapshot of %s: got %v, want %v", at, err, want)
		}
	}
	CheckLog(t, l, &h)
}

// A snapshot that could not be written to its end is not there.
func testSnapshotBroken(t *testing.T, j Journal) {
	t.Helper()
	l := open(t, j)
	var h History
	end := fill(t, &h, l, 5)[4]
	broken := errors.New("broken")
	_, err := l.PutSnapshot(t.Context(), func(w io.Writer) (rollcall.Position, error) {
		if err := writeSnapshot(w, end); err != nil {
			return end, err
		}
		return end, broken
	})
	if !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
	CheckLog(t, l, &h)
	ctx, cancel := context.WithCancel(t.Context())
	_, err = l.PutSnapshot(ctx, func(w io.Writer) (rollcall.Position, error) {
		cancel()
		return end, writeSnapshot(w, end)
	})
	if err == nil {
		h.snapshots = map[rollcall.Position]*kept{end: {put: h.Now()}} // it was quicker
	} else if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	CheckLog(t, l, &h)
	if _, err := h.PutSnapshot(t.Context(), l, end); err != nil {
		t.Error(err)
	}
	CheckLog(t, l, &h)
}

// Appends go on while a snapshot is being written.
func testSnapshotDoesNotHinder(t *testing.T, j Journal) {
	t.Helper()
	l := open(t, j)
	var h History
	end := fill(t, &h, l, 5)[4]
	_, err := l.PutSnapshot(t.Context(), func(w io.Writer) (rollcall.Position, error) {
		fill(t, &h, l, 5)
		if err := writeSnapshot(w, end); err != nil {
			return end, err
		}
		fill(t, &h, l, 5)
		packs, err := readFrom(l, end)
		if err == nil && len(packs) != 10 {
			t.Errorf("a tail beside a snapshot yields %d packs, want 10", len(packs))
		}
		return end, err
	})
	if err != nil {
		t.Fatal(err)
	}
	h.snapshots = map[rollcall.Position]*kept{end: {put: h.Now()}}
	CheckLog(t, l, &h)
}
