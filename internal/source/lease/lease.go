// Package lease shares the shards of a stream out among the nodes of a cluster. A
// lease is economy, not correctness: two readers of a shard do no harm, so whoever
// is in doubt reads, and nobody ever waits for another to let go.
//
// Each node writes two kinds of notes on the journal's board, and writes them
// again in each round: that it is there, and which shards it reads. Each sees the
// notes of all, and so knows how many shards are whose due: as many for each, one
// more for the first of them in an order that differs from stream to stream. Who
// has fewer takes free ones, then some of those who have more, who find out in
// their next round; meanwhile both read. A note is written over the one that was
// seen, or not at all, so of two who take the same shard one has it.
//
// A node is gone when its note has not changed for 25 seconds of the reader's own
// clock; clocks of others are never asked. With rounds of ten seconds every shard
// is read again less than 50 seconds after its reader died, and all is balanced
// one or two rounds after the nodes are known. A node that can't reach the board
// goes on with what it has for 25 seconds, after which others will have taken it,
// and then reads everything: nobody may be left who can.
package lease

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"slices"
	"strings"
	"time"

	"rollcall/internal/journal"
)

const (
	// patience is how long a note that doesn't change is taken for that of a node
	// which is there: more than two rounds.
	patience = 25 * time.Second

	// roundTime bounds a round, leaveTime the end.
	roundTime = 5 * time.Second
	leaveTime = 2 * time.Second
)

// Options are what Leases are made of. All must be given.
type Options struct {
	Board  journal.Board
	Stream string // as its source is called
	// Observe is told after each round how many shards the node reads, and how many
	// it began or ceased to read with it.
	Observe func(held, changed int)
	Logger  *slog.Logger
	Now     func() time.Time
}

// Leases are those of a stream, as one node sees them. One goroutine uses them.
type Leases struct {
	Options
	me, prefix string
	seen       map[string]sight  // :: key -> the note, since when it is the same
	heard      time.Time         // when the board answered last; zero: it never did
	readers    map[string]string // :: shard -> node, as Share said last
	alone      bool              // everything is read, since the board does not answer
}

type sight struct {
	revision uint64
	since    time.Time // by this node's clock
}

// New takes no part yet.
func New(o Options) *Leases {
	return &Leases{Options: o, me: o.Board.Node(), prefix: word(o.Stream), seen: make(map[string]sight)}
}

// Node names this node.
func (l *Leases) Node() string { return l.me }

// Share goes through a round, and gives who reads which of these shards now; one
// that is not there is about to be taken by another node. To be called every ten
// seconds with the shards that could be read.
func (l *Leases) Share(ctx context.Context, shards []string) map[string]string {
	ctx, cancel := context.WithTimeout(ctx, roundTime)
	defer cancel()
	before := l.held(l.readers)
	readers, err := l.round(ctx, shards)
	switch {
	case err == nil:
		l.heard, l.readers = l.Now(), readers
	case l.lost():
		l.readers = make(map[string]string, len(shards))
		for _, id := range shards {
			l.readers[id] = l.me
		}
	}
	l.tell(err)
	held, changed := l.held(l.readers), 0
	for id := range held {
		if !before[id] {
			changed++
		}
	}
	for id := range before {
		if !held[id] {
			changed++
		}
	}
	l.Observe(len(held), changed)
	return l.readers
}

// lost tells whether the board has not answered for so long, or never, that others
// will have taken what this node has.
func (l *Leases) lost() bool { return l.Now().Sub(l.heard) >= patience }

// tell logs when the board is lost, and when it is back.
func (l *Leases) tell(err error) {
	alone := err != nil && l.lost()
	switch {
	case alone && !l.alone:
		l.Logger.Warn("leases can't be had from the cluster, so this node reads all shards, as others may; nothing is lost by it",
			slog.String("source", l.Stream), slog.Any("error", err))
	case l.alone && !alone:
		l.Logger.Info("shards are shared by leases", slog.String("source", l.Stream))
	}
	l.alone = alone
}

func (l *Leases) held(readers map[string]string) map[string]bool {
	held := make(map[string]bool)
	for id, node := range readers {
		if node == l.me {
			held[id] = true
		}
	}
	return held
}

