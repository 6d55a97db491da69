package v1

import (
	"cmp"
	"errors"
	"fmt"
	"hash/crc32"
	"net/http"
	"slices"

	"rollcall"
	"rollcall/internal/pagetoken"
)

const opListContacts = "listContacts"

// ofContacts is what a list of contacts takes.
var ofContacts = parameters{
	lists: map[string]func(q *question, values []string) error{"queue": parseWaitingQueues, "channel": parseChannels},
	singles: map[string]func(q *question, value string) error{
		"state": parseWaitingState, "limit": parseLimit, "cursor": parseCursor,
		minPosition: func(*question, string) error { return nil },
	},
}

var errState = errors.New("want waiting: there are no other contacts to list")

func parseWaitingState(_ *question, value string) error {
	if value != "waiting" {
		return errState
	}
	return nil
}

// parseWaitingQueues reads queues by id, ARN or name. A contact may wait where no
// agent is, so that what nobody has is an id.
func parseWaitingQueues(q *question, values []string) error {
	for _, value := range values {
		for _, id := range q.known.named(resourceFilters[0], value) {
			queue, why := rollcall.ParseResource(q.instance, rollcall.TypeQueue, id)
			if why != "" {
				return fmt.Errorf("%q: %s", rollcall.Shorten(value), why)
			}
			q.query.Queues = append(q.query.Queues, rollcall.QueueID(queue.ID))
		}
	}
	q.query.Queues = sorted(q.query.Queues)
	return nil
}

type contactsView struct {
	Contacts   []waitingView `json:"contacts"`
	Total      *int          `json:"total"` // nil: nobody can tell
	Position   string        `json:"position"`
	NextCursor string        `json:"nextCursor,omitzero"`
}

type waitingView struct {
	ID           string    `json:"id"`
	Channel      string    `json:"channel"`
	Queue        labelView `json:"queue"`
	WaitingSince string    `json:"waitingSince"`
}

// listContacts answers with contacts that wait, the longest first.
func (s *service) listContacts(c *request) error {
	q, err := s.parseQuestion(&ofContacts, c.floor, c.values)
	if err != nil {
		return err
	}
	if !c.values.Has("state") {
		return rollcall.Errorf(rollcall.CodeInvalid, "state: %v", errState)
	}
	binding := pagetoken.AppendQuery(pagetoken.Bind(nil, opListContacts, q.instance), &q.query)
	after := pagetoken.Place{}
	if q.after != "" {
		var ok bool
		if after, ok = s.cursors.Open(q.after, binding); !ok {
			return rollcall.Errorf(rollcall.CodeInvalid,
				"cursor: %q is no nextCursor of this instance and these filters: repeat both as they were, or leave cursor out to begin anew", rollcall.Shorten(q.after))
		}
	}
	page, waiting, source := s.read(q, c.floor, 0)
	answer := contactsView{Contacts: []waitingView{}, Position: page.Position.String()}
	if !source {
		return c.WriteJSON(http.StatusOK, answer)
	}
	waiting = q.through(waiting, nil)
	total := len(waiting)
	answer.Total = &total
	slices.SortFunc(waiting, func(a, b rollcall.Wait) int { return comparePlaces(placeOf(&a), placeOf(&b)) })
	if q.after != "" {
		waiting = slices.DeleteFunc(waiting, func(w rollcall.Wait) bool { return comparePlaces(placeOf(&w), after) <= 0 })
	}
	d, _ := c.floor.Directory()
	for i := range waiting[:min(len(waiting), q.limit)] {
		w := &waiting[i]
		answer.Contacts = append(answer.Contacts, waitingView{
			string(w.Contact), string(w.Channel), labelView{string(w.Queue), queueName(d, w.Queue)}, instant(w.Since),
		})
	}
	if len(waiting) > q.limit {
		place := placeOf(&waiting[q.limit-1])
		place.IssuedAt = s.now()
		answer.NextCursor = s.cursors.Seal(place, binding)
	}
	c.Outcome.Rows = len(answer.Contacts)
	return c.WriteJSON(http.StatusOK, answer)
}

// placeOf is where a contact stands in a walk: by the instant since which it waits,
// in milliseconds, and of one instant by a sum of its id, so that the place holds
// when contacts before it have gone.
func placeOf(w *rollcall.Wait) pagetoken.Place {
	return pagetoken.Place{Epoch: rollcall.Epoch(w.Since.UnixMilli()), Ordinal: crc32.ChecksumIEEE([]byte(w.Contact))}
}

func comparePlaces(a, b pagetoken.Place) int {
	return cmp.Or(cmp.Compare(a.Epoch, b.Epoch), cmp.Compare(a.Ordinal, b.Ordinal))
}
