package v1

import (
	"net/http"

	"rollcall"
	"rollcall/internal/door"
	"rollcall/internal/source"
)

// seedView is the look at Amazon Connect that answers a request to seed.
type seedView struct {
	Source string `json:"source"`
	Pass   int    `json:"pass"`
}

// seed answers POST /v1/sources/seed: Amazon Connect is asked again who is on the
// floor, for all instances of the settings. It does not wait for that.
func (s *service) seed(q *request) error {
	if _, err := door.Query(q.Request, minPosition); err != nil {
		return err
	}
	answer := struct {
		Seeds []seedView `json:"seeds"`
	}{}
	for _, wanted := range s.seedNow() {
		answer.Seeds = append(answer.Seeds, seedView{wanted.Source, wanted.Seed.Pass})
	}
	if len(answer.Seeds) == 0 {
		return rollcall.Errorf(rollcall.CodeInvalid, "this server doesn't ask Amazon Connect: start it with --seed-from-connect INSTANCE-ARN")
	}
	return q.WriteJSON(http.StatusOK, &answer)
}

// listSeeds tells how that is going.
func (s *service) listSeeds(q *request) error {
	if _, err := door.Query(q.Request, minPosition); err != nil {
		return err
	}
	answer := struct {
		Sources []source.Status `json:"sources"`
	}{Sources: []source.Status{}}
	answer.Sources = append(answer.Sources, s.seeds()...)
	return q.WriteJSON(http.StatusOK, &answer)
}
