package natslog

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

const (
	dialTime  = 3 * time.Second
	pingEvery = 3 * time.Second // a peer that answers none of two pings is gone

	// Reconnecting and every other attempt wait between these.
	leastWait = 25 * time.Millisecond
	mostWait  = time.Second
)

// leastVersion is the oldest server that is used. Before it, a stream that
// changed its leader could take a message that was sent again a second time.
const leastMajor, leastMinor = 2, 11

// dial connects, and tries again until ctx ends unless the answer is definite.
func (l *Log) dial(ctx context.Context) (*nats.Conn, error) {
	options, err := l.connectOptions()
	if err != nil {
		return nil, err
	}
	var wait backoff
	for {
		conn, err := nats.Connect(strings.Join(l.options.URLs, ","), options...)
		if err == nil {
			if err = validateVersion(conn.ConnectedServerVersion()); err != nil {
				conn.Close()
				return nil, err
			}
			return conn, nil
		}
		if refused(err) {
			return nil, err
		}
		if wait.count == 3 {
			l.options.Logger.Warn("journal cluster not reached yet", "servers", l.options.servers(), "error", err)
		}
		if wait.sleep(ctx) != nil {
			return nil, fmt.Errorf("%w: %w", ctx.Err(), err)
		}
	}
}

// refused tells whether a server answered, and trying again is of no use.
func refused(err error) bool {
	_, unverified := errors.AsType[*tls.CertificateVerificationError](err)
	return unverified || errors.Is(err, nats.ErrSecureConnRequired) || errors.Is(err, nats.ErrSecureConnWanted) ||
		errors.Is(err, nats.ErrAuthorization) || errors.Is(err, nats.ErrAuthExpired) || errors.Is(err, nats.ErrAuthRevoked)
}

func (l *Log) connectOptions() ([]nats.Option, error) {
	o, log := &l.options, l.options.Logger
	options := []nats.Option{
		nats.Name("rollcall " + o.Node),
		nats.Timeout(dialTime),
		nats.PingInterval(pingEvery),
		nats.MaxPingsOutstanding(2),
		nats.FlusherTimeout(10 * time.Second),

		// The log decides itself what is sent again.
		nats.ReconnectBufSize(-1),
		nats.MaxReconnects(-1),
		nats.IgnoreAuthErrorAbort(), // credentials may be renewed
		nats.CustomReconnectDelay(func(attempts int) time.Duration { return waitAfter(attempts) }),

		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			l.connection.lost()
			if l.ctx.Err() == nil {
				log.Warn("journal cluster connection lost", "error", err)
			}
		}),
		nats.ReconnectHandler(func(conn *nats.Conn) {
			l.connection.made()
			log.Info("journal cluster connected again", "server", Redact(conn.ConnectedUrl()))
		}),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			if l.connection.due(err.Error()) {
				log.Warn("journal cluster reports an error", "error", err)
			}
		}),
	}
	if o.TLS != nil {
		options = append(options, nats.Secure(o.TLS))
	}
	switch {
	case o.CredentialsFile != "":
		options = append(options, nats.UserCredentials(o.CredentialsFile))
	case o.NKeyFile != "":
		key, err := nats.NkeyOptionFromSeed(o.NKeyFile)
		if err != nil {
			return nil, fmt.Errorf("nkey file %s: %w", o.NKeyFile, err)
		}
		options = append(options, key)
	case o.User != "" || o.Password != "":
		options = append(options, nats.UserInfo(o.User, o.Password))
	case o.Token != "":
		options = append(options, nats.Token(o.Token))
	}
	return options, nil
}

// validateVersion refuses a server that is too old. What is no version passes:
// it is a build of somebody's own.
func validateVersion(version string) error {
	var major, minor int
	if n, _ := fmt.Sscanf(version, "%d.%d.", &major, &minor); n < 2 {
		return nil
	}
	if major > leastMajor || major == leastMajor && minor >= leastMinor {
		return nil
	}
	return fmt.Errorf("NATS server %s: want %d.%d or later, since an older one may store a message twice when its leader changes",
		version, leastMajor, leastMinor)
}

// backoff waits longer each time.
type backoff struct{ count int }

// sleep returns ctx's error if that ends first.
func (b *backoff) sleep(ctx context.Context) error {
	t := time.NewTimer(waitAfter(b.count))
	defer t.Stop()
	b.count++
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// waitAfter is how long to wait after so many attempts, with jitter of a half.
func waitAfter(attempts int) time.Duration {
	d := min(leastWait<<min(attempts, 10), mostWait)
	return d/2 + rand.N(d/2) //nolint:gosec // spreads load, keeps no secret
}
