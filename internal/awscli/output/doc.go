// Package output prints a result the way the AWS CLI v2 does: as json, text, a
// table, yaml or yaml-stream, or not at all. Each format is a pure function
// from an ordered value (package value) to bytes, in a file of its own; the
// package also formats the timestamps inside results.
//
// The formats are the CLI's, byte for byte, since scripts cut them up: which
// keys are sorted, what prints nothing, how wide a column is. None of them is
// quite what a general library writes.
package output

import (
	"fmt"

	"rollcall/internal/awscli/value"
)

// Format prints v in the format of that name, one of --output's choices.
//
// An error may come with bytes: what was printed before it was met.
func Format(name string, v any, o TableOptions) ([]byte, error) {
	switch name {
	case "json":
		return JSON(v), nil
	case "text":
		return Text(v)
	case "table":
		return Table(v, o)
	case "yaml":
		return YAML(v), nil
	case "yaml-stream":
		return YAMLStream(v), nil
	case "off":
		return nil, nil
	default:
		return nil, fmt.Errorf("Unknown output type: %s", name) //nolint:staticcheck // the CLI's own text
	}
}

// isEmptyMap tells whether v is {}, which most formats do not print.
func isEmptyMap(v any) bool {
	m, ok := v.(*value.Map)
	return ok && m.Len() == 0
}

// isScalar tells whether v is neither a list nor a map.
func isScalar(v any) bool {
	switch v.(type) {
	case *value.List, *value.Map:
		return false
	default:
		return true
	}
}
