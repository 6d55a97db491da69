package awscli

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"rollcall/connectapi"
	"rollcall/internal/awscli/argparse"
	"rollcall/internal/awscli/jmespath"
	"rollcall/internal/awscli/setup"
	"rollcall/internal/awscli/value"
)

// command is one run. Its fields are set one after the other as the run gets on.
type command struct {
	std      Streams
	settings *setup.Settings
	aliases  aliases
	globals  map[string]string // :: global option -> value, once they are read
	log      *slog.Logger
	query    *jmespath.Expression // nil without --query
	show     timestamps
	// prompting says that missing parameters are asked for.
	prompting bool
}

// Run runs a command line, without the program's name, and returns its exit
// code. When ctx is canceled, as by SIGINT, what it does is interrupted.
func Run(ctx context.Context, args []string, std Streams) int {
	c := &command{std: std, log: slog.New(slog.DiscardHandler)}
	err := c.run(ctx, args)
	switch {
	case err == nil: // also when the interrupt was for a pager
		return exitOK
	case ctx.Err() != nil:
		_, _ = std.Out.Write([]byte("\n"))
		return exitInterrupted
	}
	if ended, ok := errors.AsType[exited](err); ok {
		return int(ended)
	}
	f, ok := errors.AsType[*failure](err)
	if !ok {
		f = general(err.Error())
	}
	c.log.Debug("exception caught", "error", f.Error())
	_, _ = std.Err.Write(f.show(c.errorFormat())) // there is no one left to tell
	return f.exit
}

// errorFormat is the format of errors: as far as the command line was read, the
// flag's, else the setting's, and plain text where the profile that would say
// so isn't there. No problem with it hides the error itself.
func (c *command) errorFormat() string {
	if format := c.globals[optErrorFormat]; format != "" {
		return format
	}
	if c.settings != nil {
		format, ok, err := c.settings.Get("cli_error_format", "AWS_CLI_ERROR_FORMAT")
		if err != nil {
			return legacyErrorFormat
		}
		if ok {
			return strings.ToLower(format)
		}
	}
	return defaultErrorFormat
}

func (c *command) has(option string) bool {
	_, ok := c.globals[option]
	return ok
}

// run does everything in the order in which the AWS CLI does it, since that is
// the order in which it complains: where the configuration is, the global
// options, the operation, its parameters, the configuration, the answer.
func (c *command) run(ctx context.Context, args []string) error {
	first, err := firstParser.Parse(args)
	if err != nil {
		return misused(err.Error(), firstUsage)
	}
	if _, debug := first.Values[optDebug]; debug {
		c.log = slog.New(newDebugHandler(c.std.Err))
	}
	c.log.Debug("arguments entered to CLI", "args", args)
	if c.settings, err = setup.Open(c.std.LookupEnv); err != nil {
		return err
	}
	c.settings.Ask, c.settings.Logger = c.std.Ask, c.log
	if c.settings.Ask == nil {
		c.settings.Ask = setup.AskIn(c.std.In, c.std.Err)
	}
	c.std.encodeAs(c.std.env(outputEncoding))
	if err := c.resolvePrompting(args); err != nil {
		return err
	}
	if err := c.openAliases(); err != nil {
		return err
	}
	parsed, err := c.parser().Parse(args)
	if err != nil {
		return misused(err.Error(), usage)
	}
	if parsed.Exited == optVersion {
		return c.printVersion()
	}
	c.globals = parsed.Values
	if err := c.resolveGlobals(); err != nil {
		return err
	}
	return c.runCommand(ctx, parsed.Positional, parsed.Rest, "", maxAliases)
}

// runCommand runs a service, or what a user's own word for one stands for.
// within is the alias that stands for name and is called the same, if there is
// one: then it is the service that is meant. depth is how many more aliases may
// follow.
func (c *command) runCommand(ctx context.Context, name string, words []string, within string, depth int) error {
	stands, own := c.aliases.services[name]
	switch {
	case own && name != within && depth == 0:
		return general("maximum recursion depth exceeded")
	case own && name != within && strings.HasPrefix(stands, "!"):
		return c.runAlias(ctx, stands[1:], words)
	case own && name != within:
		parsed, err := c.expand(name, stands)
		if err != nil {
			return err
		}
		return c.runCommand(ctx, parsed.Positional, append(parsed.Rest, words...), name, depth-1)
	case name == "help":
		return c.help(ctx, topHelp())
	}
	return c.runService(ctx, words, maxAliases)
}

// resolveGlobals gives the global options their meaning.
func (c *command) resolveGlobals() error {
	if expression, ok := c.globals[optQuery]; ok {
		query, err := jmespath.Compile(expression)
		if err != nil {
			return invalid("Bad value for --query " + expression + ": " + err.Error())
		}
		c.query = query
	}
	if endpoint, ok := c.globals[optEndpointURL]; ok {
		if err := checkEndpointFlag(endpoint); err != nil {
			return err
		}
	}
	var err error
	if c.settings.ReadTimeout, err = c.timeout(optReadTimeout); err != nil {
		return err
	}
	if c.settings.ConnectTimeout, err = c.timeout(optConnTimeout); err != nil {
		return err
	}
	c.settings.ProfileFlag = c.globals[optProfile]
	if err := checkOutputEncoding(c.std.LookupEnv); err != nil {
		return err
	}
	format := "iso8601"
	if p, err := c.settings.Profile(); err == nil { // that there is none is told when it is needed
		if v, ok := p["cli_timestamp_format"]; ok {
			format = v
		}
	}
	c.show, err = newTimestamps(format, c.location(), time.Now())
	return err
}

