package agentevent

import (
	"unicode/utf16"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"rollcall/internal/plain"
)

// text passes a string, at whose quote the scanner stands, and returns its
// text: a part of data, unless there are escapes in it.
func (s *scanner) text() []byte {
	from := s.at
	escaped := s.string()
	switch {
	case s.failed:
		return nil
	case escaped:
		return unquote(s.data[from:s.at])
	}
	return s.data[from+1 : s.at-1]
}

// unquote returns the text of a JSON string that has escapes.
func unquote(raw []byte) []byte {
	text, err := jsontext.AppendUnquote(nil, raw)
	if err != nil && len(text) == 0 {
		return nil
	}
	return text
}

// string passes a string, at whose quote the scanner stands, and tells whether
// there are escapes in it.
func (s *scanner) string() (escaped bool) {
	end := plain.End(s.data, s.at+1)
	if end < len(s.data) && s.data[end] == '"' {
		s.at = end + 1
		return false
	}
	return s.rest(end)
}

// rest passes a string from i on, and tells whether there are escapes in that.
func (s *scanner) rest(i int) (escaped bool) {
	for n := 1; i < len(s.data) && n > 0; i = plain.End(s.data, i+n) {
		switch c := s.data[i]; {
		case c == '"':
			s.at = i + 1
			return escaped
		case c == '\\':
			escaped = true
			n = escape(s.data[i:])
		case c >= utf8.RuneSelf:
			n = characters(s.data[i:])
		default:
			n = 0
		}
	}
	s.fail()
	return escaped
}

// characters returns the length of the characters that data begins with, up to
// the next in ASCII; 0 if they aren't UTF-8.
func characters(data []byte) int {
	i := 0
	for i < len(data) && data[i] >= utf8.RuneSelf {
		_, n := utf8.DecodeRune(data[i:])
		if n == 1 {
			return 0
		}
		i += n
	}
	return i
}

// escape returns the length of the escape sequence that data begins with, of
// both for a surrogate pair; 0 if there is none that is right.
func escape(data []byte) int {
	if len(data) < 2 {
		return 0
	}
	switch data[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	}
	first, ok := unicodeEscape(data)
	switch {
	case !ok:
		return 0
	case !utf16.IsSurrogate(first):
		return 6
	}
	second, ok := unicodeEscape(data[6:])
	if !ok || utf16.DecodeRune(first, second) == utf8.RuneError {
		return 0
	}
	return 12
}

// unicodeEscape reads \u and four hexadecimal digits.
func unicodeEscape(data []byte) (rune, bool) {
	if len(data) < 6 || data[0] != '\\' || data[1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range data[2:6] {
		r <<= 4
		switch {
		case '0' <= c && c <= '9':
			r |= rune(c - '0')
		case 'a' <= c && c <= 'f':
			r |= rune(c - 'a' + 10)
		case 'A' <= c && c <= 'F':
			r |= rune(c - 'A' + 10)
		default:
			return 0, false
		}
	}
	return r, true
}

func (s *scanner) literal(word string) {
	if end := s.at + len(word); end <= len(s.data) && string(s.data[s.at:end]) == word {
		s.at = end
		return
	}
	s.fail()
}

// number passes a number. What stands behind it is for the next step to judge.
func (s *scanner) number() {
	if s.at < len(s.data) && s.data[s.at] == '-' {
		s.at++
	}
	if s.at < len(s.data) && s.data[s.at] == '0' {
		s.at++
	} else {
		s.digits()
	}
	if s.at < len(s.data) && s.data[s.at] == '.' {
		s.at++
		s.digits()
	}
	if s.at < len(s.data) && s.data[s.at]|0x20 == 'e' {
		s.at++
		if s.at < len(s.data) && (s.data[s.at] == '+' || s.data[s.at] == '-') {
			s.at++
		}
		s.digits()
	}
}

// digits passes one digit or more.
func (s *scanner) digits() {
	from := s.at
	for s.at < len(s.data) && '0' <= s.data[s.at] && s.data[s.at] <= '9' {
		s.at++
	}
	if s.at == from {
		s.fail()
	}
}
