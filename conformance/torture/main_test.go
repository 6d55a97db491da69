package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"

	program "rollcall/internal/process"
)

// TestMain lets the test binary stand for the program where that starts itself
// again.
func TestMain(m *testing.M) {
	if isInside() || len(os.Args) > 1 && os.Args[1] == natsCommand {
		main()
	}
	os.Exit(m.Run())
}

// binary is the rollcall under test.
func binary(t *testing.T) string {
	t.Helper()
	path, err := program.Binary()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// TestTorture_LosesNothing is the short version of what `make torture` does.
// Where the system gives no namespaces the log says what was left out.
func TestTorture_LosesNothing(t *testing.T) {
	for topology, duration := range map[string]string{"embedded": "6s", "cluster": "8s"} {
		t.Run(topology, func(t *testing.T) {
			t.Parallel()
			var out, problems bytes.Buffer
			status := run(context.WithoutCancel(t.Context()), []string{
				"-topology", topology, "-duration", duration, "-hold", "3s", "-lull", "500ms", "-binary", binary(t), "-files=false",
			}, &out, &problems)
			t.Logf("%s%s", &out, &problems)
			if status != exitGood {
				t.Errorf("exit status %d", status)
			}
		})
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
