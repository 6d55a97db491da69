package door

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"rollcall"
)

// Handler answers a request with WriteJSON, or returns the error to answer
// with. An error after the first byte was written ends the connection, so that
// the client can't take half an answer for a whole one.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Outcome is what became of a request, for metrics.
type Outcome struct {
	Route  string // as Handle was told
	Method string // one of the route's; empty for another
	Status int
	Code   string // of the error; empty when there was none
	Took   time.Duration

	Panicked bool
}

// Door is where requests to /v1 come in. The zero value is ready: it logs
// nothing and tells nobody.
type Door struct {
	Logger       *slog.Logger     // nil: no logs
	Now          func() time.Time // nil: time.Now
	NewRequestID func() string    // nil: 128 random bits in hexadecimal
	Observe      func(Outcome)    // is told of each request when it is answered; nil: nobody
}

// requestIDHeader is written as the http package writes it.
const requestIDHeader = "X-Request-Id"

// Handle makes the handler of a route from one Handler for each method that it
// knows. Who knows GET knows HEAD.
func (d *Door) Handle(route string, methods map[string]Handler) http.Handler {
	known := slices.Collect(maps.Keys(methods))
	if methods[http.MethodGet] != nil && methods[http.MethodHead] == nil {
		known = append(known, http.MethodHead)
	}
	slices.Sort(known)
	allow := strings.Join(known, ", ")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		out := Outcome{Route: route, Method: r.Method}
		h, ok := methods[r.Method]
		if !ok && r.Method == http.MethodHead {
			h, ok = methods[http.MethodGet]
		}
		if !ok {
			out.Method = ""
			h = func(w http.ResponseWriter, r *http.Request) error {
				w.Header().Set("Allow", allow)
				return &methodError{method: r.Method, route: route, allow: allow}
			}
		}
		d.serve(w, r, h, out)
	})
}

// NotFound answers for paths that no route has.
func (d *Door) NotFound() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d.serve(w, r, func(http.ResponseWriter, *http.Request) error {
			return rollcall.Errorf(rollcall.CodeUnknownRoute, "there is no path %s", rollcall.Shorten(r.URL.EscapedPath()))
		}, Outcome{})
	})
}

func (d *Door) serve(w http.ResponseWriter, r *http.Request, h Handler, out Outcome) {
	startedAt := d.now()
	id := d.newRequestID()
	w.Header().Set(requestIDHeader, id)
	tracked := &tracker{ResponseWriter: w}
	err := call(tracked, r, h)
	begun := tracked.status != 0
	if err != nil && !begun {
		f := failureFor(err)
		out.Code = f.body.Code
		f.body.RequestID = id
		_ = f.write(tracked) // whoever can't be reached can't be told
	}
	out.Status = tracked.status
	out.Took = d.now().Sub(startedAt)
	out.Panicked = errors.As(err, new(*panicError))
	if d.Observe != nil {
		d.Observe(out)
	}
	d.log(r, id, out, err)
	if err != nil && begun {
		panic(http.ErrAbortHandler)
	}
}

// call makes a panic an error of this request alone.
func call(w http.ResponseWriter, r *http.Request, h Handler) (err error) {
	defer func() {
		switch cause := recover(); cause {
		case nil:
		case http.ErrAbortHandler:
			panic(cause)
		default:
			err = &panicError{cause: cause, stack: debug.Stack()}
		}
	}()
	return h(w, r)
}

// log writes what is the server's own fault as an error; the rest is there to
// debug clients.
func (d *Door) log(r *http.Request, id string, out Outcome, err error) {
	if d.Logger == nil {
		return
	}
	level := slog.LevelDebug
	if out.Status == http.StatusInternalServerError {
		level = slog.LevelError
	}
	ctx := context.WithoutCancel(r.Context())
	if !d.Logger.Enabled(ctx, level) {
		return
	}
	attrs := []slog.Attr{
		slog.String("request_id", id), slog.String("method", r.Method), slog.String("path", r.URL.Path),
		slog.Int("status", out.Status), slog.Duration("took", out.Took), slog.String("remote_addr", r.RemoteAddr),
	}
	if err != nil {
		attrs = append(attrs, slog.Any("error", err))
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

func (d *Door) newRequestID() string {
	if d.NewRequestID != nil {
		return d.NewRequestID()
	}
	var id [16]byte
	_, _ = rand.Read(id[:]) // documented never to fail
	return hex.EncodeToString(id[:])
}

// tracker remembers the status that was written; 0 before.
type tracker struct {
	http.ResponseWriter
	status int
}

// Unwrap is for http.ResponseController.
func (t *tracker) Unwrap() http.ResponseWriter { return t.ResponseWriter }

func (t *tracker) WriteHeader(status int) {
	if t.status == 0 && status >= http.StatusOK {
		t.status = status
	}
	t.ResponseWriter.WriteHeader(status)
}

func (t *tracker) Write(p []byte) (int, error) {
	if t.status == 0 {
		t.status = http.StatusOK
	}
	return t.ResponseWriter.Write(p)
}
