package v1

import (
	"context"

	"rollcall/internal/access"
	"rollcall/internal/door"
)

const exportPath = "/v1/journal/export"

// exportJournal sends the whole journal as it is now, in the form of package
// archive, whose last line tells a whole export from one that was cut off.
func (s *service) exportJournal(q *request) error {
	if _, err := door.Query(q.Request); err != nil {
		return err
	}
	h := q.Header()
	h.Set("Content-Type", "application/x-ndjson")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	act := access.Act{
		KeyID: q.Pass.KeyID(), Action: access.ActionExport, Resource: "journal", RequestID: q.ID, RemoteAddr: q.Request.RemoteAddr,
	}
	return q.Stream(func(stream *door.Stream) error {
		act.Err = s.export(context.Background(), stream) // who goes is noticed at the next write
		s.audit(act)
		return act.Err
	})
}
