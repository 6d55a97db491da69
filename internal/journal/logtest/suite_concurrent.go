package logtest

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"

	"rollcall"
	"rollcall/internal/journal"
)

func testConcurrent(t *testing.T, j Journal) {
	t.Helper()
	l := open(t, j)
	var h History
	inParallel(16, func(w int) {
		for i := range 20 {
			if _, err := h.Append(t.Context(), l, 1+(w+i)%5, 100); err != nil {
				t.Errorf("append: %v", err)
				return
			}
		}
	})
	CheckLog(t, l, &h)
	if n, _ := h.Acknowledged(); n != 16*20 {
		t.Errorf("%d appends were acknowledged, want %d", n, 16*20)
	}
}

func testCancelled(t *testing.T, j Journal) {
	t.Helper()
	l := open(t, j)
	var h History
	inParallel(8, func(w int) {
		for i := range 20 {
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan struct{})
			go func() { // races with the append, and may come before, during or after it
				defer close(done)
				if (w+i)%2 == 0 {
					cancel()
				}
			}()
			if _, err := h.Append(ctx, l, 3, 100); err != nil && !errors.Is(err, context.Canceled) {
				t.Errorf("append with a cancelled context: %v", err)
			}
			<-done
			cancel()
		}
	})
	mustAppend(t, &h, l, 1, 100) // behind everything that still waited
	CheckLog(t, l, &h)
}

func testOverload(t *testing.T, j Journal) {
	t.Helper()
	l := open(t, j)
	var h History
	inParallel(16, func(int) {
		for range 4 {
			if _, err := h.Append(t.Context(), l, 2, Limits.Bytes/2); err != nil && !errors.Is(err, journal.ErrFull) {
				t.Errorf("append beyond what may wait: got %v, want nothing or %v", err, journal.ErrFull)
			}
		}
	})
	if n, _ := h.Acknowledged(); n == 0 {
		t.Error("nothing was taken")
	}
	CheckLog(t, l, &h)
}

func testFollow(t *testing.T, j Journal) {
	t.Helper()
	l := open(t, j)
	var h History
	const writers, each = 4, 25
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()

	total := make(chan int)
	for range 3 {
		go func() { total <- follow(ctx, t, l, writers*each*2) }()
	}
	inParallel(writers, func(int) {
		for range each {
			if _, err := h.Append(ctx, l, 2, 50); err != nil {
				t.Errorf("append: %v", err)
				cancel()
				return
			}
		}
	})
	for range 3 {
		if n := <-total; n != writers*each*2 {
			t.Errorf("a tail yielded %d records, want %d", n, writers*each*2)
		}
	}
	CheckLog(t, l, &h)
}

// follow tails l from its beginning until it has seen want records, and checks
// that every record comes directly behind the one before, is durable, and holds
// as long as it must.
func follow(ctx context.Context, t *testing.T, l journal.Log, want int) (seen int) {
	t.Helper()
	last := rollcall.Position{}
	for p, err := range l.Tail(ctx, rollcall.Position{}) {
		if err != nil {
			t.Errorf("tail: %v", err)
			return seen
		}
		if p.Sequence != last.Pack+1 {
			t.Errorf("pack %d came behind %d", p.Sequence, last.Pack)
		}
		last = p.Last()
		if l.End().Before(last) {
			t.Errorf("%s was readable while the end was %s", last, l.End())
		}
		kept := p.Clone()
		runtime.Gosched() // others append and read meanwhile
		if diff := Diff([]journal.Pack{kept}, []journal.Pack{p}); diff != "" {
			t.Errorf("pack %d changed while it was read:\n%s", p.Sequence, diff)
		}
		if seen += len(p.Records); seen >= want {
			return seen
		}
	}
	return seen
}

func testTailContext(t *testing.T, j Journal) {
	t.Helper()
	l := open(t, j)
	var h History
	end := mustAppend(t, &h, l, 2, 10)
	ctx, cancel := context.WithCancel(t.Context())
	var got []error
	for p, err := range l.Tail(ctx, rollcall.Position{}) {
		if err == nil && p.Last() == end {
			cancel() // the tail is about to wait
		}
		got = append(got, err)
	}
	cancel()
	if len(got) != 2 || got[0] != nil || !errors.Is(got[1], context.Canceled) {
		t.Errorf("the tail yielded the errors %v, want none and then %v", got, context.Canceled)
	}
}

func testTailBreak(t *testing.T, j Journal) {
	t.Helper()
	l := open(t, j)
	var h History
	for range 5 {
		mustAppend(t, &h, l, 3, 10)
	}
	tail := l.Tail(t.Context(), rollcall.Position{})
	for range 2 { // a sequence can be ranged over again
		n := 0
		for p, err := range tail {
			if n++; err != nil || p.Sequence != uint64(n) {
				t.Errorf("yield %d gave pack %d, %v", n, p.Sequence, err)
			}
			if n == 3 {
				break
			}
		}
	}
	CheckLog(t, l, &h)
}

func testClose(t *testing.T, j Journal) {
	t.Helper()
	l := open(t, j)
	var h History
	mustAppend(t, &h, l, 1, 10)

	ended := make(chan error)
	following := make(chan struct{})
	go func() {
		var last error
		begun := sync.OnceFunc(func() { close(following) })
		for _, err := range l.Tail(t.Context(), rollcall.Position{}) {
			begun()
			last = err
		}
		ended <- last
	}()
	<-following

	closed := make(chan error)
	go func() { closed <- l.Close() }()
	inParallel(8, func(int) { // race with Close
		for {
			if _, err := h.Append(t.Context(), l, 1, 10); err != nil {
				if !errors.Is(err, journal.ErrClosed) {
					t.Errorf("append to a log that closes: got %v, want %v", err, journal.ErrClosed)
				}
				return
			}
		}
	})
	if err := <-closed; err != nil {
		t.Errorf("close: %v", err)
	}
	if err := <-ended; !errors.Is(err, journal.ErrClosed) {
		t.Errorf("tail of a closed log: got %v, want %v", err, journal.ErrClosed)
	}
	for _, err := range l.Tail(t.Context(), rollcall.Position{}) {
		if !errors.Is(err, journal.ErrClosed) {
			t.Errorf("new tail of a closed log: got %v, want %v", err, journal.ErrClosed)
		}
	}
	if j.Durable {
		CheckLog(t, open(t, j), &h)
	}
}
