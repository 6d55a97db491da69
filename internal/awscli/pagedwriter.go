package awscli

import (
	"context"
	"io"
	"os/exec"

	"rollcall/internal/awscli/shell"
)

// pagedWriter writes through the pager, which is not started for nothing.
type pagedWriter struct {
	c     *command
	words []string // the pager's; none: there is no pager
	err   error    // why they can't be told
	cmd   *exec.Cmd
	in    io.WriteCloser // of the pager, once it has started
}

// paged is a writer through a pager, or through none if that is "".
func (c *command) paged(ctx context.Context, pager string) *pagedWriter {
	w := &pagedWriter{c: c}
	if w.words, w.err = shell.Split(pager); len(w.words) == 0 {
		return w
	}
	// An interrupt is for the pager to understand, not for us.
	w.cmd = exec.CommandContext(context.WithoutCancel(ctx), w.words[0], w.words[1:]...) //nolint:gosec // a pager is a command of the user's choice
	w.cmd.Stdout, w.cmd.Stderr = c.std.Out, c.std.Err
	w.cmd.Env = w.cmd.Environ()
	if _, set := c.std.LookupEnv("LESS"); !set {
		w.cmd.Env = append(w.cmd.Env, "LESS=FRX")
	}
	return w
}

// Write writes some text.
func (w *pagedWriter) Write(text []byte) (int, error) {
	switch {
	case len(text) == 0:
		return 0, nil
	case w.err != nil:
		return 0, pagerFailure(w.err.Error())
	case w.cmd == nil:
		return w.c.std.Out.Write(text)
	}
	if w.in == nil {
		var err error
		if w.in, err = w.cmd.StdinPipe(); err != nil {
			return 0, err
		}
		if err := w.cmd.Start(); err != nil {
			w.in = nil
			return 0, pagerFailure(shell.Errno(err, w.words[0]))
		}
	}
	return w.in.Write(text)
}

// Close waits until the pager has ended.
func (w *pagedWriter) Close() {
	if w.in == nil {
		return
	}
	_ = w.in.Close()
	_ = w.cmd.Wait() // how a pager ends is the reader's business
}
