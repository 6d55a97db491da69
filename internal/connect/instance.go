package connect

import (
	"fmt"
	"unicode/utf8"

	"rollcall"
	"rollcall/internal/instance"
)

// maxInstanceRunes is the longest InstanceId that operations take, id or ARN.
// Source: Amazon Connect API Reference.
const maxInstanceRunes = 100

// instanceID is the member that names the instance.
const instanceID = "InstanceId"

// locate finds the instance that a request names. why says what is wrong with
// the name and is empty when nothing is.
func (s *Service) locate(label string) (at instance.Place, why string) {
	if n := utf8.RuneCountInString(label); n > maxInstanceRunes {
		return at, fmt.Sprintf("it has %d characters, want 1 to %d", n, maxInstanceRunes)
	}
	return instance.Find(s.o.Floors, label)
}

// invalidInstance is the error for a name that can't be an instance's, with
// whatever else is wrong. Nobody's permission is asked: it tells nothing about
// any instance.
func invalidInstance(name, why string, rest *faults) error {
	var all faults
	all.add("InstanceId is %s: %s.", quoted(name), why)
	for _, fault := range rest.told {
		all.add("%s", fault)
	}
	all.more += rest.more
	return all.err(rollcall.CodeInvalid)
}
