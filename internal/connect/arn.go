package connect

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"

	"rollcall"
)

// maxInstanceRunes is the longest InstanceId that the operation takes, id or
// ARN. Source: Amazon Connect API Reference, GetCurrentUserData.
const maxInstanceRunes = 100

// instanceName is what the path calls the instance: its id, or its ARN.
type instanceName struct {
	id  rollcall.InstanceID
	arn *rollcall.ARN // nil when the path has the bare id
}

// parseInstance reads an InstanceId. why says what is wrong with it and is
// empty when nothing is.
func parseInstance(value string) (name instanceName, why string) {
	switch {
	case utf8.RuneCountInString(value) > maxInstanceRunes:
		return name, fmt.Sprintf("it has %d characters, want 1 to %d", utf8.RuneCountInString(value), maxInstanceRunes)
	case strings.HasPrefix(value, "arn:"):
		arn, ok := rollcall.ParseARN(value)
		if !ok || arn.Type != "" {
			return name, "want an instance's id, or its ARN: arn:aws:connect:REGION:ACCOUNT:instance/ID"
		}
		return instanceName{id: arn.Instance, arn: &arn}, ""
	case !rollcall.ValidID(value):
		return name, `want an instance's id (printable characters without "/") or its ARN`
	default:
		return instanceName{id: rollcall.InstanceID(value)}, ""
	}
}

// parseResource reads an id or an ARN of the type (one of rollcall's ARN
// types), inside the instance. An instance that isn't known (the zero ARN)
// leaves that part unasked. why says what is wrong and is empty when nothing
// is.
func parseResource(instance rollcall.ARN, want, value string) (arn rollcall.ARN, why string) {
	if !strings.HasPrefix(value, "arn:") {
		if !rollcall.ValidID(value) {
			return arn, `want an id (1 to 256 printable characters without "/") or an ARN`
		}
		return instance.Child(want, value), ""
	}
	arn, ok := rollcall.ParseARN(value)
	switch {
	case !ok:
		return arn, "it isn't an ARN of Amazon Connect"
	case instance.Instance != "" && !arn.SameInstance(instance):
		return arn, fmt.Sprintf("it isn't of this instance, but of %s in account %s, %s",
			rollcall.Shorten(string(arn.Instance)), arn.Account, arn.Region)
	case arn.Type == want, want == rollcall.TypeQueue && arn.Type == rollcall.TypeAgentQueue:
		return arn, ""
	default:
		return arn, fmt.Sprintf("it is of type %s, not %s", quoted(cmp.Or(arn.Type, "instance")), quoted(want))
	}
}

// filterID is the id by which a query asks for the resource. An agent's own
// queue can be named and is nobody's inbound queue: its id gets the "/" that no
// queue on the floor has, so that it matches nothing and is not left out, which
// would match everybody.
func filterID(arn rollcall.ARN) string {
	if arn.Type == rollcall.TypeAgentQueue {
		return "agent/" + arn.ID
	}
	return arn.ID
}
