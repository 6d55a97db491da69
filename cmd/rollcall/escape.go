package main

import (
	"fmt"
	"io"
	"strings"
	"unicode"
)

// steers tells whether a terminal would be steered by a character: those of C0
// and C1, and what turns the direction of text.
func steers(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp)
}

// harmlessText is harmless for text of several lines.
func harmlessText(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = harmless(line)
	}
	return strings.Join(lines, "\n")
}

// escapedJSON is where JSON is written, a value a Write: characters that steer
// terminals, which stand in strings alone there, are escaped. It stays the same
// JSON.
type escapedJSON struct{ io.Writer }

func (e escapedJSON) Write(p []byte) (int, error) {
	text := string(p)
	if !strings.ContainsFunc(text, func(r rune) bool { return r >= 0x7f && steers(r) }) {
		return e.Writer.Write(p)
	}
	var b strings.Builder
	for _, r := range text {
		if r >= 0x7f && steers(r) {
			fmt.Fprintf(&b, `\u%04x`, r) // none is beyond U+FFFF
		} else {
			b.WriteRune(r)
		}
	}
	if _, err := io.WriteString(e.Writer, b.String()); err != nil {
		return 0, err
	}
	return len(p), nil
}
