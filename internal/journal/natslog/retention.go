package natslog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"rollcall"
	"rollcall/internal/journal"
)

// Start implements journal.Retention: as far as this node knows. What another
// node trimmed it knows within a second or two, or when a Tail misses it.
func (l *Log) Start() rollcall.Position {
	l.mu.Lock()
	defer l.mu.Unlock()
	return journal.BehindPack(l.epoch, l.trimmedTo)
}

// learnStart takes note of the first sequence that the stream has.
func (l *Log) learnStart(first uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if first > 0 {
		l.trimmedTo = max(l.trimmedTo, first-1)
	}
}

// Trim implements journal.Retention.
func (l *Log) Trim(ctx context.Context, to rollcall.Position) error {
	ctx, cancel, err := l.whileOpen(ctx)
	if err != nil {
		return err
	}
	defer cancel()
	if err := l.validateFrom(ctx, to); err != nil {
		return fmt.Errorf("trim: %w", err)
	}
	if to.Pack <= l.Start().Pack+1 {
		return nil
	}
	// Purging again what is purged does nothing, so it is asked until it is
	// confirmed. The newest pack stays: to lies in the log.
	_, err = until(ctx, l, "a trim", func(ctx context.Context) (struct{}, error) {
		return struct{}{}, l.stream.Purge(ctx, jetstream.WithPurgeSequence(to.Pack))
	})
	if err != nil {
		return fmt.Errorf("trim up to pack %d: %w", to.Pack-1, err)
	}
	l.learnStart(to.Pack)
	return nil
}

// Stat implements journal.Retention. The bytes are one replica's; those of a
// part of the stream are worked out from its number of packs.
func (l *Log) Stat(ctx context.Context, from rollcall.Position) (journal.Stat, error) {
	ctx, cancel, err := l.whileOpen(ctx)
	if err != nil {
		return journal.Stat{}, err
	}
	defer cancel()
	s, err := until(ctx, l, "what the stream takes", func(ctx context.Context) (journal.Stat, error) { return l.stat(ctx, from.Pack) })
	if err != nil {
		return s, fmt.Errorf("stat: %w", err)
	}
	return s, nil
}

// stat tells about the packs behind a sequence.
func (l *Log) stat(ctx context.Context, behind uint64) (s journal.Stat, err error) {
	info, err := l.info(ctx)
	if err != nil {
		return s, err
	}
	state := info.State
	first := max(behind+1, state.FirstSeq)
	if state.Msgs == 0 || first > state.LastSeq {
		return s, nil
	}
	s.Packs = state.LastSeq - first + 1
	s.Bytes = int64(float64(state.Bytes) * (float64(s.Packs) / float64(state.Msgs)))
	oldest, ok, err := l.pack(ctx, first, state.LastSeq)
	if err != nil || !ok {
		return journal.Stat{}, err
	}
	newest, _, err := l.pack(ctx, state.LastSeq, first)
	if err != nil {
		return s, err
	}
	s.OldestAt, s.NewestAt = oldest.At, newest.At
	return s, nil
}

// pack reads the pack at a sequence or, where strays lie, the next one on the way
// to another sequence; ok is false if there is none. It must be there unless it
// was trimmed since.
func (l *Log) pack(ctx context.Context, from, to uint64) (p journal.Pack, ok bool, err error) {
	for sequence := from; ; {
		if !l.isStray(sequence) {
			p, err := l.packAt(ctx, sequence)
			stray, isStray := errors.AsType[*strayError](err)
			if !isStray {
				return p, err == nil, err
			}
			l.noteStray(stray.message, false)
		}
		switch {
		case sequence == to:
			return p, false, nil
		case sequence < to:
			sequence++
		default:
			sequence--
		}
	}
}

func (l *Log) packAt(ctx context.Context, sequence uint64) (journal.Pack, error) {
	m, err := l.get(ctx, sequence)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		if trimmed, infoErr := l.trimmed(ctx, sequence); infoErr != nil || trimmed {
			return journal.Pack{}, err // asked again
		}
		return journal.Pack{}, l.missing(sequence)
	}
	if err != nil {
		return journal.Pack{}, err
	}
	d, err := l.decode(m)
	return d.pack, err
}

// missing is what to say about a pack that is not there and was not trimmed.
func (l *Log) missing(sequence uint64) error {
	return &journal.DamageError{Place: place(l.options.Stream), Sequence: sequence, Reason: "missing", Err: journal.ErrGap}
}

// trimmed tells whether the stream begins behind a sequence.
func (l *Log) trimmed(ctx context.Context, sequence uint64) (bool, error) {
	info, err := l.info(ctx)
	if err != nil {
		return false, err
	}
	return info.State.FirstSeq > sequence, nil
}

// info asks the leader about the stream, and learns where it begins.
func (l *Log) info(ctx context.Context) (*jetstream.StreamInfo, error) {
	info, _, err := askLeader(ctx, l.stream)
	if err != nil {
		return nil, err
	}
	if info.Config.Metadata[metaEpoch] == l.epoch.String() {
		l.learnStart(info.State.FirstSeq)
	}
	return info, nil
}

// askLeader asks about a stream, and believes the answer only if a majority
// stands behind it, as it did that long ago.
func askLeader(ctx context.Context, stream jetstream.Stream, o ...jetstream.StreamInfoOpt) (info *jetstream.StreamInfo, ago time.Duration, err error) {
	if info, err = stream.Info(ctx, o...); err != nil {
		return nil, 0, err
	}
	ago, err = led(info.Cluster)
	return info, ago, err
}
