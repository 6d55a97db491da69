package awscli_test

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// Whoever pipes an answer into head has read enough when head has.
func TestRun_AClosedPipeIsAnEndAndNoDeath(t *testing.T) {
	for format, want := range map[string]int{"json": 0, "yaml": 0, "yaml-stream": 0, "table": 0, "text": 255} {
		srv := newStub(t, []reply{{Status: 200, Body: `{"NextToken": "n"}`}}, nil)
		env := with(offline, "AWS_ENDPOINT_URL_CONNECT", "http://127.0.0.1:"+srv.port())
		read, write, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		_ = read.Close()
		cmd := command(t, t.TempDir(), env, []string{"connect", "get-current-user-data", "--instance-id", "i", "--filters", "Queues=a", "--output", format})
		var stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = write, &stderr
		err = cmd.Run()
		_ = write.Close()
		if got := cmd.ProcessState.ExitCode(); got != want || want == 0 && stderr.Len() > 0 || want != 0 && !strings.Contains(stderr.String(), "[Errno 32] Broken pipe") {
			t.Errorf("%s: exit %d, %q (%v); want %d", format, got, stderr.String(), err, want)
		}
	}
}

func TestRun_OutputIsInTheEncodingThatIsAskedFor(t *testing.T) {
	srv := newStub(t, []reply{{Status: 200, Body: `{"NextToken": "é"}`}}, nil)
	env := with(offline, "AWS_ENDPOINT_URL_CONNECT", "http://127.0.0.1:"+srv.port())
	get := []string{"connect", "get-current-user-data", "--instance-id", "i", "--filters", "Queues=a", "--output", "text"}
	for name, want := range map[string]string{"latin-1": "\xe9\n", "utf-16": "\xff\xfe\xe9\x00\n\x00", "UTF8": "é\n"} {
		out, errs, exit := runHere(t.Context(), with(env, "AWS_CLI_OUTPUT_ENCODING", name), "", nil, get...)
		if out != want || errs != "" || exit != 0 {
			t.Errorf("%s: %q %q %d, want %q", name, out, errs, exit, want)
		}
	}
}
