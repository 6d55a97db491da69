package logtest

import (
	"context"
	"errors"
	"sync"
	"testing"

	"rollcall"
	"rollcall/internal/journal"
)

// Journal is one journal, which can be opened, closed and opened again.
type Journal struct {
	// Open opens it with what was appended before. It is never called while the
	// journal is open.
	Open func() (journal.Log, error)

	// Durable tells that what was acknowledged is there after Close and Open.
	Durable bool
}

// Limits is what the suite asks of a journal that it has made: no more than
// this much is taken as one unit, and no more waits to be durable.
var Limits = journal.Limits{Bytes: 64 << 10, Records: 100}

// Run holds a Log to the contract. create makes a new, empty journal that has
// these Limits; what it holds is released with tb.
func Run(t *testing.T, create func(tb testing.TB, l journal.Limits) Journal) {
	t.Helper()
	for _, c := range []struct {
		name string
		test func(t *testing.T, j Journal)
	}{
		{"AnEmptyLogHasAnEndBeforeEverything", testEmpty},
		{"AppendsLieInOrderAtTheirPositions", testOrder},
		{"AppendKeepsNothingOfTheCaller", testCopies},
		{"AnAppendBeyondTheLimitsIsRefusedWhole", testTooLarge},
		{"AnAppendWithAContextThatIsDoneDoesNotHappen", testDoneContext},
		{"ConcurrentAppendsAreWholeAndInOrder", testConcurrent},
		{"CancelledAppendsAreWholeOrAbsent", testCancelled},
		{"TooMuchAtOnceIsRefusedNotLost", testOverload},
		{"ATailFollowsLive", testFollow},
		{"ATailBeginsBehindAPack", testTailBehind},
		{"ATailEndsWithItsContext", testTailContext},
		{"ATailCanBeBrokenOff", testTailBreak},
		{"CloseEndsTailsAndAppends", testClose},
		{"AReopenedLogHasAll", testReopen},
		{"TrimForgetsWholePacksBeforeAPlace", testTrim},
		{"WhatWasTrimmedStaysSo", testTrimReopen},
		{"ATailThatIsOvertakenByATrimSaysSo", testTrimUnderTail},
		{"TrimmingHindersNobody", testTrimConcurrent},
		{"SnapshotsAreKeptAsTheyWerePut", testSnapshots},
		{"ASnapshotOfNoPlaceInTheLogIsRefused", testSnapshotRefused},
		{"ASnapshotIsThereWholeOrNotAtAll", testSnapshotBroken},
		{"ASnapshotHindersNobody", testSnapshotDoesNotHinder},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, create(t, Limits)) })
	}
	t.Run("BehavesLikeTheModel", func(t *testing.T) { testModel(t, create) })
}

// open opens j and closes it with the test.
func open(tb testing.TB, j Journal) journal.Log {
	tb.Helper()
	l, err := j.Open()
	if err != nil {
		tb.Fatalf("open the journal: %v", err)
	}
	tb.Cleanup(func() {
		if err := l.Close(); err != nil {
			tb.Errorf("close the journal: %v", err)
		}
	})
	return l
}

// mustAppend appends through h and fails the test on any error.
func mustAppend(tb testing.TB, h *History, l journal.Log, n, size int) rollcall.Position {
	tb.Helper()
	at, err := h.Append(tb.Context(), l, n, size)
	if err != nil {
		tb.Fatalf("append %d records of %d bytes: %v", n, size, err)
	}
	return at
}

func testEmpty(t *testing.T, j Journal) {
	t.Helper()
	l := open(t, j)
	var h History
	CheckLog(t, l, &h)
	if l.Epoch() == 0 {
		t.Error("the epoch is 0")
	}
	if (rollcall.Position{}).Before(l.End()) {
		t.Errorf("the end %s of an empty log lies behind the zero position", l.End())
	}
	at, err := l.Append(t.Context(), nil)
	if err != nil || at != l.End() {
		t.Errorf("append of nothing: got %s, %v, want the end %s", at, err, l.End())
	}
	if got := l.Limits(); got != Limits {
		t.Errorf("limits %+v, want %+v", got, Limits)
	}
	if err := l.Err(); err != nil {
		t.Errorf("a sound log has the error %v", err)
	}
	CheckLog(t, l, &h)
}

func testOrder(t *testing.T, j Journal) {
	t.Helper()
	l := open(t, j)
	var h History
	last := l.End()
	for _, n := range []int{1, 2, 7, Limits.Records, 1, 3} {
		at := mustAppend(t, &h, l, n, 200)
		if !last.Before(at) || at != l.End() || at.Event < uint32(n)-1 {
			t.Errorf("%d records went to %s, after %s, end %s", n, at, last, l.End())
		}
		last = at
		CheckLog(t, l, &h)
	}
}

func testCopies(t *testing.T, j Journal) {
	t.Helper()
	l := open(t, j)
	var h History
	r := h.begin(3, 100)
	given := make([][]byte, len(r.records))
	for i := range given {
		given[i] = append([]byte(nil), r.records[i]...)
	}
	at, err := l.Append(t.Context(), given)
	h.answered(r, at, err)
	for i := range given {
		clear(given[i])
		given[i] = nil
	}
	CheckLog(t, l, &h)
}

func testTooLarge(t *testing.T, j Journal) {
	t.Helper()
	l := open(t, j)
	var h History
	mustAppend(t, &h, l, 1, Limits.Bytes) // exactly as much as may be
	mustAppend(t, &h, l, Limits.Records, Limits.Bytes/Limits.Records)
	for _, c := range []struct{ n, size int }{{1, Limits.Bytes + 200}, {2, Limits.Bytes}, {Limits.Records + 1, 10}} {
		if _, err := h.Append(t.Context(), l, c.n, c.size); !errors.Is(err, journal.ErrTooLarge) {
			t.Errorf("append of %d records of %d bytes: got %v, want %v", c.n, c.size, err, journal.ErrTooLarge)
		}
		CheckLog(t, l, &h)
	}
	mustAppend(t, &h, l, 1, 10)
	CheckLog(t, l, &h)
}

func testDoneContext(t *testing.T, j Journal) {
	t.Helper()
	l := open(t, j)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := (&History{}).begin(2, 50)
	if _, err := l.Append(ctx, r.records); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	var none History
	CheckLog(t, l, &none)
	mustAppend(t, &none, l, 1, 50)
	CheckLog(t, l, &none)
}

func testReopen(t *testing.T, j Journal) {
	t.Helper()
	var h History
	l, err := j.Open()
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		mustAppend(t, &h, l, 3, 300)
	}
	epoch, end := l.Epoch(), l.End()
	for range 2 { // closing twice does nothing
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if !j.Durable {
		return
	}
	l = open(t, j)
	if l.Epoch() != epoch || l.End() != end {
		t.Errorf("epoch and end were %s, %s and are %s, %s", epoch, end, l.Epoch(), l.End())
	}
	CheckLog(t, l, &h)
	mustAppend(t, &h, l, 2, 10)
	CheckLog(t, l, &h)
}

// inParallel runs f in n goroutines and waits for all.
func inParallel(n int, f func(worker int)) {
	var wg sync.WaitGroup
	for w := range n {
		wg.Go(func() { f(w) })
	}
	wg.Wait()
}
