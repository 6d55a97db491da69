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
	"net/http"
	"slices"
	"time"

	"rollcall"
	"rollcall/internal/access"
	v1 "rollcall/internal/door"
	"rollcall/internal/floor"
	"rollcall/internal/instance"
	"rollcall/internal/pagetoken"
)

// Options are what the API is made of. Floors and Gate must be given.
type Options struct {
	Floors *floor.Floors
	Gate   access.Gate
	Door   *v1.Door // answers; nil: one that logs nothing

	// Throttle says that the sender has asked too often: an error with
	// rollcall.CodeThrottled. It is asked once for each permitted request, with
	// the zero instance for a request that is about none. nil: never.
	Throttle func(pass access.Pass, operation string, instance rollcall.ARN) error

	// Append makes events durable in the journal, all or none, and returns when
	// questions see what they did. nil: nothing can be removed.
	Append func(ctx context.Context, events ...*rollcall.Event) (rollcall.Position, error)
	Now    func() time.Time // nil: time.Now

	Secrets [][]byte // seal cursors, as pagetoken.New has it

	// Await waits until the floor has seen the position that a request demands,
	// if it does, and tells whether it waited: what was looked up before may have
	// changed. It is asked behind the permission. nil: nothing is demanded.
	Await func(r *http.Request) (waited bool, err error)
	// Audit is told of what was removed. nil: nobody.
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
	await    func(r *http.Request) (waited bool, err error)
	audit    func(access.Act)
}

// The operations, as openapi.yaml and Options.Throttle call them.
const (
	opListInstances  = "listInstances"
	opListAgents     = "listAgents"
	opRemoveInstance = "removeInstance"
	opForgetAgent    = "forgetAgent"
)

// minPosition is a query parameter of all routes, which Options.Await deals with.
const minPosition = "min-position"

