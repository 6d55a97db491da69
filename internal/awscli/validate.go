package awscli

import (
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"

	"rollcall/internal/awscli/value"
)

// validate checks parameters against the model as botocore, the library below
// the AWS CLI, does: types, required members, unknown ones, and least values
// and lengths. All problems are told at once.
func validate(params *value.Map, s *shape) error {
	var v validator
	v.check(s, params, "")
	if v.problems == nil {
		return nil
	}
	return invalid("Parameter validation failed:\n" + strings.Join(v.problems, "\n"))
}

type validator struct {
	problems []string
}

func (v *validator) report(problem string) { v.problems = append(v.problems, problem) }

// place is how messages call the value at a path.
func place(path string) string {
	if path == "" {
		return "input"
	}
	return strings.TrimPrefix(path, ".")
}

func (v *validator) check(s *shape, got any, path string) {
	switch s.kind {
	case structureKind:
		if m, ok := got.(*value.Map); ok {
			v.structure(s, m, path)
			return
		}
		v.wrongType(got, path, "dict")
	case mapKind:
		m, ok := got.(*value.Map)
		if !ok {
			v.wrongType(got, path, "dict")
			return
		}
		for key, item := range m.All() {
			v.check(s.element, item, path+"."+key)
		}
	case listKind:
		l, ok := got.(*value.List)
		if !ok {
			v.wrongType(got, path, "list", "tuple")
			return
		}
		v.length(s, len(l.Items), path)
		for i, item := range l.Items {
			v.check(s.element, item, path+"["+strconv.Itoa(i)+"]")
		}
	case integerKind:
		v.integer(s, got, path)
	case stringKind, timestampKind:
		text, ok := got.(string)
		if !ok {
			v.wrongType(got, path, "str")
			return
		}
		v.length(s, utf8.RuneCountInString(text), path)
	}
}

func (v *validator) structure(s *shape, m *value.Map, path string) {
	var names []string
	for i := range s.members {
		member := &s.members[i]
		names = append(names, member.name)
		if _, given := m.Get(member.name); member.required && !given {
			v.report("Missing required parameter in " + place(path) + ": \"" + member.name + `"`)
		}
	}
	for name := range m.All() {
		if s.member(name) == nil {
			v.report("Unknown parameter in " + place(path) + ": \"" + name + `", must be one of: ` + strings.Join(names, ", "))
		}
	}
	for name, item := range m.All() {
		if member := s.member(name); member != nil {
			v.check(member.shape, item, path+"."+name)
		}
	}
}

// integer takes a boolean too: in the AWS CLI's language it is one.
func (v *validator) integer(s *shape, got any, path string) {
	n := new(big.Int)
	switch got := got.(type) {
	case *big.Int:
		n = got
	case bool:
		if got {
			n = value.Int(1)
		}
	default:
		v.wrongType(got, path, "int")
		return
	}
	if s.min != 0 && n.Cmp(value.Int(s.min)) < 0 {
		v.report("Invalid value for parameter " + place(path) + ", value: " + value.Str(got) +
			", valid min value: " + strconv.Itoa(s.min))
	}
}

func (v *validator) length(s *shape, n int, path string) {
	if n < s.min {
		v.report("Invalid length for parameter " + place(path) + ", value: " + strconv.Itoa(n) +
			", valid min length: " + strconv.Itoa(s.min))
	}
}

func (v *validator) wrongType(got any, path string, wanted ...string) {
	for i, name := range wanted {
		wanted[i] = "<class '" + name + "'>"
	}
	v.report("Invalid type for parameter " + place(path) + ", value: " + value.Str(got) +
		", type: <class '" + value.TypeName(got) + "'>, valid types: " + strings.Join(wanted, ", "))
}
