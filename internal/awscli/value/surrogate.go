package value

import "unicode/utf8"

const (
	highSurrogate = 0xD800 // first code point of the high half
	lowSurrogate  = 0xDC00 // first code point of the low half
	lastSurrogate = 0xDFFF
)

// appendRune appends r, a lone surrogate in its three-byte form.
func appendRune(dst []byte, r rune) []byte {
	if r < highSurrogate || r > lastSurrogate {
		return utf8.AppendRune(dst, r)
	}
	return append(dst, 0xE0|byte(r>>12), 0x80|byte(r>>6)&0x3F, 0x80|byte(r)&0x3F)
}

// decodeRune reads the first character of s, which is not empty. Unlike
// [utf8.DecodeRuneInString] it knows the three-byte form of a surrogate.
func decodeRune(s string) (r rune, size int) {
	r, size = utf8.DecodeRuneInString(s)
	if r != utf8.RuneError || size != 1 || len(s) < 3 || s[0] != 0xED {
		return r, size
	}
	if s[1]&0xE0 != 0xA0 || s[2]&0xC0 != 0x80 {
		return r, size
	}
	return highSurrogate | rune(s[1]&0x1F)<<6 | rune(s[2]&0x3F), 3
}
