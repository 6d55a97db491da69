package value

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"unicode/utf8"
)

const (
	// MaxDepth is how deep lists and maps may nest in a parsed document.
	MaxDepth = 1000

	// maxIntDigits bounds the work of reading one integer.
	maxIntDigits = 4300
)

// SyntaxError says what is wrong with a JSON document, and where. Its text is
// the one Python's json module has (CPython 3.13 and later).
type SyntaxError struct {
	Msg    string
	Line   int // from 1
	Column int // in characters, from 1
	Char   int // offset in characters, from 0
}

// Error returns the message with its place.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%s: line %d column %d (char %d)", e.Msg, e.Line, e.Column, e.Char)
}

var (
	errTooDeep = errors.New("maximum recursion depth exceeded")
	errTooLong = fmt.Errorf("an integer has more than %d digits", maxIntDigits)
)

// ParseJSON reads one JSON document (RFC 8259) with the leniencies of Python's
// json.loads: of several members with one name the last value counts, NaN,
// Infinity and -Infinity are numbers, a lone surrogate escape is kept. A
// document deeper than [MaxDepth] or with an integer of more than 4300 digits
// is refused. Other errors are a *[SyntaxError].
func ParseJSON(doc []byte) (any, error) {
	p := &parser{doc: doc}
	if bytes.HasPrefix(doc, []byte("\ufeff")) {
		return nil, p.fail("Unexpected UTF-8 BOM (decode using utf-8-sig)", 0)
	}
	if i := invalidUTF8(doc); i >= 0 {
		return nil, p.fail("Invalid UTF-8", i)
	}
	p.space()
	v, err := p.value(0)
	if err != nil {
		return nil, err
	}
	p.space()
	if p.at < len(p.doc) {
		return nil, p.fail("Extra data", p.at)
	}
	return v, nil
}

func invalidUTF8(doc []byte) int {
	if utf8.Valid(doc) {
		return -1
	}
	for i := 0; ; {
		r, size := utf8.DecodeRune(doc[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
}

// parser reads doc from at on. Its methods leave at behind what they read.
type parser struct {
	doc []byte
	at  int
}

// fail makes the error for the byte offset at.
func (p *parser) fail(msg string, at int) error {
	at = min(at, len(p.doc))
	before := p.doc[:at]
	lineStart := bytes.LastIndexByte(before, '\n') + 1
	return &SyntaxError{
		Msg:    msg,
		Line:   bytes.Count(before, []byte{'\n'}) + 1,
		Column: utf8.RuneCount(before[lineStart:]) + 1,
		Char:   utf8.RuneCount(before),
	}
}

// peek returns the next byte, 0 at the end (where no grammar has a NUL).
func (p *parser) peek() byte {
	if p.at < len(p.doc) {
		return p.doc[p.at]
	}
	return 0
}

func (p *parser) space() {
	for p.at < len(p.doc) {
		switch p.doc[p.at] {
		case ' ', '\t', '\n', '\r':
			p.at++
		default:
			return
		}
	}
}

var words = []struct {
	text  string
	value any
}{
	{"null", nil},
	{"true", true},
	{"false", false},
	{"NaN", math.NaN()},
	{"Infinity", math.Inf(1)},
	{"-Infinity", math.Inf(-1)},
}

func (p *parser) value(depth int) (any, error) {
	switch c := p.peek(); {
	case c == '"':
		return p.text()
	case c == '{' && depth < MaxDepth:
		return p.object(depth + 1)
	case c == '[' && depth < MaxDepth:
		return p.array(depth + 1)
	case c == '{' || c == '[':
		return nil, errTooDeep
	}
	for _, w := range words {
		if bytes.HasPrefix(p.doc[p.at:], []byte(w.text)) {
			p.at += len(w.text)
			return w.value, nil
		}
	}
	return p.number()
}

func (p *parser) object(depth int) (any, error) {
	m := NewMap()
	p.at++
	if p.space(); p.peek() == '}' {
		p.at++
		return m, nil
	}
	for {
		if p.peek() != '"' {
			return nil, p.fail("Expecting property name enclosed in double quotes", p.at)
		}
		key, err := p.text()
		if err != nil {
			return nil, err
		}
		if p.space(); p.peek() != ':' {
			return nil, p.fail("Expecting ':' delimiter", p.at)
		}
		p.at++
		p.space()
		v, err := p.value(depth)
		if err != nil {
			return nil, err
		}
		m.Set(key, v)
		if done, err := p.next('}', "object"); done || err != nil {
			return m, err
		}
	}
}

func (p *parser) array(depth int) (any, error) {
	l := &List{}
	p.at++
	if p.space(); p.peek() == ']' {
		p.at++
		return l, nil
	}
	for {
		v, err := p.value(depth)
		if err != nil {
			return nil, err
		}
		l.Items = append(l.Items, v)
		if done, err := p.next(']', "array"); done || err != nil {
			return l, err
		}
	}
}

// next steps over what follows an element: the closing byte, and then it is
// done, or a comma.
func (p *parser) next(closing byte, what string) (done bool, err error) {
	p.space()
	switch p.peek() {
	case closing:
		p.at++
		return true, nil
	case ',':
	default:
		return false, p.fail("Expecting ',' delimiter", p.at)
	}
	comma := p.at
	p.at++
	if p.space(); p.peek() == closing {
		return false, p.fail("Illegal trailing comma before end of "+what, comma)
	}
	return false, nil
}

func (p *parser) number() (any, error) {
	start := p.at
	if p.peek() == '-' {
		p.at++
	}
	switch whole := p.digits(); {
	case whole == 0:
		p.at = start
		return nil, p.fail("Expecting value", start)
	case whole > 1 && p.doc[p.at-whole] == '0':
		p.at -= whole - 1 // a leading zero ends the number
	}
	end := p.at
	p.fraction('.', "")
	p.fraction('e', "+-")
	text := string(p.doc[start:p.at])
	if p.at > end {
		f, err := strconv.ParseFloat(text, 64)
		if err != nil && !errors.Is(err, strconv.ErrRange) {
			return nil, p.fail("Expecting value", start)
		}
		return f, nil
	}
	if len(text) > maxIntDigits {
		return nil, errTooLong
	}
	n, _ := new(big.Int).SetString(text, 10)
	return n, nil
}

// digits steps over decimal digits and returns how many there were.
func (p *parser) digits() int {
	start := p.at
	for c := p.peek(); '0' <= c && c <= '9'; c = p.peek() {
		p.at++
	}
	return p.at - start
}

// fraction steps over a mark (in either case), one of signs and digits, if all
// of that is there; a mark without digits is not part of the number.
func (p *parser) fraction(mark byte, signs string) {
	start := p.at
	if p.peek()|0x20 != mark|0x20 {
		return
	}
	p.at++
	if signs != "" && p.at < len(p.doc) && bytes.IndexByte([]byte(signs), p.peek()) >= 0 {
		p.at++
	}
	if p.digits() == 0 {
		p.at = start
	}
}
