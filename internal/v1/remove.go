package v1

import (
	"fmt"
	"net/http"

	"rollcall"
	"rollcall/internal/access"
	v1 "rollcall/internal/door"
	"rollcall/internal/floor"
)

// removed is the answer to a removal.
type removed struct {
	Position string `json:"position"` // of the event that did it
}

// removeInstance answers DELETE /v1/instances/{instanceId}: it is forgotten with
// all its agents. What comes later begins it anew.
func (s *service) removeInstance(w http.ResponseWriter, r *http.Request) error {
	fl, pass, err := s.admitRemoval(r, opRemoveInstance, nil)
	if err != nil {
		return err
	}
	if _, err := v1.Query(r, minPosition); err != nil {
		return err
	}
	return s.remove(w, r, pass, fl.ARN(), rollcall.NewRemoval(fl.ARN(), fl.Since()))
}

// forgetAgent answers DELETE /v1/instances/{instanceId}/agents/{agentId}: the
// agent is forgotten until something comes of it again. With ?force=true an
// agent who is on the floor is first logged out.
func (s *service) forgetAgent(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("agentId")
	fl, pass, err := s.admitRemoval(r, opForgetAgent, func(instance rollcall.ARN) []rollcall.ARN {
		return []rollcall.ARN{instance.Child(rollcall.TypeAgent, idOf(instance, id))}
	})
	if err != nil {
		return err
	}
	query, err := v1.Query(r, "force", minPosition)
	if err != nil {
		return err
	}
	force, err := v1.Choice(query, "force", "false", "true")
	if err != nil {
		return err
	}
	id = idOf(fl.ARN(), id)
	agent, known := fl.Agent(rollcall.AgentID(id))
	what := fl.ARN().Child(rollcall.TypeAgent, id)
	switch {
	case !known:
		return rollcall.Errorf(rollcall.CodeNotFound, "there is no agent %q in instance %s", rollcall.Shorten(id), fl.ARN().Instance)
	case !agent.Online():
		return s.remove(w, r, pass, what, rollcall.NewForgetting(fl.ARN(), agent))
	case force == "false":
		return rollcall.Errorf(rollcall.CodeInvalid,
			"agent %q is on the floor (%s), and only who is off it is forgotten; ?force=true logs the agent out first", rollcall.Shorten(id), agent.Activity())
	}
	logout := rollcall.NewLogout(fl.ARN(), agent, s.now())
	gone := *agent
	gone.EventAt = logout.At
	return s.remove(w, r, pass, what, logout, rollcall.NewForgetting(fl.ARN(), &gone))
}

// idOf is the id of an agent whom a path names by id or ARN.
func idOf(instance rollcall.ARN, name string) string {
	if arn, ok := rollcall.ParseARN(name); ok && arn.Type == rollcall.TypeAgent && arn.InstanceARN() == instance {
		return arn.ID
	}
	return name
}

// admitRemoval gives the floor of the instance that is named, if the sender may
// remove the resources from it; without any, the instance.
func (s *service) admitRemoval(
	r *http.Request, operation string, resources func(instance rollcall.ARN) []rollcall.ARN,
) (*floor.Floor, access.Pass, error) {
	pass, err := s.gate.Admit(r, nil)
	if err != nil {
		return nil, nil, err
	}
	fl, err := s.find(r, pass, access.ActionRemoveAgents, operation, resources)
	return fl, pass, err
}

// remove appends the events and answers when questions don't see any more what
// they take away. Whatever became of it, it is known who wanted it.
func (s *service) remove(w http.ResponseWriter, r *http.Request, pass access.Pass, what rollcall.ARN, events ...*rollcall.Event) error {
	position, err := s.append(r.Context(), events...)
	s.audit(access.Act{
		KeyID: pass.KeyID(), Action: access.ActionRemoveAgents, Resource: what.String(),
		RequestID: w.Header().Get("X-Request-Id"), RemoteAddr: r.RemoteAddr, Err: err,
	})
	if err != nil {
		return rollcall.Errorf(rollcall.CodeUnavailable, "what was to be removed may or may not be gone; look again, and try again").
			WithCause(fmt.Errorf("append: %w", err))
	}
	return v1.WriteJSON(w, http.StatusOK, removed{Position: position.String()})
}
