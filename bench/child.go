package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
)

// child is this program again, in a process of its own. It is handed one value
// as JSON on its standard input and answers with values as lines of JSON. It
// ends when its input does: when the driver closes it, or is no more.
type child struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *json.Decoder
}

// startChild starts the child that does the word, and hands it what it needs.
func startChild(ctx context.Context, word string, needs any) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &child{cmd: exec.CommandContext(ctx, self, word)}
	c.cmd.Stderr = os.Stderr
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c.out = json.NewDecoder(bufio.NewReader(out))
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", word, err)
	}
	if err := json.NewEncoder(c.in).Encode(needs); err != nil {
		return nil, errors.Join(fmt.Errorf("hand %s its work: %w", word, err), c.close())
	}
	return c, nil
}

// answer reads the child's next answer.
func (c *child) answer(v any) error {
	if err := c.out.Decode(v); err != nil {
		return fmt.Errorf("read the answer of %v: %w", c.cmd.Args[1:], err)
	}
	return nil
}

func (c *child) close() error {
	_ = c.in.Close()
	return c.cmd.Wait()
}

// load runs a job in a load generator's process.
func load(ctx context.Context, j job) (measure, error) {
	c, err := startChild(ctx, "load", j)
	if err != nil {
		return measure{}, err
	}
	var m measure
	if err := errors.Join(c.answer(&m), c.close()); err != nil {
		return m, err
	}
	if m.Errors > 0 || m.Requests == 0 {
		return m, fmt.Errorf("of %d requests %d failed; the first: %s", m.Requests+m.Errors, m.Errors, m.FirstWhy)
	}
	return m, nil
}

// workAsChild does what a child of that name does, on standard input and
// output.
func workAsChild(ctx context.Context, word string) error {
	in, out := json.NewDecoder(bufio.NewReader(os.Stdin)), json.NewEncoder(os.Stdout)
	switch word {
	case "load":
		var j job
		if err := in.Decode(&j); err != nil {
			return err
		}
		m, err := j.run(ctx)
		if err != nil {
			return err
		}
		return out.Encode(m)
	case "plain":
		var p plain
		if err := in.Decode(&p); err != nil {
			return err
		}
		return p.serve(ctx, out, inputEnd(in))
	case "inside":
		var o insideOptions
		if err := in.Decode(&o); err != nil {
			return err
		}
		return o.run(ctx, out, in)
	}
	return fmt.Errorf("there is no child %q", word)
}

// inputEnd is closed when standard input ends.
func inputEnd(in *json.Decoder) <-chan struct{} {
	ended := make(chan struct{})
	go func() {
		var more any
		for in.Decode(&more) == nil {
		}
		close(ended)
	}()
	return ended
}
