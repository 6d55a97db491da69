package rollcall

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// ParseResource reads what a question calls a resource of the type (one of the
// Type constants): its id, or its ARN, which must lie in the instance. The zero
// ARN stands for an instance that isn't known, and any will do. TypeQueue takes
// an agent's own queue, too. why says to a client what is wrong with the value
// and is empty when nothing is.
func ParseResource(instance ARN, want, value string) (resource ARN, why string) {
	if !strings.HasPrefix(value, "arn:") {
		if !ValidID(value) {
			return resource, `want an id (1 to ` + strconv.Itoa(MaxIDBytes) + ` printable characters without "/") or an ARN`
		}
		return instance.Child(want, value), ""
	}
	resource, ok := ParseARN(value)
	switch {
	case !ok:
		return resource, "it isn't an ARN of Amazon Connect"
	case instance.Instance != "" && !resource.SameInstance(instance):
		return resource, fmt.Sprintf("it isn't of this instance, but of %s in account %s, %s",
			Shorten(string(resource.Instance)), resource.Account, resource.Region)
	case resource.Type == want, want == TypeQueue && resource.Type == TypeAgentQueue:
		return resource, ""
	}
	return resource, fmt.Sprintf("it is of type %q, not %q", Shorten(cmp.Or(resource.Type, "instance")), want)
}

// QueryID is the id by which a Query asks for the resource. An agent's own
// queue can be named and is nobody's inbound queue: its id gets the "/" that no
// queue on the floor has, so that it matches nothing and is not left out, which
// would match everybody.
func (a ARN) QueryID() string {
	if a.Type == TypeAgentQueue {
		return "agent/" + a.ID
	}
	return a.ID
}