func (c *command) timeout(option string) (time.Duration, error) {
	text, ok := c.globals[option]
	if !ok {
		return setup.DefaultTimeout, nil
	}
	n, ok := value.ParseInt(text)
	if !ok {
		return 0, setup.NotAnInteger(text)
	}
	const longest = 1 << 32 // seconds
	if n.Sign() <= 0 || n.Cmp(value.Int(longest)) > 0 {
		return 0, nil
	}
	return time.Duration(n.Int64()) * time.Second, nil
}

// location is the local time zone, as TZ names it.
func (c *command) location() *time.Location {
	name, ok := c.std.LookupEnv("TZ")
	if !ok {
		return time.Local
	}
	place, err := time.LoadLocation(strings.TrimPrefix(name, ":"))
	if err != nil {
		return time.UTC
	}
	return place
}

// runService finds the operation, or what a user's own word for one stands for.
// depth is how many more aliases may follow.
func (c *command) runService(ctx context.Context, words []string, depth int) error {
	if len(words) == 1 && words[0] == "--help" {
		return c.help(ctx, serviceHelp())
	}
	parser := operationParser(c.aliases.operations)
	parsed, err := parser.Parse(words)
	if err != nil {
		return misused(err.Error()+notHere(parser.FirstArgument(words)), usage)
	}
	if stands, own := c.aliases.operations[parsed.Positional]; own {
		return c.runOwnOperation(ctx, parsed.Positional, stands, parsed.Rest, depth)
	}
	return c.runNamed(ctx, parsed.Positional, parsed.Rest)
}

// notHere is what is added to the error about an operation that Amazon Connect
// has and rollcall hasn't.
func notHere(name string) string {
	if its, ok := elsewhere()[name]; ok {
		return "\n\nAmazon Connect has " + its + "; rollcall hasn't. \"rollcall connect help\" lists what it has."
	}
	return ""
}

// runOwnOperation runs what a user's own word for an operation stands for. One
// that is called as an operation is stands for that operation, whatever the
// first of its words is.
func (c *command) runOwnOperation(ctx context.Context, name, stands string, words []string, depth int) error {
	switch {
	case depth == 0:
		return general("maximum recursion depth exceeded")
	case strings.HasPrefix(stands, "!"):
		return c.runAlias(ctx, stands[1:], words)
	}
	parsed, err := c.expand(name, stands, serviceName)
	if err != nil {
		return err
	}
	words = append(parsed.Rest, words...)
	if named(name) != nil && len(words) > 0 {
		return c.runNamed(ctx, name, words[1:])
	}
	return c.runService(ctx, words, depth-1)
}

// runNamed runs the operation of a name that the parser let pass.
func (c *command) runNamed(ctx context.Context, name string, words []string) error {
	if name == "help" {
		return c.help(ctx, serviceHelp())
	}
	return c.runOperation(ctx, named(name), words)
}

// runOperation reads the operation's parameters and does what is asked with them.
func (c *command) runOperation(ctx context.Context, o *connectapi.Operation, words []string) error {
	if len(words) == 1 && words[0] == "help" || c.asksForHelp(words) {
		return c.help(ctx, operationHelp(o))
	}
	if c.prompting {
		asked, err := c.askForMissing(o, words)
		if err != nil {
			return err
		}
		words = append(words, asked...)
	}
	given, err := optionParser(o, words).Parse(words)
	if err != nil {
		return misused(err.Error(), usage)
	}
	if given.Positional == "help" {
		return c.help(ctx, operationHelp(o))
	}
	if err := refuseRest(given); err != nil {
		return err
	}
	paged, err := c.pages(o, given)
	if err != nil {
		return err
	}
	params, err := c.parameters(o, given)
	if err != nil {
		return err
	}
	switch given.Values[optSkeleton] {
	case skeletonInput:
		return c.print(append(value.Encoding{Indent: 4, Raw: true}.Append(nil, inputSkeleton(o.Input(), nil)), '\n'))
	case skeletonYAML:
		return c.print(yamlSkeleton(o.Input()))
	}
	s, err := c.openSession(ctx)
	if err != nil {
		return err
	}
	switch call := (&caller{c: c, o: o, s: s}); {
	case given.Values[optSkeleton] == skeletonOutput:
		return c.sample(ctx, call, params)
	case paged && !pagesItself(params):
		return c.answerPages(ctx, call, params)
	default:
		return c.answer(ctx, call, params)
	}
}

// refuseRest is the error for words that mean nothing.
func refuseRest(given *argparse.Result) error {
	rest := given.Rest
	if given.Positional != "" {
		rest = append(rest, given.Positional)
	}
	if len(rest) == 0 {
		return nil
	}
	return &failure{exit: exitUsage, text: "Unknown options: " + strings.Join(rest, ", "), usage: true}
}

// answer calls the operation and prints what comes.
func (c *command) answer(ctx context.Context, call *caller, params *value.Map) error {
	v, err := call.do(ctx, params)
	if err != nil {
		return err
	}
	return c.display(ctx, call.o.Name, v)
}

// sample prints what an answer looks like. It must be a valid answer, and the
// parameters must be valid, too.
func (c *command) sample(ctx context.Context, call *caller, params *value.Map) error {
	if err := call.validate(params); err != nil {
		return err
	}
	v := outputSkeleton(call.o.Output(), "", nil)
	if err := validate(v, call.o.Output()); err != nil {
		return err
	}
	return c.display(ctx, call.o.Name, v)
}

func (c *command) print(text []byte) error {
	_, err := c.std.Out.Write(text)
	return err
}
