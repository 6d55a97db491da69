package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
)

// TestMain lets the test binary stand for the program where that starts itself
// again.
func TestMain(m *testing.M) {
	if isInside() || len(os.Args) > 1 && os.Args[1] == natsCommand {
		main()
	}
	os.Exit(m.Run())
}

// TestTorture_LosesNothing is the short version of what `make torture` does.
func TestTorture_LosesNothing(t *testing.T) {
	var out, problems bytes.Buffer
	status := run(context.WithoutCancel(t.Context()), []string{
		"-topology", "embedded", "-duration", "12s", "-hold", "3s", "-lull", "1s",
	}, &out, &problems)
	t.Logf("%s%s", &out, &problems)
	if status != exitGood {
		t.Errorf("exit status %d", status)
	}
}

func TestRun_RefusesWhatItCannotDo(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"-topology ring", `-topology "ring"`},
		{"-agents 7 -writers 3", "-agents 7 with -writers 3"},
		{"-agents 200", "at most 100"},
		{"-duration 0s", "more than 0"},
		{"-rate 0", "-rate 0"},
		{"-faults many", "flag provided but not defined"},
	} {
		var out, problems bytes.Buffer
		status := run(t.Context(), strings.Fields(c.args), &out, &problems)
		if status != exitSetup || !strings.Contains(problems.String(), c.want) {
			t.Errorf("%s: exit status %d, %s", c.args, status, &problems)
		}
	}
}
