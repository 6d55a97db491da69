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

// pattern is a pattern taken apart at its first wildcard, since most are
// decided by what comes before it.
type pattern struct{ literal, wild string }

func newPattern(s string) pattern {
	if i := strings.IndexAny(s, "*?"); i >= 0 {
		return pattern{s[:i], s[i:]}
	}
	return pattern{literal: s}
}

func (p pattern) String() string { return p.literal + p.wild }

// match is matchPattern.
func (p pattern) match(s string, fold bool) bool {
	n := len(p.literal)
	if len(s) < n {
		return false
	}
	if s[:n] != p.literal && (!fold || !matchPattern(p.literal, s[:n], true)) {
		return false
	}
	switch p.wild {
	case "":
		return len(s) == n
	case "*":
		return true
	}
	return matchPattern(p.wild, s[n:], fold)
}

// arnParts is how many parts, set apart by colons, an ARN has. The last may
// hold colons itself.
const arnParts = 6

// arnPattern matches ARNs part by part: a wildcard doesn't reach over a colon
// into the next part. Only in the pattern's last part it does, so that "*" and
// "arn:aws:connect:*" stand for everything that begins so.
type arnPattern []pattern

func newARNPattern(s string) arnPattern {
	var a arnPattern
	for _, part := range strings.SplitN(s, ":", arnParts) {
		a = append(a, newPattern(part))
	}
	return a
}

func (a arnPattern) String() string {
	parts := make([]string, len(a))
	for i, p := range a {
		parts[i] = p.String()
	}
	return strings.Join(parts, ":")
}

func (a arnPattern) match(arn string) bool {
	last := len(a) - 1
	for _, p := range a[:last] {
		part, rest, ok := strings.Cut(arn, ":")
		if !ok || !p.match(part, false) {
			return false
		}
		arn = rest
	}
	return a[last].match(arn, false)
}
