package connectapi

import (
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ParamValidationError lists everything that is wrong with an input. Nothing
// was sent. Its text is boto3's.
type ParamValidationError struct {
	// Problems has one sentence for each, in the order of the members.
	Problems []string
}

func (e *ParamValidationError) Error() string {
	return "Parameter validation failed:\n" + strings.Join(e.Problems, "\n")
}

// Validate checks of an input, a pointer to a struct of this package, what AWS
// clients check before they send: that required members are there, and least
// lengths and values. Greatest ones, names of states and which filters go
// together are the service's to judge. The error is a [ParamValidationError].
func Validate[In any](in *In) error {
	var v validator
	v.structure(Of[In](), reflect.ValueOf(in).Elem(), "")
	if v.problems == nil {
		return nil
	}
	return &ParamValidationError{Problems: v.problems}
}

// Validate is [Validate] of the input.
func (in *GetCurrentUserDataInput) Validate() error { return Validate(in) }

type validator struct{ problems []string }

func (v *validator) structure(s *Shape, value reflect.Value, path string) {
	for i := range s.Members {
		if m := &s.Members[i]; m.Required && value.Field(m.Index).IsZero() {
			place := strings.TrimPrefix(path, ".")
			if place == "" {
				place = "input"
			}
			v.problems = append(v.problems, "Missing required parameter in "+place+`: "`+m.Name+`"`)
		}
	}
	for i := range s.Members {
		m := &s.Members[i]
		if member := value.Field(m.Index); !member.IsZero() {
			v.value(m.Shape, member, path+"."+m.Name)
		}
	}
}

func (v *validator) value(s *Shape, value reflect.Value, path string) {
	if value.Kind() == reflect.Pointer {
		value = value.Elem()
	}
	switch s.Kind {
	case Structure:
		v.structure(s, value, path)
	case List:
		v.least(s, int64(value.Len()), "length", path)
		for i := range value.Len() {
			v.value(s.Element, value.Index(i), path+"["+strconv.Itoa(i)+"]")
		}
	case String:
		v.least(s, int64(utf8.RuneCountInString(value.String())), "length", path)
	case Integer:
		v.least(s, value.Int(), "value", path)
	case Float, Boolean, Timestamp, Map: // no input has one with a bound
	}
}

func (v *validator) least(s *Shape, n int64, what, path string) {
	if s.Min != nil && n < *s.Min {
		v.problems = append(v.problems, "Invalid "+what+" for parameter "+strings.TrimPrefix(path, ".")+
			", value: "+strconv.FormatInt(n, 10)+", valid min "+what+": "+strconv.FormatInt(*s.Min, 10))
	}
}
