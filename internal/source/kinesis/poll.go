package kinesis

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

const (
	// A shard answers 5 questions a second, to all who read it together.
	pollEvery = time.Second
	pollSoon  = 200 * time.Millisecond // when there is more to read already

	// mostRecords is what is asked for at once. Records of agent events have about
	// 2 KB; the service gives at most 10 MiB.
	mostRecords = 2000
)

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
	if err := s.take(ctx, &batch{out.Records, nil, out.MillisBehindLatest, out.NextShardIterator == nil}); err != nil {
		return 0, nil, err
	}
	if len(out.Records) == mostRecords || s.behind > 0 {
		return pollSoon, out.NextShardIterator, nil
	}
	return pollEvery, out.NextShardIterator, nil
}

// iterator gives a place to read from.
func (s *shard) iterator(ctx context.Context) (*string, error) {
	from, err := s.position(ctx)
	if err != nil {
		return nil, err
	}
	in := &kinesis.GetShardIteratorInput{
		ShardId: &s.id, ShardIteratorType: from.Type, StartingSequenceNumber: from.SequenceNumber, Timestamp: from.Timestamp,
	}
	in.StreamName, in.StreamARN = s.Stream.names()
	out, err := s.API.GetShardIterator(ctx, in)
	switch {
	case err == nil:
		return out.ShardIterator, nil
	case s.isForeign(err):
		if err := s.refused(ctx, err); err != nil {
			return nil, err
		}
		return s.iterator(ctx)
	}
	return nil, fmt.Errorf("GetShardIterator: %w", err)
}
