package rollcall

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Identifiers are the last segment of an Amazon Resource Name. Amazon's are
// UUIDs; ours are anybody's, since other telephony systems have other ids:
// 1 to 256 printable characters without "/". They are types of their own, so
// that no raw string ever keys a map.
type (
	// InstanceID names an instance.
	InstanceID string
	// AgentID names an agent; Amazon Connect says user id.
	AgentID string
	// QueueID names a queue.
	QueueID string
	// RoutingProfileID names a routing profile.
	RoutingProfileID string
	// HierarchyGroupID names a group of the agent hierarchy.
	HierarchyGroupID string
	// AgentStatusID names an agent status.
	AgentStatusID string
	// ContactID names a contact.
	ContactID string
	// EventID tells a repeated event from a new one.
	EventID string
)

// MaxIDBytes is the longest identifier taken.
const MaxIDBytes = 256

// ValidID tells whether s can be an identifier.
func ValidID(s string) bool {
	if s == "" || len(s) > MaxIDBytes {
		return false
	}
	if plainID(s) {
		return true
	}
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return r == '/' || !unicode.IsPrint(r) })
}

// plainID tells whether s is printable ASCII without "/", as nearly all
// identifiers are. It judges eight bytes in one step: with c one of them, the
// highest bit of c-0x20 is set if c is a control character, that of (c^x)-1 if
// c is x, and that of c if it isn't ASCII. A borrow only reaches bytes above
// one that decides.
func plainID(s string) bool {
	const ones = 0x0101010101010101
	for ; len(s) >= 8; s = s[8:] {
		w := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
			uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
		if (w|(w-ones*' ')|((w^ones*'/')-ones)|((w^ones*0x7f)-ones))&(ones<<7) != 0 {
			return false
		}
	}
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '/' || c >= 0x7f {
			return false
		}
	}
	return true
}

// ARN is an Amazon Resource Name of the connect service, split. The form is
//
//	arn:{Partition}:connect:{Region}:{Account}:instance/{Instance}[/{Type}/{ID}]
//
// where Type is agent, queue, queue/agent (an agent's own queue),
// routing-profile, agent-group, agent-state or contact. Source: the Service
// Authorization Reference, "Actions, resources, and condition keys for Amazon
// Connect".
type ARN struct {
	Partition string
	Region    string
	Account   string
	Instance  InstanceID
	Type      string // empty for the instance itself
	ID        string // empty for the instance itself
}

// The resource types that stand behind an instance in an ARN.
const (
	TypeAgent          = "agent"
	TypeQueue          = "queue"
	TypeAgentQueue     = "queue/agent"
	TypeRoutingProfile = "routing-profile"
	TypeHierarchyGroup = "agent-group"
	TypeAgentStatus    = "agent-state"
	TypeContact        = "contact"
)

// ParseARN splits a connect ARN. It refuses another service's, and ids that
// ValidID refuses.
func ParseARN(s string) (ARN, bool) {
	rest, ok := strings.CutPrefix(s, "arn:")
	if !ok {
		return ARN{}, false
	}
	var a ARN
	var service string
	a.Partition, rest, _ = strings.Cut(rest, ":")
	service, rest, _ = strings.Cut(rest, ":")
	a.Region, rest, _ = strings.Cut(rest, ":")
	a.Account, rest, ok = strings.Cut(rest, ":")
	if !ok || a.Partition == "" || service != "connect" {
		return ARN{}, false
	}
	resource, ok := strings.CutPrefix(rest, "instance/")
	if !ok || !validSegments(a.Partition, a.Region, a.Account) {
		return ARN{}, false
	}
	instance, tail, deeper := strings.Cut(resource, "/")
	a.Instance = InstanceID(instance)
	if !ValidID(instance) {
		return ARN{}, false
	}
	if !deeper {
		return a, true
	}
	cut := strings.LastIndexByte(tail, '/')
	if cut <= 0 {
		return ARN{}, false
	}
	a.Type, a.ID = tail[:cut], tail[cut+1:]
	if !ValidID(a.ID) {
		return ARN{}, false
	}
	return a, true
}

// validSegments keeps control characters and blanks out of what is later
// compared, stored and printed.
func validSegments(parts ...string) bool {
	for _, p := range parts {
		if len(p) > 64 || strings.ContainsFunc(p, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return false
		}
	}
	return true
}

// InstanceARN is the ARN of the instance that a names or lies in.
func (a ARN) InstanceARN() ARN {
	a.Type, a.ID = "", ""
	return a
}

// Child is the ARN of a resource inside a's instance.
func (a ARN) Child(resourceType, id string) ARN {
	a.Type, a.ID = resourceType, id
	return a
}

// SameInstance tells whether both ARNs lie in one instance of one account and
// Region.
func (a ARN) SameInstance(b ARN) bool { return a.InstanceARN() == b.InstanceARN() }

// String writes the ARN as it is read.
func (a ARN) String() string {
	s := "arn:" + a.Partition + ":connect:" + a.Region + ":" + a.Account + ":instance/" + string(a.Instance)
	if a.Type != "" {
		s += "/" + a.Type + "/" + a.ID
	}
	return s
}

// LastSegment is what stands behind the last "/", or the whole string: the id
// in an ARN, and in the not quite ARNs that events in the wild carry.
func LastSegment(s string) string { return s[strings.LastIndexByte(s, '/')+1:] }
