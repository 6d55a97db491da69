package output

import "rollcall/internal/awscli/value"

// JSON prints v indented by four blanks, characters as they are. An empty
// object prints nothing.
func JSON(v any) []byte {
	if isEmptyMap(v) {
		return nil
	}
	return append(value.Encoding{Indent: 4, Raw: true}.Append(nil, v), '\n')
}
