package natslog

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"rollcall/internal/journal"
)

// Notes lie in a key-value bucket, STREAM-LEASES, which is a stream KV_STREAM-LEASES
// with a subject a key: `nats kv` shows it. It is in the servers' memory, on as
// many as hold the journal, and asked without NATS's own client of buckets, which
// reads from replicas that lag, and lists keys by making consumers.
const (
	boardSuffix = "-LEASES"
	boardAge    = 10 * time.Minute // of a note that nobody writes
	boardBytes  = 4 << 20          // some accounts ask for a bound
)

func (l *Log) bucket() string { return l.options.Stream + boardSuffix }

func (l *Log) noteSubject(key string) string { return "$KV." + l.bucket() + "." + key }

// board gives the stream, and makes it where there is none.
func (l *Log) board(ctx context.Context) (jetstream.Stream, error) {
	stream, _, err := openStream(ctx, l.js, jetstream.StreamConfig{
		Name:        "KV_" + l.bucket(),
		Description: "which node of rollcall reads which shard",
		Subjects:    []string{l.noteSubject(">")},
		Storage:     jetstream.MemoryStorage,
		Replicas:    l.options.Replicas,
		MaxAge:      boardAge, MaxBytes: boardBytes, MaxMsgsPerSubject: 1,
		Discard: jetstream.DiscardNew, AllowRollup: true, DenyDelete: true,
		Duplicates: time.Second,
	})
	if err != nil {
		return nil, fmt.Errorf("bucket %s: %w", l.bucket(), err)
	}
	return stream, nil
}

// Node implements journal.Board.
func (l *Log) Node() string { return l.options.Node }

// Notes implements journal.Board. It is answered by the bucket's leader.
func (l *Log) Notes(ctx context.Context, prefix string) (map[string]journal.Note, error) {
	ctx, cancel := l.attempt(ctx, 2)
	defer cancel()
	stream, err := l.board(ctx)
	if err != nil {
		return nil, err
	}
	info, err := stream.Info(ctx, jetstream.WithSubjectFilter(l.noteSubject(prefix+".>")))
	if err != nil {
		return nil, fmt.Errorf("keys of bucket %s: %w", l.bucket(), err)
	}
	notes := make(map[string]journal.Note, len(info.State.Subjects))
	for subject := range info.State.Subjects {
		msg, err := stream.GetLastMsgForSubject(ctx, subject)
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			continue // removed meanwhile
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", subject, err)
		}
		notes[strings.TrimPrefix(subject, l.noteSubject(""))] = journal.Note{Text: string(msg.Data), Revision: msg.Sequence}
	}
	return notes, nil
}

// PutNote implements journal.Board.
func (l *Log) PutNote(ctx context.Context, key, text string, revision uint64) error {
	ctx, cancel := l.attempt(ctx, 1)
	defer cancel()
	_, err := l.js.PublishMsg(ctx, &nats.Msg{Subject: l.noteSubject(key), Data: []byte(text)},
		jetstream.WithExpectStream("KV_"+l.bucket()), jetstream.WithExpectLastSequencePerSubject(revision),
		jetstream.WithRetryAttempts(8)) // no server may know yet of a bucket that was made just now
	if wrongSequence(err) {
		return journal.ErrNoteChanged
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", l.noteSubject(key), err)
	}
	return nil
}

// DropNote implements journal.Board.
func (l *Log) DropNote(ctx context.Context, key string, revision uint64) error {
	ctx, cancel := l.attempt(ctx, 1)
	defer cancel()
	stream, err := l.board(ctx)
	if err != nil {
		return err
	}
	if err := stream.Purge(ctx, jetstream.WithPurgeSubject(l.noteSubject(key)), jetstream.WithPurgeSequence(revision+1)); err != nil {
		return fmt.Errorf("remove %s: %w", l.noteSubject(key), err)
	}
	return nil
}
