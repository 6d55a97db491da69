package kinesis_test

import (
	"context"
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/source/kinesis"
	"rollcall/internal/source/kinesis/kinesistest"
)

// allotted are leases as a test gives them, seen by a node.
type allotted struct {
	*allotment
	node string
}

type allotment struct {
	mu      sync.Mutex
	readers map[string]string // :: shard -> node
	left    []string          // nodes
}

func (a *allotted) Node() string { return a.node }

func (a *allotted) Share(context.Context, []string) map[string]string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.readers)
}

func (a *allotted) Leave() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.left = append(a.left, a.node)
}

func (a *allotment) give(readers map[string]string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.readers = readers
}

// A node reads the shards whose leases it has, and no others. It goes on behind
// the checkpoint of whoever read them before.
func TestSource_ReadsTheShardsOfItsLeases(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := kinesistest.New("events")
		first, second := s.Shards()[0], s.Shards()[1]
		leases := &allotment{}
		a, b := newReader(s), newReader(s)
		b.checkpoints = a.checkpoints // of one journal
		a.options = func(o *kinesis.Options) { o.Leases = &allotted{leases, "a"} }
		b.options = func(o *kinesis.Options) { o.Leases = &allotted{leases, "b"} }
		leases.give(map[string]string{first: "a"})
		a.start(t)
		b.start(t)
		put := func(data string) {
			s.Put(0, "first "+data)
			s.Put(255, "second "+data)
			settle()
		}
		check := func(r *reader, shards, kept []string, behind ...string) {
			t.Helper()
			var states []string
			for _, sh := range r.is.Status().Shards {
				states = append(states, sh.State+" "+sh.Node)
			}
			if diff := cmp.Diff(shards, states); diff != "" {
				t.Errorf("shards (-want +got):\n%s", diff)
			}
			got := r.all()
			slices.Sort(got)
			if diff := cmp.Diff(kept, got); diff != "" {
				t.Errorf("kept (-want +got):\n%s", diff)
			}
			if told := slices.Sorted(maps.Keys(r.lag())); !slices.Equal(told, behind) {
				t.Errorf("how far it is behind is told of %q, want %q", told, behind)
			}
		}
		put("1")
		check(a, []string{"reading a", "elsewhere "}, []string{"first 1"}, first)
		check(b, []string{"elsewhere a", "elsewhere "}, nil)

		leases.give(map[string]string{first: "b", second: "a"})
		settle()
		put("2")
		check(a, []string{"elsewhere b", "reading a"}, []string{"first 1", "second 1", "second 2"}, second)
		check(b, []string{"reading b", "elsewhere a"}, []string{"first 2"}, first)

		b.stop()
		leases.give(map[string]string{first: "a", second: "a"})
		put("3")
		check(a, []string{"reading a", "reading a"}, []string{"first 1", "first 3", "second 1", "second 2", "second 3"}, first, second)
		a.stop()
		if want := []string{"b", "a"}; !slices.Equal(leases.left, want) {
			t.Errorf("%q left, want %q", leases.left, want)
		}
	})
}
