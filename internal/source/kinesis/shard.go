package kinesis

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"rollcall/internal/source"
)

const (
	// A shard answers 5 questions a second, to all who read it together.
	pollEvery = time.Second
	pollSoon  = 200 * time.Millisecond // when there is more to read already

	// mostRecords is what is asked for at once. Records of agent events have about
	// 2 KB; the service gives at most 10 MiB.
	mostRecords = 2000

	// idleEvery is how often an idle shard's checkpoint is written, so that it never
	// looks as if it had been read last before what the stream still keeps.
	idleEvery = time.Hour
)

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
	s.at.Stream, s.at.Made, s.at.Shard = s.name, s.whole.Made, s.id
	var wait backoff
	for ctx.Err() == nil {
		ended, err := s.poll(ctx, &wait)
		if ended {
			s.end()
			return true
		}
		if ctx.Err() != nil {
			break
		}
		s.fail(err)
		wait.sleep(ctx)
	}
	return false
}

// poll takes an iterator and reads until something fails.
func (s *shard) poll(ctx context.Context, wait *backoff) (ended bool, err error) {
	iterator, err := s.iterator(ctx)
	if err != nil {
		return false, err
	}
	for iterator != nil {
		rest, next, err := s.next(ctx, iterator)
		if errors.As(err, new(*types.ExpiredIteratorException)) { // it is good for five minutes
			next, err = s.iterator(ctx)
		}
		if err != nil {
			return false, err
		}
		iterator = next
		*wait = backoff{}
		s.fail(nil)
		if iterator != nil {
			pause(ctx, rest)
		}
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
	}
	return true, nil
}

// next reads once, and makes durable what came. It tells how long to wait for
// more.
func (s *shard) next(ctx context.Context, iterator *string) (wait time.Duration, next *string, err error) {
	select {
	case s.room <- struct{}{}:
		defer func() { <-s.room }()
	case <-ctx.Done():
		return 0, nil, ctx.Err()
	}
	in := &kinesis.GetRecordsInput{ShardIterator: iterator, Limit: new(int32(mostRecords))}
	_, in.StreamARN = s.Stream.names()
	out, err := s.API.GetRecords(ctx, in)
	if err != nil {
		return 0, nil, fmt.Errorf("GetRecords: %w", err)
	}
	if err := s.take(ctx, out); err != nil {
		return 0, nil, err
	}
	s.behind, s.heard = 0, s.Now()
	if out.MillisBehindLatest != nil {
		s.behind = time.Duration(*out.MillisBehindLatest) * time.Millisecond
	}
	s.Observe.Behind(s.name, s.id, s.behind)
	s.set(func(is *source.ShardStatus) {
		is.State, is.BehindSeconds, is.After, is.ReadAt = source.StateReading, s.behind.Seconds(), s.at.After, s.heard.UTC()
	})
	if len(out.Records) == mostRecords || s.behind > 0 {
		return pollSoon, out.NextShardIterator, nil
	}
	return pollEvery, out.NextShardIterator, nil
}

// take makes an answer's records durable, with the checkpoint behind them. It
// tries until they are: no later record is asked for before.
func (s *shard) take(ctx context.Context, out *kinesis.GetRecordsOutput) error {
	to := s.at
	to.Ended = out.NextShardIterator == nil
	if n := len(out.Records); n > 0 {
		last := &out.Records[n-1]
		to.After = *last.SequenceNumber
		if last.ApproximateArrivalTimestamp != nil {
			to.At = last.ApproximateArrivalTimestamp.UTC()
		}
	} else if !to.Ended {
		if out.MillisBehindLatest == nil || *out.MillisBehindLatest > 0 || s.Now().Sub(s.keptAt) < idleEvery {
			return nil
		}
		to.At = s.Now().UTC()
	}
	var wait backoff
	for {
		err := s.deliver(ctx, out.Records, &to)
		if err == nil {
			s.at, s.keptAt = to, s.Now()
			s.Observe.Read(s.name, len(out.Records))
			return nil
		}
		s.fail(fmt.Errorf("keep %d records: %w", len(out.Records), err))
		if wait.sleep(ctx); ctx.Err() != nil {
			return ctx.Err()
		}
	}
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
		s.refused(&left[i], s.id)
	}
	return nil
}

// leftOut is a record, or something in it, that is no agent event.
type leftOut struct{ label, reason, sequence string }

// iterator gives a place to read from: behind what was read.
func (s *shard) iterator(ctx context.Context) (*string, error) {
	if err := s.catchUp(ctx); err != nil {
		return nil, err
	}
	in := &kinesis.GetShardIteratorInput{ShardId: &s.id}
	in.StreamName, in.StreamARN = s.Stream.names()
	switch {
	case s.at.After != "":
		in.ShardIteratorType, in.StartingSequenceNumber = types.ShardIteratorTypeAfterSequenceNumber, &s.at.After
	case !s.whole.Since.IsZero():
		in.ShardIteratorType, in.Timestamp = types.ShardIteratorTypeAtTimestamp, &s.whole.Since
	default:
		in.ShardIteratorType = types.ShardIteratorTypeTrimHorizon
	}
	out, err := s.API.GetShardIterator(ctx, in)
	if invalid := new(types.InvalidArgumentException); errors.As(err, &invalid) && s.at.After != "" {
		if _, err := s.same(ctx); err != nil {
			return nil, err
		}
		if err := s.lost(ctx, invalid.ErrorMessage()); err != nil {
			return nil, err
		}
		return s.iterator(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("GetShardIterator: %w", err)
	}
	return out.ShardIterator, nil
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
