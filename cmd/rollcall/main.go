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

	"rollcall/internal/awscli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:]))
}

// The exit statuses of our own commands. `rollcall connect …` has the AWS
// CLI's.
const (
	exitDone     = 0
	exitFailed   = 1 // it could not be done, or not all of it
	exitMisused  = 2 // the command line can't be right
	exitTerminal = 3 // the journal failed: what was acknowledged is kept, nothing more is taken
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
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	fmt.Fprintln(root.ErrOrStderr(), "rollcall: "+err.Error())
	var exit *exitError
	if errors.As(err, &exit) {
		return exit.status
	}
	return exitFailed
}
