package keeper

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"rollcall"
	"rollcall/internal/journal"
	"rollcall/internal/journal/memlog"
)

// desk is a keeper at work on a log, and what it logs.
type desk struct {
	*Keeper
	t     *testing.T
	lines bytes.Buffer
	seen  int // agents
}

func open(t *testing.T, o Options) *desk {
	t.Helper()
	d := &desk{t: t}
	o.Logger, o.Now = slog.New(slog.NewTextHandler(&d.lines, nil)), time.Now
	o.Metrics = NewMetrics(prometheus.NewRegistry(), time.Now)
	var err error
	if d.Keeper, err = Open(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	return d
}

// put appends an event of a new agent and applies it.
func (d *desk) put() rollcall.Position {
	d.t.Helper()
	at, err := d.Log.Append(d.t.Context(), [][]byte{bytes.Repeat([]byte("x"), 1000)})
	if err != nil {
		d.t.Fatal(err)
	}
	d.seen++
	instance := rollcall.ARN{Partition: "aws", Region: "r", Account: "1", Instance: "i"}
	agent := instance.Child(rollcall.TypeAgent, fmt.Sprintf("agent-%d", d.seen))
	d.state.Floors().Apply([]rollcall.Record{{Position: at, Event: &rollcall.Event{
		ID: "1", Type: rollcall.EventLogin, At: time.Now().UTC(), Agent: agent, AgentARN: agent.String(), Instance: instance,
		Snapshot: &rollcall.Snapshot{Configuration: &rollcall.Configuration{Username: agent.ID}},
	}}})
	d.Applied(1000)
	return at
}

func (d *desk) positions() (all []rollcall.Position) {
	d.t.Helper()
	list, err := d.Log.Snapshots(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	for _, s := range list {
		all = append(all, s.Position)
	}
	return all
}

// fullDisk can't keep snapshots while it is full: there is room for events only.
type fullDisk struct {
	journal.Log
	full atomic.Bool

	mu    sync.Mutex
	times []time.Time // when a snapshot was tried
}

func (f *fullDisk) tries() []time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.times)
}

func (f *fullDisk) PutSnapshot(ctx context.Context, write func(io.Writer) (rollcall.Position, error)) (journal.Snapshot, error) {
	f.mu.Lock()
	f.times = append(f.times, time.Now())
	f.mu.Unlock()
	if f.full.Load() {
		_, _ = write(io.Discard)
		return journal.Snapshot{}, errors.New("no space left on device")
	}
	return f.Log.PutSnapshot(ctx, write)
}

// A snapshot that can't be written is not tried again for each pack that comes:
// the pause doubles up to the interval, each try is told in one line, and once
// one succeeds all is as before.
func TestRun_BacksOffWhileSnapshotsFail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &fullDisk{Log: memlog.New(memlog.Options{})}
		log.full.Store(true)
		d := open(t, Options{Log: log, Interval: time.Minute, EveryBytes: 10_000})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { defer close(ended); d.Run(ctx) }()
		for range 30 * 60 * 5 { // five minutes of 30 packs a second
			d.put()
			time.Sleep(time.Second / 30)
		}
		synctest.Wait()
		const most = 6 + 2*5 // 1, 2, 4, 8, 16 and 32 s apart, then by the interval, of the pause and of the clock
		tries := log.tries()
		tried := len(tries)
		if tried < 6 || tried > most {
			t.Errorf("%d snapshots were tried in five minutes, want 6 to %d", tried, most)
		}
		for i := range 4 {
			if was, is := tries[i+1].Sub(tries[i]), tries[i+2].Sub(tries[i+1]); is < was*3/2 {
				t.Errorf("tries %d to %d are %s and %s apart", i, i+2, was, is)
			}
		}
		if lines := strings.Count(d.lines.String(), "level=ERROR"); lines != tried {
			t.Errorf("%d tries made %d lines:\n%s", tried, lines, &d.lines)
		}

		log.full.Store(false)
		time.Sleep(time.Minute)
		synctest.Wait()
		if len(d.positions()) == 0 {
			t.Fatal("no snapshot was written when there was room again")
		}
		tried = len(log.tries())
		for range 200 {
			d.put()
			time.Sleep(time.Second / 30)
		}
		synctest.Wait()
		if now := len(log.tries()); now < tried+2 {
			t.Errorf("%d snapshots of 200 kB in sight after the failure, want several", now-tried)
		}
		stop()
		<-ended
	})
}

// What a start reads behind a snapshot is small where the snapshot is, and that is
// not paid for with a snapshot after the other while much happens.
func TestRun_WritesSmallSnapshotsEarlyButNotAllTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &fullDisk{Log: memlog.New(memlog.Options{})}
		d := open(t, Options{Log: log, Interval: time.Hour, EveryBytes: 1 << 30})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { defer close(ended); d.Run(ctx) }()
		happens := func(bytes int) int {
			d.put()
			d.Applied(bytes)
			synctest.Wait()
			return len(log.tries())
		}
		before := happens(earlyBytes / 2)
		for _, step := range []struct {
			name  string
			after time.Duration
			bytes int
			more  int
		}{
			{"enough since the start", 0, earlyBytes / 2, 1},
			{"enough, at once", time.Second, earlyBytes, 0},
			{"enough, a while after", earlyPause, 0, 1},
			{"not enough", time.Minute / 2, earlyBytes / 2, 0},
			{"as much as for a large one, at once", 0, 1 << 30, 1},
		} {
			time.Sleep(step.after)
			now := happens(step.bytes)
			if now != before+step.more {
				t.Errorf("%s: %d snapshots more, want %d", step.name, now-before, step.more)
			}
			before = now
		}
		time.Sleep(time.Second)
		before = happens(earlyBytes)
		time.Sleep(earlyPause + measureEvery) // and nothing happens
		synctest.Wait()
		if now := len(log.tries()); now != before+1 {
			t.Errorf("%d snapshots of what happened last, want one", now-before)
		}
		stop()
		<-ended
	})
}

// salvaged begins at the position of a snapshot: no pack before it is left.
type salvaged struct {
	journal.Log
	start rollcall.Position
}

func (s *salvaged) Start() rollcall.Position { return s.start }

// Retention never takes the snapshot that the journal begins at: without it what
// follows has no state below it.
func TestRetain_KeepsTheSnapshotAtWhichTheJournalBegins(t *testing.T) {
	for _, rules := range []retention{{age: time.Nanosecond}, {bytes: 1}} {
		log := &salvaged{Log: memlog.New(memlog.Options{})}
		d := open(t, Options{Log: log, Interval: time.Hour, EveryBytes: 1 << 30})
		log.start = d.put()
		for range 3 {
			if err := d.snapshot(t.Context()); err != nil {
				t.Fatal(err)
			}
			d.put()
		}
		first := log.start
		marks, err := d.marks(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		// The horizon is at the start itself: only what lies before may go.
		for i, m := range marks {
			if m.Position == first {
				if err := d.thin(t.Context(), rules.needless(marks, i)); err != nil {
					t.Fatal(err)
				}
				break
			}
		}
		if left := d.positions(); left[len(left)-1] != first {
			t.Errorf("with %+v the journal begins at %s, and the snapshots left are %s", rules, first, left)
		}
	}
}
