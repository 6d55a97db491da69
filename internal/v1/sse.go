package v1

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"rollcall"
	"rollcall/internal/door"
)

// Server-sent events, as the HTML Living Standard has them.

// encodeEvent writes an event. An id, even an empty one, becomes what the
// client says when it comes back; nil leaves that as it is.
func encodeEvent(name string, id *string, data any) ([]byte, error) {
	dst := []byte("event: " + name + "\n")
	if id != nil {
		dst = append(dst, "id: "+*id+"\n"...)
	}
	dst = append(dst, "data: "...)
	line, err := json.Marshal(data, json.Deterministic(true), jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return nil, fmt.Errorf("encode a frame: %w", err)
	}
	return append(append(dst, line...), "\n\n"...), nil
}

// positionID is the id of an event after which the client has the version.
func positionID(p rollcall.Position) *string {
	id := p.String()
	return &id
}

// eventStream is an answer of events.
type eventStream struct {
	*door.Stream
	wroteAt time.Time
	now     func() time.Time
}

// keepAlive is the comment that says no more than that the connection lives.
var keepAlive = []byte(":\n\n")

const keepAliveEvery = 15 * time.Second

// openEvents answers with the events that run sends, after how long the client
// shall wait when it was cut off: not all at once.
func openEvents(c *door.Call, now func() time.Time, run func(*eventStream) error) error {
	h := c.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-cache, no-transform")
	h.Set("X-Accel-Buffering", "no")
	h.Set("X-Content-Type-Options", "nosniff")
	return c.Stream(func(stream *door.Stream) error {
		s := &eventStream{Stream: stream, now: now}
		retry := 1000 + rand.IntN(4000) //nolint:gosec // spreads load; nobody need not guess it
		if err := s.send(fmt.Appendf(nil, "retry: %d\n\n", retry)); err != nil {
			return err
		}
		return run(s)
	})
}

func (s *eventStream) send(frames []byte) error {
	if _, err := s.Write(frames); err != nil {
		return err
	}
	s.wroteAt = s.now()
	return nil
}

// tick sends a comment if nothing else was sent for long.
func (s *eventStream) tick() error {
	if s.now().Sub(s.wroteAt) < keepAliveEvery {
		return nil
	}
	return s.send(keepAlive)
}
