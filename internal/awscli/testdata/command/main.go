// Command command is the AWS CLI dialect alone, to measure and to try it.
package main

import (
	"context"
	"os"
	"os/signal"

	"rollcall/internal/awscli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := awscli.Run(ctx, os.Args[1:], awscli.OSStreams())
	stop()
	os.Exit(code)
}
