package kinesis

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"rollcall/internal/source"
)

// idleEvery is how often an idle shard's checkpoint is written, so that it never
// looks as if it had been read last before what the stream still keeps.
const idleEvery = time.Hour

// shard is a shard that is read, or waits for others.
type shard struct {
	*reading
	id string

	// Of the goroutine that reads.
	at     source.Checkpoint // up to where it was read
	keptAt time.Time         // when a checkpoint was written last
	behind time.Duration     // how far what was read was behind the stream,
	heard  time.Time         // at this instant; or when the reading began

	// For all, under Source.mu.
	status source.ShardStatus
	stop   context.CancelFunc // of the goroutine that reads it, or did; nil before
}

// read reads the shard until it has ended, which it tells, or ctx does.
func (s *shard) read(ctx context.Context, from source.Checkpoint) (ended bool) {
	s.at, s.keptAt, s.heard = from, s.Now(), s.Now()
	s.at.Stream, s.at.Made, s.at.Shard = s.whole.Stream, s.whole.Made, s.id
	how := s.poll
	if s.FanOut != "" {
		how = s.subscribe
	}
	var wait backoff
	for ctx.Err() == nil {
		ended, err := how(ctx, &wait)
		switch {
		case ended:
			s.end()
			return true
		case err != nil && ctx.Err() == nil:
			s.fail(err)
			wait.sleep(ctx)
		}
	}
	return false
}

// batch is what the service gave at once.
type batch struct {
	records []types.Record
	after   *string // where to go on, if that is told; else it is behind the last record
	behind  *int64  // how far behind the stream it was, in milliseconds; nil if that isn't told
	ended   bool    // nothing comes behind it
}

var errNumberless = errors.New("a record without a sequence number, behind which nothing could go on")

// take makes a batch durable, with the checkpoint behind it. It tries until it is:
// no later record is asked for before.
func (s *shard) take(ctx context.Context, b *batch) error {
	if slices.ContainsFunc(b.records, func(r types.Record) bool { return r.SequenceNumber == nil }) {
		return errNumberless
	}
	to := s.at
	to.Ended = b.ended
	if n := len(b.records); n > 0 {
		last := &b.records[n-1]
		to.After = *last.SequenceNumber
		if last.ApproximateArrivalTimestamp != nil {
			to.At = last.ApproximateArrivalTimestamp.UTC()
		}
	}
	if b.after != nil {
		to.After = *b.after
	}
	idle := len(b.records) == 0 && !b.ended
	if idle && b.behind != nil && *b.behind == 0 && s.Now().Sub(s.keptAt) >= idleEvery {
		idle, to.At = false, s.Now().UTC()
	}
	var wait backoff
	for !idle {
		err := s.deliver(ctx, b.records, &to)
		if err == nil {
			s.keptAt = s.Now()
			s.Observe.Read(s.name, len(b.records))
			break
		}
		s.fail(fmt.Errorf("keep %d records: %w", len(b.records), err))
		if wait.sleep(ctx); ctx.Err() != nil {
			return ctx.Err()
		}
	}
	s.at = to
	s.hear(b.behind)
	return nil
}

// deliver hands the records on once.
func (s *shard) deliver(ctx context.Context, records []types.Record, to *source.Checkpoint) error {
	var left []leftOut
	var sequence string
	d := s.Begin(func(label, reason string) { left = append(left, leftOut{label, reason, sequence}) })
	defer d.Close()
	for i := range records {
		sequence = *records[i].SequenceNumber
		if len(records[i].Data) == 0 {
			left = append(left, leftOut{"empty", "it is empty", sequence})
			continue
		}
		if err := d.Take(ctx, records[i].Data); err != nil {
			return err
		}
	}
	if err := d.Keep(ctx, to.Record()); err != nil {
		return err
	}
	for i := range left {
		s.leaveOut(&left[i], s.id)
	}
	return nil
}

// leftOut is a record, or something in it, that is no agent event.
type leftOut struct{ label, reason, sequence string }

// position is where to read on: behind what was read.
func (s *shard) position(ctx context.Context) (from types.StartingPosition, err error) {
	if err := s.catchUp(ctx); err != nil {
		return from, err
	}
	switch {
	case s.at.After != "":
		after := s.at.After
		from.Type, from.SequenceNumber = types.ShardIteratorTypeAfterSequenceNumber, &after
	case !s.whole.Since.IsZero():
		from.Type, from.Timestamp = types.ShardIteratorTypeAtTimestamp, &s.whole.Since
	default:
		from.Type = types.ShardIteratorTypeTrimHorizon
	}
	return from, nil
}

// isForeign tells whether the service doesn't take the position for one of the shard.
func (s *shard) isForeign(err error) bool {
	return s.at.After != "" && errors.As(err, new(*types.InvalidArgumentException))
}

// refused begins the shard anew when the service did not take the position, unless
// it is the stream that was made anew.
func (s *shard) refused(ctx context.Context, err error) error {
	if _, err := s.same(ctx); err != nil {
		return err
	}
	return s.lost(ctx, saidBy(err))
}

// catchUp begins the shard anew if it was read last before what the stream keeps.
// How long that is the stream is asked when it matters: it may have been changed.
func (s *shard) catchUp(ctx context.Context) error {
	if s.at.After == "" || s.at.At.IsZero() || s.Now().Sub(s.at.At) <= leastRetention {
		return nil
	}
	is, err := s.same(ctx)
	if err != nil || s.Now().Sub(s.at.At) <= is.retention {
		return err
	}
	return s.lost(ctx, "it was read last before what the stream still keeps")
}

// lost begins the shard anew, with the oldest record that the stream has.
func (s *shard) lost(ctx context.Context, why string) error {
	s.gap("a shard is read from its oldest record on", slog.String("shard", s.id),
		slog.String("after", s.at.After), slog.Time("read_up_to", s.at.At), slog.String("reason", why))
	s.at.After, s.at.At = "", time.Time{}
	return s.drop(ctx, s.id)
}
