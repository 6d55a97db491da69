package wallboard

import (
	"os"
	"os/exec"
	"testing"
)

// What the page makes of frames, rules and URLs is tested in its own language.
func TestWeb_TypesAndTests(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("SKIPPED: Node.js is not installed (Debian: apt-get install nodejs npm)")
	}
	if _, err := os.Stat("web/node_modules/vitest"); err != nil {
		t.Skip("SKIPPED: run npm ci in internal/wallboard/web (make internal/wallboard/web/node_modules)")
	}
	for _, args := range [][]string{{"node_modules/typescript/bin/tsc", "--noEmit"}, {"node_modules/vitest/vitest.mjs", "run"}} {
		cmd := exec.CommandContext(t.Context(), "node", args...)
		cmd.Dir = "web"
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", args[0], err, out)
		}
	}
}
