package conformance

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
)

func needBoto3(t *testing.T) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), "python3", "-c", "import boto3").CombinedOutput(); err != nil {
		t.Skipf("skipped: boto3 is not installed (Debian: apt-get install python3-boto3): %v %s", err, out)
	}
}

func needCLI(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("aws"); err != nil {
		t.Skipf("skipped: the AWS CLI is not installed (Debian: apt-get install awscli): %v", err)
	}
}

func sendByBoto3(t *testing.T, to target, requests ...request) []outcome {
	t.Helper()
	return sendByProgram(t, to, requests, "python3", filepath.Join("python", "ask.py"))
}

// cliError is what the AWS CLI prints of an exception.
var cliError = regexp.MustCompile(`(?s)An error occurred \((\w+)\) when calling the GetCurrentUserData operation(?: \(reached max retries: \d+\))?: (.*?)\n*$`)

// sendByCLI runs the AWS CLI for each request. It doesn't tell the status.
func sendByCLI(t *testing.T, to target, requests ...request) []outcome {
	t.Helper()
	outcomes := make([]outcome, len(requests))
	for i, r := range requests {
		input, err := json.Marshal(r.Input)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "input.json") // an argument can't be as long as a request can
		if err := os.WriteFile(file, input, 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), "aws", "connect", "get-current-user-data", "--cli-input-json", "file://"+file, "--output", "json")
		cmd.Env = append(to.environment(), "AWS_MAX_ATTEMPTS="+strconv.Itoa(max(1, r.Attempts)))
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		err = cmd.Run()
		if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		found := cliError.FindSubmatch(stderr.Bytes())
		switch {
		case err == nil:
			outcomes[i].Answer = stdout.Bytes()
		case found == nil:
			t.Fatalf("aws: %v\n%s", err, &stderr)
		default:
			outcomes[i].Exception, outcomes[i].Message = string(found[1]), string(found[2])
		}
	}
	return outcomes
}
