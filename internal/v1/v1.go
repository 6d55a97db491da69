// Package v1 is what /v1 shows of the floor: the same agents as the Amazon
// Connect operation, with what that leaves out: names, status types, what each
// agent is really doing, and all filters combined. openapi.yaml describes it
// and is served; a test holds real answers against it.
//
// It reads the floor through Floors and knows neither the journal nor how
// events come in.
package v1

import (
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"time"

	"rollcall"
	"rollcall/internal/access"
	"rollcall/internal/door"
	"rollcall/internal/floor"
	"rollcall/internal/hub"
	"rollcall/internal/lobby"
	"rollcall/internal/pagetoken"
	"rollcall/internal/source"
)

// Options are what the API is made of. Floors and Gate must be given.
type Options struct {
	Floors *floor.Floors
	Gate   access.Gate
	Door   *door.Door // answers; nil: one that logs nothing

	// Throttle says that the sender has asked too often: an error with
	// rollcall.CodeThrottled. It is asked once for each permitted request, with
	// the zero instance for a request that is about none. nil: never.
	Throttle func(pass access.Pass, operation string, instance rollcall.ARN) error

	// Append makes events durable in the journal, all or none, and returns when
	// questions see what they did. nil: nothing can be removed.
	Append func(ctx context.Context, events ...*rollcall.Event) (rollcall.Position, error)
	Now    func() time.Time // nil: time.Now

	Secrets [][]byte // seal cursors, as pagetoken.New has it
	Sealer  Sealer   // of tickets; nil: they are good in this process alone

	StaleAfter  time.Duration // without news an agent who is online is called stale; 0: never
	WatchMaxAge time.Duration // after which a watch ends, a fifth more or less; 0: 10 minutes
	DrainTime   time.Duration // in which watches end when the server does

	// Lobby is who waits; nil: nobody can tell. View calls read while it and the
	// floors are at one position. Of a contact that has waited for WaitForget nothing
	// is told.
	Lobby      *lobby.Lobby
	View       func(read func())
	WaitForget time.Duration

	// Await waits until the floor has seen the position that a request demands,
	// if it does, and tells whether it waited: what was looked up before may have
	// changed. It is asked behind the permission. nil: nothing is demanded.
	Await func(r *http.Request) (waited bool, err error)
	// Answerable says why questions can't be answered now, to who comes with a
	// ticket: Gate is not asked then. nil: they can.
	Answerable func() error
	// Arrived tells when the newest event of an instance came to this node; the zero
	// time if none has since it started. nil: that is not known.
	Arrived func(rollcall.InstanceID) time.Time
	// Sources tells how the sources of events are doing that the server reads
	// itself. nil: there are none.
	Sources func() []source.Status
	// Seed has Amazon Connect asked again who is on the floor, and tells for each
	// instance which look answers that. Seeds tells how that goes. nil: it is not asked.
	Seed, Seeds func() []source.Status
	// Export writes the whole journal out. nil: it can't be.
	Export func(ctx context.Context, out io.Writer) error
	// Audit is told of what was removed, and who took the journal. nil: nobody.
	Audit func(access.Act)
}

// service answers the half of /v1 that is about the floor. It holds no state
// between requests.
type service struct {
	floors   *floor.Floors
	gate     access.Gate
	throttle func(pass access.Pass, operation string, instance rollcall.ARN) error
	append   func(ctx context.Context, events ...*rollcall.Event) (rollcall.Position, error)
	now      func() time.Time
	cursors  pagetoken.Keys
	hub      hub.Hub
	tickets  tickets
	view     agentViewer

	lobby      *lobby.Lobby
	viewed     func(read func())
	waitForget time.Duration

	watchMaxAge, drainTime time.Duration
	await                  func(r *http.Request) (waited bool, err error)
	answerable             func() error
	arrived                func(rollcall.InstanceID) time.Time
	sources                func() []source.Status
	seedNow, seeds         func() []source.Status
	export                 func(ctx context.Context, out io.Writer) error
	audit                  func(access.Act)
}

// minPosition is a query parameter of all routes, which Options.Await deals with.
const minPosition = "min-position"

// New gives the routes of the API. Paths must reach it as they were sent: an
// instance's ARN is one percent-encoded segment.
func New(o Options) http.Handler {
	s := &service{
		floors: o.Floors, gate: o.Gate, throttle: o.Throttle, append: o.Append, now: o.Now, cursors: pagetoken.New(o.Secrets...),
		await: o.Await, audit: o.Audit, sources: o.Sources, export: o.Export, arrived: o.Arrived, answerable: o.Answerable,
	}
	if s.lobby, s.viewed, s.waitForget = o.Lobby, o.View, o.WaitForget; s.lobby == nil {
		s.lobby, s.viewed = lobby.New(0), func(read func()) { read() }
	}
	if s.answerable == nil {
		s.answerable = func() error { return nil }
	}
	if s.arrived == nil {
		s.arrived = func(rollcall.InstanceID) time.Time { return time.Time{} }
	}
	if s.seedNow, s.seeds = o.Seed, o.Seeds; s.seedNow == nil {
		none := func() []source.Status { return nil }
		s.seedNow, s.seeds = none, none
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.throttle == nil {
		s.throttle = func(access.Pass, string, rollcall.ARN) error { return nil }
	}
	s.view = agentViewer{now: s.now, staleAfter: o.StaleAfter}
	s.tickets.now, s.tickets.sealer, s.hub.Now = s.now, o.Sealer, s.now
	_, _ = rand.Read(s.tickets.process[:]) // never fails: it ends the program instead
	if s.watchMaxAge, s.drainTime = o.WatchMaxAge, o.DrainTime; s.watchMaxAge == 0 {
		s.watchMaxAge = 10 * time.Minute
	}
	if s.await == nil {
		s.await = func(*http.Request) (bool, error) { return false, nil }
	}
	if s.audit == nil {
		s.audit = func(access.Act) {}
	}
	d := o.Door
	if d == nil {
		d = new(door.Door)
	}
	all := make([]door.Route, 0, len(routes))
	for i := range routes {
		if r := &routes[i]; s.has(r) {
			all = append(all, door.Route{Method: r.method, Pattern: r.pattern, Handler: s.serve(r)})
		}
	}
	return d.Routes(all)
}

// has tells whether the service can do what a route is for.
func (s *service) has(r *route) bool {
	switch r.action {
	case access.ActionRemoveAgents:
		return s.append != nil
	case access.ActionExport:
		return s.export != nil
	}
	return true
}

// listInstances answers with what the key may read, by id.
func (s *service) listInstances(q *request) error {
	if _, err := door.Query(q.Request, minPosition); err != nil {
		return err
	}
	answer := struct {
		Instances []instanceView `json:"instances"`
	}{}
	for _, fl := range q.floors {
		c := fl.Counts()
		answer.Instances = append(answer.Instances, instanceView{
			ID: string(fl.ARN().Instance), ARN: fl.ARN().String(),
			Agents: c.Agents, Online: c.Online, Contacts: c.Contacts,
			FeedAt: instant(fl.Heard()), FeedArrivedAt: instant(s.arrived(fl.ARN().Instance)),
		})
	}
	return q.WriteJSON(http.StatusOK, answer)
}
