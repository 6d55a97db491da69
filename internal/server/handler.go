package server

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"slices"
	"strings"

	"rollcall"
	"rollcall/internal/access"
	"rollcall/internal/body"
	"rollcall/internal/connect"
	"rollcall/internal/door"
	"rollcall/internal/floor"
	"rollcall/internal/ingest"
	v1 "rollcall/internal/v1"
	"rollcall/internal/wallboard"
)

// newHandler gives each protocol its door: events, the wallboard, the rest of
// /v1, and for every other path the Amazon Connect dialect, which also knows how an AWS
// service says that there is no such operation.
func (s *Server) newHandler(tokenSecrets [][]byte) http.Handler {
	c := &s.config
	guard := s.newGuard(tokenSecrets)
	answers := body.NewBudget(c.MaxAnswerBytes, 0, freeAnswerBytes)
	manners := &door.Door{Logger: c.Logger, Now: c.Now, Observe: s.metrics.observeV1, Answers: answers, Streams: s.streams, Pages: door.Shared(c.CORSOrigins)}
	limits := c.Ingest
	limits.RequestTime = c.RequestTimeout // one setting for all protocols
	events := ingest.New(ingest.Options{
		Log: s.journal, Gate: guard.WithTokens(), Limits: limits, Now: c.Now, Door: manners, Logger: c.Logger,
		Wait: s.floors.Wait, Owner: s.owner, Reserve: s.room.reserve, Observe: s.metrics.observeIntake, Audit: s.audit,
		EventBridgeKeyHeader: c.EventBridgeKeyHeader,
	})
	s.newSources(events)
	s.newSeeds()
	amazon, own := s.throttles()
	reading := s.tellAge(v1.New(v1.Options{
		Floors: s.floors, Gate: readingGate{guard.WithTokens(), s}, Door: manners, Throttle: own,
		Append: s.appendVisibly, Now: c.Now, Secrets: tokenSecrets, Sealer: guard, Await: s.awaitPosition, Audit: s.audit, Arrived: s.feeds.at,
		Export: s.exporter(), Sources: s.Sources, Seed: s.seed, Seeds: s.Seeds, Answerable: s.answerable,
		Lobby: s.state.Lobby(), View: s.state.View, WaitForget: c.WaitForget,
		StaleAfter: c.StaleAfter, WatchMaxAge: c.WatchMaxAge, DrainTime: c.DrainTimeout,
	}))
	questions := s.tellAge(connect.New(connect.Options{
		Floors: s.floors, Gate: readingGate{guard, s}, Now: c.Now, Secrets: tokenSecrets,
		LenientFilters: c.LenientFilters, IncludeOffline: c.IncludeOffline, Names: c.Names, CORSOrigins: c.CORSOrigins,
		Timeout: c.RequestTimeout, Await: s.awaitPosition, Answers: answers, JoinedBytes: c.joinedBytes(), Throttle: amazon, Observe: s.metrics.observe, Logger: c.Logger,
		Forward: s.forwarding(), Lobby: s.state.Lobby(), View: s.state.View, WaitForget: c.WaitForget,
	}))
	board := s.newWallboard(guard, manners)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case board != nil && wallboard.Serves(r):
			board.ServeHTTP(w, r)
		case board == nil && r.URL.Path == "/" && (r.Method == http.MethodGet || r.Method == http.MethodHead):
			greet(w)
		case ingest.Takes(r.URL.Path):
			events.ServeHTTP(w, r)
		case strings.HasPrefix(r.URL.Path, "/v1/"):
			reading.ServeHTTP(w, r)
		default:
			questions.ServeHTTP(w, r)
		}
	})
}

// greeting is for who opens the address in a browser where there is no wallboard.
const greeting = `This is rollcall: who is on a contact centre's floor, and what each agent is doing right now.

  /v1/openapi.json                  describes rollcall's own interface, and the agent event that it takes
  POST /v1/events                   takes agent events
  POST /metrics/userdata/INSTANCE   is Amazon Connect's GetCurrentUserData: point AWS tools here with AWS_ENDPOINT_URL_CONNECT

The wallboard is turned off (--wallboard=false).
`

