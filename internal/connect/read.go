package connect

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"rollcall"
)

// read reads the body of r into b, bounded in size and in time.
func (s *Service) read(w http.ResponseWriter, r *http.Request, b *buffer) error {
	limit := s.o.BodyBytes
	if r.ContentLength > limit {
		w.Header().Set("Connection", "close") // rather than read what is left
		return errBodyTooLarge(limit)
	}
	var late atomic.Bool
	cut := time.AfterFunc(s.o.Timeout, func() {
		late.Store(true)
		// Past any deadline: a Read that waits for the client returns now.
		// Writers that have no deadlines are those of tests.
		_ = http.NewResponseController(w).SetReadDeadline(time.Unix(1, 0))
	})
	defer cut.Stop()
	body := r.Body
	if r.ContentLength < 0 { // else net/http reads no more than that
		body = http.MaxBytesReader(w, body, limit)
	}
	err := b.readFrom(body, &s.bodies)
	if err == nil {
		_ = body.Close() // it is read: net/http needn't look for a rest of it
		return nil
	}
	var over *http.MaxBytesError
	switch {
	case errors.Is(err, errBudgetSpent):
		w.Header().Set("Connection", "close")
		return rollcall.Errorf(rollcall.CodeUnavailable,
			"Large requests together hold the %d bytes that the server takes in at once. Try again in a moment.", s.bodies.limit)
	case errors.As(err, &over):
		return errBodyTooLarge(limit)
	case late.Load():
		return rollcall.Errorf(rollcall.CodeMalformed, "The request body didn't arrive within %s.", s.o.Timeout).WithCause(err)
	default:
		return rollcall.Errorf(rollcall.CodeMalformed, "The request body broke off after %d bytes.", len(b.bytes)).WithCause(err)
	}
}

func errBodyTooLarge(limit int64) error {
	return rollcall.Errorf(rollcall.CodeTooLarge, "The request body has more than %d bytes, which is the limit.", limit)
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

// budget is the bytes that the bodies of all requests together may hold,
// beyond the first smallBytes of each: large bodies that come slowly must not
// pile up, and must not keep out the small ones that every right client sends.
type budget struct {
	limit int64
	used  atomic.Int64
}

// smallBytes of a body are free.
const smallBytes = 4 << 10

var errBudgetSpent = errors.New("the budget of request bodies is spent")

// buffer is bytes that are used again by later requests.
type buffer struct {
	bytes []byte
	of    *budget // nil while nothing is held
	held  int64   // bytes of the budget
}

// maxPooledBytes keeps one huge request from holding its memory for ever.
const maxPooledBytes = 1 << 20

var buffers = sync.Pool{New: func() any { return &buffer{bytes: make([]byte, 0, 4<<10)} }}

func borrowBuffer() *buffer {
	b := buffers.Get().(*buffer) //nolint:forcetypeassert // New makes nothing else
	b.bytes = b.bytes[:0]
	return b
}

// hold takes from the budget what the bytes hold beyond smallBytes.
func (b *buffer) hold(of *budget) error {
	more := int64(len(b.bytes)) - smallBytes - b.held
	if more <= 0 {
		return nil
	}
	if of.used.Add(more) > of.limit {
		of.used.Add(-more)
		return errBudgetSpent
	}
	b.of, b.held = of, b.held+more
	return nil
}

// giveBack ends the use of b and of everything that points into it.
func (b *buffer) giveBack() {
	if b.of != nil {
		b.of.used.Add(-b.held)
		b.of, b.held = nil, 0
	}
	if cap(b.bytes) <= maxPooledBytes {
		buffers.Put(b)
	}
}

// readFrom appends all of r, as far as the budget reaches. It grows by
// doubling, so what r may hold must be bounded before.
func (b *buffer) readFrom(r io.Reader, of *budget) error {
	for {
		if len(b.bytes) == cap(b.bytes) {
			b.bytes = slices.Grow(b.bytes, max(cap(b.bytes), 512))
		}
		n, err := r.Read(b.bytes[len(b.bytes):cap(b.bytes)])
		b.bytes = b.bytes[:len(b.bytes)+n]
		if err := b.hold(of); err != nil {
			return err
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}
