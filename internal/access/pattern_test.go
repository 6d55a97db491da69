package access

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// slowMatch is what matchPattern means, in as few words as possible.
func slowMatch(pattern, s []rune) bool {
	switch {
	case len(pattern) == 0:
		return len(s) == 0
	case pattern[0] == '*':
		return slowMatch(pattern[1:], s) || len(s) > 0 && slowMatch(pattern, s[1:])
	}
	return len(s) > 0 && (pattern[0] == '?' || pattern[0] == s[0]) && slowMatch(pattern[1:], s[1:])
}

func anyText(alphabet string) *rapid.Generator[string] {
	return rapid.StringOfN(rapid.RuneFrom([]rune(alphabet)), 0, 10, -1)
}

func TestPattern_AgreesWithItsMeaning(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		pattern, s := anyText("ab*?é").Draw(rt, "pattern"), anyText("abé").Draw(rt, "text")
		want := slowMatch([]rune(pattern), []rune(s))
		if got := newPattern(pattern).match(s, false); got != want {
			rt.Fatalf("%q as %q: %t, want %t", s, pattern, got, want)
		}
	})
}

func TestPattern_FoldsLetters(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		pattern, s := anyText("aB*?").Draw(rt, "pattern"), anyText("aAbB").Draw(rt, "text")
		want := slowMatch([]rune(strings.ToLower(pattern)), []rune(strings.ToLower(s)))
		if got := newPattern(pattern).match(s, true); got != want {
			rt.Fatalf("%q as %q: %t, want %t", s, pattern, got, want)
		}
	})
}

// TestPattern_IsNotSlow would not end if stars were tried in all
// combinations.
func TestPattern_IsNotSlow(t *testing.T) {
	if newPattern(strings.Repeat("*a", 500)+"*b").match(strings.Repeat("a", 4000), false) {
		t.Error("it matches")
	}
}
