package kinesis

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"rollcall/internal/source"
)

// reading is one stream, of one creation, while it is read.
type reading struct {
	*Source
	whole    source.Checkpoint // of the stream
	work     sync.WaitGroup
	consumer *string       // ARN of the one by which shards are subscribed to; under Source.mu
	ended    chan struct{} // holds a token when a shard was read to its end since the last look
}

// look begins to read every shard whose turn it is, and that is this node's.
func (r *reading) look(ctx context.Context) error {
	listed, err := r.list(ctx)
	if err != nil {
		return err
	}
	is, err := r.same(ctx) // asked behind the list, which then is this stream's
	if err != nil {
		return err
	}
	if err := r.consume(ctx, is.arn); err != nil {
		return err
	}
	whole, known, _ := r.Checkpoints(r.whole.Stream)
	if !whole.Made.Equal(r.whole.Made) { // of a stream before this one, whose shards had the same ids: what is kept is applied later
		known = nil
	}
	r.adopt(known)
	var ready []string
	for _, id := range slices.Sorted(maps.Keys(listed)) {
		s := r.shard(id)
		if s.isEnded() {
			continue
		}
		if waits := r.waitsFor(listed, listed[id]); waits != "" {
			s.set(func(is *source.ShardStatus) { is.State, is.WaitsFor = source.StateWaiting, waits })
			continue
		}
		ready = append(ready, id)
	}
	r.share(ctx, ready, known)
	return r.forget(ctx, listed, known)
}

// share reads those of the shards that are this node's, and the others no more.
func (r *reading) share(ctx context.Context, ready []string, known map[string]source.Checkpoint) {
	if r.Leases == nil {
		for _, id := range ready {
			r.start(ctx, r.shard(id), "", known[id])
		}
		return
	}
	me, readers := r.Leases.Node(), r.Leases.Share(ctx, ready)
	for _, id := range ready {
		s, reader := r.shard(id), readers[id]
		if reader == me {
			r.start(ctx, s, me, known[id])
			continue
		}
		if s.isBegun() {
			s.leave()
			s = r.shard(id)
		}
		s.set(func(is *source.ShardStatus) { is.State, is.WaitsFor, is.Node = source.StateElsewhere, "", reader })
	}
}

// start begins to read a shard, unless it is read.
func (r *reading) start(ctx context.Context, s *shard, node string, from source.Checkpoint) {
	if s.isBegun() {
		return
	}
	ctx, stop := context.WithCancel(ctx)
	s.begun(node, stop)
	r.work.Go(func() {
		defer stop()
		defer r.Observe.Left(r.name, s.id)
		if s.read(ctx, from) {
			select {
			case r.ended <- struct{}{}:
			default:
			}
		}
	})
}

// same describes the stream, if it is still the one that is read.
func (r *reading) same(ctx context.Context) (description, error) {
	is, err := r.describe(ctx)
	if err == nil && !is.made.Equal(r.whole.Made) {
		err = errAnew
	}
	return is, err
}

// waitsFor names a shard that has to be read to its end first, if there is one:
// one of those that this one came of. What the stream has forgotten can't be read.
func (r *reading) waitsFor(listed map[string]types.Shard, of types.Shard) string {
	for _, parent := range []*string{of.ParentShardId, of.AdjacentParentShardId} {
		if parent == nil {
			continue
		}
		if _, there := listed[*parent]; there && !r.shard(*parent).isEnded() {
			return *parent
		}
	}
	return ""
}

// adopt takes the shards that the journal knows, and which of them were read to
// their end, perhaps by another node.
func (r *reading) adopt(known map[string]source.Checkpoint) {
	for id, c := range known {
		if s := r.shard(id); c.Ended {
			s.end()
		}
	}
}

// shard gives a shard by its id.
func (r *reading) shard(id string) *shard {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.shards[id]
	if s == nil {
		s = &shard{reading: r, id: id, status: source.ShardStatus{Shard: id, Mode: r.mode(), State: source.StateWaiting}}
		r.shards[id] = s
	}
	return s
}

// drop forgets a shard's checkpoint.
func (r *reading) drop(ctx context.Context, id string) error {
	gone := source.Checkpoint{Stream: r.whole.Stream, Made: r.whole.Made, Shard: id, Gone: true}
	return r.keep(ctx, &gone)
}

// forget drops the shards that the stream has forgotten, and what is known of them.
func (r *reading) forget(ctx context.Context, listed map[string]types.Shard, known map[string]source.Checkpoint) error {
	r.mu.Lock()
	all := maps.Clone(r.shards)
	r.mu.Unlock()
	for id, s := range all {
		if _, there := listed[id]; there {
			continue
		}
		c, kept := known[id]
		if !c.Ended && !s.isEnded() {
			r.gap("the stream has forgotten a shard that was not read to its end", slog.String("shard", id), slog.String("after", c.After))
		}
		if kept {
			if err := r.drop(ctx, id); err != nil {
				return err
			}
		}
		s.leave()
	}
	return nil
}