// greet says what this is. It asks nobody, and says nothing of any floor.
func greet(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(http.StatusNotFound)
	_, _ = io.WriteString(w, greeting)
}

// encode is what makes agents' answers ready.
func (c *Config) encode() func(*floor.Text, *rollcall.Agent, rollcall.ARN) {
	if c.Names {
		return connect.EncodeNamedUserData
	}
	return connect.EncodeUserData
}

// forwarding is what the settings say, counted.
func (s *Server) forwarding() *connect.Forwarding {
	if s.config.Forward == nil {
		return nil
	}
	counted := *s.config.Forward
	counted.Observe = s.metrics.observeForwarded
	return &counted
}

// newGuard makes what tells who sends a request, and seals that under the secrets.
func (s *Server) newGuard(secrets [][]byte) *access.Guard {
	c := &s.config
	return access.NewGuard(access.GuardOptions{
		Keys: s.keys, Now: c.SignatureNow, AllowUnsignedPayload: c.AllowUnsignedPayload,
		Anonymous: c.Anonymous, Origins: c.CORSOrigins, Sessions: s.sessions, Secrets: secrets, Refused: s.noteRefusal,
	})
}

// exporter writes the journal out, if that can be done.
func (s *Server) exporter() func(context.Context, io.Writer) error {
	if s.config.Export == nil {
		return nil
	}
	return func(ctx context.Context, out io.Writer) error { return s.config.Export(ctx, s.journal, out) }
}

// newWallboard makes the page; nil where it is turned off.
func (s *Server) newWallboard(guard *access.Guard, manners *door.Door) http.Handler {
	if !s.config.Wallboard {
		return nil
	}
	return wallboard.New(wallboard.Options{Sessions: s.sessions, Gate: guard.WithTokens(), Door: manners, Rules: s.rules})
}

// WallboardLink opens the wallboard, signed in with what the server's own key, or
// the one that was made, may read. It is good once, and for access.TicketTime.
// Empty where the wallboard is turned off.
func (s *Server) WallboardLink() string {
	switch {
	case !s.config.Wallboard:
		return ""
	case s.config.Anonymous:
		return s.URL() + wallboard.Path
	}
	return s.URL() + wallboard.Path + "#ticket=" + s.sessions.Ticket(cmp.Or(s.MadeKey.ID, s.config.AccessKeyID))
}

// freeAnswerBytes of each answer are not counted in what all hold: errors, and
// answers about a few agents, are always there.
const freeAnswerBytes = 4 << 10

// tokenSecrets seal page tokens: the first seals, all open.
func (s *Server) tokenSecrets() ([][]byte, error) {
	if s.config.TokenSecret != "" {
		return parseTokenSecrets(s.config.TokenSecret)
	}
	if s.config.Ephemeral {
		return nil, nil // connect draws one for the life of the process
	}
	secret, err := tokenSecret(s.config.DataDir)
	return [][]byte{secret}, err
}

// throttle is what a protocol asks before it answers.
type throttle func(pass access.Pass, operation string, instance rollcall.ARN) error

// throttles limit questions as the settings say: those of the Amazon Connect
// dialect, and those of /v1. Both draw on one bucket for each key and instance.
// Events are not limited so: a feed that is held up makes the floor wrong, and
// what it may hold is bounded otherwise.
func (s *Server) throttles() (amazon, own throttle) {
	c := &s.config
	limit := func(all ...*access.Throttle) throttle {
		if len(all) == 0 {
			return nil
		}
		return func(pass access.Pass, operation string, instance rollcall.ARN) error {
			now := c.Now()
			for _, t := range all {
				if err := t.Take(pass.KeyID(), operation, instance, now); err != nil {
					return err
				}
			}
			return nil
		}
	}
	var rate, amazons []*access.Throttle
	if c.RequestRate > 0 {
		rate = append(rate, access.NewThrottle(access.Quota{PerSecond: c.RequestRate, Burst: c.RequestBurst}))
	}
	if c.AWSQuotas {
		amazons = append(amazons, access.NewAWSThrottle())
	}
	return limit(slices.Concat(rate, amazons)...), limit(rate...)
}
