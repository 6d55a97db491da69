//go:build !linux

package awscli_test

import (
	"os/exec"
	"testing"
)

// attachTerminal skips the test: pseudo-terminals are made in Linux's way only.
func attachTerminal(t *testing.T, _ *exec.Cmd, _ int) func() string {
	t.Helper()
	t.Skip("the tests make pseudo-terminals on Linux only")
	return nil
}
