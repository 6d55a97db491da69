package sigv4

import "strings"

const upperHex = "0123456789ABCDEF"

// isUnreserved holds for the characters that RFC 3986 never has encoded.
func isUnreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~'
}

// appendEncoded writes s with everything but unreserved characters encoded:
// escapes too, so that their "%" becomes "%25".
func appendEncoded(dst []byte, s string) []byte {
	for i := range len(s) {
		dst = appendEncodedByte(dst, s[i])
	}
	return dst
}

func appendEncodedByte(dst []byte, c byte) []byte {
	if isUnreserved(c) {
		return append(dst, c)
	}
	return append(dst, '%', upperHex[c>>4], upperHex[c&0xF])
}

// appendQueryPart writes a name or value of the query. Its escapes stay as
// they are; a "+" is the space that readers of a query take it for.
func appendQueryPart(dst []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			dst = append(dst, s[i:i+3]...)
			i += 2
		case c == '+':
			dst = append(dst, "%20"...)
		default:
			dst = appendEncodedByte(dst, c)
		}
	}
	return dst
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// appendFolded writes a header's value without the blanks around it, and with
// every run of blanks in it as one space.
func appendFolded(dst []byte, s string) []byte {
	for s != "" && isBlank(s[0]) {
		s = s[1:]
	}
	for s != "" && isBlank(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	if !strings.Contains(s, "  ") && strings.IndexByte(s, '\t') < 0 {
		return append(dst, s...)
	}
	for i := range len(s) {
		switch {
		case !isBlank(s[i]):
			dst = append(dst, s[i])
		case !isBlank(s[i-1]): // s[0] is no blank
			dst = append(dst, ' ')
		}
	}
	return dst
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// appendCanonicalName writes a lower-case header name in the form in which
// http.Header keeps it.
func appendCanonicalName(dst []byte, name string) []byte {
	upper := true
	for i := range len(name) {
		c := name[i]
		if upper && 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		dst = append(dst, c)
		upper = c == '-'
	}
	return dst
}
