package awscli

import (
	"maps"
	"slices"

	"rollcall/connectapi"
	"rollcall/internal/awscli/argparse"
)

// usage is the one usage text there is.
const usage = `aws [options] <command> <subcommand> [<subcommand> ...] [parameters]
To see help text, you can run:

  aws help
  aws <command> help
  aws <command> <subcommand> help
`

// firstUsage is the usage of the first look at a command line, which reads the
// options that say where the configuration is.
const firstUsage = "aws [--profile PROFILE] [--debug]\n"

// The names of options that the code asks for.
const (
	optDebug       = "--debug"
	optEndpointURL = "--endpoint-url"
	optNoVerifySSL = "--no-verify-ssl"
	optOutput      = "--output"
	optNoPaginate  = "--no-paginate"
	optQuery       = "--query"
	optProfile     = "--profile"
	optRegion      = "--region"
	optVersion     = "--version"
	optColor       = "--color"
	optNoSign      = "--no-sign-request"
	optCABundle    = "--ca-bundle"
	optReadTimeout = "--cli-read-timeout"
	optConnTimeout = "--cli-connect-timeout"
	optNoPager     = "--no-cli-pager"
	optPrompt      = "--cli-auto-prompt"
	optNoPrompt    = "--no-cli-auto-prompt"
	optErrorFormat = "--cli-error-format"
	optInputJSON   = "--cli-input-json"
	optInputYAML   = "--cli-input-yaml"
	optSkeleton    = "--generate-cli-skeleton"
	skeletonInput  = "input"
	skeletonYAML   = "yaml-input"
	skeletonOutput = "output"
	outputOff      = "off"
	optStart       = "--starting-token"
	optPageSize    = "--page-size"
	optMaxItems    = "--max-items"
)

// globalOptions may stand anywhere among the words.
var globalOptions = []argparse.Option{
	{Name: optDebug, Arity: argparse.None},
	{Name: optEndpointURL},
	{Name: optNoVerifySSL, Arity: argparse.None},
	{Name: optNoPaginate, Arity: argparse.None},
	{Name: optOutput, Choices: []string{"json", "text", "table", "yaml", "yaml-stream", outputOff}},
	{Name: optQuery},
	{Name: optProfile},
	{Name: optRegion},
	{Name: optVersion, Arity: argparse.None, Exit: true},
	{Name: optColor, Choices: []string{"on", "off", "auto"}},
	{Name: optNoSign, Arity: argparse.None},
	{Name: optCABundle},
	{Name: optReadTimeout},
	{Name: optConnTimeout},
	{Name: "--cli-binary-format", Choices: []string{"base64", "raw-in-base64-out"}},
	{Name: optNoPager, Arity: argparse.None},
	{Name: optPrompt, Arity: argparse.None},
	{Name: optNoPrompt, Arity: argparse.None},
	{Name: optErrorFormat, Choices: []string{"legacy", "json", "yaml", "text", "table", "enhanced"}},
}

// firstParser reads the options that say where the configuration is.
var firstParser = argparse.Parser{Options: []argparse.Option{
	{Name: optProfile},
	{Name: optDebug, Arity: argparse.None},
}}

// globalParser reads the global options and the service.
var globalParser = argparse.Parser{
	Options:    globalOptions,
	Positional: &argparse.Positional{Name: "command", Choices: []string{serviceName, "help"}},
	Known:      func() []string { return kinServices },
}

// parser is globalParser for someone who has words of their own for services.
func (c *command) parser() *argparse.Parser {
	p := globalParser
	p.Positional = &argparse.Positional{
		Name: p.Positional.Name, Choices: append(slices.Clone(p.Positional.Choices), slices.Sorted(maps.Keys(c.aliases.services))...),
	}
	return &p
}

// operationParser reads the operation's name, or a user's own word for one.
func operationParser(own map[string]string) *argparse.Parser {
	choices := slices.Concat([]string{"help"}, slices.Sorted(maps.Keys(own)), commands())
	return &argparse.Parser{
		Positional: &argparse.Positional{Name: "operation", Choices: choices}, Known: func() []string { return slices.Sorted(maps.Keys(elsewhere())) },
	}
}

// lifted says that required options may be left out: that the command line says,
// in a word of its own, that the parameters come otherwise or that only their
// form is wanted. A sample of the answer is for parameters that are complete.
func lifted(words []string) bool {
	if slices.Contains(words, optInputJSON) || slices.Contains(words, optInputYAML) {
		return true
	}
	i := slices.Index(words, optSkeleton)
	return i >= 0 && (i+1 == len(words) || words[i+1] != skeletonOutput)
}

// optionParser reads an operation's options: those of its members, those that
// page, and those that every operation has.
func optionParser(o *connectapi.Operation, words []string) *argparse.Parser {
	lifted := lifted(words)
	p := &argparse.Parser{Positional: &argparse.Positional{Name: "help", Optional: true}}
	in := o.Input()
	for i := range in.Members {
		p.Options = append(p.Options, memberOptions(&in.Members[i], lifted)...)
	}
	if o.Page != nil {
		p.Options = append(p.Options,
			argparse.Option{Name: optStart},
			argparse.Option{Name: optPageSize, Integer: true},
			argparse.Option{Name: optMaxItems, Integer: true},
		)
	}
	p.Options = append(p.Options,
		argparse.Option{Name: optInputJSON},
		argparse.Option{Name: optInputYAML},
		argparse.Option{
			Name: optSkeleton, Arity: argparse.Optional, Const: skeletonInput,
			Choices: []string{skeletonInput, skeletonOutput, skeletonYAML},
		},
	)
	return p
}

// memberOptions are the options of a member: of a boolean one it takes two,
// neither of which is ever required.
func memberOptions(m *connectapi.Member, lifted bool) []argparse.Option {
	name := option(m)
	switch m.Shape.Kind { //nolint:exhaustive // the others take one argument
	case connectapi.Boolean:
		return []argparse.Option{
			{Name: name, Arity: argparse.None, Const: "true"},
			{Name: "--no-" + name[len("--"):], Arity: argparse.None, Const: "false", As: name},
		}
	case connectapi.List:
		return []argparse.Option{{Name: name, Arity: argparse.Many, Required: m.Required && !lifted}}
	}
	return []argparse.Option{{Name: name, Required: m.Required && !lifted}}
}

// Claims says whether a command line is one for this package: whether its first
// word that is no global option, nor the value of one, names an AWS service it has.
func Claims(args []string) bool {
	return globalParser.FirstArgument(args) == serviceName
}
