package natslog

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"rollcall/internal/journal"
)

// While a stream has no leader, a question that only the leader answers gets no
// answer at all. So questions are asked again soon at first, and then given
// longer, in case that the answer takes that long.
const (
	leastAnswerTime = time.Second
	mostAnswerTime  = 5 * time.Second
)

// attempt gives a context for one request: it ends with ctx, with the
// connection, or when an answer has taken too long; the longer, the more
// attempts there were before.
func (l *Log) attempt(ctx context.Context, before int) (context.Context, context.CancelFunc) {
	bound, unbind := l.connection.bind(ctx)
	attempt, cancel := context.WithTimeout(bound, min(leastAnswerTime<<min(before, 8), mostAnswerTime))
	return attempt, func() { cancel(); unbind() }
}

// until asks the cluster until it gives a definite answer or ctx ends; the
// error is then ctx's cause and the last one that the cluster gave.
func until[T any](ctx context.Context, l *Log, what string, ask func(context.Context) (T, error)) (T, error) {
	var wait backoff
	for {
		attempt, cancel := l.attempt(ctx, wait.count)
		answer, err := ask(attempt)
		cancel()
		if err == nil || definite(err) {
			return answer, err
		}
		if wait.count == 5 {
			l.options.Logger.Warn("journal cluster does not answer yet", "stream", l.options.Stream, "asked_for", what, "error", err)
		}
		if wait.sleep(ctx) != nil {
			return answer, fmt.Errorf("%w: %w", context.Cause(ctx), err)
		}
	}
}

// whileOpen gives a context that ends with ctx, with Close or when the log
// fails; its cause is what a Tail ends with. The error is the cause, if one of
// these has already happened.
func (l *Log) whileOpen(ctx context.Context) (_ context.Context, cancel func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	if l.sending.Err() != nil {
		return nil, nil, l.ended()
	}
	ctx, end := context.WithCancelCause(ctx)
	stop := context.AfterFunc(l.sending, func() { end(l.ended()) })
	return ctx, func() { stop(); end(nil) }, nil
}

// ended is why nothing is asked any more.
func (l *Log) ended() error { return cmp.Or(l.Err(), journal.ErrClosed) }

// What the server says, where the client has no name for it.
const (
	codeAccountFull          jetstream.ErrorCode = 10002
	codeNoResources          jetstream.ErrorCode = 10023
	codeMaxStreams           jetstream.ErrorCode = 10027
	codeSubjectsOverlap      jetstream.ErrorCode = 10065
	codeReplicasNotSupported jetstream.ErrorCode = 10074
	codeStorageExceeded      jetstream.ErrorCode = 10047
	codeTooLarge             jetstream.ErrorCode = 10054
	codeStoreFailed          jetstream.ErrorCode = 10077
	codeMaxBytesRequired     jetstream.ErrorCode = 10113
)

// refusals are the answers that somebody must change something about.
var refusals = []jetstream.ErrorCode{
	jetstream.JSErrCodeJetStreamNotEnabledForAccount,
	codeMaxStreams, codeSubjectsOverlap, codeReplicasNotSupported, codeMaxBytesRequired,
}

// definite tells whether asking again cannot give another answer.
func definite(err error) bool {
	if errors.Is(err, journal.ErrDamaged) || errors.Is(err, journal.ErrNoSnapshot) || errors.Is(err, journal.ErrTrimmed) ||
		errors.Is(err, fs.ErrNotExist) {
		return true
	}
	api, ok := errors.AsType[*jetstream.APIError](err)
	return ok && slices.Contains(refusals, api.ErrorCode)
}
