package connect

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"rollcall/connectclient"
	"rollcall/internal/source"
)

// Seeder seeds one instance. Make it with New, and have Run look.
type Seeder struct {
	Options
	name   string
	client *connectclient.Client
	asked  chan struct{} // holds one, when a look is wanted before its time

	mu      sync.Mutex // for all below
	looking bool
	status  source.Status // its Seed is never nil
	ahead   time.Duration // our clock is of the service's, by its newest answer
	logged  time.Time     // how far a look is
}

// New makes a Seeder. It asks nothing before Run.
func New(o Options) *Seeder {
	name := Name(o.Instance)
	o.Logger = o.Logger.With(slog.String("source", name))
	s := &Seeder{
		Options: o, name: name, asked: make(chan struct{}, 1),
		status: source.Status{Source: name, State: source.StateWaiting, Shards: []source.ShardStatus{}, Seed: new(source.SeedStatus)},
	}
	c := o.Client
	c.MaxAttempts, c.Backoff = most, backoff
	client := http.Client{}
	if c.HTTPClient != nil {
		client = *c.HTTPClient
	}
	if client.Transport == nil {
		client.Transport = http.DefaultTransport
	}
	client.Transport = &paced{client.Transport, o.Pace, s.heed}
	c.HTTPClient = &client
	s.client = connectclient.New(c)
	return s
}

// backoff is the wait after n tries of a question: a second at first and half a
// minute at most, half of it at random, so that those who were slowed down
// together part.
func backoff(n int) time.Duration { return someOf(time.Second<<min(n-1, 5), 30*time.Second) }

// someOf is at least half of what is wanted, and of the most that may be.
func someOf(wanted, atMost time.Duration) time.Duration {
	wanted = min(wanted, atMost)
	return wanted/2 + rand.N(wanted/2) //nolint:gosec // no secret
}

// Run looks until ctx ends: at once, an hour after each look, and when Seed wants
// it. After a look that failed the next comes sooner. What the journal holds must
// have been applied before.
func (s *Seeder) Run(ctx context.Context) {
	for failed := 0; ; {
		err := s.pass(ctx)
		if ctx.Err() != nil {
			return
		}
		next := Every
		if failed++; err == nil {
			failed = 0
		} else {
			next = someOf(time.Minute<<min(failed, 6), Every)
		}
		wait := time.NewTimer(next)
		select {
		case <-ctx.Done():
		case <-wait.C:
		case <-s.asked:
		}
		wait.Stop()
	}
}

// Seed wants a look, if none is going on, and gives the number of the look that
// answers it.
func (s *Seeder) Seed() (pass int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.looking {
		return s.status.Seed.Pass
	}
	select {
	case s.asked <- struct{}{}:
	default:
	}
	return s.status.Seed.Pass + 1
}

// pass is one look.
func (s *Seeder) pass(ctx context.Context) error {
	s.begin()
	err := s.look(ctx)
	if ctx.Err() == nil {
		s.end(err)
	}
	return err
}

func (s *Seeder) begin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.asked: // this is it
	default:
	}
	s.looking, s.status.State = true, source.StateReading
	s.status.Seed = &source.SeedStatus{Pass: s.status.Seed.Pass + 1, BeganAt: s.Now().UTC()}
	s.logged = s.Now()
	s.Logger.Info("Amazon Connect is asked who is on the floor", slog.Int("look", s.status.Seed.Pass))
}

func (s *Seeder) end(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	is := s.status.Seed
	s.looking, is.Doing, is.EndedAt, is.Failed = false, "", s.Now().UTC(), err != nil
	s.status.State, s.status.Trouble = source.StateWaiting, lacking(is.Lacks)
	told := []any{
		slog.Int("look", is.Pass), slog.Int("agents", is.Agents), slog.Int("new", is.New), slog.Int("disagreed", is.Disagreed),
		slog.Int("outdated", is.Outdated), slog.Int("left", is.Left), slog.Int("slowed_down", is.SlowedDown), slog.Any("lacks", is.Lacks),
		slog.Duration("took", is.EndedAt.Sub(is.BeganAt)),
	}
	if err != nil {
		s.status.State, s.status.Trouble = source.StateFailing, explain(err)
		s.Logger.Warn("Amazon Connect can't be asked now; it is tried again", append(told, slog.String("reason", explain(err)), slog.Any("error", err))...)
	} else {
		s.Logger.Info("Amazon Connect has said who is on the floor", told...)
	}
	s.Observe.Passed(s.name, err != nil)
}

// Status tells how the Seeder is doing now.
func (s *Seeder) Status() source.Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	is, seed := s.status, *s.status.Seed
	is.Seed = &seed
	return is
}

// tell changes what is told of the look that is going on.
func (s *Seeder) tell(change func(*source.SeedStatus)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	is := s.status.Seed
	change(is)
	if now := s.Now(); now.Sub(s.logged) >= logEvery {
		s.logged = now
		s.Logger.Info("Amazon Connect is being asked", slog.Int("look", is.Pass), slog.String("operation", is.Doing),
			slog.Int("users", is.Names), slog.Int("agents", is.Agents), slog.Int("of", is.Of))
	}
}

// heed notes what an answer says beside what was asked.
func (s *Seeder) heed(answer *http.Response) {
	now := s.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if answer.StatusCode == http.StatusTooManyRequests {
		s.status.Seed.SlowedDown++
	}
	if there, err := http.ParseTime(answer.Header.Get("Date")); err == nil {
		s.ahead = max(0, now.Sub(there)-time.Second) // what it says is cut to seconds
	}
}

// asks is the instant of a question that is asked now, by the service's clock where
// ours is ahead: an event of that instant must not be taken for an older one.
func (s *Seeder) asks() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Now().Add(-s.ahead)
}
