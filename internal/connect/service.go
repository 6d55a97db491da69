package connect

import (
	"cmp"
	"log/slog"
	"net/http"
	"time"

	"rollcall"
	"rollcall/internal/access"
	"rollcall/internal/body"
	"rollcall/internal/cors"
	"rollcall/internal/floor"
	"rollcall/internal/pagetoken"
)

// Limits unless Options say otherwise.
const (
	DefaultBodyBytes     = 256 << 10 // the largest request with a sense has four hundred ARNs and a token
	DefaultInFlightBytes = 64 << 20
	DefaultTimeout       = 10 * time.Second
)

// Options are what a Service is made of. Floors, Gate and Now must be given.
type Options struct {
	Floors  *floor.Floors // made with EncodeUserData as its Encode
	Gate    access.Gate
	Now     func() time.Time
	Secrets [][]byte // seal page tokens, as pagetoken.New has it

	BodyBytes      int64         // DefaultBodyBytes if 0; beyond it a request is refused unread
	InFlightBytes  int64         // of all bodies at once, beyond the first 4 KiB of each; DefaultInFlightBytes if 0
	Timeout        time.Duration // for a request's body and answer; DefaultTimeout if 0
	LenientFilters bool          // no primary filter means everybody, several must all hold
	Answers        *body.Budget  // what answers hold until the client has taken them; nil: DefaultInFlightBytes
	IncludeOffline bool          // also agents who are offline and have no contact
	CORSOrigins    []string      // web origins whose pages may ask, "*" for any; none if empty

	// Throttle says that the sender has asked too often: an error with
	// rollcall.CodeThrottled. It is asked once for each permitted request.
	// nil: never.
	Throttle func(pass access.Pass, operation string, instance rollcall.ARN) error
	// Await waits until the floor has seen the position that a request demands,
	// if it does, and tells whether it waited: what was looked up before may have
	// changed. It is asked behind the permission. nil: nothing is demanded.
	Await func(r *http.Request) (waited bool, err error)
	// Observe is told of each request when it is answered. nil: nobody.
	Observe func(Outcome)

	Logger       *slog.Logger  // nil: no logs
	NewRequestID func() string // nil: random UUIDs
}

// Outcome is what became of a request, for metrics.
type Outcome struct {
	Operation   string        // "GetCurrentUserData"; empty when the path has none
	Exception   string        // as in x-amzn-ErrorType; empty when the request was answered
	Status      int           // HTTP status
	Took        time.Duration // by Options.Now, from the header read to the answer written
	RowsBytes   int           // of the answer's body; 0 with an exception
	Rows        int
	Panicked    bool
	Interrupted bool // the answer could not be written: the client had gone
}

// Service answers the operations. It is safe for concurrent use, holds no state
// between requests, and is an http.Handler for all paths: what it doesn't know
// it answers as an AWS service does, with UnknownOperationException.
//
// Paths must reach it as they were sent: an instance's ARN is one percent-encoded
// segment.
type Service struct {
	o      Options
	tokens pagetoken.Keys
	bodies *body.Budget
	shared cors.Policy
	log    *slog.Logger
	routes routes
}

// operations are those that are here.
var operations = []*operation{
	describeUser.operation(),
	getCurrentUserData,
	listUsers.operation(),
	searchUsers.operation(),
}

// New makes a Service.
func New(o Options) *Service {
	o.BodyBytes = cmp.Or(o.BodyBytes, DefaultBodyBytes)
	o.Timeout = cmp.Or(o.Timeout, DefaultTimeout)
	if o.NewRequestID == nil {
		o.NewRequestID = newUUID
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Answers == nil {
		o.Answers = body.NewBudget(DefaultInFlightBytes, 0, smallBytes)
	}
	s := &Service{
		o: o, log: o.Logger, shared: shared(o.CORSOrigins), tokens: pagetoken.New(o.Secrets...),
		routes: newRoutes(operations),
		bodies: body.NewBudget(cmp.Or(o.InFlightBytes, DefaultInFlightBytes), o.BodyBytes, smallBytes),
	}
	return s
}

// ServeHTTP answers one request.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := &call{id: s.o.NewRequestID(), request: r, startedAt: s.o.Now()}
	w.Header()["X-Amzn-Requestid"] = []string{c.id}
	s.serve(w, c) //nolint:contextcheck // the call has the request's
}
