package v1

import (
	"fmt"
	"math/rand/v2"
	"slices"
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
	dst, err := appendJSON(beginEvent(nil, name, id), data)
	return append(dst, "\n\n"...), err
}

// beginEvent writes what of an event comes before its data.
func beginEvent(dst []byte, name string, id *string) []byte {
	dst = append(append(dst, "event: "...), name...)
	if id != nil {
		dst = append(append(dst, "\nid: "...), *id...)
	}
	return append(dst, "\ndata: "...)
}

func appendJSON(dst []byte, value any) ([]byte, error) {
	text, err := json.Marshal(value, json.Deterministic(true), jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return nil, fmt.Errorf("encode a frame: %w", err)
	}
	return append(dst, text...), nil
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
	check   func() error // says when the stream must end; asked between pieces
}

// sentPiece is how much is sent, in bytes, before check is asked again.
const sentPiece = 32 << 10

// keepAlive is the comment that says no more than that the connection lives.
var keepAlive = []byte(":\n\n")

const keepAliveEvery = 15 * time.Second

// openEvents answers with the events that run sends, after how long the client
// shall wait when it was cut off: not all at once.
func openEvents(c *door.Call, run func(*eventStream) error) error {
	h := c.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-cache, no-transform")
	h.Set("X-Accel-Buffering", "no")
	h.Set("X-Content-Type-Options", "nosniff")
	return c.Stream(func(stream *door.Stream) error {
		s := &eventStream{Stream: stream, check: func() error { return nil }}
		retry := 1000 + rand.IntN(4000) //nolint:gosec // spreads load; nobody need not guess it
		if err := s.send(fmt.Appendf(nil, "retry: %d\n\n", retry)); err != nil {
			return err
		}
		return run(s)
	})
}

func (s *eventStream) send(frames []byte) error {
	for piece := range slices.Chunk(frames, sentPiece) {
		if _, err := s.Write(piece); err != nil {
			return err
		}
		s.wroteAt = time.Now()
		if err := s.check(); err != nil {
			return err
		}
	}
	return nil
}

// nextTick is when to send a comment if nothing else is sent by then.
func (s *eventStream) nextTick() time.Time { return s.wroteAt.Add(keepAliveEvery) }

// tick sends it.
func (s *eventStream) tick() error {
	if time.Now().Before(s.nextTick()) {
		return nil
	}
	return s.send(keepAlive)
}
