package awscli

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"rollcall/connectapi"
)

// resolvePrompting decides whether missing parameters are asked for: as a flag
// says, else a setting. Help and the version need none.
func (c *command) resolvePrompting(args []string) error {
	on, off := slices.Contains(args, optPrompt), slices.Contains(args, optNoPrompt)
	if on && off {
		return invalid("Both --cli-auto-prompt and --no-cli-auto-prompt cannot be specified at the same time.")
	}
	if off || slices.Contains(args, "help") || slices.Contains(args, optVersion) {
		return nil
	}
	if !on {
		mode, _, err := c.settings.Get("cli_auto_prompt", "AWS_CLI_AUTO_PROMPT")
		if err != nil {
			return nil //nolint:nilerr // a profile that is missing is told of later, where it matters
		}
		mode = strings.ToLower(mode)
		on = mode == "on" || mode == "on-partial"
	}
	if on && !c.std.InTerminal {
		if _, err := io.WriteString(c.std.Err, "Warning: Input is not a terminal (fd=0).\n"); err != nil {
			return err
		}
		return general("--cli-auto-prompt needs a terminal to ask at.")
	}
	c.prompting = on
	return nil
}

// askForMissing asks, a line each, for required parameters that the words do
// not have, and returns them as further words.
func (c *command) askForMissing(o *connectapi.Operation, words []string) ([]string, error) {
	parser := optionParser(o, append(slices.Clone(words), optSkeleton)) // nothing required
	given, err := parser.Parse(words)
	if err != nil {
		return nil, nil //nolint:nilerr // the words are read again, and told of, by the caller
	}
	in := bufio.NewReader(c.std.In)
	var asked []string
	for i := range o.Input().Members {
		m := &o.Input().Members[i]
		if given.Has(option(m)) || !m.Required || hasInput(given.Values) {
			continue
		}
		if _, err := fmt.Fprintf(c.std.Err, "%s (%s): ", option(m), strings.TrimSuffix(m.Doc, ".")); err != nil {
			return nil, err
		}
		line, err := in.ReadString('\n')
		if err != nil && (err != io.EOF || line == "") {
			return nil, general("EOF when reading a line")
		}
		asked = append(asked, option(m)+"="+strings.TrimRight(line, "\r\n"))
	}
	return asked, nil
}

// hasInput says that the parameters come, or are shown, in another way.
func hasInput(values map[string]string) bool {
	for _, name := range []string{optInputJSON, optInputYAML, optSkeleton} {
		if _, ok := values[name]; ok {
			return true
		}
	}
	return false
}
