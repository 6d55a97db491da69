package argparse

import (
	"regexp"
	"strings"
)

// word is one classified word of a command line.
type word struct {
	isOption bool
	option   *Option // nil for an unknown option
	value    string  // what stood after =
	hasValue bool
}

var negativeNumber = regexp.MustCompile(`^-\d+$|^-\d*\.\d+$`)

// classify sorts the words into options and arguments. After "--" everything
// is an argument.
func (w *walk) classify() error {
	w.kinds = make([]word, len(w.words))
	for i, s := range w.words {
		if s == "--" {
			w.dashes = i
			return nil
		}
		kind, err := w.parser.classify(s)
		if err != nil {
			return err
		}
		w.kinds[i] = kind
		if kind.isOption {
			w.lastOption = i
		}
	}
	w.dashes = len(w.words)
	return nil
}

func (p *Parser) classify(s string) (word, error) {
	if len(s) < 2 || s[0] != '-' {
		return word{}, nil
	}
	if o := p.Option(s); o != nil {
		return word{isOption: true, option: o}, nil
	}
	name, value, hasValue := strings.Cut(s, "=")
	if o := p.Option(name); o != nil && hasValue {
		return word{isOption: true, option: o, value: value, hasValue: true}, nil
	}
	alike := p.withPrefix(name)
	switch {
	case len(alike) > 1:
		return word{}, &Error{"ambiguous option: " + s + " could match " + strings.Join(alike, ", ")}
	case len(alike) == 1:
		return word{isOption: true, option: p.Option(alike[0]), value: value, hasValue: hasValue}, nil
	case negativeNumber.MatchString(s), strings.Contains(s, " "):
		return word{}, nil
	}
	return word{isOption: true}, nil
}

// withPrefix returns the options a shortened name may mean.
func (p *Parser) withPrefix(name string) []string {
	if !strings.HasPrefix(name, "--") {
		return nil
	}
	var alike []string
	for _, o := range p.Options {
		if strings.HasPrefix(o.Name, name) {
			alike = append(alike, o.Name)
		}
	}
	return alike
}

// FirstArgument returns the first word that is neither an option nor the argument
// of one that this parser knows, or "". It finds nothing wrong.
func (p *Parser) FirstArgument(words []string) string {
	for i := 0; i < len(words); i++ {
		k, _ := p.classify(words[i])
		switch {
		case words[i] == "--":
		case !k.isOption && (len(words[i]) < 2 || words[i][0] != '-'):
			return words[i]
		case k.option != nil && k.option.Arity != None && k.option.Arity != Many && !k.hasValue:
			i++
		}
	}
	return ""
}
