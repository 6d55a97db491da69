package awscli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"syscall"

	"rollcall/internal/awscli/output"
	"rollcall/internal/awscli/shell"
)

// formats are the values of --output. A setting can name others, which is an
// error when it is used.
var formats = globalParser.Choices(optOutput)

// display prints a result in the wanted format, after the query.
func (c *command) display(ctx context.Context, title string, v any) error {
	format, ok := c.globals[optOutput]
	if !ok {
		var err error
		if format, ok, err = c.settings.Get("output", "AWS_DEFAULT_OUTPUT"); err != nil {
			return err
		}
	}
	if !ok {
		format = "json"
	}
	if !slices.Contains(formats, format) {
		return general("Unknown output type: " + format)
	}
	var err error
	if c.query != nil {
		if v, err = c.query.Search(v); err != nil {
			return general(err.Error())
		}
	}
	pager, err := c.pager()
	if err != nil {
		return err
	}
	colored := c.std.OutTerminal
	switch c.globals[optColor] {
	case "on":
		colored = true
	case "off":
		colored = false
	}
	shown, err := output.Format(format, v, output.TableOptions{
		Title: title, Width: c.std.Columns, Color: colored, Resets: colored && pager == "",
	})
	switch writeErr := c.page(ctx, pager, shown); {
	case errors.Is(writeErr, syscall.EPIPE) && format != "text":
		return nil // who reads has read enough
	case errors.Is(writeErr, syscall.EPIPE):
		return general(fmt.Sprintf("[Errno %d] Broken pipe", int(syscall.EPIPE)))
	case writeErr != nil:
		return writeErr
	}
	if err != nil {
		return general(err.Error())
	}
	if colored && format == "table" && c.std.OutTerminal {
		return c.print([]byte(endColors))
	}
	return nil
}

// endColors ends all coloring. It is written last, behind the pager.
const endColors = "\x1b[0m"

// pager returns the command that shows long output, or "" for none. There is
// none unless a person watches.
func (c *command) pager() (string, error) {
	if !c.std.OutTerminal || c.has(optNoPager) {
		return "", nil
	}
	if v, ok, err := c.settings.Get("cli_pager", "AWS_PAGER"); ok || err != nil {
		return v, err
	}
	if v, ok := c.std.LookupEnv("PAGER"); ok {
		return v, nil
	}
	return "less", nil
}

// page writes text through the pager, which is not started for nothing.
func (c *command) page(ctx context.Context, pager string, text []byte) error {
	if len(text) == 0 {
		return nil
	}
	words, err := shell.Split(pager)
	if err != nil {
		return pagerFailure(err.Error())
	}
	if len(words) == 0 {
		_, err := c.std.Out.Write(text)
		return err
	}
	// An interrupt is for the pager to understand, not for us.
	cmd := exec.CommandContext(context.WithoutCancel(ctx), words[0], words[1:]...) //nolint:gosec // a pager is a command of the user's choice
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(text), c.std.Out, c.std.Err
	cmd.Env = cmd.Environ()
	if _, set := c.std.LookupEnv("LESS"); !set {
		cmd.Env = append(cmd.Env, "LESS=FRX")
	}
	if err := cmd.Start(); err != nil {
		return pagerFailure(shell.Errno(err, words[0]))
	}
	_ = cmd.Wait() // how a pager ends is the reader's business
	return nil
}

func pagerFailure(cause string) error {
	return &failure{exit: exitConfig, code: "Pager", text: "Unable to redirect output to pager. " +
		"Received the following error when opening pager:\n" + strings.TrimSpace(cause) +
		"\n\nLearn more about configuring the output pager by running \"aws help config-vars\"."}
}
