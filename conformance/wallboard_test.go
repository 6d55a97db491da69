package conformance

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The wallboard in Chromium, from the real binary: wallboard/*.test.mjs say what.
func TestWallboard_InChromium(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		t.Skipf("skipped: Node.js is not installed (Debian: apt-get install nodejs npm): %v", err)
	}
	if _, err := os.Stat(filepath.Join("wallboard", "node_modules", "playwright-core")); err != nil {
		t.Skipf("skipped: playwright-core is not installed (make conformance/wallboard/node_modules, which needs npm): %v", err)
	}
	if !hasChromium() {
		t.Skip("skipped: Chromium is not installed (Debian: apt-get install chromium; elsewhere set CHROMIUM to its path)")
	}
	path, err := filepath.Abs(binary(t))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", "--test", "--test-concurrency=1", "--test-reporter=spec", "wallboard/wallboard.test.mjs")
	cmd.Env = append(os.Environ(), "ROLLCALL_BINARY="+path)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func hasChromium() bool {
	for _, path := range []string{os.Getenv("CHROMIUM"), "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"} {
		if _, err := os.Stat(path); path != "" && err == nil {
			return true
		}
	}
	return false
}
