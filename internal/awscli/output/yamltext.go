package output

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"
)

// yamlNotText matches plain scalars that YAML 1.2 reads as something other
// than a string: booleans, null, merge and value keys, numbers, timestamps.
var yamlNotText = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:` + strings.Join([]string{
		`~|null|Null|NULL|true|True|TRUE|false|False|FALSE|<<|=`,
		`[-+]?0b[01_]+|[-+]?0o?[0-7_]+|[0-9][0-9_]*|[-+][0-9_]+|[-+]?0x[0-9a-fA-F_]+`,
		`[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+`,
		`[-+]?\.[0-9_]+(?:[eE][-+][0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)`,
		`[0-9]{4}-[0-9]{2}-[0-9]{2}`,
		`[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?` +
			`(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?`,
	}, "|") + `)$`)
})

// yamlNotTextStarts are the characters with which one of those begins.
const yamlNotTextStarts = "+-.0123456789~nNtTfF<="

// isYAMLText tells whether YAML reads s, unquoted, as a string.
func isYAMLText(s string) bool {
	return s != "" && (!strings.ContainsRune(yamlNotTextStarts, rune(s[0])) || !yamlNotText().MatchString(s))
}

// yamlText is a string and how it can be written.
type yamlText struct {
	s         string
	multiline bool
	plain     bool // it can stand without quotes
	single    bool // it can stand in single quotes
}

func isYAMLBreak(r rune) bool {
	return r == '\n' || r == '\r' || r == 0x85 || r == 0x2028 || r == 0x2029
}

// isYAMLSpace tells whether r separates things: a blank, a tab, a break, NUL.
func isYAMLSpace(r rune) bool {
	return r == ' ' || r == '\t' || r == 0 || isYAMLBreak(r)
}

// isYAMLPlain tells whether r may stand unescaped. It is libyaml's idea, which
// escapes what is outside the Basic Multilingual Plane.
func isYAMLPlain(r rune) bool {
	switch {
	case r < 0xA0:
		return r == '\n' || ' ' <= r && r <= '~'
	default:
		return r < 0xFEFF || r > 0xFEFF && r < 0xFFFE
	}
}

func newYAMLText(s string) yamlText {
	t := yamlText{s: strings.ToValidUTF8(s, "\uFFFD"), plain: true, single: true}
	if strings.HasPrefix(t.s, "---") || strings.HasPrefix(t.s, "...") {
		t.plain = false
	}
	before := '\n'
	for i, r := range t.s {
		after, size := utf8.DecodeRuneInString(t.s[i+utf8.RuneLen(r):])
		if size == 0 {
			after = 0
		}
		t.look(r, before, after, i == 0, size == 0)
		before = r
	}
	t.plain = t.plain && isYAMLText(t.s)
	return t
}

// look takes note of a character between two others. What is outside the
// string counts as a break before it and NUL after it.
func (t *yamlText) look(r, before, after rune, first, last bool) {
	switch {
	case !isYAMLPlain(r):
		t.plain, t.single = false, false
		t.multiline = t.multiline || isYAMLBreak(r)
	case isYAMLBreak(r):
		t.plain, t.multiline = false, true
		t.single = t.single && before != ' '
	case r == ' ':
		afterBreak := isYAMLBreak(before) && !first
		t.plain = t.plain && !first && !last && !afterBreak
		t.single = t.single && !afterBreak
	case first && strings.ContainsRune("#,[]{}&*!|>'\"%@`", r),
		first && strings.ContainsRune("?-", r) && isYAMLSpace(after),
		r == ':' && isYAMLSpace(after),
		r == '#' && isYAMLSpace(before):
		t.plain = false
	}
}

// text writes a string in the plainest style it can have. Where folds is true
// it may go over several lines, indented under what it belongs to.
func (w *yamlWriter) text(t yamlText, indent int, folds bool) {
	if !w.blank {
		w.put(" ")
	}
	indent += yamlIndent
	switch {
	case t.plain:
		w.plain(t.s, indent, folds)
	case t.single:
		w.put("'")
		w.single(t.s, indent, folds)
		w.put("'")
	default:
		w.put(`"`)
		w.double(t.s, indent, folds)
		w.put(`"`)
	}
	w.blank, w.fresh = false, false
}

// fold turns a blank into a new line if the line is full, and tells so.
func (w *yamlWriter) fold(indent int, allowed bool) bool {
	if !allowed || w.column <= yamlWidth {
		return false
	}
	w.newline(indent)
	return true
}

func (w *yamlWriter) plain(s string, indent int, folds bool) {
	before := rune(0)
	for i, r := range s {
		w.fresh = false
		alone := r == ' ' && before != ' ' && !strings.HasPrefix(s[i+1:], " ")
		if !alone || !w.fold(indent, folds) {
			w.put(string(r))
		}
		before = r
	}
}

func (w *yamlWriter) single(s string, indent int, folds bool) {
	w.fresh = false
	before := rune(0)
	for i, r := range s {
		switch {
		case isYAMLBreak(r):
			if !isYAMLBreak(before) && r == '\n' {
				w.lineBreak("\n")
			}
			w.lineBreak(string(r))
			w.fresh = true
		case r == ' ':
			alone := before != ' ' && 0 < i && i < len(s)-1 && s[i+1] != ' '
			if !alone || !w.fold(indent, folds) {
				w.put(" ")
			}
		default:
			if isYAMLBreak(before) {
				w.newline(indent)
			}
			w.put(strings.ReplaceAll(string(r), "'", "''"))
			w.fresh = false
		}
		before = r
	}
	if isYAMLBreak(before) {
		w.newline(indent)
	}
}

var yamlEscapes = map[rune]string{ // :: character -> what follows the backslash
	0: "0", '\a': "a", '\b': "b", '\t': "t", '\n': "n", '\v': "v", '\f': "f", '\r': "r",
	0x1B: "e", '"': `"`, '\\': `\`, 0x85: "N", 0xA0: "_", 0x2028: "L", 0x2029: "P",
}

func (w *yamlWriter) double(s string, indent int, folds bool) {
	w.fresh = false
	before := rune(0)
	for i, r := range s {
		switch {
		case r == '"' || r == '\\' || isYAMLBreak(r) || !isYAMLPlain(r):
			w.put(`\` + yamlEscape(r))
		case r == ' ' && before != ' ' && 0 < i && i < len(s)-1 && w.fold(indent, folds):
			if s[i+1] == ' ' {
				w.put(`\`)
			}
			w.fresh = false
		default:
			w.put(string(r))
		}
		before = r
	}
}

func yamlEscape(r rune) string {
	if letter, ok := yamlEscapes[r]; ok {
		return letter
	}
	switch {
	case r <= 0xFF:
		return fmt.Sprintf("x%02X", r)
	case r <= 0xFFFF:
		return fmt.Sprintf("u%04X", r)
	default:
		return fmt.Sprintf("U%08X", r)
	}
}
