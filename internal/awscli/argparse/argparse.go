// Package argparse reads a command line by the rules of Python's argparse, as
// far as the AWS CLI uses it, because those rules are what its users' scripts
// rely on: options anywhere among the words, unambiguous prefixes, --name=value,
// the last occurrence wins, and a value that begins with a dash is refused
// unless it is a number or has a space.
//
// A [Parser] has options and at most one positional argument. It takes what it
// knows and hands back the rest, which is for the next parser: the AWS CLI reads
// global options first, then the operation's name, then its options.
//
// Parsing has two steps. First each word is classified: an option, known or not,
// or an argument. Then a walk from left to right lets options take the arguments
// after them, and the positional argument the first one that is free.
package argparse

import "strings"

// Arity is how many arguments an option takes.
type Arity int

// The arities.
const (
	One      Arity = iota // exactly one
	Optional              // one or none
	None                  // none: a switch
	Many                  // any number of them, up to the next option
)

// Option is one option of a command line.
type Option struct {
	Name  string // with its dashes
	Arity Arity
	// Const is the value of an option that took no argument.
	Const string
	// As is the option as which the value counts, if it is another: of two
	// switches for one thing the last wins.
	As string
	// Integer lets only integers be its value, in the form of [value.ParseInt].
	Integer bool
	// Choices are the values it may have. Empty means any.
	Choices []string
	// Exit ends the parsing as soon as the option is met.
	Exit     bool
	Required bool
}

// Positional is an argument without a name of its own.
type Positional struct {
	Name    string
	Choices []string
	// Optional lets it be missing.
	Optional bool
}

// Parser is a set of options, in the order in which messages name them.
type Parser struct {
	Options    []Option
	Positional *Positional
	// Known gives words beside the positional's Choices that a message about
	// a wrong choice may suggest too. Nil: none.
	Known func() []string
}

// Result is what a Parser took from a command line.
type Result struct {
	// Values are the options that were given.
	Values map[string]string // :: option name -> value
	// Lists are those that take Many arguments.
	Lists map[string][]string // :: option name -> arguments
	// Positional is the positional argument. It is "" if missing.
	Positional string
	// Rest has the words that were not taken: first the unknown options
	// and surplus words in order, as far as the walk came across them.
	Rest []string
	// Exited is the name of the option that ended the parsing, or "".
	Exited string
}

// Error is a complaint about the command line.
type Error struct {
	Text string
}

func (e *Error) Error() string { return e.Text }

// Parse reads a command line. Errors are of type *[Error].
func (p *Parser) Parse(words []string) (*Result, error) {
	w := &walk{parser: p, words: words, result: &Result{Values: map[string]string{}}}
	if err := w.classify(); err != nil {
		return nil, err
	}
	if err := w.run(); err != nil {
		return nil, err
	}
	if w.result.Exited != "" {
		return w.result, nil
	}
	if missing := p.missing(w.result); missing != nil {
		return nil, &Error{"the following arguments are required: " + strings.Join(missing, ", ")}
	}
	return w.result, nil
}

func (p *Parser) missing(r *Result) []string {
	var names []string
	for _, o := range p.Options {
		if o.Required && !r.Has(o.Name) {
			names = append(names, o.Name)
		}
	}
	if p.Positional != nil && !p.Positional.Optional && r.Positional == "" {
		names = append(names, p.Positional.Name)
	}
	return names
}

// Has tells whether an option was given.
func (r *Result) Has(option string) bool {
	_, one := r.Values[option]
	_, many := r.Lists[option]
	return one || many
}

// Option finds the option of a name, or gives nil.
func (p *Parser) Option(name string) *Option {
	for i := range p.Options {
		if p.Options[i].Name == name {
			return &p.Options[i]
		}
	}
	return nil
}

// Choices returns the values an option may have.
func (p *Parser) Choices(option string) []string { return p.Option(option).Choices }
