package connectclient

import (
	"context"
	"crypto/rand"
	"fmt"
	"math"
	mathrand "math/rand/v2"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
)

// maxBackoff is the longest wait between two attempts.
const maxBackoff = 20 * time.Second

// newRetryer returns the SDK's retryer in the wanted mode, with what every AWS
// client tries again in standard mode: failures of transport, the statuses 500,
// 502, 503 and 504, and the codes that mean a time-out or a limit.
func newRetryer(cfg Config) aws.RetryerV2 {
	backoff := cfg.Backoff
	if backoff == nil {
		backoff = jitter
	}
	standard := func(o *retry.StandardOptions) {
		o.MaxAttempts = cfg.MaxAttempts
		o.MaxBackoff = maxBackoff
		o.Backoff = retry.BackoffDelayerFunc(func(n int, _ error) (time.Duration, error) { return backoff(n), nil })
		o.Retryables = []retry.IsErrorRetryable{
			retry.NoRetryCanceledError{},
			retry.IsErrorRetryableFunc(transportFailed),
			retry.RetryableHTTPStatusCode{Codes: retry.DefaultRetryableHTTPStatusCodes},
			retry.RetryableErrorCode{Codes: retry.DefaultRetryableErrorCodes},
			retry.RetryableErrorCode{Codes: retry.DefaultThrottleErrorCodes},
		}
	}
	if cfg.RetryMode == aws.RetryModeAdaptive {
		return retry.NewAdaptiveMode(func(o *retry.AdaptiveModeOptions) {
			o.StandardOptions = append(o.StandardOptions, standard)
		})
	}
	return retry.NewStandard(standard)
}

// jitter waits a random part of twice the last limit: at most 1 s after the
// first failure, 2 s after the second, then 4 s, and never above maxBackoff.
func jitter(n int) time.Duration {
	limit := math.Min(math.Pow(2, float64(n-1)), maxBackoff.Seconds())
	return time.Duration(mathrand.Float64() * limit * float64(time.Second)) //nolint:gosec // spreads load, guards nothing
}

func transportFailed(err error) aws.Ternary {
	if isTransportError(err) {
		return aws.TrueTernary
	}
	return aws.UnknownTernary
}

// tryAgain runs try until it succeeds, fails for good, or was run MaxAttempts
// times. The invocation id is the same for all attempts of a call, so that a
// server can tell a repeated request from a new one.
func (c *Client) tryAgain(ctx context.Context, try func(ctx context.Context, invocation string, attempt int) (*Response, error)) (*Response, error) {
	invocation := newUUID()
	refund := func(error) error { return nil } // of the token that the retry before cost
	for attempt := 1; ; attempt++ {
		release, err := c.retryer.GetAttemptToken(ctx)
		if err != nil {
			return nil, fmt.Errorf("wait for a slower pace: %w", err)
		}
		resp, err := try(ctx, invocation, attempt)
		failure := err
		if resp != nil {
			resp.Attempts, resp.Exhausted = attempt, attempt >= c.cfg.MaxAttempts
			failure = resp.Err()
		}
		_ = refund(failure)
		_ = release(failure) // the SDK's release reports back the error it was given
		if failure == nil {
			return resp, err
		}
		var may bool
		if refund, may = c.mayRetry(ctx, attempt, failure); !may {
			return resp, err
		}
		if waitErr := c.wait(ctx, attempt, failure); waitErr != nil {
			return resp, waitErr
		}
	}
}

func (c *Client) mayRetry(ctx context.Context, attempt int, failure error) (refund func(error) error, may bool) {
	if attempt >= c.cfg.MaxAttempts || ctx.Err() != nil || !c.retryer.IsErrorRetryable(failure) {
		return nil, false
	}
	refund, err := c.retryer.GetRetryToken(ctx, failure)
	return refund, err == nil // an error means that too many retries failed of late
}

func (c *Client) wait(ctx context.Context, attempt int, failure error) error {
	delay, err := c.retryer.RetryDelay(attempt, failure)
	if err != nil {
		return fmt.Errorf("retry delay: %w", err)
	}
	c.cfg.Logger.Debug("retry needed", "attempt", attempt, "delay", delay, "cause", failure.Error())
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// attemptHeader is the value of amz-sdk-request.
func attemptHeader(attempt, limit int) string {
	if attempt == 1 {
		return "attempt=1"
	}
	return "attempt=" + strconv.Itoa(attempt) + "; max=" + strconv.Itoa(limit)
}

// newUUID returns a random UUID (RFC 9562, version 4).
func newUUID() string {
	var u [16]byte
	_, _ = rand.Read(u[:]) // never fails
	u[6], u[8] = u[6]&0x0f|0x40, u[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}
