package awscli

import (
	"slices"
	"strings"
	"unicode"
)

// A service is what the command knows of one AWS service: data, from which
// options, validation, skeletons, the order of output and help come.
type service struct {
	name       string // as a word of the command line
	operations []*operation
	// kin are operations that the AWS CLI has and rollcall has not, near
	// enough in name for its messages to suggest them.
	kin []string
}

// has says whether a service has an operation, by its name on the command line.
func (s *service) has(command string) bool {
	return slices.ContainsFunc(s.operations, func(o *operation) bool { return o.command() == command })
}

// An operation is one call of a service.
type operation struct {
	name string // in the API
	doc  string // a sentence or two for help
	// path is the member that goes into the request's path. The others are
	// its body.
	path   string
	input  *shape
	output *shape
	// errors are the members of exceptions beside their message.
	errors map[string]*shape // :: code -> structure
}

// command is the operation's name as a word of the command line.
func (o *operation) command() string { return dashed(o.name) }

// kind is what a shape's values are.
type kind int

const (
	stringKind kind = iota
	integerKind
	timestampKind
	structureKind
	listKind
	mapKind
)

// A shape is the form of a value.
type shape struct {
	kind    kind
	members []member // of a structure, in the API's order
	element *shape   // of a list; the values of a map
	// min is the least value of an integer, or the least length of a string
	// or a list, or zero if there is none. Greatest values are the service's
	// to check: AWS's clients do not.
	min int
	// values are the names a string can have, as far as AWS has published them.
	values []string
}

// A member is one part of a structure.
type member struct {
	name     string
	shape    *shape
	required bool
	// doc is what the member is, in a sentence.
	doc string
	// more is what else help should say of it.
	more string
}

func (s *shape) member(name string) *member {
	for i := range s.members {
		if s.members[i].name == name {
			return &s.members[i]
		}
	}
	return nil
}

// option is the member's name as an option.
func (m *member) option() string { return "--" + dashed(m.name) }

// dashed turns GetCurrentUserData into get-current-user-data.
func dashed(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

func structure(members ...member) *shape { return &shape{kind: structureKind, members: members} }
func listOf(element *shape) *shape       { return &shape{kind: listKind, element: element} }
func someOf(element *shape) *shape       { return &shape{kind: listKind, element: element, min: 1} }
func mapOf(element *shape) *shape        { return &shape{kind: mapKind, element: element} }
func oneOf(values ...string) *shape      { return &shape{kind: stringKind, values: values} }
