package value

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"time"
	"unicode/utf8"
)

// Encoding is a way to write values as JSON. The zero Encoding is the one of
// the wire: ", " and ": " between things, one line, ASCII only.
type Encoding struct {
	Compact bool // no space after "," and ":"
	Indent  int  // blanks a level; 0 means one line
	Raw     bool // characters outside ASCII as they are, not escaped
}

// AppendJSON appends v to dst as Python's json.dumps writes it.
func AppendJSON(dst []byte, v any) []byte {
	return Encoding{}.Append(dst, v)
}

// Append appends v to dst. With Raw, what has no UTF-8 form becomes U+FFFD.
func (e Encoding) Append(dst []byte, v any) []byte {
	return e.append(dst, v, 1)
}

func (e Encoding) append(dst []byte, v any, level int) []byte {
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...)
	case bool:
		return strconv.AppendBool(dst, v)
	case *big.Int:
		return v.Append(dst, 10)
	case float64:
		return appendFloat(dst, v, "Infinity", "NaN")
	case *List:
		return e.appendList(dst, v, level)
	case *Map:
		return e.appendMap(dst, v, level)
	case time.Time:
		return e.appendString(dst, v.Format("2006-01-02T15:04:05"))
	default:
		return e.appendString(dst, Str(v))
	}
}

func (e Encoding) appendList(dst []byte, l *List, level int) []byte {
	if len(l.Items) == 0 {
		return append(dst, "[]"...)
	}
	dst = append(dst, '[')
	for i, item := range l.Items {
		dst = e.separate(dst, i > 0, level)
		dst = e.append(dst, item, level+1)
	}
	return append(e.newline(dst, level-1), ']')
}

func (e Encoding) appendMap(dst []byte, m *Map, level int) []byte {
	if m.Len() == 0 {
		return append(dst, "{}"...)
	}
	dst = append(dst, '{')
	for i, key := range m.keys {
		dst = e.separate(dst, i > 0, level)
		dst = append(e.appendString(dst, key), ':')
		if !e.Compact {
			dst = append(dst, ' ')
		}
		dst = e.append(dst, m.vals[i], level+1)
	}
	return append(e.newline(dst, level-1), '}')
}

func (e Encoding) separate(dst []byte, more bool, level int) []byte {
	if more {
		dst = append(dst, ',')
		if !e.Compact && e.Indent == 0 {
			dst = append(dst, ' ')
		}
	}
	return e.newline(dst, level)
}

func (e Encoding) newline(dst []byte, level int) []byte {
	if e.Indent == 0 {
		return dst
	}
	dst = append(dst, '\n')
	for range level * e.Indent {
		dst = append(dst, ' ')
	}
	return dst
}

func (e Encoding) appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for len(s) > 0 {
		r, size := decodeRune(s)
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r == '\n':
			dst = append(dst, `\n`...)
		case r == '\r':
			dst = append(dst, `\r`...)
		case r == '\t':
			dst = append(dst, `\t`...)
		case r == '\b':
			dst = append(dst, `\b`...)
		case r == '\f':
			dst = append(dst, `\f`...)
		case r >= 0x20 && r < 0x7F || e.Raw && r >= 0x7F:
			dst = utf8.AppendRune(dst, r)
		case r > 0xFFFF:
			r -= 0x10000
			dst = fmt.Appendf(dst, `\u%04x\u%04x`, highSurrogate|r>>10, lowSurrogate|r&0x3FF)
		default:
			dst = fmt.Appendf(dst, `\u%04x`, r)
		}
		s = s[size:]
	}
	return append(dst, '"')
}

// appendFloat appends the shortest decimal that reads back as f, in the form
// of Python's repr: 1.0, 1e+20, 1e-07.
func appendFloat(dst []byte, f float64, inf, nan string) []byte {
	switch {
	case math.IsNaN(f):
		return append(dst, nan...)
	case math.IsInf(f, -1):
		return append(append(dst, '-'), inf...)
	case math.IsInf(f, 1):
		return append(dst, inf...)
	}
	if a := math.Abs(f); a != 0 && (a < 1e-4 || a >= 1e16) {
		return strconv.AppendFloat(dst, f, 'e', -1, 64)
	}
	dst = strconv.AppendFloat(dst, f, 'f', -1, 64)
	if f == math.Trunc(f) {
		dst = append(dst, ".0"...)
	}
	return dst
}
