package process

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
)

// Binary is the path of the rollcall under test: ROLLCALL_BINARY, or one that is
// built now, once a process, from the module rollcall as the caller's module
// finds it.
var Binary = sync.OnceValues(func() (string, error) {
	if path := os.Getenv("ROLLCALL_BINARY"); path != "" {
		return filepath.Abs(path)
	}
	ctx := context.Background()
	module, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "rollcall").Output()
	if err != nil {
		return "", fmt.Errorf("find rollcall's module: %w", err)
	}
	dir, err := os.MkdirTemp("", "rollcall-binary-*")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "rollcall")
	build := exec.CommandContext(ctx, "go", "build", "-o", path, "./cmd/rollcall") //nolint:gosec // a path of ours
	build.Dir, build.Env = strings.TrimSpace(string(module)), append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build rollcall: %w\n%s", err, out)
	}
	return path, nil
})
