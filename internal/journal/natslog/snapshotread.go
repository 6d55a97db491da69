package natslog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"rollcall"
	"rollcall/internal/journal"
)

// OpenSnapshot implements journal.Snapshots.
func (l *Log) OpenSnapshot(ctx context.Context, at rollcall.Position) (io.ReadCloser, error) {
	ctx, cancel, err := l.whileOpen(ctx)
	if err != nil {
		return nil, err
	}
	stream, err := l.snapshotStream(ctx, false)
	if err == nil && stream == nil {
		err = fmt.Errorf("%w: %s", journal.ErrNoSnapshot, at)
	}
	if err != nil {
		cancel()
		return nil, err
	}
	r := &pieceReader{log: l, stream: stream, ctx: ctx, cancel: cancel, at: at}
	if r.mark, err = until(ctx, l, "a snapshot", r.check); err != nil {
		cancel()
		return nil, fmt.Errorf("open a snapshot: %w", err)
	}
	r.subject = l.snapshotSubject(piecesToken, r.mark.ID)
	if r.feed, err = l.newFeed(stream.CachedInfo().Config.Name, r.subject, 1); err != nil { //nolint:contextcheck // it ends with Close
		cancel()
		return nil, err
	}
	return &snapshotReader{pieces: r, frames: journal.NewSnapshotReader(r, at)}, nil
}

// snapshotReader gives the bytes of a snapshot, verified.
type snapshotReader struct {
	pieces *pieceReader
	frames *journal.SnapshotReader
}

// Read implements io.Reader. Damage is named with its place.
func (r *snapshotReader) Read(b []byte) (int, error) {
	n, err := r.frames.Read(b)
	if damaged, ok := errors.AsType[*journal.DamageError](err); ok && damaged.Place == "" {
		damaged.Place = r.pieces.log.snapshotPlace(r.pieces.at)
	}
	return n, err
}

// Close implements io.Closer.
func (r *snapshotReader) Close() error {
	r.pieces.feed.close()
	r.pieces.cancel()
	return nil
}

// pieceReader gives the bytes of the pieces, one after the other.
type pieceReader struct {
	log     *Log
	stream  jetstream.Stream
	ctx     context.Context //nolint:containedctx // of the OpenSnapshot that it serves
	cancel  func()
	at      rollcall.Position
	mark    mark
	subject string
	feed    *feed
	read    uint64 // pieces
	rest    []byte // of the present piece
}

// Read implements io.Reader.
func (r *pieceReader) Read(b []byte) (int, error) {
	for len(r.rest) == 0 {
		if r.read == r.mark.Pieces {
			return 0, io.EOF
		}
		m, err := r.next()
		if err != nil {
			return 0, err
		}
		r.rest = m.data
		r.read++
	}
	n := copy(b, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// next waits for a piece. While none comes it asks whether all are still there.
func (r *pieceReader) next() (message, error) {
	ask := time.NewTicker(stallTime)
	defer ask.Stop()
	for {
		select {
		case m := <-r.feed.messages:
			return m, nil
		case <-r.ctx.Done():
			return message{}, context.Cause(r.ctx)
		case <-ask.C:
			if _, err := until(r.ctx, r.log, "a snapshot", r.check); err != nil {
				return message{}, err
			}
		}
	}
}

// check reads the mark and asks whether all pieces are there.
func (r *pieceReader) check(ctx context.Context) (mark, error) {
	m, err := r.log.readMark(ctx, r.stream, r.at)
	if err != nil {
		return m, err
	}
	subject := r.log.snapshotSubject(piecesToken, m.ID)
	pieces, err := countMessages(ctx, r.stream, subject)
	if err != nil {
		return m, err
	}
	if n := pieces[subject]; n != m.Pieces {
		return m, &journal.DamageError{
			Place:  r.log.snapshotPlace(r.at),
			Reason: fmt.Sprintf("it has %d pieces, and its mark claims %d", n, m.Pieces),
		}
	}
	return m, nil
}
