// Package process runs rollcall as its users do: the real binary, in a process
// of its own, on free ports of loopback. What measures, attacks or tries a
// server from outside shares it: bench/ and conformance/. Nothing that ships
// imports it.
//
// A process begins with Launch, or with Start, which returns when it is ready,
// and it is the caller's to end, with Stop or Kill.
package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"syscall"
)

// Serve is a `rollcall serve` to be run.
type Serve struct {
	Binary  string
	By      []string // the program that is given the server's command line; none: the server is run itself
	DataDir string
	Flags   []string // beside those that Args gives; the later of two counts
	Env     []string // beside our own environment

	KeyID, Secret string // the first key; may be empty
}

// Args is the whole command line.
func (s Serve) Args() []string {
	return slices.Concat(s.By, []string{
		s.Binary, "serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--data-dir", s.DataDir, "--log-format", "json",
	}, s.Flags)
}

// Command is the command, not yet run. When ctx ends it is killed.
func (s Serve) Command(ctx context.Context) *exec.Cmd {
	args := s.Args()
	cmd := exec.CommandContext(ctx, args[0], args[1:]...) //nolint:gosec // the program under test
	cmd.Env = append(os.Environ(), s.Env...)
	if s.KeyID != "" {
		cmd.Env = append(cmd.Env, "ROLLCALL_ACCESS_KEY_ID="+s.KeyID, "ROLLCALL_SECRET_ACCESS_KEY="+s.Secret)
	}
	return cmd
}

// Process is a server that runs, or has run.
type Process struct {
	Address string // HOST:PORT of questions and events; Start knows it
	Admin   string // URL of the admin pages; Start knows it
	Log     *Log

	cmd   *exec.Cmd
	ended chan struct{}
	err   error // how it ended, once ended is closed
}

// Launch starts the program and waits for nothing. It outlives ctx.
func (s Serve) Launch(ctx context.Context) (*Process, error) {
	p := &Process{cmd: s.Command(context.WithoutCancel(ctx)), Log: newLog(), ended: make(chan struct{})}
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", s.Binary, err)
	}
	go func() {
		defer close(p.ended)
		p.Log.read(stderr)
		if p.err = p.cmd.Wait(); p.err != nil {
			p.err = fmt.Errorf("rollcall serve: %w; its log ends with\n%s", p.err, p.Log.tail())
		}
	}()
	return p, nil
}

// Start starts the program and returns when it is ready, or kills it when it is
// not before ctx ends.
func (s Serve) Start(ctx context.Context) (*Process, error) {
	p, err := s.Launch(ctx)
	if err != nil {
		return nil, err
	}
	giveUp := context.AfterFunc(ctx, p.Kill)
	defer giveUp()
	line, ok := p.Log.Await("listening")
	if !ok {
		return nil, errors.Join(errors.New("rollcall ended before it listened"), context.Cause(ctx), p.Wait())
	}
	p.Address, _ = line["address"].(string)
	admin, _ := line["admin_address"].(string)
	p.Admin = "http://" + admin
	if err := AwaitReady(ctx, p.Admin); err != nil {
		p.Kill()
		return nil, errors.Join(err, p.Wait())
	}
	return p, nil
}

// PID is the process's, also of one that has ended.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Wait waits until the process has ended. Its error wraps an *exec.ExitError and
// has the end of the log.
func (p *Process) Wait() error {
	<-p.ended
	return p.err
}

// Stop ends the process as an operator does, and gives how it ended.
func (p *Process) Stop() error {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // one that has ended needs none
	return p.Wait()
}

// Kill ends the process as a power cut does, with no chance to tidy, and
// returns when it has ended.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill() // one that has ended needs none
	<-p.ended
}
