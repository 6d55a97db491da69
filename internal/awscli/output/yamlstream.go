package output

import "rollcall/internal/awscli/value"

// YAMLStream prints v as an element of a YAML list, so that what several
// commands print is one list. An empty object prints nothing.
func YAMLStream(v any) []byte {
	if isEmptyMap(v) {
		return nil
	}
	return YAML(value.NewList(v))
}
