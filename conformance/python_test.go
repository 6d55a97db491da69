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
	"strings"
	"testing"
)

// needBoto3 skips where boto3 is not installed, or does not read
// AWS_ENDPOINT_URL_CONNECT yet: it would ask Amazon.
func needBoto3(t *testing.T) {
	t.Helper()
	needBoto3Of(t, 1, 28, "older ones do not read AWS_ENDPOINT_URL_CONNECT")
}

// needBoto3Of is needBoto3 for a version, with the reason.
func needBoto3Of(t *testing.T, major, minor int, why string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "python3", "-c", "import boto3; print(boto3.__version__)").CombinedOutput()
	if err != nil {
		t.Skipf("skipped: boto3 is not installed (pip install 'boto3>=1.28', or Debian 13: apt-get install python3-boto3): %v %s", err, out)
	}
	if version := strings.TrimSpace(string(out)); older(version, major, minor) {
		t.Skipf("skipped: boto3 is of version %s, want %d.%d or newer (pip install --upgrade boto3): %s", version, major, minor, why)
	}
}

// needCLI is needBoto3 for the AWS CLI.
func needCLI(t *testing.T) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "aws", "--version").CombinedOutput()
	if err != nil {
		t.Skipf("skipped: the AWS CLI is not installed (pip install awscli, or Debian 13: apt-get install awscli): %v", err)
	}
	_, version, _ := strings.Cut(string(out), "aws-cli/")
	version, _, _ = strings.Cut(version, " ")
	if older(version, 1, 29) || (!older(version, 2, 0) && older(version, 2, 13)) {
		t.Skipf("skipped: the AWS CLI is of version %s, want 1.29, 2.13 or newer: older ones do not read AWS_ENDPOINT_URL_CONNECT", version)
	}
}

// older tells whether a version comes before major.minor.
func older(version string, major, minor int) bool {
	parts := strings.SplitN(version, ".", 3)
	is, err := strconv.Atoi(parts[0])
	if err != nil || is != major || len(parts) < 2 {
		return err != nil || is < major
	}
	second, err := strconv.Atoi(parts[1])
	return err != nil || second < minor
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

func TestOlder(t *testing.T) {
	for version, want := range map[string]bool{"1.26.27": true, "1.28.0": false, "1.43.11": false, "2.0": false, "0.9": true, "nonsense": true} {
		if got := older(version, 1, 28); got != want {
			t.Errorf("%s comes before 1.28: %t, want %t", version, got, want)
		}
	}
}
