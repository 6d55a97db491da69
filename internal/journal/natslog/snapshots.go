package natslog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"rollcall"
	"rollcall/internal/journal"
)

// Snapshots lie in a second stream, where every node finds them, made and
// guarded as the journal's is. With X for STREAM-SNAPSHOTS:
//
//	X.EPOCH.piece.ID          the bytes of one snapshot, in messages of some size
//	X.EPOCH.whole.PACK-EVENT  that the snapshot of this position is whole: a mark
//
// A snapshot is there when its mark is. The mark is published as the first
// message of its subject, which the server grants once: so of two nodes that
// write the same position one wins, and no snapshot ever replaces another. NATS's
// own object store replaces objects, and may answer from a replica that lags.
const (
	snapshotSuffix = "-SNAPSHOTS"
	piecesToken    = "piece"
	marksToken     = "whole"
)

// mark tells about a snapshot. It is stored as JSON.
type mark struct {
	ID        string    `json:"id"` // in the subject of the pieces
	Pieces    uint64    `json:"pieces"`
	Bytes     int64     `json:"bytes"`
	WrittenAt time.Time `json:"writtenAt"`
}

func (m mark) snapshot(at rollcall.Position) journal.Snapshot {
	return journal.Snapshot{Position: at, WrittenAt: m.WrittenAt.UTC().Truncate(time.Millisecond), Bytes: m.Bytes}
}

func (l *Log) snapshotSubject(tokens ...string) string {
	return strings.Join(append([]string{l.options.Stream + snapshotSuffix, l.epoch.String()}, tokens...), ".")
}

func (l *Log) markSubject(at rollcall.Position) string {
	return l.snapshotSubject(marksToken, strconv.FormatUint(at.Pack, 10)+"-"+strconv.FormatUint(uint64(at.Event), 10))
}

// parseMark gives the position that the subject of a mark names.
func (l *Log) parseMark(subject string) (at rollcall.Position, ok bool) {
	name, ok := strings.CutPrefix(subject, l.snapshotSubject(marksToken, ""))
	if !ok {
		return at, false
	}
	at, err := rollcall.ParsePosition(l.epoch.String() + "-" + name)
	return at, err == nil && l.markSubject(at) == subject
}

// snapshotStream gives the stream, and makes it where there is none. It gives
// nil when there is none and it is not to be made.
func (l *Log) snapshotStream(ctx context.Context, create bool) (jetstream.Stream, error) {
	name := l.options.Stream + snapshotSuffix
	config := newStreamConfig(&l.options, name, name+".>", l.epoch)
	stream, err := until(ctx, l, "the stream of snapshots", func(ctx context.Context) (jetstream.Stream, error) {
		if !create {
			stream, err := l.js.Stream(ctx, name)
			if errors.Is(err, jetstream.ErrStreamNotFound) {
				return nil, nil //nolint:nilnil // there is none
			}
			return stream, err
		}
		stream, _, err := openStream(ctx, l.js, config)
		return stream, err
	})
	if stream == nil || err != nil {
		return nil, err
	}
	if _, err := parseEpoch(stream.CachedInfo().Config); err != nil {
		return nil, err
	}
	return stream, validateStream(stream.CachedInfo().Config, &l.options, name+".>")
}

// readMark gives ErrNoSnapshot where there is none, and a DamageError for what
// is no mark.
func (l *Log) readMark(ctx context.Context, stream jetstream.Stream, at rollcall.Position) (m mark, err error) {
	msg, err := stream.GetLastMsgForSubject(ctx, l.markSubject(at))
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return m, fmt.Errorf("%w: %s", journal.ErrNoSnapshot, at)
	}
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(msg.Data, &m); err != nil || !nameForm().MatchString(m.ID) {
		return mark{}, &journal.DamageError{Place: l.snapshotPlace(at), Reason: "its mark cannot be read", Err: err}
	}
	return m, nil
}

func (l *Log) snapshotPlace(at rollcall.Position) string {
	return place(l.options.Stream+snapshotSuffix) + ", snapshot of " + at.String()
}

// Snapshots implements journal.Snapshots.
func (l *Log) Snapshots(ctx context.Context) ([]journal.Snapshot, error) {
	ctx, cancel, err := l.whileOpen(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	stream, err := l.snapshotStream(ctx, false)
	if stream == nil || err != nil {
		return nil, err
	}
	return until(ctx, l, "the snapshots", func(ctx context.Context) ([]journal.Snapshot, error) { return l.listSnapshots(ctx, stream) })
}

func (l *Log) listSnapshots(ctx context.Context, stream jetstream.Stream) ([]journal.Snapshot, error) {
	marks, err := countMessages(ctx, stream, l.snapshotSubject(marksToken, "*"))
	if err != nil {
		return nil, err
	}
	var list []journal.Snapshot
	for subject := range marks {
		at, ok := l.parseMark(subject)
		if !ok {
			continue // not one of ours
		}
		m, err := l.readMark(ctx, stream, at)
		switch {
		case errors.Is(err, journal.ErrNoSnapshot):
			continue // removed since
		case errors.Is(err, journal.ErrDamaged): // listed, without a time
		case err != nil:
			return nil, err
		}
		list = append(list, m.snapshot(at))
	}
	slices.SortFunc(list, func(a, b journal.Snapshot) int { return b.Position.Compare(a.Position) })
	return list, nil
}

// countMessages asks the leader how many messages lie on the subjects that match.
func countMessages(ctx context.Context, stream jetstream.Stream, pattern string) (map[string]uint64, error) {
	info, _, err := askLeader(ctx, stream, jetstream.WithSubjectFilter(pattern))
	if err != nil {
		return nil, err
	}
	return info.State.Subjects, nil
}

// RemoveSnapshot implements journal.Snapshots.
func (l *Log) RemoveSnapshot(ctx context.Context, at rollcall.Position) error {
	ctx, cancel, err := l.whileOpen(ctx)
	if err != nil {
		return err
	}
	defer cancel()
	stream, err := l.snapshotStream(ctx, false)
	if stream == nil || err != nil {
		return err
	}
	// The mark first: what has none is nobody's, and goes in the end.
	_, err = until(ctx, l, "to remove a snapshot", func(ctx context.Context) (struct{}, error) {
		m, err := l.readMark(ctx, stream, at)
		if errors.Is(err, journal.ErrNoSnapshot) {
			return struct{}{}, nil
		}
		if err != nil && !errors.Is(err, journal.ErrDamaged) {
			return struct{}{}, err
		}
		if err := stream.Purge(ctx, jetstream.WithPurgeSubject(l.markSubject(at))); err != nil || m.ID == "" {
			return struct{}{}, err
		}
		return struct{}{}, stream.Purge(ctx, jetstream.WithPurgeSubject(l.snapshotSubject(piecesToken, m.ID)))
	})
	if err != nil {
		return fmt.Errorf("remove a snapshot: %w", err)
	}
	return nil
}
