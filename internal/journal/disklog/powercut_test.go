package disklog_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"rollcall"
	"rollcall/internal/journal"
	"rollcall/internal/journal/disklog"
	"rollcall/internal/journal/logtest"
)

const cutDir = "data/journal"

// A power cut at any moment, between any two operations on the disk, with any
// part of what was not synced lost: no acknowledged event is lost, none is half
// there, order is kept, and what could once be read stays, but for what was
// trimmed. A snapshot is there whole or not at all.
func TestPowerCut_LosesNothingAcknowledged(t *testing.T) {
	cuts, requests := 200, 0
	if testing.Short() {
		cuts = 40
	}
	for seed := range cuts {
		c := newCut(uint64(seed), disklog.Options{}.WithSmallMemTables())
		c.run(t)
		if err := c.check(); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		n, _ := c.history.AsOf(c.tick).Acknowledged()
		requests += n
	}
	t.Logf("%d power cuts, %d requests acknowledged before them, none lost", cuts, requests)
}

// The test above proves something only if it fails where nothing is synced.
func TestPowerCut_FindsTheLossOfABuildThatDoesNotSync(t *testing.T) {
	const most = 40
	for seed := range most {
		c := newCut(uint64(seed), disklog.Options{}.WithSmallMemTables().WithoutSync())
		c.run(t)
		c.options = disklog.Options{}
		if err := c.check(); err != nil {
			t.Logf("seed %d: %v", seed, err)
			return
		}
	}
	t.Fatalf("%d power cuts without syncing, and no loss was seen", most)
}

// cut is one power cut under concurrent writers.
type cut struct {
	rng     *rand.Rand
	options disklog.Options
	history logtest.History
	disk    *vfs.MemFS

	mu      sync.Mutex
	left    int        // operations until the cut
	crashed *vfs.MemFS // the disk as it was at the cut
	tick    int        // of the history, at the cut
}

func newCut(seed uint64, o disklog.Options) *cut {
	rng := rng(seed)
	c := &cut{rng: rng, options: o, disk: vfs.NewCrashableMem()}
	c.left = 1 << rng.IntN(10) // from the first moments of a new store to its routine
	c.left += rng.IntN(c.left)
	c.options.FS = errorfs.Wrap(c.disk, errorfs.InjectorFunc(func(op errorfs.Op) error {
		if op.Kind.ReadOrWrite() == errorfs.OpIsWrite {
			c.step()
		}
		return nil
	}))
	return c
}

// step comes before every operation on the disk.
func (c *cut) step() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.left--; c.left == 0 {
		c.cutNow()
	}
}

func (c *cut) cutNow() {
	c.tick = c.history.Now() // whatever was answered by now must be on the disk
	c.crashed = c.disk.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: c.rng.IntN(5) * 25, RNG: c.rng})
}

func rng(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }

// run appends from several writers until some time after the cut.
func (c *cut) run(t *testing.T) {
	t.Helper()
	l, err := disklog.Open(cutDir, c.options)
	if err != nil {
		t.Fatal(err)
	}
	writers, size := 1+c.rng.IntN(4), 1<<c.rng.IntN(13)
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range 60 / writers {
				at, err := c.history.Append(context.Background(), l, 1+(w+i)%4, size)
				if err != nil {
					t.Errorf("append: %v", err)
				}
				if w == 0 {
					c.forgetAndKeep(t, l, i, at)
				}
			}
		})
	}
	wg.Wait()
	c.mu.Lock()
	if c.crashed == nil {
		c.cutNow()
		c.left = 0
	}
	c.mu.Unlock()
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

// forgetAndKeep keeps a snapshot now and then, and forgets what lies before the
// one before.
func (c *cut) forgetAndKeep(t *testing.T, l *disklog.Log, i int, at rollcall.Position) {
	t.Helper()
	if i%5 != 2 {
		return
	}
	if _, err := c.history.PutSnapshot(context.Background(), l, at); err != nil {
		t.Errorf("snapshot: %v", err)
	}
	list, err := l.Snapshots(context.Background())
	if err != nil || len(list) == 0 {
		t.Errorf("snapshots: %v, %v", list, err)
		return
	}
	oldest := list[len(list)-1].Position
	if err := c.history.Trim(context.Background(), l, oldest); err != nil {
		t.Errorf("trim: %v", err)
	}
	if len(list) > 2 {
		if err := c.history.RemoveSnapshot(context.Background(), l, oldest); err != nil {
			t.Errorf("remove: %v", err)
		}
	}
}

// check opens the journal after the cut, goes on with it, and cuts the power
// again while everything has been read.
func (c *cut) check() error {
	past := c.history.AsOf(c.tick)
	o := c.options
	o.FS = c.crashed
	l, err := disklog.Open(cutDir, o)
	if err != nil {
		return fmt.Errorf("open after the cut: %w", err)
	}
	defer func() { _ = l.Close() }()
	if err := logtest.Check(l, past); err != nil {
		return err
	}
	if _, err := past.Append(context.Background(), l, 3, 100); err != nil {
		return fmt.Errorf("append after the cut: %w", err)
	}
	if err := logtest.Check(l, past); err != nil {
		return fmt.Errorf("after the cut and an append: %w", err)
	}
	readable, err := logtest.ReadAll(l)
	if err != nil {
		return err
	}
	o.FS = c.crashed.CrashClone(vfs.CrashCloneCfg{})
	return checkSame(o, readable)
}

// checkSame opens the journal once more and compares what it holds.
func checkSame(o disklog.Options, want []journal.Pack) error {
	l, err := disklog.Open(cutDir, o)
	if err != nil {
		return fmt.Errorf("open after a second cut: %w", err)
	}
	defer func() { _ = l.Close() }()
	got, err := logtest.ReadAll(l)
	if err != nil {
		return fmt.Errorf("read after a second cut: %w", err)
	}
	if diff := logtest.Diff(want, got); diff != "" {
		return fmt.Errorf("what was readable before a second cut differs (-before +after):\n%s", diff)
	}
	return nil
}
