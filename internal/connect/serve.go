package connect

import (
	"context"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"rollcall"
	"rollcall/internal/access"
	"rollcall/internal/body"
)

// call is one request on its way through the door. It is owned by the
// goroutine that serves the request.
type call struct {
	id        string     // x-amzn-RequestId
	of        *operation // nil until one is found
	request   *http.Request
	labels    labels
	startedAt time.Time
	body      body.Share  // of Service.bodies: what the body is read into
	pass      access.Pass // nil until the gate has admitted the sender
	panicked  bool
}

// name is the operation's, empty until one is found.
func (c *call) name() string {
	if c.of == nil {
		return ""
	}
	return c.of.Name
}

// eachLabel gives the labels in the path by name.
func (c *call) eachLabel(take func(name, value string)) {
	n := 0
	for segment := range strings.SplitSeq(c.of.Path, "/") {
		if strings.HasPrefix(segment, "{") {
			take(strings.Trim(segment, "{}"), c.labels[n])
			n++
		}
	}
}

// serve is the one door: every operation is behind it, so none can forget a
// step. Steps come in Amazon's order; who asks is known before a byte of the
// body is looked at.
func (s *Service) serve(w http.ResponseWriter, c *call) {
	defer s.recoverPanic(w, c)
	if s.shared.Share(w, c.request) {
		return
	}
	found := s.routes.find(c.request, &c.labels)
	if found == nil || found.of == nil {
		s.finish(w, c, nil, notHere(c.request, found))
		return
	}
	c.of = found.of
	resp, err := s.respond(w, c)
	s.finish(w, c, resp, err)
}

func (s *Service) respond(w http.ResponseWriter, c *call) (answer, error) {
	claimed, err := s.o.Gate.Knock(c.request)
	if err != nil {
		return nil, err
	}
	c.body = s.bodies.Open(claimed)
	defer c.body.Close()
	var sent []byte
	if c.of.Input().HasBody() {
		if sent, err = s.read(w, c); err != nil {
			return nil, err
		}
	}
	if c.pass, err = s.o.Gate.Admit(c.request, sent); err != nil {
		return nil, err
	}
	if err := checkMediaType(c.request.Header); err != nil {
		return nil, err
	}
	req, err := c.of.decode(c, sent)
	if err != nil {
		return nil, err
	}
	return s.answer(c, req)
}

// answer asks for permission, judges the request and answers it.
func (s *Service) answer(c *call, req request) (answer, error) {
	name := req.instance()
	at, why := s.locate(name)
	if why != "" {
		return nil, invalidInstance(name, why, req.judge(s, rollcall.ARN{}))
	}
	if err := at.Permit(c.pass, c.of.Action(), req.resources); err != nil {
		return nil, err
	}
	if s.o.Throttle != nil {
		if err := s.o.Throttle(c.pass, c.of.Name, at.ARN); err != nil {
			return nil, err
		}
	}
	if s.o.Await != nil {
		waited, err := s.o.Await(c.request)
		if err != nil {
			return nil, err
		}
		if waited { // meanwhile the instance may have come, or gone and come anew
			at, _ = s.locate(name)
			if err := at.Permit(c.pass, c.of.Action(), req.resources); err != nil {
				return nil, err
			}
		}
	}
	if at.Floor == nil {
		return nil, rollcall.Errorf(rollcall.CodeNotFound, "Instance %s doesn't exist in this account and Region.", quoted(name))
	}
	if err := req.judge(s, at.ARN).err(rollcall.CodeInvalid); err != nil {
		return nil, err
	}
	return req.answer(s, at)
}

// finish writes the answer or the error. Nothing else does.
func (s *Service) finish(w http.ResponseWriter, c *call, resp answer, err error) {
	out := Outcome{Operation: c.name(), Panicked: c.panicked}
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
		slog.String("request_id", c.id), slog.String("operation", c.name()),
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
		slog.String("request_id", c.id), slog.String("operation", c.name()), slog.Int("status", out.Status),
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
