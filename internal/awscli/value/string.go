package value

import (
	"bytes"
	"strconv"
)

var escapes = map[byte]byte{ // :: letter after the backslash -> character
	'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t',
}

// text reads the string whose opening quote is next.
func (p *parser) text() (string, error) {
	begin := p.at
	p.at++
	var out []byte
	for {
		chunk := p.at
		c, err := p.plain(begin)
		if err != nil {
			return "", err
		}
		if c == '"' && out == nil {
			return string(p.doc[chunk : p.at-1]), nil
		}
		out = append(out, p.doc[chunk:p.at-1]...)
		if c == '"' {
			return string(out), nil
		}
		if out, err = p.escape(out, begin); err != nil {
			return "", err
		}
	}
}

// plain steps over characters that stand for themselves and the quote or
// backslash after them, which it returns.
func (p *parser) plain(begin int) (byte, error) {
	for ; p.at < len(p.doc); p.at++ {
		switch c := p.doc[p.at]; {
		case c == '"' || c == '\\':
			p.at++
			return c, nil
		case c < 0x20:
			return 0, p.fail("Invalid control character at", p.at)
		}
	}
	return 0, p.fail("Unterminated string starting at", begin)
}

// escape reads what follows a backslash and appends what it stands for.
func (p *parser) escape(out []byte, begin int) ([]byte, error) {
	if p.at == len(p.doc) {
		return nil, p.fail("Unterminated string starting at", begin)
	}
	if c := p.doc[p.at]; c != 'u' {
		plain, ok := escapes[c]
		if !ok {
			return nil, p.fail(`Invalid \escape`, p.at-1)
		}
		p.at++
		return append(out, plain), nil
	}
	r, ok := p.hex()
	if !ok {
		return nil, p.fail(`Invalid \uXXXX escape`, p.at)
	}
	if highSurrogate <= r && r < lowSurrogate && bytes.HasPrefix(p.doc[p.at:], []byte(`\u`)) {
		p.at++
		low, ok := p.hex()
		switch {
		case !ok:
			return nil, p.fail(`Invalid \uXXXX escape`, p.at)
		case lowSurrogate <= low && low <= lastSurrogate:
			r = 0x10000 + (r-highSurrogate)<<10 + (low - lowSurrogate)
		default:
			p.at -= len(`\u0000`)
		}
	}
	return appendRune(out, r), nil
}

// hex reads the u and four digits of an escape; without them it reads nothing.
func (p *parser) hex() (rune, bool) {
	end := p.at + len("u0000")
	if end >= len(p.doc) {
		return 0, false
	}
	n, err := strconv.ParseUint(string(p.doc[p.at+1:end]), 16, 16)
	if err != nil {
		return 0, false
	}
	p.at = end
	return rune(n), true
}
