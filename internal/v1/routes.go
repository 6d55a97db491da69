package v1

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"rollcall"
	"rollcall/internal/access"
	"rollcall/internal/door"
	"rollcall/internal/floor"
	"rollcall/internal/instance"
)

// route is a route of the API. What it says of who may use it is done before
// its handler is called, so that no handler can forget it.
//
// Where the pattern names an instance, the sender needs the action on it, or on
// the resources in it. Where it names none, the handler is given the instances
// on which the sender may do the action; rollcall:ExportJournal,
// rollcall:ReadSources and rollcall:SeedAgents must be permitted on everything. Only a route without an action needs no key.
type route struct {
	method, pattern string
	operation       string // as openapi.yaml and Options.Throttle call it
	action          string
	resources       func(q *request, instance rollcall.ARN) []rollcall.ARN // nil, or none: the instance itself
	handler         func(s *service, q *request) error
}

const opListAgents = "listAgents"

// routes are all there are.
var routes = []route{
	{method: http.MethodGet, pattern: "/v1/openapi.json", handler: (*service).openAPI},
	{http.MethodGet, "/v1/instances", "listInstances", access.ActionReadAgents, nil, (*service).listInstances},
	{http.MethodGet, "/v1/instances/{instanceId}/agents", opListAgents, access.ActionReadAgents, filtered, (*service).listAgents},
	{http.MethodGet, "/v1/instances/{instanceId}/agents/watch", "watchAgents", access.ActionReadAgents, filtered, (*service).watchAgents},
	{http.MethodGet, "/v1/instances/{instanceId}/summary", "summarizeAgents", access.ActionReadAgents, filtered, (*service).summary},
	{http.MethodGet, "/v1/instances/{instanceId}/summary/watch", "watchSummary", access.ActionReadAgents, filtered, (*service).watchSummary},
	{http.MethodGet, "/v1/instances/{instanceId}/contacts", opListContacts, access.ActionReadAgents, filtered, (*service).listContacts},
	{http.MethodGet, "/v1/instances/{instanceId}/names", "listNames", access.ActionReadAgents, nil, (*service).names},
	{http.MethodPost, "/v1/watch-tickets", "createWatchTicket", access.ActionReadAgents, nil, (*service).giveTicket},
	{http.MethodGet, "/v1/sources", "listSources", access.ActionReadSources, nil, (*service).listSources},
	{http.MethodGet, "/v1/sources/seed", "listSeeds", access.ActionSeedAgents, nil, (*service).listSeeds},
	{http.MethodPost, "/v1/sources/seed", "seed", access.ActionSeedAgents, nil, (*service).seed},
	{http.MethodGet, exportPath, "exportJournal", access.ActionExport, nil, (*service).exportJournal},
	{http.MethodDelete, "/v1/instances/{instanceId}", "removeInstance", access.ActionRemoveAgents, nil, (*service).removeInstance},
	{http.MethodDelete, "/v1/instances/{instanceId}/agents/{agentId}", "forgetAgent", access.ActionRemoveAgents, agentInPath, (*service).forgetAgent},
}

// request is a call of a route whose sender was admitted and permitted.
type request struct {
	*door.Call
	values url.Values     // the query
	body   []byte         // of a POST
	floor  *floor.Floor   // of the instance that the path names
	floors []*floor.Floor // without one: where the sender may do the route's action, by instance id
}

// serve is the way to every handler.
func (s *service) serve(r *route) door.Handler {
	return func(c *door.Call) (err error) {
		q := &request{Call: c}
		if r.action == "" {
			return r.handler(s, q)
		}
		if err = s.admit(q, r); err != nil {
			return err
		}
		if q.values, err = door.Values(c.Request); err != nil {
			return err
		}
		if strings.Contains(r.pattern, "{instanceId}") {
			err = s.find(q, r)
		} else {
			err = s.findAll(q, r)
		}
		if err != nil {
			return err
		}
		return r.handler(s, q)
	}
}

