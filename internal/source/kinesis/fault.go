package kinesis

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/smithy-go"

	"rollcall"
)

// Between two tries there is half a second at first, and up to half a minute; a
// random half of that, so that readers who were slowed down together part.
const (
	firstPause = 500 * time.Millisecond
	mostPause  = 30 * time.Second
)

type backoff struct{ tries int }

func (b *backoff) sleep(ctx context.Context) {
	most := min(firstPause<<min(b.tries, 10), mostPause)
	b.tries++
	pause(ctx, most/2+rand.N(most/2)) //nolint:gosec // no secret
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

func isMissing(err error) bool {
	return errors.As(err, new(*types.ResourceNotFoundException)) || errors.Is(err, errAnew)
}

// explain says what hinders the reading, and what to do, to an operator.
func explain(err error) string {
	var said smithy.APIError
	var asked *smithy.OperationError
	switch {
	case errors.As(err, new(*types.ResourceNotFoundException)) && errors.As(err, &asked) && asked.OperationName == "SubscribeToShard":
		return "the shard or the consumer is gone: " + saidBy(err)
	case errors.As(err, new(*types.ResourceNotFoundException)):
		return "the stream does not exist yet, in this account and Region; it is waited for"
	case errors.Is(err, errAnew):
		return errAnew.Error()
	case errors.As(err, new(*types.ProvisionedThroughputExceededException)), errors.As(err, new(*types.KMSThrottlingException)):
		return "the service slows the reading down, since the shard's five questions or 2 MiB a second are used up, perhaps by other readers"
	case errors.As(err, new(*types.ResourceInUseException)):
		return "the consumer has another subscription to the shard, of this server five seconds ago or of another program: each needs a consumer of its own (--kinesis-consumer)"
	case errors.As(err, new(*types.LimitExceededException)):
		return "too much is asked of the service: " + saidBy(err)
	case errors.As(err, new(*types.KMSAccessDeniedException)):
		return "the stream is encrypted, and the credentials may not decrypt (kms:Decrypt on the stream's key): " + saidBy(err)
	case errors.As(err, new(*types.KMSDisabledException)), errors.As(err, new(*types.KMSInvalidStateException)), errors.As(err, new(*types.KMSNotFoundException)), errors.As(err, new(*types.KMSOptInRequired)):
		return "the key that encrypts the stream can't be used: " + saidBy(err)
	case errors.As(err, &said) && strings.Contains(said.ErrorCode(), "AccessDenied"):
		return "the credentials may not read the stream (kinesis:DescribeStreamSummary, ListShards, GetShardIterator, GetRecords; with fan-out DescribeStreamConsumer, RegisterStreamConsumer and, on the consumer, SubscribeToShard): " + saidBy(err)
	case errors.As(err, &said):
		return saidBy(err)
	case rollcall.ErrorCode(err) != rollcall.CodeInternal:
		return rollcall.ErrorMessage(err)
	case errors.As(err, &asked):
		return "the service can't be reached, or its answer is cut off: " + rollcall.Shorten(root(err).Error())
	}
	return rollcall.Shorten(err.Error())
}

// root is what is behind an error in the end; what stands before names requests.
func root(err error) error {
	for {
		behind := errors.Unwrap(err)
		if behind == nil {
			return err
		}
		err = behind
	}
}

func saidBy(err error) string {
	var said smithy.APIError
	if !errors.As(err, &said) {
		return rollcall.Shorten(err.Error())
	}
	return said.ErrorCode() + ": " + rollcall.Shorten(said.ErrorMessage())
}
