package ingest

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"time"

	"rollcall"
	"rollcall/internal/access"
	"rollcall/internal/agentevent"
	"rollcall/internal/body"
	"rollcall/internal/door"
	"rollcall/internal/journal"
)

// Limits bound what is taken in. All are inclusive; a member of 0 means the
// default.
type Limits struct {
	BodyBytes     int64             // of one request, as sent and after inflating
	InFlightBytes int64             // of the bodies of all requests at once, but the first 8 KiB of each; what is made of them takes about twice as much again
	RequestTime   time.Duration     // from the header to the answer
	VisibleTime   time.Duration     // how long ?wait=visible waits for the floor
	Documents     agentevent.Limits // of one request and each document in it
	RefusedListed int               // refused documents that an answer lists; all are counted
}

// NewLimits gives the defaults.
func NewLimits() Limits {
	return Limits{
		BodyBytes:     8 << 20,
		InFlightBytes: 64 << 20,
		RequestTime:   30 * time.Second,
		VisibleTime:   10 * time.Second,
		Documents:     agentevent.DefaultLimits,
		RefusedListed: 100,
	}
}

func (l Limits) withDefaults() Limits {
	d := NewLimits()
	return Limits{
		BodyBytes:     cmp.Or(l.BodyBytes, d.BodyBytes),
		InFlightBytes: cmp.Or(l.InFlightBytes, d.InFlightBytes),
		RequestTime:   cmp.Or(l.RequestTime, d.RequestTime),
		VisibleTime:   cmp.Or(l.VisibleTime, d.VisibleTime),
		Documents: agentevent.Limits{
			Documents:     cmp.Or(l.Documents.Documents, d.Documents.Documents),
			DocumentBytes: cmp.Or(l.Documents.DocumentBytes, d.Documents.DocumentBytes),
			Depth:         cmp.Or(l.Documents.Depth, d.Documents.Depth),
			TextBytes:     cmp.Or(l.Documents.TextBytes, d.Documents.TextBytes),
			Lists: agentevent.Lists{
				Contacts:      cmp.Or(l.Documents.Lists.Contacts, d.Documents.Lists.Contacts),
				Queues:        cmp.Or(l.Documents.Lists.Queues, d.Documents.Lists.Queues),
				Proficiencies: cmp.Or(l.Documents.Lists.Proficiencies, d.Documents.Lists.Proficiencies),
				Channels:      cmp.Or(l.Documents.Lists.Channels, d.Documents.Lists.Channels),
			},
		},
		RefusedListed: cmp.Or(l.RefusedListed, d.RefusedListed),
	}
}

// Log is what ingest needs of a journal.Log.
type Log interface {
	Append(ctx context.Context, records [][]byte) (rollcall.Position, error)
	Limits() journal.Limits
}

// Options are what an Intake is made of. Log, Gate and Wait must be given.
type Options struct {
	Log    Log
	Gate   access.Gate
	Limits Limits
	Now    func() time.Time // nil: time.Now

	// Wait returns when questions see everything up to the position.
	Wait func(context.Context, rollcall.Position) error
	// Owner gives the instance that has an id, if one has it yet: the first
	// account and Region seen for it. nil: nobody owns anything.
	Owner func(rollcall.InstanceID) (rollcall.ARN, bool)
	// Reserve claims the room on the server that the documents may take, and the
	// instances, which contact events name. Where
	// there is none the error is an *rollcall.Error whose message names the
	// setting. settle is told their position once they are kept, or the zero
	// position. nil: there is always room.
	Reserve func(_ []agentevent.Document, beside []rollcall.ARN) (settle func(rollcall.Position), err error)
	// Observe is told of each request that was judged. nil: nobody.
	Observe func(Outcome)
	// Audit is told who has begun an instance. nil: nobody.
	Audit func(access.Act)
	// EventBridgeKeyHeader names the header in which API destinations of EventBridge
	// send a bearer token. Empty: in Authorization alone.
	EventBridgeKeyHeader string
	// Door answers. nil: one that logs nothing.
	Door *door.Door
	// Logger is told of what is left out of deliveries. nil: nobody.
	Logger *slog.Logger
}

// Outcome is what became of the documents of a request, for metrics.
type Outcome struct {
	Accepted  int // durable in the journal
	Refused   int // documents refused; the others of the request may be kept or not
	BodyBytes int // after inflating

	Unknown agentevent.Unknown // in what was accepted
}

// Intake takes agent events in. It is safe for concurrent use.
type Intake struct {
	o       Options
	limits  Limits
	budget  *body.Budget
	handler http.Handler

	deliveries http.Handler // of Firehose
}

// New makes an Intake.
func New(o Options) *Intake {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Door == nil {
		o.Door = new(door.Door)
	}
	in := &Intake{o: o, limits: o.Limits.withDefaults()}
	in.budget = body.NewBudget(in.limits.InFlightBytes, in.limits.BodyBytes, smallBytes)
	in.handler = o.Door.Routes([]door.Route{
		{Method: http.MethodPost, Pattern: Path, Handler: in.post},
		{Method: http.MethodPost, Pattern: EventBridgePath, Handler: in.eventBridge},
	})
	deliveries := *o.Door
	deliveries.Dialect = firehoseDialect
	in.deliveries = deliveries.Routes([]door.Route{{Method: http.MethodPost, Pattern: FirehosePath, Handler: in.firehose}})
	return in
}

// What a request has of its body without the budget: an event or two. So
// whoever makes others' bodies fill the budget can't keep out single events.
const smallBytes = 8 << 10

// Path is where events are posted.
const Path = "/v1/events"

// Takes tells whether a path is one of an Intake's.
func Takes(path string) bool { return path == Path || path == FirehosePath || path == EventBridgePath }

// ServeHTTP answers a request to a path of which Takes says so.
func (in *Intake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == FirehosePath {
		in.deliveries.ServeHTTP(w, r)
		return
	}
	in.handler.ServeHTTP(w, r)
}

func (in *Intake) observe(o Outcome) {
	if in.o.Observe != nil {
		in.o.Observe(o)
	}
}
