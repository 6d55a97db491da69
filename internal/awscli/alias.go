package awscli

import (
	"context"
	"errors"
	"os/exec"
	"strings"

	"rollcall/internal/awscli/argparse"
	"rollcall/internal/awscli/profile"
	"rollcall/internal/awscli/shell"
)

// aliasFile is where people keep words of their own for commands: in a section
// [toplevel] for services, in [command connect] for operations. The value is
// the words that one stands for, or, behind "!", a command for the shell.
const aliasFile = "~/.aws/cli/alias"

// maxAliases is how many aliases may stand for each other.
const maxAliases = 100

// aliases are the user's own words.
type aliases struct {
	services, operations map[string]string // :: alias -> what it stands for
}

func (c *command) openAliases() error {
	sections, err := profile.Sections(shell.ExpandPath(aliasFile, c.std.LookupEnv))
	if err != nil {
		return err
	}
	for name, section := range sections {
		switch words := strings.Fields(name); {
		case name == "toplevel":
			c.aliases.services = section
		case len(words) == 2 && words[0] == "command" && words[1] == serviceName:
			c.aliases.operations = section
		}
	}
	return nil
}

// exited ends a run with the exit code of another program.
type exited int

func (e exited) Error() string { return "exit status of an alias" }

// runAlias runs the command that an alias behind "!" stands for, with further
// words, in a shell.
func (c *command) runAlias(ctx context.Context, command string, words []string) error {
	line := []string{command}
	for _, word := range words {
		line = append(line, shell.Quote(word))
	}
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", strings.Join(line, " ")) //nolint:gosec // the user's own file has it
	cmd.Stdin, cmd.Stdout, cmd.Stderr = c.std.In, c.std.Out, c.std.Err
	err := cmd.Run()
	if ended, ok := errors.AsType[*exec.ExitError](err); ok {
		return exited(ended.ExitCode())
	}
	return err
}

// expand reads the words that an alias stands for. Global options among them
// hold from then on; lead is put before them.
func (c *command) expand(name, stands string, lead ...string) (*argparse.Result, error) {
	words, err := shell.Split(stands)
	if err != nil {
		return nil, general("Value of alias \"" + name + "\" could not be parsed. Received error: No closing quotation when parsing:\n" + stands)
	}
	parsed, err := c.parser().Parse(append(lead, words...))
	if err != nil {
		return nil, misused(err.Error(), usage)
	}
	for option, v := range parsed.Values {
		if option == optProfile || option == optDebug {
			return nil, general("Global parameter \"" + option + "\" detected in alias \"" + name + "\" which is not supported in subcommand aliases.")
		}
		c.globals[option] = v
	}
	return parsed, c.resolveGlobals()
}
