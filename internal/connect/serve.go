package connect

import (
	"net/http"

	"rollcall"
	"rollcall/internal/body"
	"rollcall/internal/door"
	"rollcall/internal/instance"
)

// call is one request on its way through the door.
type call struct {
	*door.Call
	of     *operation
	labels labels
	body   body.Share // of Service.bodies: what the body is read into
	sent   []byte     // the body

	questions *questions // the service's
}

// serve is the way to every operation, so none can forget a step. Steps come in
// Amazon's order; who asks is known before a byte of the body is looked at.
func (s *Service) serve(from *door.Call) error {
	c := &call{Call: from, questions: &s.questions}
	found := s.routes.find(c.Request, &c.labels)
	defer c.body.Close()
	switch {
	case found == nil, found.of == nil && !s.forwards(c.Request):
		return notHere(c.Request, found)
	case found.of == nil:
		return s.forwardUnknown(c, found)
	}
	c.of = found.of
	c.Outcome.Route = c.of.Name
	resp, err := s.respond(c)
	if err != nil || resp == nil { // nil: it was sent on
		return c.of.declared(err)
	}
	return c.send(resp)
}

// admit reads the body, if there is one, and tells who sent it.
func (s *Service) admit(c *call, hasBody bool, most int64) (sent []byte, err error) {
	claimed, err := s.o.Gate.Knock(c.Request)
	if err != nil {
		return nil, err
	}
	c.body = s.bodies.Open(claimed)
	if hasBody {
		if sent, err = s.read(c, most); err != nil {
			return nil, err
		}
	}
	c.Pass, err = s.o.Gate.Admit(c.Request, sent)
	return sent, err
}

func (s *Service) respond(c *call) (_ answer, err error) {
	if c.sent, err = s.admit(c, c.of.Input().HasBody(), s.o.BodyBytes); err != nil {
		return nil, err
	}
	if err := checkMediaType(c.Request.Header); err != nil {
		return nil, err
	}
	req, err := c.of.decode(c, c.sent)
	if err != nil {
		return nil, err
	}
	return s.answer(c, req)
}

// answer asks for permission, judges the request and answers it.
func (s *Service) answer(c *call, req request) (answer, error) {
	if c.of.Input().Member(instanceID) == nil {
		return s.answerEverywhere(c, req)
	}
	name := req.instance()
	at, why := s.locate(name)
	if why != "" {
		return nil, invalidInstance(name, why, req.judge(s, rollcall.ARN{}))
	}
	if err := at.Permit(c.Pass, c.of.action, req.resources); err != nil {
		return nil, err
	}
	if s.o.Throttle != nil {
		if err := s.o.Throttle(c.Pass, c.of.Name, at.Quota()); err != nil {
			return nil, err
		}
	}
	if s.prefers(c) {
		return nil, s.forward(c, c.of.Name, c.sent)
	}
	if s.o.Await != nil {
		waited, err := s.o.Await(c.Request)
		if err != nil {
			return nil, err
		}
		if waited { // meanwhile the instance may have come, or gone and come anew
			at, _ = s.locate(name)
			if err := at.Permit(c.Pass, c.of.action, req.resources); err != nil {
				return nil, err
			}
		}
	}
	switch {
	case at.Floor == nil && s.forwards(c.Request):
		return nil, s.forward(c, c.of.Name, c.sent)
	case at.Floor == nil:
		return nil, rollcall.Errorf(rollcall.CodeNotFound, "Instance %s doesn't exist in this account and Region.", quoted(name))
	}
	if err := req.judge(s, at.ARN).err(rollcall.CodeInvalid); err != nil {
		return nil, err
	}
	return req.answer(s, at)
}

// answerEverywhere answers an operation that is about no instance, for each of
// which it asks for permission itself.
func (s *Service) answerEverywhere(c *call, req request) (answer, error) {
	at := instance.Anywhere()
	if s.o.Throttle != nil {
		if err := s.o.Throttle(c.Pass, c.of.Name, at.ARN); err != nil {
			return nil, err
		}
	}
	if s.prefers(c) {
		if err := at.Permit(c.Pass, c.of.action, nil); err != nil {
			return nil, err
		}
		return nil, s.forward(c, c.of.Name, c.sent)
	}
	if s.o.Await != nil {
		if _, err := s.o.Await(c.Request); err != nil {
			return nil, err
		}
	}
	if err := req.judge(s, at.ARN).err(rollcall.CodeInvalid); err != nil {
		return nil, err
	}
	return req.answer(s, at)
}

// send writes an answer, unless those under way hold all that they may.
func (c *call) send(resp answer) error {
	body := borrowBuffer()
	defer body.giveBack()
	body.bytes = resp.appendJSON(body.bytes)
	ready, at := resp.ready()
	size := len(body.bytes) + len(ready)
	if err := c.Hold(size); err != nil {
		return err
	}
	c.Outcome.Rows = resp.rows()
	if ready == nil {
		return writeBody(c, http.StatusOK, body.bytes)
	}
	writeHeader(c, http.StatusOK, size)
	_, err := c.WriteParts(body.bytes[:at], ready, body.bytes[at:])
	return err
}
