package door

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"rollcall/internal/body"
	"rollcall/internal/cors"
)

// Handler answers a call by writing to it, or returns the error to answer with.
// An error after the first byte was written ends the connection, so that the
// client can't take half an answer for a whole one.
type Handler func(c *Call) error

// Dialect is how an API says what all APIs have to say.
type Dialect struct {
	IDHeader string        // carries the request's id; written as http.Header writes it
	NewID    func() string // nil: 128 random bits in hexadecimal
	// WriteError answers with an error, of which the cause is never sent, and
	// tells what it is called on the wire. failed is that of the connection.
	WriteError func(w http.ResponseWriter, id string, err error) (code string, failed error)
}

// Outcome is what became of a request, for metrics.
type Outcome struct {
	Route  string // a pattern or an operation; empty when there is none for the request
	Method string // one of the route's; empty for another
	Status int    // HTTP status
	Code   string // of the error, as the dialect calls it; empty when there was none
	Took   time.Duration
	Rows   int // of the answer
	Bytes  int // of the answer's body

	Panicked    bool
	Interrupted bool // the answer could not be written to its end
}

// Door is where the requests of one dialect come in. It is safe for concurrent
// use.
type Door struct {
	Dialect Dialect          // the zero value is that of /v1
	Logger  *slog.Logger     // nil: no logs
	Now     func() time.Time // nil: time.Now
	Observe func(Outcome)    // is told of each request when it is answered; nil: nobody
	Answers *body.Budget     // what answers hold until the client has taken them; nil: unbounded
	Streams *Streams         // nil: no call may stream
	Pages   cors.Policy      // of other origins, and what they may do
}

// Serve answers a request. The route and method are for metrics and the log.
func (d *Door) Serve(w http.ResponseWriter, r *http.Request, route, method string, h Handler) {
	dialect := d.dialect()
	c := &Call{ResponseWriter: w, Request: r, door: d, Outcome: Outcome{Route: route, Method: method}}
	if dialect.NewID != nil {
		c.ID = dialect.NewID()
	} else {
		c.ID = newID()
	}
	w.Header()[dialect.IDHeader] = []string{c.ID}
	if d.Pages.Share(w, r) {
		return // a browser's preflight request
	}
	defer c.close()
	if err := c.attempt(h); c.stream == nil {
		c.end(err)
	}
}

// end answers with the error, if nothing was answered yet, and tells what became
// of the call. An error after that cuts the connection.
func (c *Call) end(err error) {
	d, out := c.door, &c.Outcome
	begun := out.Status != 0
	switch {
	case err == nil:
	case begun:
		out.Interrupted = true
	default:
		var failed error
		out.Code, failed = d.dialect().WriteError(c, c.ID, err)
		out.Interrupted = failed != nil
	}
	out.Took = d.now().Sub(c.StartedAt)
	if d.Observe != nil {
		d.Observe(*out)
	}
	d.log(c, err)
	if err != nil && begun && c.stream == nil {
		panic(http.ErrAbortHandler)
	}
}

func (d *Door) dialect() *Dialect {
	if d.Dialect.WriteError == nil {
		return &ownDialect
	}
	return &d.Dialect
}

// attempt makes a panic an error of this call alone.
func (c *Call) attempt(h Handler) (err error) {
	defer func() {
		switch cause := recover(); cause {
		case nil:
		case http.ErrAbortHandler:
			panic(cause)
		default:
			c.Outcome.Panicked = true
			err = &panicError{cause: cause, stack: debug.Stack()}
		}
	}()
	if c.stream == nil {
		c.StartedAt = c.door.now()
	}
	return h(c)
}

// log writes what is the server's own fault as an error; the rest is there to
// debug clients.
func (d *Door) log(c *Call, err error) {
	if d.Logger == nil {
		return
	}
	out := &c.Outcome
	level := slog.LevelDebug
	if out.Status == http.StatusInternalServerError || out.Panicked {
		level = slog.LevelError
	}
	ctx := context.WithoutCancel(c.Request.Context())
	if !d.Logger.Enabled(ctx, level) {
		return
	}
	attrs := []slog.Attr{
		slog.String("request_id", c.ID), slog.String("route", out.Route), slog.String("method", c.Request.Method),
		slog.String("path", c.Request.URL.Path), slog.Int("status", out.Status), slog.Int("rows", out.Rows),
		slog.Duration("took", out.Took), slog.String("remote_addr", c.Request.RemoteAddr),
	}
	if c.Pass != nil {
		attrs = append(attrs, slog.String("key_id", c.Pass.KeyID()))
	}
	if err != nil {
		attrs = append(attrs, slog.String("code", out.Code), slog.Any("error", err))
	}
	var panicked *panicError
	if errors.As(err, &panicked) {
		attrs = append(attrs, slog.String("stack", string(panicked.stack)))
	}
	d.Logger.LogAttrs(ctx, level, "request answered", attrs...)
}

func (d *Door) now() time.Time {
	if d.Now == nil {
		return time.Now()
	}
	return d.Now()
}

func newID() string {
	var id [16]byte
	_, _ = rand.Read(id[:]) // documented never to fail
	return hex.EncodeToString(id[:])
}
