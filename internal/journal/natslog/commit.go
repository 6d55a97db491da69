package natslog

import (
	"context"
	"fmt"
	"time"

	"rollcall"
	"rollcall/internal/journal"
)

// appender is what commits need from one to the next. The packer's goroutine
// alone uses it.
type appender struct {
	*publisher        // on the node's own subject
	encoded    []byte // the pack that is being stored
}

// openAppender finds the end of this node's chain.
func (l *Log) openAppender(ctx context.Context) (err error) {
	p := l.newPublisher(l.stream, subject(l.options.Stream, l.epoch, l.options.Node))
	p.newest, err = until(ctx, l, "the end of this node", p.readNewest)
	l.appender.publisher = p
	return err
}

// commit makes one body durable as the next pack. Its error is terminal.
func (l *Log) commit(b *journal.Body) (rollcall.Position, error) {
	a, begin, at, sends := &l.appender, time.Now(), l.options.Now(), 0
	for {
		// Sequence names the node's pack before this one: see the package comment.
		h := journal.Header{Epoch: l.epoch, Sequence: a.newest + 1, At: at}
		a.encoded = l.codec.Encode(a.encoded[:0], h, b)
		stored, n, err := a.store(l.sending, a.encoded)
		if err != nil {
			return rollcall.Position{}, fmt.Errorf("commit a pack behind pack %d of node %s: %w", a.newest, l.options.Node, err)
		}
		if sends += n; stored {
			break
		}
	}
	first := rollcall.Position{Epoch: l.epoch, Pack: a.newest}
	last := first
	last.Event = uint32(b.Records() - 1)
	l.learn(last)

	if l.options.OnCommit != nil {
		l.options.OnCommit(Commit{
			Records: b.Records(), Bytes: b.Bytes(), StoredBytes: len(a.encoded), Sends: sends, Took: time.Since(begin),
		})
	}
	return first, nil
}
