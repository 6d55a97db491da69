package v1

import (
	"net/http"

	"rollcall/internal/door"
	"rollcall/internal/source"
)

// listSources tells how the sources of events are doing that the server reads
// itself, as this node knows it.
func (s *service) listSources(q *request) error {
	if _, err := door.Query(q.Request, minPosition); err != nil {
		return err
	}
	answer := struct {
		Sources []source.Status `json:"sources"`
	}{Sources: []source.Status{}}
	if s.sources != nil {
		answer.Sources = append(answer.Sources, s.sources()...)
	}
	return q.WriteJSON(http.StatusOK, &answer)
}
