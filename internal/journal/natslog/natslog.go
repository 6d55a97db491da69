package natslog

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"rollcall"
	"rollcall/internal/journal"
)

// Log is a journal.Log in a NATS JetStream cluster.
type Log struct {
	options    Options
	codec      *journal.Codec
	connection *connection
	conn       *nats.Conn
	js         jetstream.JetStream
	stream     jetstream.Stream
	epoch      rollcall.Epoch
	packer     *journal.Packer
	appender   appender

	// ctx ends with Close: tails, the watch and their requests hang on it. sending
	// ends with Close too, when the log fails, or when Close has waited for long
	// enough.
	ctx         context.Context //nolint:containedctx // the life of the log, not of a call
	cancel      context.CancelFunc
	sending     context.Context //nolint:containedctx // as above
	stopSending context.CancelFunc

	watched  chan struct{} // closed when watch has returned
	progress progress

	writing sync.Mutex // held while a snapshot is written: one at a time

	mu        sync.Mutex // for all below
	end       rollcall.Position
	trimmedTo uint64 // the newest sequence that is known to be trimmed; 0 if none is
	strays    strays
	closed    bool
	feeds     sync.WaitGroup // grows only while closed is false
}

// Open connects to the cluster, opens the journal in its stream, and makes the
// stream where there is none. While nobody answers it tries again until ctx
// ends. Errors: *UnsafeError, a *journal.DamageError, what the cluster says.
func Open(ctx context.Context, o Options) (*Log, error) {
	if err := o.complete(); err != nil {
		return nil, fmt.Errorf("journal in a cluster: %w", err)
	}
	l := &Log{
		options: o, codec: journal.NewCodec(), connection: newConnection(),
		watched: make(chan struct{}),
	}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	l.sending, l.stopSending = context.WithCancel(context.Background())
	if err := l.open(ctx); err != nil {
		l.cancel()
		l.stopSending()
		if l.conn != nil {
			l.conn.Close()
		}
		return nil, fmt.Errorf("open the journal in %s on %s: %w", place(o.Stream), o.servers(), err)
	}
	go l.watch() //nolint:contextcheck // outlives Open
	return l, nil
}

func (l *Log) open(ctx context.Context) (err error) {
	if l.conn, err = l.dial(ctx); err != nil {
		return err
	}
	if l.js, err = jetstream.New(l.conn); err != nil {
		return err
	}
	created, err := l.openStream(ctx)
	if err != nil {
		return err
	}
	if l.end, err = until(ctx, l, "its end", l.newest); err != nil {
		return err
	}
	r, err := roomFor(l.payloadBytes(l.stream.CachedInfo().Config), l.options.Limits)
	if err != nil {
		return err
	}
	mostWaiting, err := waiting(l.options.MaxWaiting, r.limits)
	if err != nil {
		return err
	}
	if err := l.openAppender(ctx); err != nil {
		return err
	}
	l.progress.led(l.options.Now(), 0)
	l.packer = journal.NewPacker(journal.PackerOptions{
		Limits: r.limits, PackBytes: r.packBytes, MaxWaiting: mostWaiting,
	}, l.commit)
	config := l.stream.CachedInfo().Config
	l.options.Logger.Info("journal opened in a cluster; every server of it must run with sync_interval: always, which cannot be seen from here",
		"stream", config.Name, "epoch", l.epoch.String(), "created", created, "replicas", config.Replicas, "end", l.end.String(),
		"node", l.options.Node, "server", Redact(l.conn.ConnectedUrl()), "server_version", l.conn.ConnectedServerVersion(),
		"limit_bytes", r.limits.Bytes, "limit_records", r.limits.Records)
	return nil
}

// openStream opens or makes the stream, and takes its epoch.
func (l *Log) openStream(ctx context.Context) (created bool, err error) {
	l.stream, err = until(ctx, l, "the stream", func(ctx context.Context) (stream jetstream.Stream, err error) {
		epoch, name := journal.NewEpoch(), l.options.Stream
		if l.options.Existing {
			return l.existing(ctx)
		}
		stream, created, err = openStream(ctx, l.js, newStreamConfig(&l.options, name, subjects(name, epoch), epoch))
		return
	})
	if err != nil {
		return false, err
	}
	config := l.stream.CachedInfo().Config
	if l.epoch, err = parseEpoch(config); err != nil {
		return false, err
	}
	return created, validateStream(config, &l.options, subjects(config.Name, l.epoch))
}

// existing gives the stream if there is one.
func (l *Log) existing(ctx context.Context) (jetstream.Stream, error) {
	stream, err := l.js.Stream(ctx, l.options.Stream)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return nil, fmt.Errorf("no journal is there: %w", fs.ErrNotExist)
	}
	return stream, err
}

// payloadBytes is the largest message that a stream takes.
func (l *Log) payloadBytes(c jetstream.StreamConfig) int64 {
	most := l.conn.MaxPayload()
	if size := int64(c.MaxMsgSize); size > 0 {
		most = min(most, size)
	}
	return most
}

// Append implements journal.Log. While the cluster does not answer it waits as
// long as ctx lets it.
func (l *Log) Append(ctx context.Context, records [][]byte) (rollcall.Position, error) {
	if len(records) == 0 {
		return l.End(), ctx.Err()
	}
	return l.packer.Append(ctx, records)
}

// Epoch implements journal.Log.
func (l *Log) Epoch() rollcall.Epoch { return l.epoch }

// End implements journal.Log: the newest that this node knows to be durable.
// Other nodes' packs are known when a Tail gets them, and within a second or
// two without one.
func (l *Log) End() rollcall.Position {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.end
}

// learn takes note of a durable position.
func (l *Log) learn(p rollcall.Position) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.end.Before(p) {
		l.end = p
	}
}

// Limits implements journal.Log. They follow the stream's max_msg_size and the
// server's max_payload.
func (l *Log) Limits() journal.Limits { return l.packer.Limits() }

// Failed implements journal.Log. A lost connection is no failure.
func (l *Log) Failed() <-chan struct{} { return l.packer.Failed() }

// Err implements journal.Log.
func (l *Log) Err() error { return l.packer.Err() }

// Waiting tells what was handed over and is not durable yet.
func (l *Log) Waiting() journal.Limits { return l.packer.Waiting() }

// Contact implements journal.Remote.
func (l *Log) Contact() (at time.Time, trouble error) { return l.progress.contact() }

// Close implements journal.Log. A commit under way that the cluster does not
// answer within Options.CloseWait is given up with journal.ErrFailed.
func (l *Log) Close() error {
	patience := time.AfterFunc(l.options.CloseWait, l.stopSending)
	l.packer.Close()
	patience.Stop()

	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.cancel()
	l.stopSending()
	<-l.watched
	l.feeds.Wait()
	l.conn.Close()
	return nil
}

var (
	_ journal.Log       = (*Log)(nil)
	_ journal.Retention = (*Log)(nil)
	_ journal.Snapshots = (*Log)(nil)
	_ journal.Remote    = (*Log)(nil)
	_ journal.Board     = (*Log)(nil)
)
