package awscli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"syscall"

	"rollcall/internal/awscli/output"
	"rollcall/internal/awscli/value"
)

// formats are the values of --output. A setting can name others, which is an
// error when it is used.
var formats = globalParser.Choices(optOutput)

// display prints a result in the wanted format, after the query.
func (c *command) display(ctx context.Context, title string, v any) error {
	p, err := c.newPrinter(ctx, title)
	if err != nil {
		return err
	}
	return p.close(p.print(v))
}

// printer prints results one after the other in the wanted format.
type printer struct {
	c      *command
	format string
	table  output.TableOptions
	out    *pagedWriter
}

// errEnough says that nobody reads any more.
var errEnough = errors.New("who reads has read enough")

func (c *command) newPrinter(ctx context.Context, title string) (*printer, error) {
	format, ok := c.globals[optOutput]
	if !ok {
		var err error
		if format, ok, err = c.settings.Get("output", "AWS_DEFAULT_OUTPUT"); err != nil {
			return nil, err
		}
	}
	if !ok {
		format = "json"
	}
	if !slices.Contains(formats, format) {
		return nil, general("Unknown output type: " + format)
	}
	pager, err := c.pager()
	if err != nil {
		return nil, err
	}
	colored := c.std.OutTerminal
	switch c.globals[optColor] {
	case "on":
		colored = true
	case "off":
		colored = false
	}
	return &printer{
		c: c, format: format, out: c.paged(ctx, pager),
		table: output.TableOptions{Title: title, Width: c.std.Columns, Color: colored, Resets: colored && pager == ""},
	}, nil
}

// print prints a result, or what a query finds in it.
func (p *printer) print(v any) error {
	v, err := p.c.queried(v)
	if err != nil {
		return err
	}
	shown, err := output.Format(p.format, v, p.table)
	return p.write(shown, err)
}

// printPage prints a page of a yaml-stream, also one that has nothing in it.
func (p *printer) printPage(v any) error {
	v, err := p.c.queried(v)
	if err != nil {
		return err
	}
	return p.write(output.YAML(value.NewList(v)), nil)
}

// queried is what --query finds in a result, or without one the result.
func (c *command) queried(v any) (any, error) {
	if c.query == nil {
		return v, nil
	}
	found, err := c.query.Search(v)
	if err != nil {
		return nil, general(err.Error())
	}
	return found, nil
}

// write writes what was formatted, also when that went only so far.
func (p *printer) write(shown []byte, err error) error {
	switch _, writeErr := p.out.Write(shown); {
	case errors.Is(writeErr, syscall.EPIPE) && p.format == "text" && p.out.words == nil:
		return general(fmt.Sprintf("[Errno %d] Broken pipe", int(syscall.EPIPE)))
	case errors.Is(writeErr, syscall.EPIPE):
		return errEnough
	case writeErr != nil:
		return writeErr
	case err != nil:
		return general(err.Error())
	}
	return nil
}

// close waits until a pager has shown all. err is why the printing ended.
func (p *printer) close(err error) error {
	p.out.Close()
	switch {
	case errors.Is(err, errEnough):
		return nil
	case err != nil:
		return err
	case p.table.Color && p.format == "table" && p.c.std.OutTerminal:
		return p.c.print([]byte(endColors))
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

func pagerFailure(cause string) error {
	return &failure{exit: exitConfig, code: "Pager", text: "Unable to redirect output to pager. " +
		"Received the following error when opening pager:\n" + strings.TrimSpace(cause) +
		"\n\nLearn more about configuring the output pager by running \"aws help config-vars\"."}
}
