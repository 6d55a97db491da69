package jmespath

import (
	"errors"
	"math/big"
	"slices"
	"strings"
	"unicode"

	"rollcall/internal/awscli/value"
)

// kind is the type of a token, under the name it has in error messages.
type kind = string

const (
	and                = "and"
	colon              = "colon"
	comma              = "comma"
	current            = "current"
	dot                = "dot"
	eof                = "eof"
	eq                 = "eq"
	expref             = "expref"
	filter             = "filter"
	flatten            = "flatten"
	gt                 = "gt"
	gte                = "gte"
	lbrace             = "lbrace"
	lbracket           = "lbracket"
	literal            = "literal"
	lparen             = "lparen"
	lt                 = "lt"
	lte                = "lte"
	ne                 = "ne"
	not                = "not"
	number             = "number"
	or                 = "or"
	pipe               = "pipe"
	quotedIdentifier   = "quoted_identifier"
	rbrace             = "rbrace"
	rbracket           = "rbracket"
	rparen             = "rparen"
	star               = "star"
	unquotedIdentifier = "unquoted_identifier"
)

// token is a piece of an expression.
type token struct {
	kind  kind
	value any // the text; a literal's value; a number's *big.Int
	start int // offset in characters
}

// symbols are the tokens of fixed text, a longer one before its prefix.
var symbols = []struct {
	text string
	kind kind
}{
	{"[]", flatten},
	{"[?", filter},
	{"[", lbracket},
	{"]", rbracket},
	{"||", or},
	{"|", pipe},
	{"&&", and},
	{"&", expref},
	{"<=", lte},
	{"<", lt},
	{">=", gte},
	{">", gt},
	{"!=", ne},
	{"!", not},
	{"==", eq},
	{".", dot},
	{"*", star},
	{",", comma},
	{":", colon},
	{"@", current},
	{"(", lparen},
	{")", rparen},
	{"{", lbrace},
	{"}", rbrace},
}

// maxDigits bounds the work of reading a number.
const maxDigits = 4300

type lexer struct {
	expr   string
	src    []rune
	at     int
	tokens []token
}

// lex splits expr into tokens, of which the last is eof.
func lex(expr string) ([]token, error) {
	l := &lexer{expr: expr, src: []rune(expr)}
	for l.at < len(l.src) {
		if err := l.next(); err != nil {
			return nil, err
		}
	}
	l.add(eof, "", l.at)
	return l.tokens, nil
}

func (l *lexer) add(k kind, v any, start int) {
	l.tokens = append(l.tokens, token{k, v, start})
}

func (l *lexer) fail(at int, message string) error {
	return lexError(l.expr, at, message)
}

func (l *lexer) next() error {
	start := l.at
	for _, s := range symbols {
		end := min(start+len(s.text), len(l.src))
		if string(l.src[start:end]) == s.text {
			l.at = end
			l.add(s.kind, s.text, start)
			return nil
		}
	}
	switch c := l.src[start]; {
	case strings.ContainsRune(" \t\n\r", c):
		l.at++
	case isLetter(c):
		name := l.while(func(c rune) bool { return isLetter(c) || isDigit(c) })
		l.add(unquotedIdentifier, name, start)
	case isDigit(c) || c == '-':
		return l.number()
	case c == '"':
		return l.quoted()
	case c == '\'':
		text, err := l.until('\'')
		l.add(literal, strings.ReplaceAll(text, `\'`, `'`), start)
		return err
	case c == '`':
		return l.literal()
	case c == '=':
		return l.fail(start, "Unknown token '='")
	default:
		return l.fail(start, "Unknown token "+string(c))
	}
	return nil
}

func isLetter(c rune) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_'
}

func isDigit(c rune) bool {
	return '0' <= c && c <= '9'
}

// while reads one character and those after it that satisfy ok.
func (l *lexer) while(ok func(rune) bool) string {
	start := l.at
	for l.at++; l.at < len(l.src) && ok(l.src[l.at]); {
		l.at++
	}
	return string(l.src[start:l.at])
}

func (l *lexer) number() error {
	start := l.at
	text := l.while(isDigit)
	if text == "-" {
		return l.fail(start, "Unknown token '-'")
	}
	if len(text) > maxDigits {
		return l.fail(start, "Too many digits")
	}
	n, _ := new(big.Int).SetString(text, 10)
	l.add(number, n, start)
	return nil
}

// until reads from one delimiter to the next and returns what is between,
// where a backslash hides the delimiter but stays.
func (l *lexer) until(delimiter rune) (string, error) {
	start := l.at
	for l.at++; l.at < len(l.src) && l.src[l.at] != delimiter; l.at++ {
		if l.src[l.at] == '\\' {
			l.at++
		}
	}
	if l.at >= len(l.src) {
		return "", l.fail(start, "Unclosed "+string(delimiter)+" delimiter")
	}
	l.at++
	return string(l.src[start+1 : l.at-1]), nil
}

func (l *lexer) quoted() error {
	start := l.at
	text, err := l.until('"')
	if err != nil {
		return err
	}
	v, err := value.ParseJSON([]byte(`"` + text + `"`))
	if syntax := (*value.SyntaxError)(nil); errors.As(err, &syntax) {
		return l.fail(start, syntax.Msg)
	}
	l.add(quotedIdentifier, v, start)
	return nil
}

func (l *lexer) literal() error {
	start := l.at
	text, err := l.until('`')
	if err != nil {
		return err
	}
	text = strings.ReplaceAll(text, "\\`", "`")
	for _, doc := range []string{text, `"` + strings.TrimLeftFunc(text, unicode.IsSpace) + `"`} {
		v, err := value.ParseJSON([]byte(doc))
		if err == nil {
			l.add(literal, v, start)
			return nil
		}
	}
	return l.fail(start, "Bad token "+text)
}

// is tells whether t is of one of the kinds.
func (t token) is(kinds ...kind) bool {
	return slices.Contains(kinds, t.kind)
}
