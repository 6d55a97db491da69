package lease_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"rollcall/internal/journal"
	"rollcall/internal/source/lease"
)

// board is a journal.Board of one cluster, which nodes can be cut off from.
type board struct {
	mu       sync.Mutex
	notes    map[string]journal.Note
	revision uint64
	down     bool
}

type view struct { // of a node
	*board
	name   string
	cutOff bool // under board.mu
}

var errCutOff = errors.New("cut off")

// enter waits a while, and locks.
func (v *view) enter(ctx context.Context) (leave func(), err error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(rand.N(20 * time.Millisecond)):
	}
	v.mu.Lock()
	if v.down || v.cutOff {
		v.mu.Unlock()
		return nil, errCutOff
	}
	return v.mu.Unlock, nil
}

func (v *view) Node() string { return v.name }

func (v *view) Notes(ctx context.Context, prefix string) (map[string]journal.Note, error) {
	leave, err := v.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	all := maps.Clone(v.notes)
	maps.DeleteFunc(all, func(key string, _ journal.Note) bool { return !strings.HasPrefix(key, prefix+".") })
	return all, nil
}

func (v *view) PutNote(ctx context.Context, key, text string, revision uint64) error {
	leave, err := v.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	if v.notes[key].Revision != revision {
		return journal.ErrNoteChanged
	}
	v.revision++
	v.notes[key] = journal.Note{Text: text, Revision: v.revision}
	return nil
}

func (v *view) DropNote(ctx context.Context, key string, revision uint64) error {
	leave, err := v.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	if v.notes[key].Revision == revision {
		delete(v.notes, key)
	}
	return nil
}

// node goes through a round every ten seconds, as a source does.
type node struct {
	*view
	leases *lease.Leases
	kill   context.CancelFunc
	stop   context.CancelFunc
	ended  chan struct{}
	held   int // under board.mu, as is
	reads  map[string]bool
}

func (b *board) start(name string, shards *[]string) *node {
	n := &node{view: &view{board: b, name: name}, ended: make(chan struct{})}
	n.leases = lease.New(lease.Options{
		Board: n.view, Stream: "kinesis:agent.events", Logger: slog.New(slog.DiscardHandler), Now: time.Now,
		Observe: func(held, _ int) { n.mu.Lock(); n.held = held; n.mu.Unlock() },
	})
	killed, kill := context.WithCancel(context.Background())
	stopped, stop := context.WithCancel(context.Background())
	n.kill, n.stop = kill, stop
	go n.run(killed, stopped, shards)
	return n
}

func (n *node) run(killed, stopped context.Context, shards *[]string) {
	defer close(n.ended)
	for {
		n.mu.Lock()
		all := slices.Clone(*shards)
		n.mu.Unlock()
		readers := n.leases.Share(killed, all)
		n.mu.Lock()
		n.reads = make(map[string]bool)
		for id, reader := range readers {
			if reader == n.name && killed.Err() == nil {
				n.reads[id] = true
			}
		}
		n.mu.Unlock()
		select {
		case <-killed.Done():
		case <-stopped.Done():
			n.leases.Leave() //nolint:contextcheck // nothing ends it but its own time
		case <-time.After(10 * time.Second):
			continue
		}
		n.mu.Lock()
		n.reads = nil
		n.mu.Unlock()
		return
	}
}

// cluster watches that no shard is left alone.
type cluster struct {
	*board
	nodes  []*node
	shards []string
	born   int
	alone  map[string]time.Time // :: shard -> since when nobody reads it
}

// wait lets time pass. No shard may be without a reader for a minute, unless
// there is no node.
func (c *cluster) wait(t interface{ Fatalf(string, ...any) }, d time.Duration) {
	for range d / time.Second {
		time.Sleep(time.Second)
		synctest.Wait()
		c.mu.Lock()
		for _, id := range c.shards {
			read := len(c.nodes) == 0
			for _, n := range c.nodes {
				read = read || n.reads[id]
			}
			switch since, known := c.alone[id]; {
			case read:
				delete(c.alone, id)
			case !known:
				c.alone[id] = time.Now()
			case time.Since(since) >= time.Minute:
				c.mu.Unlock()
				t.Fatalf("nobody has read %s for %s", id, time.Since(since))
			}
		}
		c.mu.Unlock()
	}
}

// settled says what is wrong when nothing has happened for a minute: each shard
// has one reader among those who reach the board, and they have as many each.
func (c *cluster) settled() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	readers, least, most := make(map[string]int), len(c.shards), 0
	there := false
	for _, n := range c.nodes {
		if n.cutOff {
			continue
		}
		there = true
		for id := range n.reads {
			readers[id]++
		}
		if len(n.reads) != n.held {
			return fmt.Sprintf("%s reads %d shards and tells of %d", n.name, len(n.reads), n.held)
		}
		least, most = min(least, len(n.reads)), max(most, len(n.reads))
	}
	for _, id := range c.shards {
		if there && readers[id] != 1 {
			return fmt.Sprintf("%s has %d readers", id, readers[id])
		}
	}
	if there && most-least > 1 {
		return fmt.Sprintf("a node reads %d shards and another %d", most, least)
	}
	return ""
}

