package source

import (
	"maps"
	"slices"
	"sync"

	"rollcall"
)

// Checkpoints are the newest of each shard: a pure function of the journal's
// records. One goroutine applies them; any may read.
type Checkpoints struct {
	mu      sync.Mutex
	streams map[string]*stream // :: name -> how far it was read
}

type stream struct {
	whole  Checkpoint            // of the stream as a whole: when it was made, since when it is read
	shards map[string]Checkpoint // :: id -> the newest
}

// NewCheckpoints gives those of an empty journal.
func NewCheckpoints() *Checkpoints { return &Checkpoints{streams: make(map[string]*stream)} }

// Apply takes a record that Decode takes. A checkpoint that is behind another, as
// of a second reader of a shard, changes nothing. One of a whole stream that was
// made at another time takes the place of all that was known of the stream.
func (c *Checkpoints) Apply(_ rollcall.Position, record []byte) error {
	is, err := Decode(record)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.streams[is.Stream]
	if is.Shard == "" && is.Gone {
		if s != nil && s.whole.Made.Equal(is.Made) {
			delete(c.streams, is.Stream)
		}
		return nil
	}
	if s == nil || is.Shard == "" && !s.whole.Made.Equal(is.Made) {
		s = &stream{whole: Checkpoint{Stream: is.Stream, Made: is.Made}, shards: make(map[string]Checkpoint)}
		c.streams[is.Stream] = s
	}
	old, known := s.shards[is.Shard]
	switch {
	case !is.Made.Equal(s.whole.Made): // of what is no more
	case is.Shard == "":
		s.whole = is
	case is.Gone:
		delete(s.shards, is.Shard)
	case known && (old.Ended || before(is.After, old.After) || is.After == old.After && is.At.Before(old.At)):
	default:
		s.shards[is.Shard] = is
	}
	return nil
}

// Follow does nothing: agent events move no checkpoint.
func (c *Checkpoints) Follow(*rollcall.Event, rollcall.Change) {}

// Restate gives the records that make these checkpoints, by stream and shard.
func (c *Checkpoints) Restate() (records [][]byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(c.streams)) {
		s := c.streams[name]
		records = append(records, s.whole.Record())
		for _, id := range slices.Sorted(maps.Keys(s.shards)) {
			is := s.shards[id]
			records = append(records, is.Record())
		}
	}
	return records
}

// Of gives what is known of a stream: of it as a whole, and of its shards by id.
// known is false for a stream that was never read.
func (c *Checkpoints) Of(name string) (whole Checkpoint, shards map[string]Checkpoint, known bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.streams[name]
	if s == nil {
		return Checkpoint{}, nil, false
	}
	return s.whole, maps.Clone(s.shards), true
}
