package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"
)

func TestRun_ExitStatusSaysWhatKindOfFailure(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	t.Setenv("AWS_ACCESS_KEY_ID", "AKID")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	document := filepath.Join(t.TempDir(), "one.json")
	if err := os.WriteFile(document, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	over, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("a signal"))
	for _, c := range []struct {
		ctx  context.Context //nolint:containedctx // what the test is about
		args []string
		want int
	}{
		{t.Context(), []string{"version"}, exitDone},
		{t.Context(), []string{"emit", "--endpoint-url", "http://127.0.0.1:1", "nowhere.json"}, exitFailed},
		{t.Context(), []string{"nonsense"}, exitMisused},
		{t.Context(), []string{"emit", "--nonsense"}, exitMisused},
		{t.Context(), []string{"version", "extra"}, exitMisused},
		{t.Context(), []string{"key", "revoke"}, exitMisused},
		{t.Context(), []string{"key", "create"}, exitMisused},
		{t.Context(), []string{"key", "create", "--read", "--policy", "x"}, exitMisused},
		{t.Context(), []string{"agents", "--every", "1ms"}, exitMisused},
		{over, []string{"emit", "--endpoint-url", "http://127.0.0.1:1", document}, exitInterrupted},
	} {
		if got := run(c.ctx, c.args); got != c.want {
			t.Errorf("rollcall %q ends with %d, want %d", c.args, got, c.want)
		}
	}
}

func TestInterruptible_EndsAReadThatWaits(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	nothing, keepOpen := io.Pipe() // a terminal at which nobody types
	defer func() { _ = keepOpen.Close() }()
	over := errors.New("a signal")
	r := interruptible(ctx, nothing)
	cancel(over)
	if _, err := r.Read(make([]byte, 1)); !errors.Is(err, over) {
		t.Errorf("error %v, want %v", err, over)
	}
}

func TestInterruptible_HandsEverythingOn(t *testing.T) {
	content := []byte("some\nlines\n")
	pr, pw := io.Pipe()
	go func() {
		_, err := pw.Write(content)
		_ = pw.CloseWithError(err)
	}()
	if err := iotest.TestReader(interruptible(t.Context(), pr), content); err != nil {
		t.Error(err)
	}
}
