package natslog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"rollcall/internal/journal"
)

const (
	// pullBytes is what a feed asks for at most, and so about what it may hold.
	pullBytes = 8 << 20

	pullTime  = 30 * time.Second
	pullBeats = 2 * time.Second // two that do not come mean that the consumer is gone

	// consumerIdle is when the server forgets a consumer that nobody asks.
	consumerIdle = 30 * time.Second

	// stallTime is how long nothing may come while there is something.
	stallTime = 5 * time.Second

	// drainTime is how long a failed log tries to give what it has.
	drainTime = 5 * time.Second
)

// feed brings the messages of a stream from a sequence on, in order, over as
// many consumers as it takes. It tells nothing of trouble and tries again; what
// it brings is verified by whoever reads it.
type feed struct {
	log      *Log
	stream   string
	subject  string // of what it brings; "" for all
	messages chan message
	cancel   context.CancelFunc
}

// newFeed starts a feed. It ends with close, or with the log.
func (l *Log) newFeed(stream, subject string, first uint64) (*feed, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, journal.ErrClosed
	}
	ctx, cancel := context.WithCancel(l.ctx)
	f := &feed{log: l, stream: stream, subject: subject, messages: make(chan message), cancel: cancel}
	l.feeds.Go(func() { f.run(ctx, first) })
	return f, nil
}

// close ends the feed without waiting for it.
func (f *feed) close() { f.cancel() }

// next waits for a message. Of a log that failed it still gives those up to the
// end that the log knows, if they come.
func (f *feed) next(ctx context.Context, due uint64) (message, error) {
	l := f.log
	failed, drained := l.Failed(), (<-chan time.Time)(nil)
	for {
		select {
		case m := <-f.messages:
			return m, nil
		case <-ctx.Done():
			return message{}, ctx.Err()
		case <-l.ctx.Done():
			return message{}, journal.ErrClosed
		case <-drained:
			return message{}, l.Err()
		case <-failed:
			if due > l.End().Pack {
				return message{}, l.Err()
			}
			t := time.NewTimer(drainTime)
			defer t.Stop()
			failed, drained = nil, t.C
		}
	}
}

// run follows the stream until ctx ends.
func (f *feed) run(ctx context.Context, next uint64) {
	var wait backoff
	for ctx.Err() == nil {
		before := next
		err := f.consume(ctx, &next)
		if next > before {
			wait = backoff{}
		}
		if wait.count == 5 && ctx.Err() == nil {
			f.log.options.Logger.Warn("journal tail waits for the cluster", "next", next, "error", err)
		}
		_ = wait.sleep(ctx)
	}
}

// consume makes a consumer and brings what it delivers, until there is trouble.
// next is the sequence that comes next.
func (f *feed) consume(ctx context.Context, next *uint64) error {
	l := f.log
	ctx, unbind := l.connection.bind(ctx)
	defer unbind()
	attempt, cancel := context.WithTimeout(ctx, mostAnswerTime)
	defer cancel()
	consumer, err := l.js.CreateConsumer(attempt, f.stream, jetstream.ConsumerConfig{
		FilterSubject:     f.subject,
		DeliverPolicy:     jetstream.DeliverByStartSequencePolicy,
		OptStartSeq:       *next,
		AckPolicy:         jetstream.AckNonePolicy,
		InactiveThreshold: consumerIdle,
		Replicas:          1,
		MemoryStorage:     true,
	})
	if err != nil {
		return fmt.Errorf("make a consumer: %w", err)
	}
	defer f.remove(ctx, consumer.CachedInfo().Name)
	messages, err := consumer.Messages(
		jetstream.PullMaxBytes(max(pullBytes, 4*int(l.conn.MaxPayload()))), // it asks anew at half of that
		jetstream.PullExpiry(pullTime), jetstream.PullHeartbeat(pullBeats),
		jetstream.WithMessagesErrOnMissingHeartbeat(true))
	if err != nil {
		return fmt.Errorf("ask a consumer: %w", err)
	}
	defer messages.Stop()
	defer context.AfterFunc(ctx, messages.Stop)()
	return f.bring(ctx, messages, next)
}

// bring hands over what a consumer delivers.
func (f *feed) bring(ctx context.Context, messages jetstream.MessagesContext, next *uint64) error {
	for delivered := uint64(1); ; delivered++ {
		msg, err := messages.Next(jetstream.NextMaxWait(stallTime))
		for errors.Is(err, nats.ErrTimeout) && f.stream == f.log.options.Stream && f.log.End().Pack < *next {
			msg, err = messages.Next(jetstream.NextMaxWait(stallTime))
		}
		if err != nil {
			return err
		}
		meta, err := msg.Metadata()
		if err != nil {
			return err
		}
		if meta.Sequence.Consumer != delivered {
			return fmt.Errorf("delivery %d came where %d was due", meta.Sequence.Consumer, delivered)
		}
		select {
		case f.messages <- message{msg.Subject(), meta.Sequence.Stream, msg.Data(), msg.Headers().Get(sessionHeader) != ""}:
		case <-ctx.Done():
			return ctx.Err()
		}
		*next = meta.Sequence.Stream + 1
	}
}

// remove deletes a consumer; one that cannot be told is forgotten by the server.
func (f *feed) remove(ctx context.Context, name string) {
	if !f.log.conn.IsConnected() {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	_ = f.log.js.DeleteConsumer(ctx, f.stream, name)
}
