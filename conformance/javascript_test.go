package conformance

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func needJavaScript(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		t.Skipf("skipped: Node.js is not installed (Debian: apt-get install nodejs npm): %v", err)
	}
	if _, err := os.Stat(filepath.Join("js", "node_modules", "@aws-sdk", "client-connect")); err != nil {
		t.Skipf("skipped: the AWS SDK for JavaScript is not installed (make conformance/js/node_modules, which needs npm): %v", err)
	}
}

func sendByJavaScript(t *testing.T, to target, requests ...request) []outcome {
	t.Helper()
	return sendByProgram(t, to, requests, "node", filepath.Join("js", "ask.mjs"))
}
