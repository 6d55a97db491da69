package awscli

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"rollcall/internal/awscli/argparse"
	"rollcall/internal/awscli/jmespath"
	"rollcall/internal/awscli/value"
)

// command is one run. Its fields are set one after the other as the run gets on.
type command struct {
	std      Streams
	settings *settings
	globals  map[string]string // :: global option -> value, once they are read
	log      *slog.Logger
	query    *jmespath.Expression // nil without --query
	show     timestamps
	// readTimeout and connectTimeout are zero for none.
	readTimeout, connectTimeout time.Duration
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
	f, ok := errors.AsType[*failure](err)
	if !ok {
		f = general(err.Error())
	}
	c.log.Debug("exception caught", "error", f.Error())
	_, _ = std.Err.Write(f.show(c.errorFormat())) // there is no one left to tell
	return f.exit
}

// errorFormat is the format of errors: as far as the command line was read, the
// flag's, else the setting's. No problem with it hides the error itself.
func (c *command) errorFormat() string {
	if format := c.globals[optErrorFormat]; format != "" {
		return format
	}
	if c.settings != nil {
		if format, ok, err := c.settings.get("cli_error_format", "AWS_CLI_ERROR_FORMAT"); ok && err == nil {
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
	if c.settings, err = openSettings(&c.std); err != nil {
		return err
	}
	if err := c.resolvePrompting(args); err != nil {
		return err
	}
	parsed, err := globalParser.Parse(args)
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
	if parsed.Positional == "help" {
		return c.help(ctx, topHelp())
	}
	return c.runService(ctx, connectService, parsed.Rest)
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
	if c.readTimeout, err = c.timeout(optReadTimeout); err != nil {
		return err
	}
	if c.connectTimeout, err = c.timeout(optConnTimeout); err != nil {
		return err
	}
	c.settings.flag = c.globals[optProfile]
	settings, err := c.settings.profile()
	if err != nil {
		return err
	}
	format, ok := settings["cli_timestamp_format"]
	if !ok {
		format = "iso8601"
	}
	c.show, err = newTimestamps(format, c.location(), time.Now())
	return err
}

// defaultTimeout is for connecting, and for the answer.
const defaultTimeout = time.Minute

func (c *command) timeout(option string) (time.Duration, error) {
	text, ok := c.globals[option]
	if !ok {
		return defaultTimeout, nil
	}
	n, ok := value.ParseInt(text)
	if !ok {
		return 0, notAnInteger(text)
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

// runService finds the operation.
func (c *command) runService(ctx context.Context, svc *service, words []string) error {
	parsed, err := svc.parser().Parse(words)
	if err != nil {
		return misused(svc.explain(err, words), usage)
	}
	if parsed.Positional == "help" {
		return c.help(ctx, svc.help())
	}
	for _, op := range svc.operations {
		if op.command() == parsed.Positional {
			return c.runOperation(ctx, svc, op, parsed.Rest)
		}
	}
	return general("no such operation: " + parsed.Positional) // the parser has the same list
}

// runOperation reads the operation's parameters and does what is asked with them.
func (c *command) runOperation(ctx context.Context, svc *service, op *operation, words []string) error {
	if len(words) == 1 && words[0] == "help" {
		return c.help(ctx, op.help(svc))
	}
	if c.prompting {
		asked, err := c.askForMissing(op, words)
		if err != nil {
			return err
		}
		words = append(words, asked...)
	}
	given, err := op.parser(words).Parse(words)
	if err != nil {
		return misused(err.Error(), usage)
	}
	if given.Positional == "help" {
		return c.help(ctx, op.help(svc))
	}
	if err := refuseRest(given); err != nil {
		return err
	}
	params, err := c.parameters(op, given)
	if err != nil {
		return err
	}
	switch given.Values[optSkeleton] {
	case skeletonInput:
		return c.print(append(value.Encoding{Indent: 4, Raw: true}.Append(nil, inputSkeleton(op.input)), '\n'))
	case skeletonYAML:
		return c.print(yamlSkeleton(op.input))
	}
	s, err := c.openSession(ctx, svc)
	if err != nil {
		return err
	}
	if err := validate(params, op.input); err != nil {
		return err
	}
	if given.Values[optSkeleton] == skeletonOutput {
		return c.display(ctx, op.name, outputSkeleton(op.output, ""))
	}
	return c.answer(ctx, op, s, params)
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
func (c *command) answer(ctx context.Context, op *operation, s *session, params *value.Map) error {
	resp, err := c.call(ctx, op, s, params)
	if err != nil {
		return err
	}
	v, err := decodeAnswer(resp.Body, op.output, c.show)
	if err != nil {
		return err
	}
	return c.display(ctx, op.name, v)
}

func (c *command) print(text []byte) error {
	_, err := c.std.Out.Write(text)
	return err
}
