package access

import (
	"strings"
	"unicode/utf8"
)

// matchPattern tells whether s is as the pattern says: "*" stands for any
// characters, "?" for any one. With fold, ASCII letters match in either case.
// It takes at most len(pattern) * len(s) steps.
func matchPattern(pattern, s string, fold bool) bool {
	star, from := -1, 0 // the last "*", and up to where of s it reaches
	p, i := 0, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, from = p, i
			p++
		case p < len(pattern) && pattern[p] == '?':
			_, n := utf8.DecodeRuneInString(s[i:])
			p, i = p+1, i+n
		case p < len(pattern) && (pattern[p] == s[i] || fold && lower(pattern[p]) == lower(s[i])):
			p, i = p+1, i+1
		case star >= 0: // let the "*" reach one character further
			_, n := utf8.DecodeRuneInString(s[from:])
			from += n
			p, i = star+1, from
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// arnParts is how many parts, set apart by colons, an ARN has. The last may
// hold colons itself.
const arnParts = 6

// matchARN tells whether an ARN is as the pattern says, part by part: a
// wildcard doesn't reach over a colon into the next part. Only in the
// pattern's last part it does, so that "*" and "arn:aws:connect:*" stand for
// everything that begins so.
func matchARN(pattern, arn string) bool {
	for range arnParts - 1 {
		patternPart, patternRest, more := strings.Cut(pattern, ":")
		if !more {
			break
		}
		part, rest, ok := strings.Cut(arn, ":")
		if !ok || !matchPattern(patternPart, part, false) {
			return false
		}
		pattern, arn = patternRest, rest
	}
	return matchPattern(pattern, arn, false)
}
