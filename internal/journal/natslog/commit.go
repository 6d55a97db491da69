package natslog

import (
	"context"
	"errors"
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
	l.progress.sending(at)
	a.others = func() bool { return l.packer.Waiting().Records > b.Records() }
	for {
		// Sequence names the node's pack before this one: see the package comment.
		h := journal.Header{Epoch: l.epoch, Sequence: a.newest + 1, At: at}
		a.encoded = l.codec.Encode(a.encoded[:0], h, b)
		stored, n, err := a.store(l.sending, a.encoded)
		if refusal, ok := errors.AsType[*journal.RefusalError](err); ok {
			return rollcall.Position{}, l.refuse(refusal, b)
		}
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
	l.progress.taken()

	if l.options.OnCommit != nil {
		l.options.OnCommit(Commit{
			Records: b.Records(), Bytes: b.Bytes(), StoredBytes: len(a.encoded), Sends: sends, Took: time.Since(begin),
		})
	}
	return first, nil
}

// refuse tells of a pack that is given up. Where its size was the reason, those of
// the next appends follow what is taken now.
func (l *Log) refuse(refusal *journal.RefusalError, b *journal.Body) error {
	l.options.Logger.Warn("the journal's stream does not take an append", "stream", l.options.Stream,
		"records", b.Records(), "bytes", b.Bytes(), "error", refusal)
	if !refusal.Apart {
		return refusal
	}
	if b.Parts() == 1 {
		l.progress.taken() // what was in the way is not any more
	}
	ctx, cancel := l.attempt(l.sending, 0)
	defer cancel()
	if info, _, err := askLeader(ctx, l.stream); err == nil {
		l.fit(info.Config)
	}
	return refusal
}
