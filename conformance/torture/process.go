package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	restartWait = 300 * time.Millisecond // before a process that ended by itself is started again
	stopWait    = 30 * time.Second       // for a process that was asked to end
)

// process keeps a program running, as a supervisor of services does, except
// while a fault wants it down.
type process struct {
	name     string
	args     []string // the program and its arguments
	env      []string // beside our own
	host     *host    // whose network it uses; nil for ours
	logPath  string   // what it prints
	timeline *timeline
	onStart  func() // called before each start; may be nil

	mu      sync.Mutex
	cmd     *exec.Cmd     // nil while it does not run
	ended   chan struct{} // closed when cmd has ended, and before the first start
	ending  *exec.Cmd     // the newest life that was told to end
	wanted  bool          // it is to run: one that ends is started again
	excused int           // faults under way that may make it end by itself
	crashes []string      // its ends that have no excuse
	status  int           // of its newest end
	kills   int           // how often it was killed
}

// newProcess makes one that does not run yet.
func newProcess(t *timeline, name, logPath string, env []string, args ...string) *process {
	p := &process{name: name, args: args, env: env, logPath: logPath, timeline: t, ended: make(chan struct{})}
	close(p.ended)
	return p
}

// start starts the program unless it runs.
func (p *process) start() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wanted = true
	return p.startLocked()
}

func (p *process) startLocked() error {
	if p.cmd != nil {
		return nil
	}
	log, err := os.OpenFile(p.logPath, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	args := p.args
	if p.host != nil {
		args = p.host.inside(args)
	}
	if p.onStart != nil {
		p.onStart()
	}
	cmd := exec.Command(args[0], args[1:]...) //nolint:gosec,noctx // the program under test; it outlives any call
	cmd.Env = append(os.Environ(), p.env...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = attributes()
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", p.name, err)
	}
	p.cmd, p.ended = cmd, make(chan struct{})
	go p.watch(cmd, p.ended)
	return nil
}

// watch waits for the end of one life of the program, and begins the next one
// if it ended by itself.
func (p *process) watch(cmd *exec.Cmd, ended chan struct{}) {
	_ = cmd.Wait() // ProcessState has it
	p.mu.Lock()
	p.cmd, p.status = nil, cmd.ProcessState.ExitCode()
	byItself := p.ending != cmd
	if byItself && p.excused == 0 {
		p.crashes = append(p.crashes, fmt.Sprintf("%s: %s; its log ends with:\n%s", p.name, cmd.ProcessState, tail(p.logPath)))
	}
	p.mu.Unlock()
	close(ended)
	if byItself {
		p.timeline.note("ended by itself: "+cmd.ProcessState.String(), p.name)
		time.Sleep(restartWait)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.wanted {
		if err := p.startLocked(); err != nil {
			p.crashes = append(p.crashes, err.Error())
		}
	}
}

// kill ends the program with SIGKILL and waits until it has ended.
func (p *process) kill() {
	if _, ok := p.running(); ok {
		p.mu.Lock()
		p.kills++
		p.mu.Unlock()
	}
	<-p.end(syscall.SIGKILL)
}

// killed tells how often the program was killed while it ran.
func (p *process) killed() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.kills
}

// stop asks the program to end, and gives its exit status.
func (p *process) stop(ctx context.Context) (status int, err error) {
	ctx, cancel := context.WithTimeout(ctx, stopWait)
	defer cancel()
	select {
	case <-p.end(syscall.SIGTERM):
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.status, nil
	case <-ctx.Done():
		return 0, fmt.Errorf("%s did not end: %w", p.name, ctx.Err())
	}
}

// end sends the program a signal to end for good. The channel is closed when it
// has ended.
func (p *process) end(s syscall.Signal) (ended <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wanted, p.ending = false, p.cmd
	if p.cmd != nil {
		_ = p.cmd.Process.Signal(s) // one that has just ended needs none
	}
	return p.ended
}

// signal sends a signal if the program runs.
func (p *process) signal(s syscall.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd != nil {
		_ = p.cmd.Process.Signal(s) // one that has just ended needs none
	}
}

// excuse lets the program end by itself until the function that it gives is
// called.
func (p *process) excuse() (end func()) {
	add := func(n int) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.excused += n
	}
	add(+1)
	return func() { add(-1) }
}

// running tells whether the program runs, and gives a channel that is closed
// when this life ends.
func (p *process) running() (ended <-chan struct{}, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ended, p.cmd != nil
}

// pid is the running program's; of one that does not run it is 0.
func (p *process) pid() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return 0
	}
	return p.cmd.Process.Pid
}

// lastStatus is the exit status of the newest end.
func (p *process) lastStatus() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.status
}

func (p *process) crashed() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.crashes
}

// tail is the end of a log.
func tail(path string) string {
	const lines = 15
	content, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	all := strings.Split(strings.TrimSpace(string(content)), "\n")
	return "\t" + strings.Join(all[max(0, len(all)-lines):], "\n\t")
}

// command runs a program of the system to its end.
func command(ctx context.Context, name string, args ...string) error {
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput() //nolint:gosec // names are ours
	if err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, strings.TrimSpace(string(out)))
	}
	return nil
}
