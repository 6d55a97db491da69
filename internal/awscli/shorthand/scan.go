package shorthand

import "unicode"

// eof is what current returns at the end. It is no character.
const eof rune = -1

func (p *parser) current() rune {
	if p.at >= len(p.input) {
		return eof
	}
	return p.input[p.at]
}

// space skips white space of ASCII.
func (p *parser) space() {
	for p.at < len(p.input) && isASCIISpace(p.input[p.at]) {
		p.at++
	}
}

// expect reads one character, and the white space around it if skip is set.
func (p *parser) expect(c rune, skip bool) error {
	if skip {
		p.space()
	}
	switch got := p.current(); got {
	case c:
	case eof:
		return p.fail(string(c), "EOF")
	default:
		return p.fail(string(c), string(got))
	}
	p.at++
	if skip {
		p.space()
	}
	return nil
}

func (p *parser) backTo(c rune) {
	for p.at > 0 && p.input[p.at] != c {
		p.at--
	}
}

func (p *parser) fail(expected, received string) error {
	return &SyntaxError{p.input, p.at, expected, received}
}

func isASCIISpace(c rune) bool { return c == ' ' || c >= '\t' && c <= '\r' }

// isSpace is white space at the end of a word: Unicode's and the four
// information separators of ASCII.
func isSpace(c rune) bool { return unicode.IsSpace(c) || c >= 0x1C && c <= 0x1F }

func isKeyRune(c rune) bool {
	switch {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		return true
	}
	switch c {
	case '-', '_', '.', '#', '/', ':':
		return true
	}
	return false
}

// maxWordRune is the last character an unquoted word can have; those beyond the
// basic multilingual plane need quotes.
const maxWordRune = 0xFFFF

// startsWord says whether c may begin an unquoted word.
func startsWord(c rune) bool {
	switch c {
	case '"', '\'', ',', '=', '[', '{':
		return false
	}
	return c > ' ' && c <= maxWordRune
}

// followsFirst says whether c may stand in a word inside brackets, or at the
// beginning of a csv.
func followsFirst(c rune) bool {
	switch c {
	case '"', '\'', ',', ']', '}':
		return false
	}
	return (c >= ' ' || isSpace(c)) && c <= maxWordRune
}

// followsSecond says whether c may stand in a later word of a csv.
func followsSecond(c rune) bool {
	switch c {
	case '"', '\'', ',', '=':
		return false
	}
	return (c >= ' ' || isSpace(c)) && c <= maxWordRune
}
