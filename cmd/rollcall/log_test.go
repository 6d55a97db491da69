package main

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"

	"rollcall/internal/server"
)

// stacked is an error as the storage engine's are.
type stacked string

func (e stacked) Error() string { return string(e) }

func (e stacked) Format(w fmt.State, verb rune) {
	_, _ = io.WriteString(w, string(e))
	if verb == 'v' && w.Flag('+') {
		_, _ = io.WriteString(w, "\nmain.main\n\tmain.go:1")
	}
}

// Errors of the storage engine carry a stack for those who print them with %+v.
func TestLog_HasErrorsWithoutStacks(t *testing.T) {
	for _, format := range []string{"text", "json"} {
		var out bytes.Buffer
		c := server.NewConfig()
		if err := (&logSettings{format: format, level: "info"}).apply(&c, &out); err != nil {
			t.Fatal(err)
		}
		c.Logger.Error("it failed", slog.Any("error", stacked("a cause")), slog.Any("wrapped", fmt.Errorf("while trying: %w", stacked("another"))))
		got := out.String()
		if strings.Contains(got, ".go:") || !strings.Contains(got, "a cause") || !strings.Contains(got, "while trying: another") || strings.Count(got, "\n") != 1 {
			t.Errorf("%s: the log says\n%s", format, got)
		}
	}
}
