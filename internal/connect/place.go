package connect

import (
	"rollcall"
	"rollcall/internal/floor"
)

// place is the instance that a request is about.
type place struct {
	arn   rollcall.ARN // the instance's own, or what the request calls one that isn't here
	floor *floor.Floor // nil when it isn't here
	byID  bool         // the request names it by its id alone
}

// locate finds the instance that the path names, by id or ARN. The ARN of
// another account or Region names an instance that isn't here. why says what is
// wrong with the name and is empty when nothing is.
func (s *Service) locate(label string) (at place, why string) {
	name, why := parseInstance(label)
	if why != "" {
		return place{}, why
	}
	found, ok := s.o.Floors.Floor(name.id)
	switch {
	case ok && (name.arn == nil || *name.arn == found.ARN()):
		return place{arn: found.ARN(), floor: found, byID: name.arn == nil}, ""
	case name.arn != nil:
		return place{arn: *name.arn}, ""
	default:
		return place{arn: s.stranger(name.id), byID: true}, ""
	}
}

// anyone stands for an account and a Region that can't be told. A policy's "*"
// reaches it, a policy that names an account or a Region doesn't.
const anyone = "*"

// stranger is the ARN of an instance of which only the id is known. If all
// instances here are of one account and Region, it is taken to be of those.
func (s *Service) stranger(id rollcall.InstanceID) rollcall.ARN {
	unknown := rollcall.ARN{Partition: "aws", Region: anyone, Account: anyone, Instance: id}
	var home rollcall.ARN
	for i, f := range s.o.Floors.Instances() {
		arn := f.ARN()
		arn.Instance = id
		if i > 0 && arn != home {
			return unknown
		}
		home = arn
	}
	if home.Instance == "" {
		return unknown
	}
	return home
}

// permit asks whether the sender may do the action to what the request names.
// resources gives that as seen from an instance.
//
// A sender who may not ask about an instance must not learn whether it is here,
// nor in whose account. So whoever is denied one that was named by its id gets
// the very answer that would come if it weren't here, unless that would be "not
// found": then a policy denies just this one, and it is no secret.
func (s *Service) permit(c *call, action string, at place, resources func(instance rollcall.ARN) []rollcall.ARN) error {
	denied := c.pass.Allow(action, at.arn, resources(at.arn)...)
	if denied == nil || at.floor == nil || !at.byID {
		return denied
	}
	stranger := s.stranger(at.arn.Instance)
	if err := c.pass.Allow(action, stranger, resources(stranger)...); err != nil {
		return rollcall.Errorf(rollcall.ErrorCode(err), "%s", rollcall.ErrorMessage(err)).WithCause(denied)
	}
	return denied
}

// invalidInstance is the error for a name that can't be an instance's, with
// whatever else is wrong. Nobody's permission is asked: it tells nothing about
// any instance.
func invalidInstance(label, why string, req *userDataRequest, lenient bool) error {
	var all faults
	all.add("InstanceId is %s: %s.", quoted(label), why)
	rest := req.selection(rollcall.ARN{}, lenient)
	for _, fault := range rest.faults.told {
		all.add("%s", fault)
	}
	all.more += rest.faults.more
	return all.err()
}
