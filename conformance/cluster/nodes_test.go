package cluster

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"rollcall"
	"rollcall/internal/journal"
	"rollcall/internal/journal/logtest"
	"rollcall/internal/journal/natslog"
)

// Several nodes open the journal at the same moment: one makes the stream, all
// have its epoch.
func TestNATS_NodesThatStartTogetherShareOneJournal(t *testing.T) {
	t.Parallel()
	c := startNATS(t)
	logs := make([]*natslog.Log, 4)
	var wg sync.WaitGroup
	for i := range logs {
		wg.Go(func() {
			var err error
			if logs[i], err = natslog.Open(t.Context(), c.options(string(rune('a'+i)))); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	for _, l := range logs {
		if l.Epoch() != logs[0].Epoch() {
			t.Errorf("epochs %s and %s", l.Epoch(), logs[0].Epoch())
		}
	}
	var h logtest.History
	for _, l := range logs {
		appendAll(t, &h, l, 1)
	}
	for _, l := range logs {
		awaitEnd(t, l, 4)
		logtest.CheckLog(t, l, &h)
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
}

// awaitEnd waits until a node knows of this many packs.
func awaitEnd(t *testing.T, l journal.Log, pack uint64) {
	t.Helper()
	eventually(t, "the end is known", func() bool { return l.End().Pack >= pack })
}

func TestNATS_AllNodesFollowTheSameOrder(t *testing.T) {
	t.Parallel()
	c := startNATS(t)
	a, b := openLog(t, c.options("a")), openLog(t, c.options("b"))
	const writers, each = 3, 30
	total := 2 * writers * each
	var followed [2][]journal.Pack
	var wg sync.WaitGroup
	for i, l := range []*natslog.Log{a, b} {
		wg.Go(func() { followed[i] = followRecords(t, l, total) })
	}
	var h logtest.History
	for _, l := range []*natslog.Log{a, b} {
		for range writers {
			wg.Go(func() {
				for range each {
					if _, err := h.Append(t.Context(), l, 1, 200); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
	}
	wg.Wait()
	if diff := logtest.Diff(followed[0], followed[1]); diff != "" {
		t.Errorf("the nodes differ:\n%s", diff)
	}
	for _, l := range []*natslog.Log{a, b} {
		awaitEnd(t, l, max(a.End().Pack, b.End().Pack))
		logtest.CheckLog(t, l, &h)
	}
}

// followRecords tails l until it has seen so many records.
func followRecords(t *testing.T, l journal.Log, want int) (packs []journal.Pack) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), slowest)
	defer cancel()
	seen := 0
	for p, err := range l.Tail(ctx, rollcall.Position{}) {
		if err != nil {
			t.Errorf("tail after %d of %d records: %v", seen, want, err)
			return packs
		}
		packs = append(packs, p.Clone())
		if seen += len(p.Records); seen >= want {
			break
		}
	}
	return packs
}

// Two processes with one name take turns; nothing is lost and nothing is there
// twice.
func TestNATS_TwoProcessesWithOneNameLoseNothing(t *testing.T) {
	t.Parallel()
	c := startNATS(t)
	logs := []*natslog.Log{openLog(t, c.options("same")), openLog(t, c.options("same"))}
	var h logtest.History
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for range 10 {
				if _, err := h.Append(t.Context(), logs[i%2], 2, 100); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for _, l := range logs {
		awaitEnd(t, l, max(logs[0].End().Pack, logs[1].End().Pack))
		logtest.CheckLog(t, l, &h)
	}
	if n, _ := h.Acknowledged(); n != 40 {
		t.Errorf("%d appends were acknowledged, want 40", n)
	}
}

// A position that another node gave out is good at once, even where this node
// has not heard of it.
func TestNATS_APositionOfAnotherNodeIsGoodAtOnce(t *testing.T) {
	t.Parallel()
	c := startNATS(t)
	a, b := openLog(t, c.options("a")), openLog(t, c.options("b"))
	at, err := a.Append(t.Context(), [][]byte{[]byte("first"), []byte("second")})
	if err != nil {
		t.Fatal(err)
	}
	at.Event--
	for p, err := range b.Tail(t.Context(), at) {
		if err != nil || p.First != 1 || string(p.Records[0]) != "second" {
			t.Errorf("tail from %s: %+v, %v", at, p, err)
		}
		break
	}
	at.Pack++
	for _, err := range b.Tail(t.Context(), at) {
		if !errors.Is(err, journal.ErrNoPosition) {
			t.Errorf("tail from %s, which is nowhere: got %v, want %v", at, err, journal.ErrNoPosition)
		}
	}
}

// A node without a Tail learns of others' packs by itself.
func TestNATS_ANodeLearnsTheEndWithoutATail(t *testing.T) {
	t.Parallel()
	c := startNATS(t)
	a, b := openLog(t, c.options("a")), openLog(t, c.options("b"))
	at, err := a.Append(t.Context(), [][]byte{[]byte("x"), []byte("y"), []byte("z")})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the other node knows the end", func() bool { return b.End() == at })
}

func TestNATS_ContactIsFreshWhileTheClusterAnswers(t *testing.T) {
	t.Parallel()
	var now atomic.Int64
	start := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	clock := func() time.Time { return start.Add(time.Duration(now.Load())) }
	c := startNATS(t)
	o := c.options("a")
	o.Now = clock
	l := openLog(t, o)
	fresh := func() bool { at, _ := l.Contact(); return at.Equal(clock()) }
	now.Add(int64(time.Hour))
	eventually(t, "contact", fresh)
	c[0].stop()
	// Wait until a question went unanswered: the next contact would be later.
	now.Add(int64(time.Hour))
	eventually(t, "silence", func() bool { _, trouble := l.Contact(); return !fresh() && trouble != nil })
	if err := l.Err(); err != nil {
		t.Errorf("a server that is gone failed the log: %v", err)
	}
	c[0].start(t)
	eventually(t, "contact again", fresh)
}

// A Tail that ended leaves nothing on the server.
func TestNATS_TailsLeaveNoConsumersBehind(t *testing.T) {
	t.Parallel()
	c := startNATS(t)
	l := openLog(t, c.options("a"))
	var h logtest.History
	appendAll(t, &h, l, 8)
	for range 20 {
		followRecords(t, l, 16)
	}
	stream, err := c.js(t).Stream(t.Context(), "ROLLCALL")
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "no consumers are left", func() bool {
		info, err := stream.Info(t.Context())
		return err == nil && info.State.Consumers == 0
	})
}

// A server that restarts interrupts tails and appends; both go on.
func TestNATS_ARestartOfTheServerLosesNothing(t *testing.T) {
	t.Parallel()
	c := startNATS(t)
	a, b := openLog(t, c.options("a")), openLog(t, c.options("b"))
	const writers, each = 3, 20
	var followed []journal.Pack
	var wg sync.WaitGroup
	wg.Go(func() { followed = followRecords(t, b, 2*writers*each) })
	var h logtest.History
	var appended atomic.Int64
	for i := range 2 * writers {
		wg.Go(func() {
			for range each {
				if _, err := h.Append(t.Context(), []*natslog.Log{a, b}[i%2], 1, 200); err != nil {
					t.Error(err)
					return
				}
				appended.Add(1)
			}
		})
	}
	for i := range int64(2) {
		eventually(t, "something is appended", func() bool { return appended.Load() > (i+1)*writers*each/2 })
		c[0].stop()
		c[0].start(t)
	}
	wg.Wait()
	awaitEnd(t, a, b.End().Pack)
	logtest.CheckLog(t, a, &h)
	all, err := logtest.ReadAll(a)
	if err != nil {
		t.Fatal(err)
	}
	if diff := logtest.Diff(all, followed); diff != "" {
		t.Errorf("a tail over the restarts differs:\n%s", diff)
	}
}

func TestNATS_AFailedLogYieldsWhatItHasThenTheFailure(t *testing.T) {
	t.Parallel()
	c := startNATS(t)
	o := c.options("a")
	o.Patience = time.Millisecond
	l := openLog(t, o)
	var h logtest.History
	appendAll(t, &h, l, 2)
	live := make(chan error, 1)
	go func() {
		var last error
		for _, err := range l.Tail(context.Background(), rollcall.Position{}) {
			last = err
		}
		live <- last
	}()
	config := streamConfig(t, c)
	config.MaxAge = time.Hour
	if _, err := c.js(t).UpdateStream(t.Context(), config); err != nil {
		t.Fatal(err)
	}
	<-l.Failed()
	if err := <-live; !errors.Is(err, journal.ErrFailed) {
		t.Errorf("a tail at the end: got %v, want %v", err, journal.ErrFailed)
	}
	var packs int
	var last error
	for _, err := range l.Tail(t.Context(), rollcall.Position{}) {
		if err == nil {
			packs++
		}
		last = err
	}
	if packs != 2 || !errors.Is(last, journal.ErrFailed) {
		t.Errorf("a new tail gave %d packs and %v, want 2 and %v", packs, last, journal.ErrFailed)
	}
	if _, err := l.Append(t.Context(), [][]byte{[]byte("x")}); !errors.Is(err, journal.ErrFailed) {
		t.Errorf("append: got %v, want %v", err, journal.ErrFailed)
	}
}
