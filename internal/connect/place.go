package connect

import (
	"rollcall"
	"rollcall/internal/floor"
)

// place is the instance that a request is about.
type place struct {
	arn   rollcall.ARN // the instance's own, or what the request calls one that isn't here
	floor *floor.Floor // nil when it isn't here
}

// anyone stands in the ARN of an instance that isn't here for the account and
// the Region that nobody knows. A policy's "*" reaches it; a policy that names
// an account or a Region doesn't, so it can't be used to try out ids.
const anyone = "*"

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
		return place{arn: found.ARN(), floor: found}, ""
	case name.arn != nil:
		return place{arn: *name.arn}, ""
	default:
		return place{arn: rollcall.ARN{Partition: "aws", Region: anyone, Account: anyone, Instance: name.id}}, ""
	}
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
