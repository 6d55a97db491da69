// Package server puts the rooms together: it follows whatever journal it is
// given into the floors that the keeper has made, and gives questions and events
// their doors. Nothing else knows all the parts, and this package knows nothing
// about what they do.
//
//	journal ── Tail ──> follow ── Apply ──> floors <── Select ── connect, api
//	   ^                                                            ^
//	   └── Append ── ingest                    sigv4, access ───────┘
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"rollcall"
	"rollcall/internal/access"
	"rollcall/internal/door"
	"rollcall/internal/durable"
	"rollcall/internal/floor"
	"rollcall/internal/journal"
	"rollcall/internal/keeper"
	"rollcall/internal/listen"
	"rollcall/internal/replay"
	seeding "rollcall/internal/source/connect"
	"rollcall/internal/source/kinesis"
	"rollcall/internal/wallboard"
)

// Server is a rollcall server. Open makes one, Run runs it, Close ends it.
type Server struct {
	config  Config
	journal journal.Log
	state   *replay.State
	floors  *floor.Floors // of the state
	keeper  *keeper.Keeper
	room    *room
	keys    *access.Keys
	// sessions are the wallboard's; nil, like its rules, where that is turned off.
	sessions *access.Sessions
	rules    *wallboard.Rules
	metrics  *metrics
	streams  *door.Streams
	feeds    feeds
	sources  []*kinesis.Source
	seeds    []*seeding.Seeder

	startAt rollcall.Position // the journal's end at the start

	ready    atomic.Bool // the floor has reached startAt
	draining atomic.Bool // Run ends

	connections int // most of them that are not streams

	overBudget bool // the floor is; of the goroutine that follows the journal

	public, admin *listen.Port // admin is nil without an address for it
	handler       http.Handler

	// MadeKey is the key that was made at this start, for the operator to
	// copy; empty when there was one before, or one was given.
	MadeKey access.Key
}

// keysCheck is how often the keys file is looked at.
const keysCheck = 2 * time.Second

// Open checks the settings, has the journal opened and takes the addresses. Nothing
// is answered before Run.
func Open(ctx context.Context, c Config) (_ *Server, err error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	connections, streams := c.shareFiles(openFiles())
	s := &Server{config: c, connections: connections, streams: door.NewStreams(streams, c.MaxWatchersPerKey)}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if c.Wallboard {
		if s.rules, err = wallboard.ReadRules(c.WallboardRules); err != nil {
			return nil, fmt.Errorf("--wallboard-rules: %w", err)
		}
	}
	if !c.Ephemeral {
		if err := durable.MkdirAll(c.DataDir); err != nil {
			return nil, fmt.Errorf("make the data directory: %w", err)
		}
	}
	s.metrics = newMetrics(s)
	if s.journal, err = c.opener()(ctx, s.metrics.kept.Commit); err != nil {
		return nil, err
	}
	s.startAt = s.journal.End()
	if s.keeper, err = keeper.Open(ctx, s.keeping()); err != nil {
		return nil, s.explainStart(err)
	}
	s.state = s.keeper.State()
	s.floors = s.state.Floors()
	s.room = newRoom(&s.config, s.floors)
	if err := s.noteFloorBytes(); err != nil {
		return nil, err
	}
	secrets, err := s.tokenSecrets()
	if err != nil {
		return nil, err
	}
	if err := s.listen(ctx); err != nil {
		return nil, err
	}
	// The last that can fail: a first key is shown once, by whoever has the Server.
	if s.keys, err = s.openKeys(); err != nil {
		return nil, err
	}
	if c.Wallboard {
		s.sessions = access.NewSessions(s.keys, secrets, c.Now)
	}
	s.handler = s.newHandler(secrets)
	return s, nil
}

// keeping says what is kept of the journal.
func (s *Server) keeping() keeper.Options {
	c := &s.config
	o := keeper.Options{
		Log: s.journal, Replay: replay.Options{Encode: c.encode(), MostBytes: c.mostFloorBytes()}, Metrics: s.metrics.kept, Logger: c.Logger, Now: c.Now,
		Interval: c.SnapshotInterval, EveryBytes: c.SnapshotEveryBytes, RetentionAge: c.RetentionAge, RetentionBytes: c.RetentionBytes,
	}
	if c.Ephemeral {
		o.MemoryBytes = c.MemoryBytes
	}
	return o
}

// URL is where questions and events go, as a client on this machine can use it.
// With TLS that is the name in --listen, or the machine's own, since a
// certificate is for a name.
func (s *Server) URL() string {
	address := s.public.Addr().String()
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "http://" + address // no address of TCP: a test's
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	if s.config.TLSCert == "" {
		return "http://" + net.JoinHostPort(host, port)
	}
	if name := s.name(); name != "" {
		host = name
	}
	return "https://" + net.JoinHostPort(host, port)
}

