package awscli_test

import (
	"context"
	"os"
	"os/signal"
	"testing"

	"rollcall/internal/awscli"
)

// asCommand makes the test binary be the command, so that tests can run it as a
// process of its own.
const asCommand = "ROLLCALL_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) == "" {
		os.Exit(m.Run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := awscli.Run(ctx, os.Args[1:], awscli.OSStreams())
	stop()
	os.Exit(code)
}
