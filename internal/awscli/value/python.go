package value

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Str returns v as Python's str() has it: a string as it is, everything else
// as [Repr].
func Str(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case *big.Int:
		return v.String()
	case time.Time:
		return v.Format("2006-01-02 15:04:05")
	case Date:
		return fmt.Sprintf("%04d-%02d-%02d", v.Year, v.Month, v.Day)
	default:
		return Repr(v)
	}
}

// Repr returns v as Python's repr() has it, which is how error messages show
// values: None, True, 1.0, 'a', ['a'], {'a': 1}.
func Repr(v any) string {
	return string(appendRepr(nil, v))
}

// TypeName returns the name of the Python type v has in error messages: int,
// collections.OrderedDict.
func TypeName(v any) string {
	switch v := v.(type) {
	case nil:
		return "NoneType"
	case bool:
		return "bool"
	case *big.Int:
		return "int"
	case float64:
		return "float"
	case string:
		return "str"
	case *List:
		return "list"
	case *Map:
		if v.Ordered {
			return "collections.OrderedDict"
		}
		return "dict"
	case []byte:
		return "bytes"
	case time.Time:
		return "datetime.datetime"
	case Date:
		return "datetime.date"
	default:
		return "object"
	}
}

// Truth returns what Python's bool() says of v: nothing, zero and everything
// empty is false.
func Truth(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case *big.Int:
		return v.Sign() != 0
	case float64:
		return v != 0
	case string:
		return v != ""
	case []byte:
		return len(v) > 0
	case *List:
		return len(v.Items) > 0
	case *Map:
		return v.Len() > 0
	default:
		return true
	}
}

func appendRepr(dst []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(dst, "None"...)
	case bool:
		if v {
			return append(dst, "True"...)
		}
		return append(dst, "False"...)
	case *big.Int:
		return v.Append(dst, 10)
	case float64:
		return appendFloat(dst, v, "inf", "nan")
	case string:
		return appendQuoted(dst, v)
	case []byte:
		return appendBytes(dst, v)
	case *List:
		return appendReprList(dst, v)
	case *Map:
		return appendReprMap(dst, v)
	case time.Time:
		return fmt.Appendf(dst, "datetime.datetime(%d, %d, %d, %d, %d)",
			v.Year(), v.Month(), v.Day(), v.Hour(), v.Minute())
	case Date:
		return fmt.Appendf(dst, "datetime.date(%d, %d, %d)", v.Year, v.Month, v.Day)
	default:
		return fmt.Append(dst, v)
	}
}

func appendReprList(dst []byte, l *List) []byte {
	dst = append(dst, '[')
	for i, item := range l.Items {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		dst = appendRepr(dst, item)
	}
	return append(dst, ']')
}

func appendReprMap(dst []byte, m *Map) []byte {
	opening, colon, between, closing := "{", ": ", ", ", "}"
	if m.Ordered {
		if m.Len() == 0 {
			return append(dst, "OrderedDict()"...)
		}
		opening, colon, between, closing = "OrderedDict([(", ", ", "), (", ")])"
	}
	dst = append(dst, opening...)
	for i, key := range m.keys {
		if i > 0 {
			dst = append(dst, between...)
		}
		dst = append(appendQuoted(dst, key), colon...)
		dst = appendRepr(dst, m.vals[i])
	}
	return append(dst, closing...)
}

// quoteFor returns the quote Python puts around s: a double one only when s
// has single ones and no double ones.
func quoteFor(s string) rune {
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		return '"'
	}
	return '\''
}

func appendQuoted(dst []byte, s string) []byte {
	quote := quoteFor(s)
	dst = append(dst, byte(quote))
	for len(s) > 0 {
		r, size := decodeRune(s)
		dst = appendReprRune(dst, r, quote)
		s = s[size:]
	}
	return append(dst, byte(quote))
}

func appendReprRune(dst []byte, r, quote rune) []byte {
	switch {
	case r == quote || r == '\\':
		return append(dst, '\\', byte(r))
	case r == '\n':
		return append(dst, `\n`...)
	case r == '\r':
		return append(dst, `\r`...)
	case r == '\t':
		return append(dst, `\t`...)
	case unicode.IsPrint(r):
		return utf8.AppendRune(dst, r)
	case r <= 0xFF:
		return fmt.Appendf(dst, `\x%02x`, r)
	case r <= 0xFFFF:
		return fmt.Appendf(dst, `\u%04x`, r)
	default:
		return fmt.Appendf(dst, `\U%08x`, r)
	}
}

func appendBytes(dst, b []byte) []byte {
	quote := quoteFor(string(b))
	dst = append(dst, 'b', byte(quote))
	for _, c := range b {
		if c < 0x80 {
			dst = appendReprRune(dst, rune(c), quote)
			continue
		}
		dst = append(dst, `\x`...)
		dst = strconv.AppendUint(dst, uint64(c), 16)
	}
	return append(dst, byte(quote))
}
