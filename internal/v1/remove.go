package v1

import (
	"fmt"
	"net/http"

	"rollcall"
	"rollcall/internal/access"
	"rollcall/internal/door"
)

// removed is the answer to a removal.
type removed struct {
	Position string `json:"position"` // of the event that did it
}

// removeInstance answers DELETE /v1/instances/{instanceId}: it is forgotten with
// all its agents. What comes later begins it anew.
func (s *service) removeInstance(q *request) error {
	if _, err := door.Query(q.Request, minPosition); err != nil {
		return err
	}
	return s.remove(q, q.floor.ARN(), rollcall.NewRemoval(q.floor.ARN(), q.floor.Since()))
}

// forgetAgent answers DELETE /v1/instances/{instanceId}/agents/{agentId}: the
// agent is forgotten until something comes of it again. With ?force=true an
// agent who is on the floor is first logged out.
func (s *service) forgetAgent(q *request) error {
	fl := q.floor
	query, err := door.Query(q.Request, "force", minPosition)
	if err != nil {
		return err
	}
	force, err := door.Choice(query, "force", "false", "true")
	if err != nil {
		return err
	}
	id := idOf(fl.ARN(), q.Request.PathValue("agentId"))
	agent, known := fl.Agent(rollcall.AgentID(id))
	what := fl.ARN().Child(rollcall.TypeAgent, id)
	switch {
	case !known:
		return rollcall.Errorf(rollcall.CodeNotFound, "there is no agent %q in instance %s", rollcall.Shorten(id), fl.ARN().Instance)
	case !agent.Online():
		return s.remove(q, what, rollcall.NewForgetting(fl.ARN(), agent))
	case force == "false":
		return rollcall.Errorf(rollcall.CodeInvalid,
			"agent %q is on the floor (%s), and only who is off it is forgotten; ?force=true logs the agent out first", rollcall.Shorten(id), agent.Activity())
	}
	logout := rollcall.NewLogout(fl.ARN(), agent, s.now())
	gone := *agent
	gone.EventAt = logout.At
	return s.remove(q, what, logout, rollcall.NewForgetting(fl.ARN(), &gone))
}

// idOf is the id of an agent whom a path names by id or ARN.
func idOf(instance rollcall.ARN, name string) string {
	if arn, ok := rollcall.ParseARN(name); ok && arn.Type == rollcall.TypeAgent && arn.InstanceARN() == instance {
		return arn.ID
	}
	return name
}

// agentInPath is the agent whom the path names.
func agentInPath(q *request, instance rollcall.ARN) []rollcall.ARN {
	return []rollcall.ARN{instance.Child(rollcall.TypeAgent, idOf(instance, q.Request.PathValue("agentId")))}
}

// remove appends the events and answers when questions don't see any more what
// they take away. Whatever became of it, it is known who wanted it.
func (s *service) remove(q *request, what rollcall.ARN, events ...*rollcall.Event) error {
	position, err := s.append(q.Request.Context(), events...)
	s.audit(access.Act{
		KeyID: q.Pass.KeyID(), Action: access.ActionRemoveAgents, Resource: what.String(),
		RequestID: q.ID, RemoteAddr: q.Request.RemoteAddr, Err: err,
	})
	if err != nil {
		return rollcall.Errorf(rollcall.CodeUnavailable, "what was to be removed may or may not be gone; look again, and try again").
			WithCause(fmt.Errorf("append: %w", err))
	}
	return q.WriteJSON(http.StatusOK, removed{Position: position.String()})
}
