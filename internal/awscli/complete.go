package awscli

import (
	"slices"
	"strings"

	"rollcall/connectapi"
	"rollcall/internal/awscli/argparse"
)

// Complete gives the words that could stand behind the first ones of a command
// line, behind "connect": operations, options, and what options can be. begun
// is the word that was begun.
func Complete(words []string, begun string) []string {
	parser := argparse.Parser{Options: globalOptions}
	o := named(parser.FirstArgument(words))
	if o != nil {
		parser.Options = slices.Concat(optionParser(o, nil).Options, globalOptions)
	}
	var candidates []string
	switch option := openOption(&parser, words); {
	case strings.HasPrefix(begun, "-"):
		for _, option := range parser.Options {
			candidates = append(candidates, option.Name)
		}
	case option != nil && option.Arity == argparse.Many:
		candidates = elementsOf(o, option.Name)
	case option != nil:
		candidates = option.Choices
	case parser.FirstArgument(words) == "":
		candidates = append(commands(), "help")
	}
	return slices.DeleteFunc(slices.Clone(candidates), func(word string) bool { return !strings.HasPrefix(word, begun) })
}

// openOption is the option that the next word would be a value of, if it is one's.
func openOption(parser *argparse.Parser, words []string) *argparse.Option {
	last := len(words) - 1
	for last >= 0 && !strings.HasPrefix(words[last], "-") {
		last--
	}
	if last < 0 {
		return nil
	}
	option := parser.Option(words[last])
	if option == nil || option.Arity == argparse.None || option.Arity != argparse.Many && last < len(words)-1 {
		return nil
	}
	return option
}

// elementsOf are the names that an element of an option's list can have.
func elementsOf(o *connectapi.Operation, name string) []string {
	for i := range o.Input().Members {
		if m := &o.Input().Members[i]; option(m) == name {
			return m.Shape.Element.Enum
		}
	}
	return nil
}
