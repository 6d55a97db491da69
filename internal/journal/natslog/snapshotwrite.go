package natslog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"

	"rollcall"
	"rollcall/internal/journal"
)

const (
	// pieceBytes is the most that one message of a snapshot holds.
	pieceBytes = 512 << 10

	// orphanAge is when pieces without a mark are nobody's: the node that wrote
	// them is gone.
	orphanAge = time.Hour
)

// PutSnapshot implements journal.Snapshots.
func (l *Log) PutSnapshot(ctx context.Context, write func(io.Writer) (rollcall.Position, error)) (journal.Snapshot, error) {
	l.writing.Lock()
	defer l.writing.Unlock()
	ctx, cancel, err := l.whileOpen(ctx)
	if err != nil {
		return journal.Snapshot{}, err
	}
	defer cancel()
	stream, err := l.snapshotStream(ctx, true)
	if err != nil {
		return journal.Snapshot{}, fmt.Errorf("keep a snapshot: %w", err)
	}
	w := l.newPieceWriter(ctx, stream)
	s, err := l.writeSnapshot(w, write)
	if err != nil {
		w.remove(ctx)
		return journal.Snapshot{}, err
	}
	if s, err = l.markSnapshot(ctx, stream, w, s); err != nil {
		return journal.Snapshot{}, err // the mark may be there, so the pieces stay
	}
	l.removeOrphans(ctx, stream)
	return s, nil
}

func (l *Log) writeSnapshot(w *pieceWriter, write func(io.Writer) (rollcall.Position, error)) (s journal.Snapshot, err error) {
	frames := journal.NewSnapshotWriter(w)
	at, err := write(frames)
	if err != nil {
		return s, err
	}
	if err := journal.ValidateSnapshot(at, l.Start(), l.End()); err != nil {
		return s, err
	}
	if s, err = frames.Finish(at, l.options.Now()); err == nil {
		err = w.flush()
	}
	if err != nil {
		return s, fmt.Errorf("keep a snapshot: %w", err)
	}
	return s, nil
}

// markSnapshot makes pieces a snapshot, unless there is one at its position: that
// one stays, and the pieces go.
func (l *Log) markSnapshot(ctx context.Context, stream jetstream.Stream, w *pieceWriter, s journal.Snapshot) (journal.Snapshot, error) {
	data, err := json.Marshal(mark{ID: w.id, Pieces: w.pieces, Bytes: s.Bytes, WrittenAt: s.WrittenAt})
	if err != nil {
		return s, fmt.Errorf("keep a snapshot: %w", err)
	}
	p := l.newPublisher(stream, l.markSubject(s.Position))
	p.impatient = true
	stored, _, err := p.store(ctx, data)
	if stored || err != nil {
		return s, err
	}
	w.remove(ctx)
	there, err := until(ctx, l, "a snapshot", func(ctx context.Context) (mark, error) { return l.readMark(ctx, stream, s.Position) })
	return there.snapshot(s.Position), err
}

// removeOrphans removes pieces that never got a mark, as far as the server
// answers; what is left goes another time.
func (l *Log) removeOrphans(ctx context.Context, stream jetstream.Stream) {
	ctx, cancel := context.WithTimeout(ctx, mostAnswerTime)
	defer cancel()
	pieces, err := countMessages(ctx, stream, l.snapshotSubject(piecesToken, "*"))
	if err != nil {
		return
	}
	marks, err := countMessages(ctx, stream, l.snapshotSubject(marksToken, "*"))
	if err != nil {
		return
	}
	for subject := range marks {
		if at, ok := l.parseMark(subject); ok {
			if m, err := l.readMark(ctx, stream, at); err == nil {
				delete(pieces, l.snapshotSubject(piecesToken, m.ID))
			} else if !errors.Is(err, journal.ErrNoSnapshot) {
				return // whose pieces are whose is not known
			}
		}
	}
	for subject := range pieces {
		if last, err := stream.GetLastMsgForSubject(ctx, subject); err == nil && time.Since(last.Time) > orphanAge {
			_ = stream.Purge(ctx, jetstream.WithPurgeSubject(subject))
		}
	}
}

// pieceWriter sends the bytes of a snapshot, and holds one piece.
type pieceWriter struct {
	*publisher
	ctx    context.Context //nolint:containedctx // of the PutSnapshot that it serves
	id     string
	buffer []byte
	pieces uint64
}

func (l *Log) newPieceWriter(ctx context.Context, stream jetstream.Stream) *pieceWriter {
	id := nuid.Next()
	p := l.newPublisher(stream, l.snapshotSubject(piecesToken, id))
	p.impatient = true
	size := min(pieceBytes, l.payloadBytes(stream.CachedInfo().Config)-headerRoom)
	return &pieceWriter{publisher: p, ctx: ctx, id: id, buffer: make([]byte, 0, size)}
}

// Write implements io.Writer.
func (w *pieceWriter) Write(b []byte) (written int, err error) {
	for len(b) > 0 {
		n := min(len(b), cap(w.buffer)-len(w.buffer))
		w.buffer = append(w.buffer, b[:n]...)
		b, written = b[n:], written+n
		if len(w.buffer) == cap(w.buffer) {
			if err := w.flush(); err != nil {
				return written, err
			}
		}
	}
	return written, nil
}

// flush stores the piece.
func (w *pieceWriter) flush() error {
	if len(w.buffer) == 0 {
		return nil
	}
	stored, _, err := w.store(w.ctx, w.buffer)
	if err == nil && !stored {
		err = errors.New("something else lies among its pieces")
	}
	if err != nil {
		return fmt.Errorf("store piece %d: %w", w.pieces, err)
	}
	w.pieces++
	w.buffer = w.buffer[:0]
	return nil
}

// remove frees what was stored, if the server answers; if it does not, the
// pieces are orphans.
func (w *pieceWriter) remove(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), mostAnswerTime)
	defer cancel()
	_ = w.stream.Purge(ctx, jetstream.WithPurgeSubject(w.subject))
}
