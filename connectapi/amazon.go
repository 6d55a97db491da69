package connectapi

import "iter"

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

// Actions gives what IAM calls asking for each operation, such as
// connect:ListUsers, and its actions that no operation is named for.
func Actions() iter.Seq[string] {
	return func(yield func(string) bool) {
		for r := range Amazon() {
			if !yield(r.Action()) {
				return
			}
		}
		for _, name := range permissionOnly {
			if !yield("connect:" + name) {
				return
			}
		}
	}
}
