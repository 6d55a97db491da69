package connect

import (
	"errors"
	"mime"
	"net/http"
	"strings"
	"sync"

	"rollcall"
	"rollcall/internal/body"
)

// read reads the body. It lies in memory of the call's share.
func (s *Service) read(c *call, most int64) ([]byte, error) {
	limits := body.Limits{Bytes: most, Time: s.o.Timeout}
	sent, err := body.Read(c, c.Request, limits, &c.body)
	if err != nil {
		return nil, s.errNotRead(err, most)
	}
	return sent, nil
}

// errNotRead tells a client what was wrong with the body.
func (s *Service) errNotRead(err error, most int64) error {
	var e *body.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Fault {
	case body.TooLarge:
		return rollcall.Errorf(rollcall.CodeTooLarge, "The request body has more than %d bytes, which is the limit.", most)
	case body.NoRoom:
		return rollcall.Errorf(rollcall.CodeUnavailable,
			"Large requests together hold the %d bytes that the server takes in at once, or those of this key half of them. Try again in a moment.", s.bodies.Limit())
	case body.Late:
		return rollcall.Errorf(rollcall.CodeMalformed, "The request body didn't arrive within %s.", s.o.Timeout).WithCause(err)
	case body.Slow:
		return rollcall.Errorf(rollcall.CodeMalformed,
			"The request body came too slowly: want its first byte within %s, and %d bytes a second after that.", body.Patience, body.LeastRate).WithCause(err)
	case body.BrokenOff:
	}
	return rollcall.Errorf(rollcall.CodeMalformed, "The request body broke off after %d bytes.", e.Read).WithCause(err)
}

// checkMediaType refuses bodies that say they are something else than JSON. A
// body that doesn't say is taken for JSON.
func checkMediaType(h http.Header) error {
	if coding := h.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		return rollcall.Errorf(rollcall.CodeMalformed,
			"Content-Encoding is %s: want a body without encoding.", quoted(coding))
	}
	value := h.Get("Content-Type")
	if value == "" || value == "application/json" {
		return nil
	}
	media, params, err := mime.ParseMediaType(value)
	charset := params["charset"]
	if err != nil || !jsonMedia(media) || (charset != "" && !strings.EqualFold(charset, "utf-8")) {
		return rollcall.Errorf(rollcall.CodeMalformed, "Content-Type is %s: want application/json.", quoted(value))
	}
	return nil
}

// jsonMedia knows the names of AWS's JSON protocols, too: some proxies and
// hand-made clients send them.
func jsonMedia(media string) bool {
	return media == "application/json" || media == "application/x-amz-json-1.0" || media == "application/x-amz-json-1.1"
}

// A body of less than smallBytes is not counted in what all bodies hold: large
// ones that come slowly must not keep out the small ones that every right client
// sends.
const smallBytes = 4 << 10

// buffer is bytes that are used again by later requests.
type buffer struct{ bytes []byte }

// maxPooledBytes keeps one huge answer from holding its memory for ever.
const maxPooledBytes = 1 << 20

var buffers = sync.Pool{New: func() any { return &buffer{bytes: make([]byte, 0, 4<<10)} }}

func borrowBuffer() *buffer {
	b := buffers.Get().(*buffer) //nolint:forcetypeassert // New makes nothing else
	b.bytes = b.bytes[:0]
	return b
}

// giveBack ends the use of b and of everything that points into it.
func (b *buffer) giveBack() {
	if cap(b.bytes) <= maxPooledBytes {
		buffers.Put(b)
	}
}
