package connectapi

import (
	"iter"
	"slices"
	"strings"
)

// Route is what is known of every operation of Amazon Connect.
type Route struct {
	Name   string // "ListUsers"
	Method string // of HTTP
	Path   string // segments, of which some are labels: "/users/{InstanceId}/{UserId}"
	Access Access
}

// Access is what IAM calls an action's access level.
type Access uint8

// The access levels. Source: service authorization reference of Amazon Connect.
const (
	AccessList Access = iota
	AccessRead
	AccessWrite // tagging, too
)

// Action is what a policy calls asking for the operation.
func (r Route) Action() string { return "connect:" + r.Name }

// Reads tells whether asking changes nothing.
func (r Route) Reads() bool { return r.Access != AccessWrite }

// Amazon gives every operation of Amazon Connect by name, those that rollcall
// has and those that it lacks.
func Amazon() iter.Seq[Route] {
	return func(yield func(Route) bool) {
		have := All
		for _, other := range others {
			for len(have) > 0 && have[0].Name < other.Name {
				if !yield(have[0].Route) {
					return
				}
				have = have[1:]
			}
			if !yield(other) {
				return
			}
		}
		for _, o := range have {
			if !yield(o.Route) {
				return
			}
		}
	}
}

// IsAction tells whether IAM knows the action, such as connect:ListUsers. As in
// IAM, upper and lower case are the same.
func IsAction(action string) bool {
	service, name, _ := strings.Cut(action, ":")
	if !strings.EqualFold(service, "connect") {
		return false
	}
	for r := range Amazon() {
		if strings.EqualFold(r.Name, name) {
			return true
		}
	}
	return slices.ContainsFunc(permissionOnly, func(p string) bool { return strings.EqualFold(p, name) })
}
