package ingest

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"

	"rollcall"
	"rollcall/internal/body"
)

// read reads the body as it was sent.
func (in *Intake) read(w http.ResponseWriter, r *http.Request, share *body.Share) ([]byte, error) {
	limits := body.Limits{Bytes: in.limits.BodyBytes, Time: in.limits.RequestTime}
	sent, err := body.Read(w, r, limits, share)
	if err != nil {
		return nil, in.errNotRead(err)
	}
	return sent, nil
}

// errNotRead tells a client what was wrong with the body.
func (in *Intake) errNotRead(err error) error {
	var e *body.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Fault {
	case body.TooLarge:
		return rollcall.Errorf(rollcall.CodeTooLarge,
			"the body has more than %d bytes, the limit of a request; send the documents in several", in.limits.BodyBytes)
	case body.NoRoom:
		return rollcall.Errorf(rollcall.CodeUnavailable,
			"all requests together hold the %d bytes that the server takes in at once, or those of this key half of them; try again", in.budget.Limit())
	case body.Late:
		return rollcall.Errorf(rollcall.CodeMalformed,
			"the body did not arrive within %s, of which %d bytes did", in.limits.RequestTime, e.Read).WithCause(err)
	case body.Slow:
		return rollcall.Errorf(rollcall.CodeMalformed,
			"the body came too slowly, %d bytes of it: want its first byte within %s, and %d bytes a second after that", e.Read, body.Patience, body.LeastRate).WithCause(err)
	case body.BrokenOff:
	}
	return rollcall.Errorf(rollcall.CodeMalformed, "the body broke off after %d bytes", e.Read).WithCause(err)
}

// inflate undoes the body's Content-Encoding. That is done for senders who are
// known only, and the result is bounded as the body is.
func (in *Intake) inflate(h http.Header, sent []byte, share *body.Share) ([]byte, error) {
	coding := strings.TrimSpace(h.Get("Content-Encoding"))
	switch {
	case coding == "", strings.EqualFold(coding, "identity"):
		return sent, nil
	case !strings.EqualFold(coding, "gzip"):
		return nil, rollcall.Errorf(rollcall.CodeMalformed, "Content-Encoding is %q, expected gzip or none", rollcall.Shorten(coding))
	}
	z, ok := inflaters.Get().(*gzip.Reader)
	if !ok {
		z = new(gzip.Reader)
	}
	defer inflaters.Put(z)
	var inflated []byte
	err := z.Reset(bytes.NewReader(sent))
	if err == nil {
		// One byte more than the limit tells what is over it.
		inflated, err = share.ReadAll(io.LimitReader(z, in.limits.BodyBytes+1), -1)
	}
	switch {
	case errors.As(err, new(*body.Error)):
		return nil, in.errNotRead(err)
	case err != nil:
		return nil, rollcall.Errorf(rollcall.CodeMalformed, "the body is not gzip, which its Content-Encoding says: %v", err)
	case int64(len(inflated)) > in.limits.BodyBytes:
		return nil, rollcall.Errorf(rollcall.CodeTooLarge,
			"the body inflates to more than %d bytes, the limit of a request; send the documents in several", in.limits.BodyBytes)
	}
	return inflated, nil
}

var inflaters sync.Pool // of *gzip.Reader
