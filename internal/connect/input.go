package connect

import (
	"math"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"rollcall"
	"rollcall/connectapi"
)

// decodeInput reads labels, query and body into v, a struct of the shape. Its
// error tells all that can't be read; what can be read and is against the shape's
// limits goes into beyond.
func decodeInput(c *call, body []byte, s *connectapi.Shape, v reflect.Value, beyond *faults) error {
	query, err := url.ParseQuery(c.Request.URL.RawQuery)
	if err != nil {
		return rollcall.Errorf(rollcall.CodeMalformed, "The query string can't be read.").WithCause(err)
	}
	in := input{beyond: beyond}
	c.labels.each(c.of.Path, func(name, value string) {
		if m := s.Member(name); m.Name == "InstanceId" { // locate judges it
			v.Field(m.Index).SetString(value)
		} else {
			in.text(v.Field(m.Index), m.Shape, m.Name, value)
		}
	})
	for i := range s.Members {
		if m := &s.Members[i]; m.Place == connectapi.InQuery {
			in.query(v.Field(m.Index), m, query[m.Query])
		}
	}
	if !s.HasBody() {
		return in.wrong.err(rollcall.CodeMalformed)
	}
	d, err := borrowDecoder(body)
	if err != nil {
		return err
	}
	defer d.giveBack()
	in.decoder = d
	if err := d.whole(in.members(v, s, "")); err != nil {
		return err
	}
	in.missing(v, s, "")
	d.wrong.told = append(in.wrong.told, d.wrong.told...)
	return d.wrong.err(rollcall.CodeMalformed)
}

// input is a request that is being read by its shape.
type input struct {
	*decoder
	wrong  faults  // of the query
	beyond *faults // what is against a limit
}

// query reads a member from the query string.
func (in *input) query(v reflect.Value, m *connectapi.Member, sent []string) {
	switch {
	case len(sent) == 0:
	case m.Shape.Kind == connectapi.List:
		in.count(m.Shape, m.Name, len(sent))
		for i, value := range sent {
			v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
			in.text(v.Index(i), m.Shape.Element, index(m.Name, i), value)
		}
	case len(sent) > 1:
		in.wrong.add("%s stands %d times in the query string: want it once.", m.Query, len(sent))
	case m.Shape.Kind == connectapi.Integer:
		if !isInteger(sent[0]) {
			in.wrong.add("%s is %s: want an integer.", m.Name, quoted(sent[0]))
			return
		}
		in.integer(v, m.Shape, m.Name, sent[0])
	default:
		in.text(v, m.Shape, m.Name, sent[0])
	}
}

func isInteger(s string) bool {
	digits := strings.TrimPrefix(s, "-")
	return digits != "" && strings.Trim(digits, "0123456789") == ""
}

// members reads the members of a structure. Unknown ones are skipped.
func (in *input) members(v reflect.Value, s *connectapi.Shape, path string) func(name string) error {
	return func(name string) error {
		m := s.Member(name)
		if m == nil || m.Place != connectapi.InBody {
			return in.skip()
		}
		if in.json.StackDepth() > maxDepth {
			return rollcall.Errorf(rollcall.CodeMalformed,
				"The request body nests deeper than %d levels at byte %d.", maxDepth, in.json.InputOffset())
		}
		return in.value(v.Field(m.Index), m.Shape, join(path, name))
	}
}

// missing tells which required members of a structure are not there.
func (in *input) missing(v reflect.Value, s *connectapi.Shape, path string) {
	for i := range s.Members {
		m := &s.Members[i]
		if m.Required && m.Place == connectapi.InBody && v.Field(m.Index).IsZero() {
			in.decoder.wrong.add("%s is missing: the operation requires it.", join(path, m.Name))
		}
	}
}

// value reads a value of the shape into v.
func (in *input) value(v reflect.Value, s *connectapi.Shape, path string) error {
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	switch s.Kind { //nolint:exhaustive // inputs have no others, which a test holds
	case connectapi.String:
		text, err := in.string(path)
		if err == nil {
			in.text(v, s, path, text)
		}
		return err
	case connectapi.Integer:
		digits, err := in.decoder.integer(path)
		if err == nil && digits != "" {
			in.integer(v, s, path, digits)
		}
		return err
	case connectapi.List:
		return in.list(v, s, path)
	default:
		return in.object(path, in.members(v, s, path))
	}
}

func (in *input) list(v reflect.Value, s *connectapi.Shape, path string) error {
	if ok, err := in.next(path, jsontext.KindBeginArray, "an array"); !ok {
		return err
	}
	if _, err := in.json.ReadToken(); err != nil {
		return in.syntax(err)
	}
	v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	for in.json.PeekKind() != jsontext.KindEndArray {
		i := v.Len()
		v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
		if err := in.value(v.Index(i), s.Element, index(path, i)); err != nil {
			return err
		}
	}
	in.count(s, path, v.Len())
	_, err := in.json.ReadToken()
	return in.syntax(err)
}

// text takes in a string. An empty one is as if it weren't there, unless it
// stands where one must.
func (in *input) text(v reflect.Value, s *connectapi.Shape, path, text string) {
	v.SetString(text)
	if text == "" && path == connectapi.NextToken {
		return
	}
	if n := int64(utf8.RuneCountInString(text)); path != "InstanceId" && !inBounds(s, n) {
		in.beyond.add("%s has %d characters: want %s.", path, n, limits(s))
	}
	if s.Enum != nil && !slices.Contains(s.Enum, text) {
		in.beyond.add("%s is %s: want one of %s.", path, quoted(text), strings.Join(s.Enum, ", "))
	}
}

// integer takes in a number's digits.
func (in *input) integer(v reflect.Value, s *connectapi.Shape, path, digits string) {
	n, err := strconv.ParseInt(digits, 10, 64)
	switch {
	case err == nil && inBounds(s, n) && !v.OverflowInt(n):
		v.SetInt(n)
	case s.Max == nil:
		in.beyond.add("%s is %s: want %d to %d.", path, rollcall.Shorten(digits), math.MinInt32, math.MaxInt32)
	default:
		in.beyond.add("%s is %s: want %s.", path, rollcall.Shorten(digits), limits(s))
	}
}

// count judges how many elements a list has.
func (in *input) count(s *connectapi.Shape, path string, n int) {
	if !inBounds(s, int64(n)) {
		in.beyond.add("%s has %d values: want %s.", path, n, limits(s))
	}
}

func inBounds(s *connectapi.Shape, n int64) bool {
	return (s.Min == nil || n >= *s.Min) && (s.Max == nil || n <= *s.Max)
}

// limits words the bounds of a shape that has one.
func limits(s *connectapi.Shape) string {
	switch {
	case s.Max == nil:
		return "at least " + strconv.FormatInt(*s.Min, 10)
	case s.Min == nil:
		return "at most " + strconv.FormatInt(*s.Max, 10)
	}
	return between(int(*s.Min), int(*s.Max))
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func index(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }
