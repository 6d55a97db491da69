package awscli

import (
	"fmt"
	"math/big"
	"time"

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
func decodeAnswer(body []byte, s *shape, show timestamps) (any, error) {
	v, err := value.ParseJSON(body)
	if err != nil {
		return value.NewMap(), nil //nolint:nilerr // as botocore does
	}
	if _, ok := v.(*value.Map); !ok {
		return nil, fmt.Errorf("the answer is a JSON %s, not an object", value.TypeName(v))
	}
	return s.shaped(v, show)
}

// shaped returns v with the members the model has, in the model's order.
// Members that are null are left out; items and values that are null stay.
func (s *shape) shaped(v any, show timestamps) (any, error) {
	if v == nil {
		return nil, nil
	}
	switch s.kind {
	case structureKind:
		m, ok := v.(*value.Map)
		if !ok {
			return nil, s.mismatch(v)
		}
		return s.shapedStructure(m, show)
	case mapKind:
		m, ok := v.(*value.Map)
		if !ok {
			return nil, s.mismatch(v)
		}
		out := value.NewMap()
		for key, item := range m.All() {
			item, err := s.element.shaped(item, show)
			if err != nil {
				return nil, err
			}
			out.Set(key, item)
		}
		return out, nil
	case listKind:
		l, ok := v.(*value.List)
		if !ok {
			return nil, s.mismatch(v)
		}
		out := value.NewList()
		for _, item := range l.Items {
			item, err := s.element.shaped(item, show)
			if err != nil {
				return nil, err
			}
			out.Items = append(out.Items, item)
		}
		return out, nil
	case integerKind:
		return toInteger(v)
	case timestampKind:
		return show(v)
	case stringKind:
	}
	return v, nil
}

func (s *shape) shapedStructure(m *value.Map, show timestamps) (any, error) {
	out := value.NewMap()
	for i := range s.members {
		member := &s.members[i]
		got, _ := m.Get(member.name)
		if got == nil {
			continue
		}
		got, err := member.shape.shaped(got, show)
		if err != nil {
			return nil, err
		}
		out.Set(member.name, got)
	}
	return out, nil
}

func (s *shape) mismatch(v any) error {
	wanted := map[kind]string{structureKind: "object", mapKind: "object", listKind: "array"}[s.kind]
	return fmt.Errorf("the answer has %.80s where the API has an %s", value.Repr(v), wanted)
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
