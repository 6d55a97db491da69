package connect

import (
	"cmp"
	"log/slog"
	"net/http"
	"time"

	"rollcall"
	"rollcall/internal/access"
	"rollcall/internal/body"
	"rollcall/internal/door"
	"rollcall/internal/floor"
	"rollcall/internal/lobby"
	"rollcall/internal/pagetoken"
)

// Limits unless Options say otherwise.
const (
	DefaultBodyBytes     = 256 << 10 // the largest request with a sense has four hundred ARNs and a token
	DefaultInFlightBytes = 64 << 20
	DefaultJoinedBytes   = 64 << 20
	DefaultTimeout       = 10 * time.Second
)

// Options are what a Service is made of. Floors, Gate and Now must be given.
type Options struct {
	Floors  *floor.Floors // made with EncodeUserData, or EncodeNamedUserData, as its Encode
	Gate    access.Gate
	Now     func() time.Time
	Secrets [][]byte // seal page tokens, as pagetoken.New has it

	BodyBytes      int64         // DefaultBodyBytes if 0; beyond it a request is refused unread
	InFlightBytes  int64         // of all bodies at once, beyond the first 4 KiB of each; DefaultInFlightBytes if 0
	Timeout        time.Duration // for a request's body and answer; DefaultTimeout if 0
	LenientFilters bool          // no primary filter means everybody, several must all hold
	Answers        *body.Budget  // what answers hold until the client has taken them; nil: DefaultInFlightBytes
	JoinedBytes    int           // of pages that are remembered, since many ask the same; DefaultJoinedBytes if 0
	IncludeOffline bool          // also agents who are offline and have no contact
	Names          bool          // Floors were made with EncodeNamedUserData: everybody gets names
	CORSOrigins    []string      // web origins whose pages may ask, "*" for any; none if empty

	// Lobby is who waits; nil: nobody can tell. View calls read while it and the floors
	// are at one position. A contact that has waited for WaitForget isn't counted.
	Lobby      *lobby.Lobby
	View       func(read func())
	WaitForget time.Duration

	Forward *Forwarding // sends on what isn't here; nil: nothing

	// Throttle says that the sender has asked too often: an error with
	// rollcall.CodeThrottled. It is asked once for each permitted request.
	// nil: never.
	Throttle func(pass access.Pass, operation string, instance rollcall.ARN) error
	// Await waits until the floor has seen the position that a request demands,
	// if it does, and tells whether it waited: what was looked up before may have
	// changed. It is asked behind the permission. nil: nothing is demanded.
	Await func(r *http.Request) (waited bool, err error)
	// Observe is told of each request when it is answered. nil: nobody.
	Observe func(door.Outcome)

	Logger       *slog.Logger  // nil: no logs
	NewRequestID func() string // nil: random UUIDs
}

// Service answers the operations. It is safe for concurrent use, and an
// http.Handler for all paths: what it doesn't know it answers as an AWS service
// does, with UnknownOperationException. What it remembers of a request changes no
// answer.
//
// Paths must reach it as they were sent: an instance's ARN is one percent-encoded
// segment.
type Service struct {
	o         Options
	censuses  censuses
	joined    joined
	questions questions
	tokens    pagetoken.Keys
	bodies    *body.Budget
	routes    routes
	door      *door.Door
	handle    door.Handler // serve
}

// operations are those that are here.
var operations = []*operation{
	describeAgentStatus.operation(),
	describeContact.operation(),
	describeInstance.operation(),
	describeQueue.operation(),
	describeRoutingProfile.operation(),
	describeUser.operation(),
	describeUserHierarchyGroup.operation(),
	describeUserHierarchyStructure.operation(),
	getCurrentMetricData.operation(),
	getCurrentUserData,
	listAgentStatuses.operation(),
	listInstances.operation(),
	listQueues.operation(),
	listRoutingProfileQueues.operation(),
	listRoutingProfiles.operation(),
	listUserHierarchyGroups.operation(),
	listUsers.operation(),
	searchAgentStatuses.operation(),
	searchQueues.operation(),
	searchRoutingProfiles.operation(),
	searchUserHierarchyGroups.operation(),
	searchUsers.operation(),
}

// New makes a Service.
func New(o Options) *Service {
	o.BodyBytes = cmp.Or(o.BodyBytes, DefaultBodyBytes)
	o.Timeout = cmp.Or(o.Timeout, DefaultTimeout)
	if o.Forward != nil {
		forward := *o.Forward
		forward.Timeout = cmp.Or(forward.Timeout, DefaultForwardTimeout)
		o.Forward = &forward
	}
	if o.NewRequestID == nil {
		o.NewRequestID = newUUID
	}
	if o.Answers == nil {
		o.Answers = body.NewBudget(DefaultInFlightBytes, 0, smallBytes)
	}
	s := &Service{
		o: o, joined: newJoined(cmp.Or(o.JoinedBytes, DefaultJoinedBytes)), questions: newQuestions(), tokens: pagetoken.New(o.Secrets...), routes: newRoutes(operations),
		bodies: body.NewBudget(cmp.Or(o.InFlightBytes, DefaultInFlightBytes), o.BodyBytes, smallBytes),
		door: &door.Door{
			Dialect: door.Dialect{IDHeader: "X-Amzn-Requestid", NewID: o.NewRequestID, WriteError: writeException},
			Logger:  o.Logger, Now: o.Now, Observe: o.Observe, Answers: o.Answers, Pages: shared(o.CORSOrigins, o.Forward != nil),
		},
	}
	s.handle = s.serve
	return s
}

// ServeHTTP answers one request.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.door.Serve(w, r, "", "", s.handle) //nolint:contextcheck // what is logged outlives the request
}
