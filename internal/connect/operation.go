package connect

import (
	"fmt"
	"reflect"

	"rollcall"
	"rollcall/connectapi"
	"rollcall/internal/access"
	"rollcall/internal/instance"
)

// operation is one operation of the API, as the door sees it.
type operation struct {
	*connectapi.Operation
	action string // what a policy calls it
	// decode reads what was sent into the operation's request. Its errors have
	// rollcall.CodeMalformed. body is nil when the operation has none.
	decode func(c *call, body []byte) (request, error)
}

// request is what was asked of an operation.
type request interface {
	// instance is what it calls the instance that it is about; not asked of an
	// operation that is about none.
	instance() string
	// resources are what it names and the sender must be allowed to ask about,
	// as seen from an instance; none stands for the instance. Values with a
	// fault are none.
	resources(instance rollcall.ARN) []rollcall.ARN
	// judge holds it against every limit, and gives what can't be right.
	judge(s *Service, instance rollcall.ARN) *faults
	// answer answers it, with its place on a floor that is here.
	answer(s *Service, at instance.Place) (answer, error)
}

// answer is what an operation answers with.
type answer interface {
	appendJSON(dst []byte) []byte
	// ready is what appendJSON left out, and before which of its bytes it comes:
	// what is large, and others get, too. It must not be changed.
	ready() (part []byte, at int)
	rows() int
}

// spec is an operation of which connectapi tells all but the answer.
type spec[In, Out any] struct {
	of *connectapi.Typed[In, Out]
	// resources are as in request; nil: none.
	resources func(in *In, instance rollcall.ARN) []rollcall.ARN
	// judge adds what the limits in connectapi don't tell; nil: nothing.
	judge func(in *In, instance rollcall.ARN, f *faults)
	// answer answers.
	answer func(q *question, in *In) (*Out, error)
}

// operation is the spec as the door sees it.
func (sp spec[In, Out]) operation() *operation {
	return &operation{&sp.of.Operation, sp.of.Action(), func(c *call, body []byte) (request, error) {
		r := &typed[In, Out]{spec: &sp, call: c}
		return r, decodeInput(c, body, sp.of.Input(), reflect.ValueOf(&r.in).Elem(), &r.wrong)
	}}
}

// typed is a request of a spec.
type typed[In, Out any] struct {
	spec  *spec[In, Out]
	call  *call
	in    In
	wrong faults // against the limits
}

func (r *typed[In, Out]) instance() string {
	m := r.spec.of.Input().Member(instanceID)
	if m == nil {
		return ""
	}
	return reflect.ValueOf(&r.in).Elem().Field(m.Index).String()
}

func (r *typed[In, Out]) resources(instance rollcall.ARN) []rollcall.ARN {
	if r.spec.resources == nil {
		return nil
	}
	return r.spec.resources(&r.in, instance)
}

func (r *typed[In, Out]) judge(_ *Service, instance rollcall.ARN) *faults {
	if r.spec.judge != nil {
		r.spec.judge(&r.in, instance, &r.wrong)
	}
	return &r.wrong
}

func (r *typed[In, Out]) answer(s *Service, at instance.Place) (answer, error) {
	q := &question{Service: s, Place: at, of: &r.spec.of.Operation, pass: r.call.Pass}
	out, err := r.spec.answer(q, &r.in)
	if err != nil {
		return nil, err
	}
	body, err := connectapi.Marshal(out)
	if err != nil {
		return nil, fmt.Errorf("encode the answer of %s: %w", r.spec.of.Name, err)
	}
	a := encoded{body: body, n: 1}
	if p := r.spec.of.Page; p != nil {
		a.n = reflect.ValueOf(out).Elem().Field(r.spec.of.Output().Member(p.Result).Index).Len()
	}
	return a, nil
}

// encoded is an answer that is encoded when it is asked for.
type encoded struct {
	body []byte
	n    int
}

func (a encoded) appendJSON(dst []byte) []byte { return append(dst, a.body...) }
func (a encoded) ready() (part []byte, at int) { return nil, 0 }
func (a encoded) rows() int                    { return a.n }

// question is what a spec answers by: the service, and the instance's place on
// its floor.
type question struct {
	*Service
	instance.Place
	of   *connectapi.Operation
	pass access.Pass
}

// resource is the one of the type that is called value, an id or an ARN.
func resource(instance rollcall.ARN, kind, value string) []rollcall.ARN {
	arn, why := rollcall.ParseResource(instance, kind, value)
	if why != "" {
		return nil
	}
	return []rollcall.ARN{arn}
}

// judgeResource judges the name of a resource of the type.
func judgeResource(f *faults, instance rollcall.ARN, kind, member, value string) {
	if _, why := rollcall.ParseResource(instance, kind, value); why != "" {
		f.add("%s is %s: %s.", member, quoted(value), why)
	}
}

// noSuch says that a resource isn't here.
func noSuch(what, value string) error {
	return rollcall.Errorf(rollcall.CodeNotFound, "%s %s doesn't exist in this instance.", what, quoted(value))
}
