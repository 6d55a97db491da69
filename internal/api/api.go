// Package api is what /v1 shows of the floor: the same agents as the Amazon
// Connect operation, with what that leaves out: names, status types, what each
// agent is really doing, and all filters combined. openapi.yaml describes it
// and is served; a test holds real answers against it.
//
// It reads the floor through Floors and knows neither the journal nor how
// events come in.
package api

import (
	"net/http"
	"net/url"
	"strconv"

	"rollcall"
	"rollcall/internal/access"
	"rollcall/internal/floor"
	v1 "rollcall/internal/v1"
)

// Options are what the API is made of. All members but Door must be given.
type Options struct {
	Floors *floor.Floors
	Gate   access.Gate
	Door   *v1.Door
}

// API answers the reading half of /v1. It holds no state between requests.
type API struct {
	floors *floor.Floors
	gate   access.Gate
}

// New gives the routes of the API. Paths must reach it as they were sent: an
// instance's ARN is one percent-encoded segment.
func New(o Options) http.Handler {
	a := &API{floors: o.Floors, gate: o.Gate}
	mux := http.NewServeMux()
	get := func(route string, h v1.Handler) {
		mux.Handle(route, o.Door.Handle(route, map[string]v1.Handler{http.MethodGet: h}))
	}
	get("/v1/openapi.json", serveOpenAPI)
	get("/v1/instances", a.listInstances)
	get("/v1/instances/{instanceId}/agents", a.listAgents)
	mux.Handle("/", o.Door.NotFound())
	return mux
}

// listInstances answers GET /v1/instances: what the key may read, by id.
func (a *API) listInstances(w http.ResponseWriter, r *http.Request) error {
	pass, err := a.gate.Admit(r, nil)
	if err != nil {
		return err
	}
	if _, err := v1.Query(r); err != nil {
		return err
	}
	answer := struct {
		Instances []instanceView `json:"instances"`
	}{}
	for _, fl := range a.floors.Instances() {
		if pass.Allow(access.ActionReadAgents, fl.ARN()) != nil {
			continue
		}
		c := fl.Counts()
		answer.Instances = append(answer.Instances, instanceView{
			ID: string(fl.ARN().Instance), ARN: fl.ARN().String(),
			Agents: c.Agents, Online: c.Online, Contacts: c.Contacts,
		})
	}
	return v1.WriteJSON(w, http.StatusOK, answer)
}

// listAgents answers GET /v1/instances/{instanceId}/agents.
func (a *API) listAgents(w http.ResponseWriter, r *http.Request) error {
	pass, err := a.gate.Admit(r, nil)
	if err != nil {
		return err
	}
	fl, err := a.find(r.PathValue("instanceId"), pass)
	if err != nil {
		return err
	}
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return rollcall.Errorf(rollcall.CodeInvalid, "the query of the URL can't be read: %v", err)
	}
	q, err := parseQuestion(fl.ARN().Instance, values)
	if err != nil {
		return err
	}
	page := fl.Select(&q.query, q.after, q.limit)
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
		answer.NextCursor = strconv.FormatUint(uint64(page.Next.Ordinal), 10)
	}
	return v1.WriteJSON(w, http.StatusOK, answer)
}

// find gives the floor of an instance, by id or ARN. Whoever may not read an
// instance does not learn whether there is one.
func (a *API) find(label string, pass access.Pass) (*floor.Floor, error) {
	asked, isARN := rollcall.ParseARN(label)
	id := rollcall.InstanceID(label)
	if isARN {
		id = asked.Instance
	}
	fl, known := a.floors.Floor(id)
	if known && isARN && fl.ARN() != asked {
		known = false
	}
	if !known {
		if !isARN {
			asked = rollcall.ARN{Partition: "aws", Region: "*", Account: "*", Instance: id}
		}
		if err := pass.Allow(access.ActionReadAgents, asked); err != nil {
			return nil, err
		}
		return nil, rollcall.Errorf(rollcall.CodeNotFound, "there is no instance %q: no event ever named it", rollcall.Shorten(label))
	}
	if err := pass.Allow(access.ActionReadAgents, fl.ARN()); err != nil {
		return nil, err
	}
	return fl, nil
}