// admit lets the sender in by signature or token, or to a watch with a ticket.
func (s *service) admit(q *request, r *route) (err error) {
	if strings.HasSuffix(r.pattern, "/watch") && q.Request.Method == http.MethodGet && q.Request.URL.RawQuery != "" {
		if values := q.Request.URL.Query(); values.Has(ticketParameter) {
			if err = s.answerable(); err != nil { // while nothing can be told, the stream before goes on
				return err
			}
			q.Pass, err = s.tickets.open(q.Request, values.Get(ticketParameter))
			return err
		}
	}
	if r.method == http.MethodPost {
		if _, err = s.gate.Knock(q.Request); err != nil {
			return err
		}
		if q.body, err = io.ReadAll(io.LimitReader(q.Request.Body, maxBodyBytes+1)); err != nil {
			return rollcall.Errorf(rollcall.CodeInvalid, "the body did not come").WithCause(err)
		}
		if len(q.body) > maxBodyBytes {
			return rollcall.Errorf(rollcall.CodeTooLarge, "the body has more than %d bytes", maxBodyBytes)
		}
	}
	q.Pass, err = s.gate.Admit(q.Request, q.body)
	return err
}

// maxBodyBytes bounds the body of a POST, which only says what is wanted.
const maxBodyBytes = 16 << 10

// find gives q the floor of the instance that the path names, by id or ARN, if
// the sender is permitted and doesn't ask too often. It has seen the position
// that the request demands.
func (s *service) find(q *request, r *route) error {
	at, err := s.permitted(q, r)
	if err != nil {
		return err
	}
	if err := s.throttle(q.Pass, r.operation, at.Quota()); err != nil {
		return err
	}
	waited, err := s.await(q.Request)
	if err != nil {
		return err
	}
	if waited {
		if _, err = s.permitted(q, r); err != nil {
			return err
		}
	}
	if q.floor == nil {
		return rollcall.Errorf(rollcall.CodeNotFound, "there is no instance %q: no event ever named it", rollcall.Shorten(q.Request.PathValue("instanceId")))
	}
	return nil
}

func (s *service) permitted(q *request, r *route) (instance.Place, error) {
	name := q.Request.PathValue("instanceId")
	at, why := instance.Find(s.floors, name)
	if why != "" {
		return at, rollcall.Errorf(rollcall.CodeInvalid, "instance %q: %s", rollcall.Shorten(name), why)
	}
	q.floor = at.Floor
	return at, at.Permit(q.Pass, r.action, func(instance rollcall.ARN) []rollcall.ARN {
		if r.resources == nil {
			return nil
		}
		return r.resources(q, instance)
	})
}

// findAll gives q the floors on which the sender may do the route's action.
// Whoever may on none learns nothing of positions.
func (s *service) findAll(q *request, r *route) error {
	switch r.action {
	case access.ActionExport, access.ActionReadSources, access.ActionSeedAgents:
		if err := q.Pass.Allow(r.action, access.Everything); err != nil {
			return err
		}
	}
	if err := s.throttle(q.Pass, r.operation, rollcall.ARN{}); err != nil {
		return err
	}
	q.floors = s.allowed(q.Pass, r.action)
	if len(q.floors) == 0 && !q.Pass.Unlimited() {
		if demandsPosition(q.Request) {
			return rollcall.Errorf(rollcall.CodeDenied, "%s: to wait for a position needs %s on an instance that is here", minPosition, r.action)
		}
		return nil
	}
	waited, err := s.await(q.Request)
	if waited {
		q.floors = s.allowed(q.Pass, r.action)
	}
	return err
}

func (s *service) allowed(pass access.Pass, action string) []*floor.Floor {
	return slices.DeleteFunc(s.floors.Instances(), func(fl *floor.Floor) bool { return !access.May(pass, action, fl.ARN()) })
}

func demandsPosition(r *http.Request) bool {
	return r.Header.Get("X-Rollcall-Min-Position") != "" || r.URL.Query().Has(minPosition)
}