// round renews what the node has, and takes what it is due.
func (l *Leases) round(ctx context.Context, shards []string) (readers map[string]string, err error) {
	notes, err := l.Board.Notes(ctx, l.prefix)
	if err != nil {
		return nil, err
	}
	l.look(notes)
	if _, err := l.put(ctx, l.nodeKey(l.me), notes); err != nil {
		return nil, err
	}
	nodes := l.nodes(notes)
	readers = make(map[string]string, len(shards))
	for _, id := range shards {
		key := l.shardKey(id)
		reader, mine := notes[key].Text, true
		if !l.fresh(key) || !slices.Contains(nodes, reader) {
			continue
		}
		if reader == l.me {
			if mine, err = l.put(ctx, key, notes); err != nil {
				return nil, err
			}
		}
		if mine {
			readers[id] = reader
		}
	}
	return readers, l.take(ctx, shards, readers, notes, l.due(nodes, len(shards)))
}

// take takes shards until the node has what it is due: free ones first, then those
// of nodes that have more than they are due.
func (l *Leases) take(ctx context.Context, shards []string, readers map[string]string, notes map[string]journal.Note, due map[string]int) error {
	has := make(map[string]int)
	var free, others []string
	for _, id := range shards {
		reader, taken := readers[id]
		if !taken {
			free = append(free, id)
			continue
		}
		if has[reader]++; reader != l.me {
			others = append(others, id)
		}
	}
	for _, id := range append(free, others...) {
		reader, taken := readers[id]
		if has[l.me] >= due[l.me] {
			return nil
		}
		if taken && has[reader] <= due[reader] {
			continue
		}
		mine, err := l.put(ctx, l.shardKey(id), notes)
		if err != nil {
			return err
		}
		if has[reader]--; mine { // else another took it
			readers[id] = l.me
			has[l.me]++
		}
	}
	return nil
}

// look notes which notes have changed.
func (l *Leases) look(notes map[string]journal.Note) {
	now := l.Now()
	seen := make(map[string]sight, len(notes))
	for key, is := range notes {
		old, known := l.seen[key]
		if !known || old.revision != is.Revision {
			old = sight{revision: is.Revision, since: now}
		}
		seen[key] = old
	}
	l.seen = seen
}

func (l *Leases) fresh(key string) bool {
	is, known := l.seen[key]
	return known && l.Now().Sub(is.since) < patience
}

// put writes this node's name on a note, over what was seen there.
func (l *Leases) put(ctx context.Context, key string, notes map[string]journal.Note) (mine bool, err error) {
	err = l.Board.PutNote(ctx, key, l.me, notes[key].Revision)
	if errors.Is(err, journal.ErrNoteChanged) {
		return false, nil
	}
	return err == nil, err
}

// nodes are those that are there.
func (l *Leases) nodes(notes map[string]journal.Note) []string {
	all := []string{l.me}
	for key, is := range notes {
		if key == l.nodeKey(is.Text) && is.Text != l.me && l.fresh(key) {
			all = append(all, is.Text)
		}
	}
	return all
}

// due is how many shards each of the nodes should have.
func (l *Leases) due(nodes []string, shards int) map[string]int {
	rank := func(node string) uint64 {
		h := fnv.New64a()
		fmt.Fprintf(h, "%s\n%s", l.Stream, node)
		return h.Sum64()
	}
	slices.SortFunc(nodes, func(a, b string) int { return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b)) })
	due := make(map[string]int, len(nodes))
	for i, node := range nodes {
		due[node] = shards / len(nodes)
		if i < shards%len(nodes) {
			due[node]++
		}
	}
	return due
}

// Leave gives everything back, so that others take it in their next round. To be
// called when nothing is read any more.
func (l *Leases) Leave() {
	ctx, cancel := context.WithTimeout(context.Background(), leaveTime)
	defer cancel()
	notes, err := l.Board.Notes(ctx, l.prefix)
	for key, is := range notes {
		if is.Text == l.me {
			err = errors.Join(err, l.Board.DropNote(ctx, key, is.Revision))
		}
	}
	if err != nil {
		l.Logger.Info("leases were not given back; others take them when they run out", slog.String("source", l.Stream), slog.Any("error", err))
	}
	l.readers, l.heard = nil, time.Time{}
}

func (l *Leases) nodeKey(name string) string { return l.prefix + ".node." + word(name) }
func (l *Leases) shardKey(id string) string  { return l.prefix + ".shard." + word(id) }

// word writes a name as a word of a key.
func word(name string) string {
	var b strings.Builder
	for i := range len(name) {
		switch c := name[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_':
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "=%02X", c)
		}
	}
	return b.String()
}
