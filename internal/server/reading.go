package server

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"rollcall"
	"rollcall/internal/access"
	"rollcall/internal/journal"
)

// What a reader may say and is told about where the floor is in the journal.
const (
	// minPositionHeader, or the query parameter minPositionParameter, demands an
	// answer that has seen a position: one's own write, perhaps on another node.
	minPositionHeader    = "X-Rollcall-Min-Position"
	minPositionParameter = "min-position"

	// ageHeader tells, in seconds, how long this node has been cut off from the
	// journal: what it answers may be that old. Absent while it isn't.
	ageHeader = "X-Rollcall-Age"
)

// minPositionTime is how long an answer waits for the position demanded.
const minPositionTime = 2 * time.Second

// cutOffAfter is how long a remote journal was not kept up with, or took nothing,
// when it counts as out of reach.
const cutOffAfter = 5 * time.Second

// readingGate admits who may ask when the floor can answer: when it has caught
// up with the journal.
type readingGate struct {
	access.Gate
	server *Server
}

// Admit implements access.Gate.
func (g readingGate) Admit(r *http.Request, body []byte) (access.Pass, error) {
	pass, err := g.Gate.Admit(r, body)
	if err != nil {
		return nil, err
	}
	return pass, g.server.answerable()
}

// awaitPosition waits until the floor has seen the position that the request
// demands, if it does. Protocols ask for it behind the permission: what it says
// tells how far the journal is.
func (s *Server) awaitPosition(r *http.Request) (waited bool, err error) {
	demanded := r.Header.Get(minPositionHeader)
	if demanded == "" && r.URL.RawQuery != "" { // to parse none would allocate
		demanded = r.URL.Query().Get(minPositionParameter)
	}
	if demanded == "" {
		return false, nil
	}
	position, err := rollcall.ParsePosition(demanded)
	if err != nil {
		return false, err
	}
	if epoch := s.journal.Epoch(); position.Epoch != epoch {
		return false, rollcall.Errorf(rollcall.CodeInvalid,
			"position %s is not of this journal, whose epoch is %s: it was imported or salvaged since, so begin anew", position, epoch)
	}
	ctx, cancel := context.WithTimeout(r.Context(), minPositionTime)
	defer cancel()
	err = s.floors.Wait(ctx, position)
	if errors.Is(err, context.DeadlineExceeded) {
		return true, rollcall.Errorf(rollcall.CodeUnavailable,
			"this node has not seen position %s within %s: it is at %s. Try again, or ask another node.", position, minPositionTime, s.floors.Position()).WithCause(err)
	}
	return true, err
}

// answerable says why questions can't be answered truly now.
func (s *Server) answerable() error {
	if !s.ready.Load() {
		return rollcall.Errorf(rollcall.CodeUnavailable, "The server has just started and is still reading its journal. Try again in a moment.")
	}
	if age, _ := s.cutOff(); s.config.MaxAge > 0 && age > s.config.MaxAge {
		return rollcall.Errorf(rollcall.CodeUnavailable,
			"This node has been cut off from its journal for %s, and answers for %s only (--max-age). Ask another node.", age.Round(time.Second), s.config.MaxAge)
	}
	return nil
}

// cutOff is how long this node has been cut off from its journal, as
// journal.Remote means it, and why; 0 if it isn't.
func (s *Server) cutOff() (age time.Duration, why error) {
	remote, ok := s.journal.(journal.Remote)
	if !ok {
		return 0, nil
	}
	at, why := remote.Contact()
	if age = s.config.Now().Sub(at); age >= cutOffAfter {
		return age, why
	}
	return 0, nil
}

// tellAge puts the age into the header of every answer of h.
func (s *Server) tellAge(h http.Handler) http.Handler {
	if _, remote := s.journal.(journal.Remote); !remote {
		return h
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if age, _ := s.cutOff(); age > 0 {
			w.Header().Set(ageHeader, strconv.Itoa(int(age.Seconds())))
		}
		h.ServeHTTP(w, r)
	})
}
