package shorthand

import (
	"strings"

	"rollcall/internal/awscli/value"
)

// key reads a key and the "=" or "@=" after it.
func (p *parser) key() (string, error) {
	begin := p.at
	for p.at < len(p.input) && isKeyRune(p.input[p.at]) {
		p.at++
	}
	key := string(p.input[begin:p.at])
	p.space()
	p.loading = p.at < len(p.input) && p.input[p.at] == '@'
	if p.loading {
		p.at++
	}
	return key, p.expect('=', true)
}

func (p *parser) values() (any, error) {
	switch p.current() {
	case eof:
		return "", nil
	case '[':
		return p.list()
	case '{':
		return p.hash()
	}
	return p.csv()
}

func (p *parser) csv() (any, error) {
	first, err := p.first()
	if err != nil {
		return nil, err
	}
	p.space()
	if p.current() != ',' {
		return first, nil
	}
	_ = p.expect(',', true) // it is there
	all := value.NewList(first)
	for {
		v, err := p.second()
		if err == nil && p.current() == eof {
			all.Items = append(all.Items, v)
			break
		}
		if err == nil {
			err = p.expect(',', true)
		}
		if _, isSyntax := err.(*SyntaxError); isSyntax { //nolint:errorlint // made by this parser, never wrapped
			if p.at >= len(p.input) {
				return nil, err
			}
			p.backTo(',') // what was read is the key of the next pair
			break
		}
		if err != nil {
			return nil, err
		}
		all.Items = append(all.Items, v)
	}
	if len(all.Items) == 1 {
		return first, nil
	}
	return all, nil
}

func (p *parser) list() (any, error) {
	if err := p.enter('['); err != nil {
		return nil, err
	}
	all := value.NewList()
	for p.current() != ']' {
		v, err := p.explicit()
		if err != nil {
			return nil, err
		}
		all.Items = append(all.Items, v)
		if err := p.next(']'); err != nil {
			return nil, err
		}
	}
	p.depth--
	return all, p.expect(']', false)
}

func (p *parser) hash() (any, error) {
	if err := p.enter('{'); err != nil {
		return nil, err
	}
	all := value.NewMap()
	for p.current() != '}' {
		key, err := p.key()
		if err != nil {
			return nil, err
		}
		v, err := p.explicit()
		if err != nil {
			return nil, err
		}
		if err := p.next('}'); err != nil {
			return nil, err
		}
		all.Set(key, v)
	}
	p.depth--
	return all, p.expect('}', false)
}

// enter reads the bracket that opens a list or a hash.
func (p *parser) enter(bracket rune) error {
	p.depth++
	if p.depth > maxDepth {
		return p.fail("at most 200 levels", string(bracket))
	}
	return p.expect(bracket, true)
}

// next reads what stands between two items, or nothing before the closing bracket.
func (p *parser) next(closing rune) error {
	p.space()
	if p.current() == closing {
		return nil
	}
	if err := p.expect(',', false); err != nil {
		return err
	}
	p.space()
	return nil
}

// explicit reads a value inside a list or a hash.
func (p *parser) explicit() (any, error) {
	switch p.current() {
	case '[':
		return p.list()
	case '{':
		return p.hash()
	}
	return p.first()
}

func (p *parser) first() (any, error) {
	if c := p.current(); c == '\'' || c == '"' {
		return p.quoted(c)
	}
	word, _ := p.word(followsFirst)
	return p.resolve(word)
}

func (p *parser) second() (any, error) {
	var v any
	var err error
	if c := p.current(); c == '\'' || c == '"' {
		v, err = p.quoted(c)
	} else {
		word, ok := p.word(followsSecond)
		if !ok {
			return nil, p.fail("<second>", "<none>")
		}
		v, err = p.resolve(word)
	}
	p.space()
	return v, err
}

// word reads an unquoted value. ok is false when there is not even a first
// character for one.
func (p *parser) word(follows func(rune) bool) (text string, ok bool) {
	begin := p.at
	for p.at < len(p.input) {
		switch c := p.input[p.at]; {
		case c == '\\' && p.at+1 < len(p.input) && p.input[p.at+1] == ',':
			p.at += 2
		case p.at == begin && startsWord(c), p.at > begin && follows(c):
			p.at++
		default:
			return unescapeWord(p.input[begin:p.at]), p.at > begin
		}
	}
	return unescapeWord(p.input[begin:p.at]), p.at > begin
}

func unescapeWord(raw []rune) string {
	return strings.TrimRightFunc(strings.ReplaceAll(string(raw), `\,`, ","), isSpace)
}

// quoted reads a value in quotes. A backslash before the quote makes it part of
// the value, unless no other quote follows that could end the value.
func (p *parser) quoted(quote rune) (any, error) {
	end, escapedEnd := -1, -1
	for i := p.at + 1; i < len(p.input) && end < 0; i++ {
		switch {
		case p.input[i] != quote:
		case p.input[i-1] == '\\' && i-1 > p.at:
			escapedEnd = i
		default:
			end = i
		}
	}
	if end < 0 {
		end = escapedEnd
	}
	if end < 0 {
		name := "<double quoted>"
		if quote == '\'' {
			name = "<singled quoted>"
		}
		return nil, p.fail(name, "<none>")
	}
	text := string(p.input[p.at+1 : end])
	p.at = end + 1
	text = strings.ReplaceAll(text, `\`+string(quote), string(quote))
	return p.resolve(strings.ReplaceAll(text, `\\`, `\`))
}

func (p *parser) resolve(text string) (any, error) {
	if !p.loading {
		return text, nil
	}
	return p.load(text)
}
