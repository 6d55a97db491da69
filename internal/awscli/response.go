package awscli

import (
	"fmt"
	"math"
	"math/big"
	"strings"
	"time"

	"rollcall/connectapi"
	"rollcall/internal/awscli/output"
	"rollcall/internal/awscli/setup"
	"rollcall/internal/awscli/value"
)

// timestamps says how timestamps of a response are shown.
type timestamps func(v any) (any, error)

// newTimestamps returns the form that the setting cli_timestamp_format names.
func newTimestamps(format string, place *time.Location, now time.Time) (timestamps, error) {
	switch format {
	case "wire":
		return func(v any) (any, error) { return v, nil }, nil
	case "iso8601":
		zone := output.NewZone(place, now)
		return func(v any) (any, error) { return zone.Timestamp(v) }, nil
	}
	return nil, misconfigured("Unknown cli_timestamp_format value: " + format + `, valid values are "wire" or "iso8601"`)
}

// decodeAnswer reads the body of an answer and shapes it as the model says. A
// body that is no JSON has no members.
func decodeAnswer(body []byte, s *connectapi.Shape, show timestamps) (*value.Map, error) {
	v, err := value.ParseJSON(body)
	if err != nil {
		return value.NewMap(), nil //nolint:nilerr // as botocore does
	}
	m, ok := v.(*value.Map)
	if !ok {
		return nil, fmt.Errorf("the answer is a JSON %s, not an object", value.TypeName(v))
	}
	return shapedStructure(s, m, show)
}

// shaped returns v with the members the model has, in the model's order.
// Members that are null are left out; items and values that are null stay.
func shaped(s *connectapi.Shape, v any, show timestamps) (any, error) {
	if v == nil {
		return nil, nil
	}
	switch s.Kind {
	case connectapi.Structure:
		m, ok := v.(*value.Map)
		if !ok {
			return nil, mismatch(v, "object")
		}
		return shapedStructure(s, m, show)
	case connectapi.Map:
		m, ok := v.(*value.Map)
		if !ok {
			return nil, mismatch(v, "object")
		}
		out := value.NewMap()
		for key, item := range m.All() {
			item, err := shaped(s.Element, item, show)
			if err != nil {
				return nil, err
			}
			out.Set(key, item)
		}
		return out, nil
	case connectapi.List:
		l, ok := v.(*value.List)
		if !ok {
			return nil, mismatch(v, "array")
		}
		out := value.NewList()
		for _, item := range l.Items {
			item, err := shaped(s.Element, item, show)
			if err != nil {
				return nil, err
			}
			out.Items = append(out.Items, item)
		}
		return out, nil
	case connectapi.Integer:
		return toInteger(v)
	case connectapi.Float:
		return toFloat(v)
	case connectapi.Boolean:
		text, isText := v.(string)
		return v == true || isText && strings.EqualFold(text, "true"), nil
	case connectapi.Timestamp:
		return show(v)
	case connectapi.String:
	}
	return v, nil
}

func shapedStructure(s *connectapi.Shape, m *value.Map, show timestamps) (*value.Map, error) {
	out := value.NewMap()
	for i := range s.Members {
		member := &s.Members[i]
		got, _ := m.Get(member.Name)
		if got == nil {
			continue
		}
		got, err := shaped(member.Shape, got, show)
		if err != nil {
			return nil, err
		}
		out.Set(member.Name, got)
	}
	return out, nil
}

func mismatch(v any, wanted string) error {
	return fmt.Errorf("the answer has %.80s where the API has an %s", value.Repr(v), wanted)
}

// toFloat makes a number with a fraction of what a service sent for one.
func toFloat(v any) (any, error) {
	switch v := v.(type) {
	case float64:
		return v, nil
	case *big.Int:
		f, _ := new(big.Float).SetInt(v).Float64()
		if math.IsInf(f, 0) {
			return nil, general("int too large to convert to float")
		}
		return f, nil
	case bool:
		if v {
			return 1.0, nil
		}
		return 0.0, nil
	}
	return fromText(connectapi.Float, v)
}

// toInteger makes an integer of what a service sent for one: a fraction is cut
// off, and digits in a string are read.
func toInteger(v any) (any, error) {
	switch v := v.(type) {
	case *big.Int:
		return v, nil
	case bool:
		if v {
			return value.Int(1), nil
		}
		return value.Int(0), nil
	case float64:
		f := new(big.Float)
		if v == v && v-v == 0 { // neither NaN nor infinite
			n, _ := f.SetFloat64(v).Int(nil)
			return n, nil
		}
	case string:
		if n, ok := value.ParseInt(v); ok {
			return n, nil
		}
		return nil, setup.NotAnInteger(v)
	}
	return nil, fmt.Errorf("the answer has %.80s where the API has an integer", value.Repr(v))
}
