package natslog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"

	"rollcall"
	"rollcall/internal/journal"
)

// sessionHeader tells processes with the same node name apart.
const sessionHeader = "Rollcall-Session"

// publisher is how the appender writes: one message at a time on the node's own
// subject. The appender alone uses it.
type publisher struct {
	ctx     context.Context //nolint:containedctx // ends with Close, when the log fails, or when the appender must give up
	subject string
	session string
	newest  uint64    // stream sequence of the newest message on subject; 0 if there is none
	missing time.Time // since when the server says that newest is not there; zero if it is
	rival   time.Time // when another process with this name was last spoken of
	encoded []byte
}

// errStrangeAck is an acknowledgement that is not one of what was sent.
var errStrangeAck = errors.New("acknowledgement of something else")

// openPublisher finds the end of this node's chain.
func (l *Log) openPublisher(ctx context.Context) (err error) {
	p := &l.publisher
	p.subject = subject(l.options.Stream, l.epoch, l.options.Node)
	p.session = nuid.Next()
	p.newest, err = until(ctx, l, "the end of this node", l.newestOwn)
	return err
}

// newestOwn gives the stream sequence of the newest message on the node's
// subject, or 0.
func (l *Log) newestOwn(ctx context.Context) (uint64, error) {
	msg, err := l.stream.GetLastMsgForSubject(ctx, l.publisher.subject)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the newest pack of node %s: %w", l.options.Node, err)
	}
	return msg.Sequence, nil
}

// commit makes one body durable as the next pack. The appender alone calls it.
// Its error is terminal.
func (l *Log) commit(b *journal.Body) (rollcall.Position, error) {
	p, begin, at, sends := &l.publisher, time.Now(), l.options.Clock(), 0
	sequence, stored := uint64(0), false
	for !stored {
		// Sequence names the node's pack before this one: see the package comment.
		h := journal.Header{Epoch: l.epoch, Sequence: p.newest + 1, At: at}
		p.encoded = l.codec.Encode(p.encoded[:0], h, b)
		var err error
		if sequence, stored, err = l.store(&sends); err != nil {
			return rollcall.Position{}, fmt.Errorf("commit a pack behind pack %d of node %s: %w", p.newest, l.options.Node, err)
		}
	}
	p.newest, p.missing = sequence, time.Time{}
	first := rollcall.Position{Epoch: l.epoch, Pack: sequence}
	last := first
	last.Event = uint32(b.Records() - 1)
	l.learn(last)

	if l.options.OnCommit != nil {
		l.options.OnCommit(Commit{
			Records: b.Records(), Bytes: b.Bytes(), StoredBytes: len(p.encoded), Sends: sends, Took: time.Since(begin),
		})
	}
	return first, nil
}

// store sends what is encoded until it is in the stream, and gives its place.
// stored is false when that can no longer be, since newest has moved.
func (l *Log) store(sends *int) (sequence uint64, stored bool, err error) {
	var wait backoff
	for {
		sequence, sendErr := l.send(*sends)
		*sends++
		if sendErr == nil {
			// The commit point: a majority has the message. Only from here on, or
			// from where it is read back, may it be acknowledged.
			return sequence, true, nil
		}
		if *sends == 5 {
			l.options.Logger.Warn("journal append waits for the cluster", "error", sendErr)
		}
		next, mine, err := l.readBack(&wait, sendErr)
		switch {
		case err != nil:
			return 0, false, err
		case mine:
			return next, true, nil
		case next != 0:
			l.overtaken(next)
			return 0, false, nil
		case wrongSequence(sendErr):
			if moved, err := l.explain(); moved || err != nil {
				return 0, false, err
			}
		}
	}
}

// overtaken goes behind a pack of another process with this node's name: one
// that ran before and had sent it, or one that runs now.
func (l *Log) overtaken(sequence uint64) {
	p := &l.publisher
	p.newest = sequence
	if now := time.Now(); now.Sub(p.rival) > time.Minute {
		p.rival = now
		l.options.Logger.Warn("another process appends as this node", "node", l.options.Node, "pack", sequence)
	}
}

