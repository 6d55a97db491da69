package argparse

import (
	"cmp"
	"slices"

	"rollcall/internal/awscli/value"
)

// walk is one reading of a command line. at is the next word.
type walk struct {
	parser *Parser
	words  []string
	kinds  []word // one for each word before dashes
	// dashes is the index of the first "--", or the number of words.
	dashes     int
	lastOption int // index of the last option, known or not; 0 if none
	result     *Result
	at         int
	// filled says that the positional argument had its turn.
	filled bool
}

func (w *walk) isOption(i int) bool { return i < w.dashes && w.kinds[i].isOption }

func (w *walk) run() error {
	w.filled = w.parser.Positional == nil
	for w.at <= w.lastOption && w.lastOption < len(w.words) && w.isOption(w.lastOption) {
		if !w.isOption(w.at) {
			if err := w.arguments(); err != nil {
				return err
			}
		}
		if err := w.takeOption(); err != nil || w.result.Exited != "" {
			return err
		}
	}
	// After the last option the positional has its last turn.
	if err := w.takePositional(); err != nil {
		return err
	}
	w.result.Rest = append(w.result.Rest, w.words[w.at:]...)
	return nil
}

// arguments reads the arguments before the next option: the first may be the
// positional, the others are surplus.
func (w *walk) arguments() error {
	if err := w.takePositional(); err != nil {
		return err
	}
	for !w.isOption(w.at) {
		w.result.Rest = append(w.result.Rest, w.words[w.at])
		w.at++
	}
	return nil
}

// takePositional gives the positional its argument. "--" before or after it
// belongs to it. An optional one is content with nothing, once.
func (w *walk) takePositional() error {
	if w.filled {
		return nil
	}
	i := w.at
	if i == w.dashes && i < len(w.words) {
		i++
	}
	if i >= len(w.words) {
		if w.parser.Positional.Optional {
			w.at = i // a "--" with nothing after it is no surplus word then
		}
		return nil
	}
	w.filled = true
	if err := w.checkPositional(w.words[i]); err != nil {
		return err
	}
	w.result.Positional = w.words[i]
	w.at = i + 1
	if w.at == w.dashes && w.at < len(w.words) {
		w.at++
	}
	return nil
}

func (w *walk) takeOption() error {
	k := w.kinds[w.at]
	o := k.option
	if o == nil {
		w.result.Rest = append(w.result.Rest, w.words[w.at])
		w.at++
		return nil
	}
	w.at++
	if o.Arity == Many {
		if w.result.Lists == nil {
			w.result.Lists = map[string][]string{}
		}
		w.result.Lists[o.Name] = w.argumentsOf(k)
		return nil
	}
	value, err := w.argumentOf(o, k)
	if err != nil {
		return err
	}
	if err := o.check(value); err != nil {
		return err
	}
	w.result.Values[cmp.Or(o.As, o.Name)] = value
	if o.Exit {
		w.result.Exited = o.Name
	}
	return nil
}

func (w *walk) argumentOf(o *Option, k word) (string, error) {
	switch {
	case k.hasValue && o.Arity == None:
		return "", &Error{"argument " + o.Name + ": ignored explicit argument " + quoted(k.value)}
	case k.hasValue:
		return k.value, nil
	case o.Arity == None:
		return o.Const, nil
	case w.at < w.dashes && !w.kinds[w.at].isOption:
		w.at++
		return w.words[w.at-1], nil
	case o.Arity == Optional:
		return o.Const, nil
	}
	return "", &Error{"argument " + o.Name + ": expected one argument"}
}

// argumentsOf gives an option all arguments up to the next option. What stood
// behind = is the only one.
func (w *walk) argumentsOf(k word) []string {
	if k.hasValue {
		return []string{k.value}
	}
	first := w.at
	for w.at < w.dashes && !w.kinds[w.at].isOption {
		w.at++
	}
	return w.words[first:w.at:w.at]
}

func (o *Option) check(text string) error {
	if o.Integer {
		if _, ok := value.ParseInt(text); !ok {
			return &Error{"argument " + o.Name + ": invalid int value: " + quoted(text)}
		}
	}
	if o.Choices == nil || slices.Contains(o.Choices, text) {
		return nil
	}
	return wrongChoice(o.Name, text, o.Choices)
}

func (w *walk) checkPositional(value string) error {
	p := w.parser.Positional
	if p.Choices == nil || slices.Contains(p.Choices, value) {
		return nil
	}
	known := p.Choices
	if w.parser.Known != nil {
		known = slices.Concat(known, w.parser.Known())
	}
	return wrongChoice(p.Name, value, known)
}
