package awscli

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"

	"rollcall/connectapi"
	"rollcall/internal/awscli/value"
)

// validate checks parameters against the model as botocore, the library below
// the AWS CLI, does: types, required members, unknown ones, and least values
// and lengths. All problems are told at once.
func validate(params any, s *connectapi.Shape) error {
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

func (v *validator) check(s *connectapi.Shape, got any, path string) {
	switch s.Kind {
	case connectapi.Structure:
		if m, ok := got.(*value.Map); ok {
			v.structure(s, m, path)
			return
		}
		v.wrongType(got, path, "dict")
	case connectapi.Map:
		m, ok := got.(*value.Map)
		if !ok {
			v.wrongType(got, path, "dict")
			return
		}
		for key, item := range m.All() {
			v.check(s.Key, key, path+" (key: "+key+")")
			v.check(s.Element, item, path+"."+key)
		}
	case connectapi.List:
		l, ok := got.(*value.List)
		if !ok {
			v.wrongType(got, path, "list", "tuple")
			return
		}
		v.length(s, len(l.Items), path)
		for i, item := range l.Items {
			v.check(s.Element, item, path+"["+strconv.Itoa(i)+"]")
		}
	case connectapi.Integer, connectapi.Float:
		v.number(s, got, path)
	case connectapi.Boolean:
		if _, ok := got.(bool); !ok {
			v.wrongType(got, path, "bool")
		}
	case connectapi.String:
		text, ok := got.(string)
		if !ok {
			v.wrongType(got, path, "str")
			return
		}
		v.length(s, utf8.RuneCountInString(text), path)
	case connectapi.Timestamp: // only samples of answers have one
	}
}

func (v *validator) structure(s *connectapi.Shape, m *value.Map, path string) {
	var names []string
	for i := range s.Members {
		member := &s.Members[i]
		names = append(names, member.Name)
		if _, given := m.Get(member.Name); member.Required && !given {
			v.report("Missing required parameter in " + place(path) + ": \"" + member.Name + `"`)
		}
	}
	for name := range m.All() {
		if s.Member(name) == nil {
			v.report("Unknown parameter in " + place(path) + ": \"" + name + `", must be one of: ` + strings.Join(names, ", "))
		}
	}
	for name, item := range m.All() {
		if member := s.Member(name); member != nil {
			v.check(member.Shape, item, path+"."+name)
		}
	}
}

// number takes a boolean too: in the AWS CLI's language it is one.
func (v *validator) number(s *connectapi.Shape, got any, path string) {
	n, isNumber := new(big.Float), true
	switch got := got.(type) {
	case *big.Int:
		n.SetInt(got)
	case bool:
		if got {
			n.SetInt64(1)
		}
	case float64:
		isNumber = s.Kind == connectapi.Float
		if n.SetInf(false); !math.IsNaN(got) { // which is less than nothing
			n.SetFloat64(got)
		}
	default:
		isNumber = false
	}
	switch {
	case !isNumber && s.Kind == connectapi.Float:
		v.wrongType(got, path, "float", "decimal.Decimal", "int")
	case !isNumber:
		v.wrongType(got, path, "int")
	case s.Min != nil && n.Cmp(new(big.Float).SetInt64(*s.Min)) < 0:
		v.report("Invalid value for parameter " + place(path) + ", value: " + value.Str(got) + ", valid min value: " + leastOf(s))
	}
}

func leastOf(s *connectapi.Shape) string {
	least := strconv.FormatInt(*s.Min, 10)
	if s.Kind == connectapi.Float {
		least += ".0"
	}
	return least
}

func (v *validator) length(s *connectapi.Shape, n int, path string) {
	if s.Min != nil && int64(n) < *s.Min {
		v.report("Invalid length for parameter " + place(path) + ", value: " + strconv.Itoa(n) +
			", valid min length: " + strconv.FormatInt(*s.Min, 10))
	}
}

func (v *validator) wrongType(got any, path string, wanted ...string) {
	for i, name := range wanted {
		wanted[i] = "<class '" + name + "'>"
	}
	v.report("Invalid type for parameter " + place(path) + ", value: " + value.Str(got) +
		", type: <class '" + value.TypeName(got) + "'>, valid types: " + strings.Join(wanted, ", "))
}
