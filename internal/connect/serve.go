package connect

import (
	"context"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"rollcall"
	"rollcall/internal/access"
	"rollcall/internal/body"
)

// call is one request on its way through the door. It is owned by the
// goroutine that serves the request.
type call struct {
	id        string // x-amzn-RequestId
	operation string // empty until one is found
	request   *http.Request
	instance  string // the label in the path
	startedAt time.Time
	body      body.Share  // of Service.bodies: what the body is read into
	pass      access.Pass // nil until the gate has admitted the sender
	panicked  bool
}

// answer is what an operation answers with.
type answer interface {
	appendJSON(dst []byte) []byte
	rows() int
}

// operation is one operation of the API.
type operation[Req any, Resp answer] struct {
	name string
	// decode reads the body. Its errors have rollcall.CodeMalformed.
	decode func(body []byte) (Req, error)
	// answer asks for permission, judges the request and answers it.
	answer func(s *Service, c *call, req Req) (Resp, error)
}

// serve is the one door: every operation is behind it, so none can forget a
// step. Steps come in Amazon's order; who asks is known before a byte of the
// body is looked at.
func serve[Req any, Resp answer](s *Service, op operation[Req, Resp]) handler {
	respond := func(w http.ResponseWriter, c *call) (answer, error) {
		claimed, err := s.o.Gate.Knock(c.request)
		if err != nil {
			return nil, err
		}
		c.body = s.bodies.Open(claimed)
		defer c.body.Close()
		sent, err := s.read(w, c)
		if err != nil {
			return nil, err
		}
		if c.pass, err = s.o.Gate.Admit(c.request, sent); err != nil {
			return nil, err
		}
		if err := s.ready(); err != nil {
			return nil, err
		}
		if err := checkMediaType(c.request.Header); err != nil {
			return nil, err
		}
		req, err := op.decode(sent)
		if err != nil {
			return nil, err
		}
		return op.answer(s, c, req)
	}
	return func(w http.ResponseWriter, c *call) {
		c.operation = op.name
		defer s.recoverPanic(w, c)
		resp, err := respond(w, c)
		s.finish(w, c, resp, err)
	}
}

func (s *Service) ready() error {
	if s.o.Ready == nil {
		return nil
	}
	return s.o.Ready()
}

// finish writes the answer or the error. Nothing else does.
func (s *Service) finish(w http.ResponseWriter, c *call, resp answer, err error) {
	out := Outcome{Operation: c.operation, Panicked: c.panicked}
	var failed error
	if err == nil {
		failed, err = s.send(w, c, resp, &out)
	}
	if err != nil {
		e := exceptionFor(err)
		out.Exception, out.Status = e.Name, e.Status
		failed = e.write(w)
	}
	out.Interrupted = failed != nil
	s.tell(c, out, err)
}

// send writes an answer, unless those under way hold all that they may.
func (s *Service) send(w http.ResponseWriter, c *call, resp answer, out *Outcome) (failed, err error) {
	body := borrowBuffer()
	defer body.giveBack()
	body.bytes = resp.appendJSON(body.bytes)
	held := s.o.Answers.Open(c.pass.KeyID())
	defer held.Close()
	if !held.Take(int64(len(body.bytes))) {
		return nil, rollcall.Errorf(rollcall.CodeUnavailable,
			"Answers that clients have not taken yet hold the %d bytes that they may, or those of this key half of them. Read answers as they come, and try again in a moment.", s.o.Answers.Limit())
	}
	out.Status, out.Rows, out.RowsBytes = http.StatusOK, resp.rows(), len(body.bytes)
	return writeBody(w, http.StatusOK, body.bytes), nil
}

// recoverPanic makes a panic the failure of this request alone. By then
// nothing is written: finish writes last, and what it writes is ready before.
func (s *Service) recoverPanic(w http.ResponseWriter, c *call) {
	cause := recover()
	if cause == nil {
		return
	}
	if cause == http.ErrAbortHandler { //nolint:errorlint // net/http compares it so, too
		panic(cause)
	}
	s.log.LogAttrs(c.request.Context(), slog.LevelError, "request panicked",
		slog.String("request_id", c.id), slog.String("operation", c.operation),
		slog.Any("panic", cause), slog.String("stack", string(debug.Stack())))
	c.panicked = true
	s.finish(w, c, nil, rollcall.Errorf(rollcall.CodeInternal, "panic"))
}

// tell logs and counts what became of a request. What is the server's own
// fault is an error in the log; the rest is there to debug clients.
func (s *Service) tell(c *call, out Outcome, err error) {
	out.Took = s.o.Now().Sub(c.startedAt)
	if s.o.Observe != nil {
		s.o.Observe(out)
	}
	level := slog.LevelDebug
	if out.Status == http.StatusInternalServerError && !out.Panicked {
		level = slog.LevelError
	}
	if !s.log.Enabled(c.request.Context(), level) {
		return
	}
	attrs := []slog.Attr{
		slog.String("request_id", c.id), slog.String("operation", c.operation), slog.Int("status", out.Status),
		slog.Int("rows", out.Rows), slog.Duration("took", out.Took), slog.String("remote_addr", c.request.RemoteAddr),
	}
	if c.pass != nil {
		attrs = append(attrs, slog.String("key_id", c.pass.KeyID()))
	}
	if err != nil {
		attrs = append(attrs, slog.String("exception", out.Exception), slog.Any("error", err))
	}
	s.log.LogAttrs(context.WithoutCancel(c.request.Context()), level, "request answered", attrs...)
}