// Whatever becomes of nodes and shards: nobody leaves a shard alone for a minute,
// and a minute later all is balanced.
func TestLeases_AreBalancedWithinAMinuteAndLeaveNoShardAlone(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		steps := rapid.SliceOfN(rapid.SampledFrom([]string{"join", "join", "kill", "stop", "cut", "heal", "again", "split", "end", "outage", "wipe", "nothing"}), 1, 12).Draw(rt, "steps")
		picks := rapid.SliceOfN(rapid.IntRange(0, 99), len(steps), len(steps)).Draw(rt, "picks")
		calm := rapid.SliceOfN(rapid.IntRange(0, 70), len(steps), len(steps)).Draw(rt, "calm")
		shards := rapid.IntRange(0, 7).Draw(rt, "shards")
		synctest.Test(t, func(t *testing.T) {
			c := &cluster{board: &board{notes: make(map[string]journal.Note)}, alone: make(map[string]time.Time)}
			defer func() {
				for _, n := range c.nodes {
					n.kill()
					<-n.ended
				}
			}()
			for range shards {
				c.split()
			}
			for i, step := range steps {
				c.step(t, step, picks[i])
				c.wait(t, time.Duration(calm[i])*time.Second)
			}
			c.wait(t, time.Minute)
			if wrong := c.settled(); wrong != "" {
				t.Errorf("after %q: %s", steps, wrong)
			}
		})
		if t.Failed() {
			rt.Fatalf("%q %v %v, %d shards", steps, picks, calm, shards)
		}
	})
}

func (c *cluster) split() {
	c.born++
	c.shards = append(c.shards, fmt.Sprintf("shardId-%012d", c.born))
}

func (c *cluster) step(t *testing.T, step string, pick int) {
	t.Helper()
	var n *node
	if len(c.nodes) > 0 {
		n = c.nodes[pick%len(c.nodes)]
	}
	gone := func() {
		<-n.ended
		c.nodes = slices.DeleteFunc(c.nodes, func(other *node) bool { return other == n })
	}
	c.mu.Lock()
	down := false
	switch {
	case step == "split":
		c.split()
	case step == "end" && len(c.shards) > 0:
		c.shards = slices.Delete(c.shards, 0, 1)
	case step == "wipe": // the servers of the cluster began anew
		clear(c.notes)
	case step == "outage":
		c.down, down = true, true
	case step == "cut" && n != nil:
		n.cutOff = true
	case step == "heal" && n != nil:
		n.cutOff = false
	}
	c.mu.Unlock()
	switch {
	case down:
		c.wait(t, time.Duration(pick)*time.Second)
		c.mu.Lock()
		c.down = false
		c.mu.Unlock()
	case step == "join":
		c.born++
		c.nodes = append(c.nodes, c.start(fmt.Sprintf("node.%d", c.born), &c.shards))
	case step == "kill" && n != nil:
		n.kill()
		gone()
	case step == "stop" && n != nil:
		n.stop()
		gone()
	case step == "again" && n != nil: // killed, and started under its name
		n.kill()
		gone()
		c.nodes = append(c.nodes, c.start(n.name, &c.shards))
	}
}

// Where the board gives no answer from the start, everything is read at once.
func TestLeases_WithoutABoardEverythingIsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &cluster{board: &board{notes: make(map[string]journal.Note), down: true}, shards: []string{"a", "b"}}
		one, two := c.start("one", &c.shards), c.start("two", &c.shards)
		time.Sleep(time.Second)
		synctest.Wait()
		for _, n := range []*node{one, two} {
			if len(n.reads) != 2 {
				t.Errorf("%s reads %v, want everything", n.name, n.reads)
			}
			n.kill()
			<-n.ended
		}
	})
}

// Who stops leaves nothing behind for which others would have to wait.
func TestLeases_AreGivenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &cluster{board: &board{notes: make(map[string]journal.Note)}, shards: []string{"a", "b"}}
		one := c.start("one", &c.shards)
		time.Sleep(time.Second)
		synctest.Wait()
		if len(c.notes) != 3 || len(one.reads) != 2 {
			t.Errorf("one node has %v, and there are %v", one.reads, c.notes)
		}
		one.stop()
		<-one.ended
		if len(c.notes) != 0 {
			t.Errorf("left behind: %v", c.notes)
		}
	})
}