// New gives the routes of the API. Paths must reach it as they were sent: an
// instance's ARN is one percent-encoded segment.
func New(o Options) http.Handler {
	s := &service{
		floors: o.Floors, gate: o.Gate, throttle: o.Throttle, append: o.Append, now: o.Now, cursors: pagetoken.New(o.Secrets...),
		await: o.Await, audit: o.Audit,
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.throttle == nil {
		s.throttle = func(access.Pass, string, rollcall.ARN) error { return nil }
	}
	if s.await == nil {
		s.await = func(*http.Request) (bool, error) { return false, nil }
	}
	if s.audit == nil {
		s.audit = func(access.Act) {}
	}
	door := o.Door
	if door == nil {
		door = new(v1.Door)
	}
	var routes []v1.Route
	handle := func(pattern, method string, h func(w http.ResponseWriter, r *http.Request) error) {
		routes = append(routes, v1.Route{Method: method, Pattern: pattern, Handler: func(c *v1.Call) error { return h(c, c.Request) }})
	}
	handle("/v1/openapi.json", http.MethodGet, serveOpenAPI)
	handle("/v1/instances", http.MethodGet, s.listInstances)
	handle("/v1/instances/{instanceId}/agents", http.MethodGet, s.listAgents)
	if s.append != nil {
		handle("/v1/instances/{instanceId}", http.MethodDelete, s.removeInstance)
		handle("/v1/instances/{instanceId}/agents/{agentId}", http.MethodDelete, s.forgetAgent)
	}
	return door.Routes(routes)
}

// listInstances answers GET /v1/instances: what the key may read, by id.
func (s *service) listInstances(w http.ResponseWriter, r *http.Request) error {
	pass, err := s.gate.Admit(r, nil)
	if err != nil {
		return err
	}
	if err := s.throttle(pass, opListInstances, rollcall.ARN{}); err != nil {
		return err
	}
	if _, err := v1.Query(r, minPosition); err != nil {
		return err
	}
	list := s.readable(pass)
	if len(list) > 0 || pass.Unlimited() {
		waited, err := s.await(r)
		if err != nil {
			return err
		}
		if waited {
			list = s.readable(pass)
		}
	} else if demandsPosition(r) {
		return rollcall.Errorf(rollcall.CodeDenied, "%s: to wait for a position needs %s on an instance that is here", minPosition, access.ActionReadAgents)
	}
	answer := struct {
		Instances []instanceView `json:"instances"`
	}{}
	for _, fl := range list {
		c := fl.Counts()
		answer.Instances = append(answer.Instances, instanceView{
			ID: string(fl.ARN().Instance), ARN: fl.ARN().String(),
			Agents: c.Agents, Online: c.Online, Contacts: c.Contacts,
		})
	}
	return v1.WriteJSON(w, http.StatusOK, answer)
}

// readable gives the instances that the sender may read.
func (s *service) readable(pass access.Pass) []*floor.Floor {
	return slices.DeleteFunc(s.floors.Instances(), func(fl *floor.Floor) bool {
		return !access.May(pass, access.ActionReadAgents, fl.ARN())
	})
}

func demandsPosition(r *http.Request) bool {
	return r.Header.Get("X-Rollcall-Min-Position") != "" || r.URL.Query().Has(minPosition)
}

// listAgents answers GET /v1/instances/{instanceId}/agents.
func (s *service) listAgents(w http.ResponseWriter, r *http.Request) error {
	pass, err := s.gate.Admit(r, nil)
	if err != nil {
		return err
	}
	values, err := v1.Values(r)
	if err != nil {
		return err
	}
	fl, err := s.find(r, pass, access.ActionReadAgents, opListAgents, named(values))
	if err != nil {
		return err
	}
	q, err := parseQuestion(fl.ARN(), values)
	if err != nil {
		return err
	}
	epoch, after, err := s.open(q)
	if err != nil {
		return err
	}
	page := fl.Select(&q.query, after, q.limit)
	if after.Started && epoch != page.Position.Epoch {
		return q.errEpoch(page.Position.Epoch)
	}
	answer := struct {
		Agents     []agentView `json:"agents"`
		Total      int         `json:"total"`
		Position   string      `json:"position"`
		NextCursor string      `json:"nextCursor,omitempty"`
	}{Total: page.Total, Position: page.Position.String(), Agents: make([]agentView, len(page.Agents))}
	for i, agent := range page.Agents {
		answer.Agents[i] = viewAgent(agent)
	}
	if page.More {
		answer.NextCursor = s.nextCursor(q, page.Position, page.Next)
	}
	return v1.WriteJSON(w, http.StatusOK, answer)
}

// find gives the floor of the instance that the path names, by id or ARN, to whom
// may do the action to the resources, unless they do the operation too often. It
// has seen the position that the request demands.
func (s *service) find(
	r *http.Request, pass access.Pass, action, operation string, resources func(instance rollcall.ARN) []rollcall.ARN,
) (*floor.Floor, error) {
	name := r.PathValue("instanceId")
	at, err := s.permitted(name, pass, action, resources)
	if err != nil {
		return nil, err
	}
	if err := s.throttle(pass, operation, at.ARN); err != nil {
		return nil, err
	}
	waited, err := s.await(r)
	if err != nil {
		return nil, err
	}
	if waited {
		if at, err = s.permitted(name, pass, action, resources); err != nil {
			return nil, err
		}
	}
	if at.Floor == nil {
		return nil, rollcall.Errorf(rollcall.CodeNotFound, "there is no instance %q: no event ever named it", rollcall.Shorten(name))
	}
	return at.Floor, nil
}

func (s *service) permitted(
	name string, pass access.Pass, action string, resources func(instance rollcall.ARN) []rollcall.ARN,
) (instance.Place, error) {
	at, why := instance.Find(s.floors, name)
	if why != "" {
		return at, rollcall.Errorf(rollcall.CodeInvalid, "instance %q: %s", rollcall.Shorten(name), why)
	}
	return at, at.Permit(pass, action, resources)
}
