// Command rollcall keeps the present state of contact centre floors and
// answers Amazon Connect's GetCurrentUserData for any number of askers. It is
// the server, the tools around it, and the AWS CLI command itself:
//
//	rollcall serve
//	rollcall connect get-current-user-data --instance-id … --filters …
//
// "rollcall help" lists the commands.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // for TZ where the machine has no database of zones, as in a bare container

	"github.com/spf13/cobra"

	"rollcall/internal/awscli"
	"rollcall/internal/server"
)

func main() {
	ends := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // as under nohup
		ends = append(ends, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), ends...)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends what does not heed the first
	os.Exit(run(ctx, os.Args[1:]))
}

// The exit statuses of our own commands. `rollcall connect …` has the AWS
// CLI's.
const (
	exitDone        = 0
	exitFailed      = 1 // it could not be done, or not all of it
	exitMisused     = 2 // the command line can't be right
	exitTerminal    = server.ExitFailed
	exitDamaged     = 4   // a journal was read, and is damaged
	exitInterrupted = 130 // Ctrl-C, SIGTERM or SIGHUP came before it was done
)

// exitError carries an exit status up to main.
type exitError struct {
	status int
	err    error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

func run(ctx context.Context, args []string) int {
	if awscli.Claims(args) {
		return awscli.Run(ctx, args, awscli.OSStreams())
	}
	root := newRoot() //nolint:contextcheck // the commands take theirs from cobra
	root.SetOut(onDisplay(os.Stdout))
	root.SetErr(onDisplay(os.Stderr))
	begun := false
	beforeEach(root, func() { begun = true })
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	var exit *exitError
	switch {
	case err == nil:
		return exitDone
	case interrupted(ctx, err):
		beginLine(root.ErrOrStderr())
		fmt.Fprintln(root.ErrOrStderr(), "rollcall: interrupted")
		return exitInterrupted
	case !begun: // cobra could make nothing of the line
		err = misused(cmd, err)
	}
	fmt.Fprintln(root.ErrOrStderr(), "rollcall: "+harmlessText(err.Error()))
	if errors.As(err, &exit) {
		return exit.status
	}
	return exitFailed
}

// beforeEach has f called when a command of the tree begins.
func beforeEach(cmd *cobra.Command, f func()) {
	for _, sub := range cmd.Commands() {
		beforeEach(sub, f)
	}
	if runE := cmd.RunE; runE != nil {
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			f()
			return runE(cmd, args)
		}
	}
}

// interrupted tells whether err is no more than the end of ctx.
func interrupted(ctx context.Context, err error) bool {
	return ctx.Err() != nil && (errors.Is(err, ctx.Err()) || errors.Is(err, context.Cause(ctx)))
}