// name is what clients may call the machine; empty if nothing is known but
// addresses.
func (s *Server) name() string {
	host, _, err := net.SplitHostPort(s.config.Listen)
	if err != nil {
		return ""
	}
	ip, err := netip.ParseAddr(host)
	switch {
	case host != "" && err != nil:
		return host
	case host == "" || ip.IsUnspecified():
		name, _ := os.Hostname() // without one there is the address
		return name
	}
	return ""
}

// Run serves until ctx is done, then drains: no new connection is taken,
// requests in flight are answered, the journal is closed. The error is nil
// after a clean end. It wraps journal.ErrFailed when the journal failed:
// then nothing more was acknowledged, and all that was is kept.
func (s *Server) Run(ctx context.Context) error {
	// Until the requests in flight are answered all goes on: they may wait for
	// the floor to show their events.
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	running := 3
	ended := make(chan error, 4)
	go func() { ended <- s.keys.Follow(work, keysCheck) }()
	go func() { ended <- s.follow(work) }()
	var keeping sync.WaitGroup
	keeping.Go(func() { s.keeper.Run(work) })
	keeping.Go(func() { s.forgetLongGone(work) })
	keeping.Go(func() { s.readSources(work) })
	keeping.Go(func() { s.forgetWaits(work) })
	go func() { ended <- s.public.Serve(s.handler) }()
	address := []any{slog.String("address", s.public.Addr().String())}
	if s.admin != nil {
		running++
		go func() { ended <- s.admin.Serve(s.adminHandler()) }()
		address = append(address, slog.String("admin_address", s.admin.Addr().String()))
	}
	s.config.Logger.Info("listening", address...)
	s.noteCaughtUp()

	var failed error
	select {
	case <-ctx.Done():
	case <-s.journal.Failed():
		failed = s.journal.Err()
	case failed = <-ended:
		running--
	}
	s.draining.Store(true)
	s.streams.Drain()
	s.config.Logger.Info("draining")
	drainTime := s.config.DrainTimeout
	if errors.Is(failed, journal.ErrFailed) {
		drainTime = min(drainTime, failStopTime) // for those who are being told so
	}
	drain, cancel := context.WithTimeout(work, drainTime)
	defer cancel()
	if err := s.public.Shutdown(drain); err != nil {
		s.config.Logger.Warn("requests were cut off after the drain time-out", slog.Duration("drain_timeout", drainTime))
	}
	if err := s.streams.Wait(drain); err != nil {
		s.config.Logger.Warn("streams were cut off after the drain time-out", slog.Any("error", err))
	}
	if s.admin != nil {
		_ = s.admin.Close()
	}
	stop()
	keeping.Wait()
	for range running {
		err := <-ended
		if errors.Is(failed, journal.ErrFailed) && errors.Is(err, journal.ErrFailed) {
			continue // the reason is told once
		}
		failed = errors.Join(failed, err)
	}
	return errors.Join(failed, s.Close())
}

// Ready says why the service can't be relied on yet, or any more.
func (s *Server) Ready() error {
	if err := s.journal.Err(); err != nil {
		return err
	}
	if s.draining.Load() {
		return errors.New("the server is about to end")
	}
	if local, ok := s.journal.(journal.Local); ok {
		if err := local.Stalled(); err != nil {
			return err
		}
	}
	if !s.ready.Load() {
		return fmt.Errorf("the floor is at %s and catches up with the journal to %s", s.floors.Position(), s.startAt)
	}
	if age, why := s.cutOff(); age > 0 {
		return fmt.Errorf("cut off from the journal for %s, so events can't be taken and answers may be that old: %w", age.Round(time.Second), why)
	}
	return nil
}

// Counts tells how many instances, agents and contacts the floor holds.
func (s *Server) Counts() floor.Counts { return s.floors.Counts() }

// Totals count since the start.
type Totals struct {
	Events    uint64 // made durable and acknowledged
	Questions uint64 // of the Amazon Connect dialect, answered or refused
}

// Totals tells how much there was to do.
func (s *Server) Totals() Totals {
	return Totals{Events: s.metrics.events.Load(), Questions: s.metrics.asked.Load()}
}

// Floors gives the floors, to read from inside the process.
func (s *Server) Floors() *floor.Floors { return s.floors }

// Close releases what Open took. After Run it does nothing.
func (s *Server) Close() error {
	var errs []error
	for _, p := range []*listen.Port{s.public, s.admin} {
		if p != nil {
			errs = append(errs, p.Close())
		}
	}
	if s.journal != nil {
		errs = append(errs, s.journal.Close())
	}
	return errors.Join(errs...)
}
