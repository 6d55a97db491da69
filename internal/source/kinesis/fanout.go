package kinesis

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

// mostSilence is how long a subscription may say nothing. When there is nothing to
// read it says so every five seconds or so.
const mostSilence = 30 * time.Second

var (
	errSilent    = fmt.Errorf("the subscription said nothing for %s", mostSilence)
	errOver      = errors.New("the subscription was over before it said anything")
	errPointless = errors.New("the subscription said neither where to go on nor that the shard has ended")
	errInactive  = errors.New("the consumer is being made or deleted; it is waited for")
)

// consume finds the consumer by which shards are subscribed to. One that isn't
// there is registered; until it is active, it is waited for.
func (r *reading) consume(ctx context.Context, stream string) error {
	if r.FanOut == "" {
		return nil
	}
	for ctx.Err() == nil {
		out, err := r.API.DescribeStreamConsumer(ctx, &kinesis.DescribeStreamConsumerInput{StreamARN: &stream, ConsumerName: &r.FanOut})
		switch {
		case isMissing(err):
			if err := r.register(ctx, stream); err != nil {
				return err
			}
		case err != nil:
			return fmt.Errorf("DescribeStreamConsumer: %w", err)
		case out.ConsumerDescription != nil && out.ConsumerDescription.ConsumerStatus == types.ConsumerStatusActive:
			r.mu.Lock()
			r.consumer = out.ConsumerDescription.ConsumerARN
			r.mu.Unlock()
			return nil
		default:
			r.trouble(errInactive)
			pause(ctx, time.Second)
		}
	}
	return ctx.Err()
}

func (r *reading) register(ctx context.Context, stream string) error {
	_, err := r.API.RegisterStreamConsumer(ctx, &kinesis.RegisterStreamConsumerInput{StreamARN: &stream, ConsumerName: &r.FanOut})
	switch {
	case errors.As(err, new(*types.ResourceInUseException)): // by another server, just now
		return nil
	case err != nil:
		return fmt.Errorf("RegisterStreamConsumer: %w", err)
	}
	r.Logger.Info("a consumer is registered for fan-out; Amazon charges for it by shard and hour until somebody deregisters it", slog.String("consumer", r.FanOut))
	return nil
}

// subscribe reads by a subscription until that is over, which it is after five
// minutes at most, or something fails.
func (s *shard) subscribe(ctx context.Context, wait *backoff) (ended bool, err error) {
	from, err := s.position(ctx)
	if err != nil {
		return false, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	silence := time.AfterFunc(mostSilence, func() { cancel(errSilent) })
	defer silence.Stop()
	s.mu.Lock()
	in := &kinesis.SubscribeToShardInput{ConsumerARN: s.consumer, ShardId: &s.id, StartingPosition: &from}
	s.mu.Unlock()
	out, err := s.API.SubscribeToShard(ctx, in, alone)
	switch {
	case s.isForeign(err):
		return false, s.refused(ctx, err)
	case err != nil:
		return false, fmt.Errorf("SubscribeToShard: %w", whyEnded(ctx, err))
	}
	stream := out.GetStream()
	defer func() { _ = stream.Close() }()
	said := false
	for event := range stream.Events() {
		is, ok := event.(*types.SubscribeToShardEventStreamMemberSubscribeToShardEvent)
		if !ok {
			continue
		}
		silence.Stop() // what comes waits while the journal does
		e := &is.Value
		ended := e.ContinuationSequenceNumber == nil && len(e.ChildShards) > 0
		if e.ContinuationSequenceNumber == nil && !ended {
			return false, errPointless
		}
		if err := s.take(ctx, &batch{e.Records, e.ContinuationSequenceNumber, e.MillisBehindLatest, ended}); err != nil || ended {
			return ended, err
		}
		said, *wait = true, backoff{}
		s.fail(nil)
		silence.Reset(mostSilence)
	}
	if err := stream.Err(); err != nil || ctx.Err() != nil {
		return false, fmt.Errorf("SubscribeToShard: %w", whyEnded(ctx, err))
	}
	if !said {
		return false, errOver
	}
	return false, nil
}

// whyEnded is why ctx ended, if it did, or else err.
func whyEnded(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}
