package ingest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"

	"rollcall"
)

// firstBytes is how much is set aside for a body before any of it is there.
// Clients may announce what they never send, so the rest is taken as it comes.
const firstBytes = 32 << 10

// read reads the body as it was sent: bounded in size, in time by ctx, and in
// memory by the share.
func (in *Intake) read(ctx context.Context, w http.ResponseWriter, r *http.Request, s *share) ([]byte, error) {
	if r.ContentLength > in.limits.BodyBytes {
		w.Header().Set("Connection", "close") // rather than read what is left
		return nil, in.errBodyTooLarge()
	}
	stop := context.AfterFunc(ctx, func() {
		// Long past: a Read that waits for the client returns now. Writers
		// without deadlines are those of tests.
		_ = http.NewResponseController(w).SetReadDeadline(time.Unix(1, 0))
	})
	defer stop()
	body, err := in.readAll(http.MaxBytesReader(w, r.Body, in.limits.BodyBytes), r.ContentLength, s)
	var over *http.MaxBytesError
	switch {
	case err == nil, isOurs(err):
		return body, err
	case errors.As(err, &over):
		return nil, in.errBodyTooLarge()
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return nil, rollcall.Errorf(rollcall.CodeMalformed,
			"the body did not arrive within %s, of which %d bytes did", in.limits.RequestTime, len(body)).WithCause(err)
	case errors.Is(err, os.ErrDeadlineExceeded): // the server's own, which may be shorter
		return nil, rollcall.Errorf(rollcall.CodeMalformed,
			"the body did not arrive in time, of which %d bytes did", len(body)).WithCause(err)
	}
	return nil, rollcall.Errorf(rollcall.CodeMalformed, "the body broke off after %d bytes", len(body)).WithCause(err)
}

func (in *Intake) errBodyTooLarge() error {
	return rollcall.Errorf(rollcall.CodeTooLarge,
		"the body has more than %d bytes, the limit of a request; send the documents in several", in.limits.BodyBytes)
}

// inflate undoes the body's Content-Encoding. That is done for senders who are
// known only, and the result is bounded as the body is.
func (in *Intake) inflate(h http.Header, body []byte, s *share) ([]byte, error) {
	coding := strings.TrimSpace(h.Get("Content-Encoding"))
	switch {
	case coding == "", strings.EqualFold(coding, "identity"):
		return body, nil
	case !strings.EqualFold(coding, "gzip"):
		return nil, rollcall.Errorf(rollcall.CodeMalformed, "Content-Encoding is %q, expected gzip or none", rollcall.Shorten(coding))
	}
	z, ok := inflaters.Get().(*gzip.Reader)
	if !ok {
		z = new(gzip.Reader)
	}
	defer inflaters.Put(z)
	err := z.Reset(bytes.NewReader(body))
	if err == nil {
		// One byte more than the limit tells what is over it.
		body, err = in.readAll(io.LimitReader(z, in.limits.BodyBytes+1), -1, s)
	}
	switch {
	case isOurs(err):
		return nil, err
	case err != nil:
		return nil, rollcall.Errorf(rollcall.CodeMalformed, "the body is not gzip, which its Content-Encoding says: %v", err)
	case int64(len(body)) > in.limits.BodyBytes:
		return nil, rollcall.Errorf(rollcall.CodeTooLarge,
			"the body inflates to more than %d bytes, the limit of a request; send the documents in several", in.limits.BodyBytes)
	}
	return body, nil
}

var inflaters sync.Pool // of *gzip.Reader

// readAll reads to the end, or to an error, with which it returns what was
// read before. size is what was announced; -1 if nothing was.
func (in *Intake) readAll(r io.Reader, size int64, s *share) ([]byte, error) {
	room := firstBytes
	if size >= 0 {
		room = int(min(size+1, firstBytes)) // one more, to find the end without growing
	}
	if err := s.grow(room); err != nil {
		return nil, err
	}
	body := make([]byte, 0, room)
	for {
		if len(body) == cap(body) {
			grown := 2 * cap(body)
			if size >= int64(cap(body)) {
				grown = int(min(int64(grown), size+1))
			}
			if err := s.grow(grown - cap(body)); err != nil {
				return body, err
			}
			body = append(make([]byte, 0, grown), body...)
		}
		n, err := r.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		switch {
		case errors.Is(err, io.EOF):
			return body, nil
		case err != nil:
			return body, err
		}
	}
}

// isOurs tells an error that the client may read from one that a reader gave.
func isOurs(err error) bool {
	var e *rollcall.Error
	return errors.As(err, &e)
}