// send sends what is encoded once, after so many times before. Any error means
// that it may have been stored, or may still be.
func (l *Log) send(before int) (sequence uint64, err error) {
	p := &l.publisher
	ctx, cancel := l.attempt(p.ctx, before)
	defer cancel()
	ack, err := l.js.PublishMsg(ctx,
		&nats.Msg{Subject: p.subject, Data: p.encoded, Header: nats.Header{sessionHeader: {p.session}}},
		jetstream.WithExpectStream(l.options.Stream),
		jetstream.WithExpectLastSequencePerSubject(p.newest),
		jetstream.WithRetryAttempts(0)) // not before the subject was read
	switch {
	case err != nil:
		return 0, err
	case ack.Stream != l.options.Stream || ack.Duplicate || ack.Sequence <= p.newest:
		return 0, fmt.Errorf("%w: stream %s, sequence %d, duplicate %t", errStrangeAck, ack.Stream, ack.Sequence, ack.Duplicate)
	}
	return ack.Sequence, nil
}

// readBack gives the first message that lies behind newest on the node's
// subject, 0 if none does, and tells whether it is what was sent. It asks until
// it knows.
func (l *Log) readBack(wait *backoff, sendErr error) (next uint64, mine bool, err error) {
	for urgent := wrongSequence(sendErr) && wait.count == 0; ; urgent = false {
		if !urgent && wait.sleep(l.publisher.ctx) != nil {
			return 0, false, fmt.Errorf("given up, and it may have been stored: %w", sendErr)
		}
		next, mine, err = l.nextOwn(wait.count)
		if err == nil {
			return next, mine, nil
		}
	}
}

func (l *Log) nextOwn(before int) (next uint64, mine bool, err error) {
	p := &l.publisher
	ctx, cancel := l.attempt(p.ctx, before)
	defer cancel()
	msg, err := l.stream.GetMsg(ctx, p.newest+1, jetstream.WithGetMsgSubject(p.subject))
	switch {
	case errors.Is(err, jetstream.ErrMsgNotFound):
		return 0, false, nil
	case err != nil:
		return 0, false, err
	}
	return msg.Sequence, msg.Header.Get(sessionHeader) == p.session && bytes.Equal(msg.Data, p.encoded), nil
}

// wrongSequence tells whether the server refused a message because another one
// is the newest on its subject, or is on its way.
func wrongSequence(err error) bool {
	api, ok := errors.AsType[*jetstream.APIError](err)
	return ok && (api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence ||
		api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequenceConstant)
}

// explain finds out why newest is not the newest on the node's subject while
// nothing lies behind it. moved tells that it was trimmed, and newest is 0; an
// error, that it is lost.
func (l *Log) explain() (moved bool, err error) {
	p := &l.publisher
	ctx, cancel := l.attempt(p.ctx, 1)
	defer cancel()
	newest, err := l.newestOwn(ctx)
	if err != nil {
		return false, nil // not answered: asked again with the next send
	}
	if newest >= p.newest {
		p.missing = time.Time{}
		return false, nil
	}
	if trimmed, err := l.trimmed(ctx, p.newest); err != nil || trimmed {
		if trimmed {
			p.newest, p.missing = 0, time.Time{}
		}
		return trimmed, nil
	}
	if p.missing.IsZero() {
		p.missing = time.Now()
	}
	if time.Since(p.missing) < l.options.Patience {
		return false, nil
	}
	return false, &journal.DamageError{
		Place: place(l.options.Stream), Sequence: p.newest, Err: journal.ErrGap,
		Reason: "acknowledged to node " + l.options.Node + " and no longer there",
	}
}

// trimmed tells whether the stream begins behind a sequence.
func (l *Log) trimmed(ctx context.Context, sequence uint64) (bool, error) {
	info, err := l.stream.Info(ctx)
	if err != nil {
		return false, err
	}
	return info.State.FirstSeq > sequence, nil
}
