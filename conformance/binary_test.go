package conformance

import (
	"context"
	"net/http"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"

	program "rollcall/internal/process"
)

// The key that every server here is given.
const (
	accessKeyID     = "AKIDCONFORMANCE00001"
	secretAccessKey = "conformance/secret+of/no/consequence1234"
	region          = "eu-west-2"
)

// slowest bounds what a test waits for: it only ends a test that is broken.
const slowest = 5 * time.Minute

// binary is the rollcall under test.
func binary(t *testing.T) string {
	t.Helper()
	path, err := program.Binary()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// process is a running `rollcall serve`.
type process struct {
	target // with the key that every server here is given
	*program.Process
}

// serve starts the binary on free ports and returns when it is ready.
func serve(t *testing.T, dataDir string, flags ...string) *process {
	t.Helper()
	return serveAs(t, nil, dataDir, flags...)
}

// serveAs is serve by way of another program, which is given the server's
// command line.
func serveAs(t *testing.T, by []string, dataDir string, flags ...string) *process {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), slowest)
	defer cancel()
	http.DefaultClient.CloseIdleConnections() // to a server that had the address before
	running, err := serving(t, by, dataDir, flags...).Start(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(running.Kill)
	p := &process{Process: running, target: target{URL: "http://" + running.Address, accessKeyID: accessKeyID, secretAccessKey: secretAccessKey}}
	if slices.Contains(flags, "--tls-cert") {
		p.URL = "https://" + running.Address
	}
	return p
}

func serving(t *testing.T, by []string, dataDir string, flags ...string) program.Serve {
	t.Helper()
	return program.Serve{Binary: binary(t), By: by, DataDir: dataDir, Flags: flags, KeyID: accessKeyID, Secret: secretAccessKey}
}

// mustLog waits for the first line with the message.
func (p *process) mustLog(t *testing.T, message string) map[string]any {
	t.Helper()
	line, ok := p.Log.Await(message)
	if !ok {
		t.Fatalf("rollcall serve ended and never logged %q:\n%s", message, p.Log)
	}
	return line
}

// stop ends the process as an operator would, and wants a clean exit.
func (p *process) stop(t *testing.T) {
	t.Helper()
	if err := p.Stop(); err != nil {
		t.Errorf("rollcall serve after SIGTERM: %v", err)
	}
}

// A terminal that goes away ends a server as an operator does: what was taken is
// on disk, and the exit is clean.
func TestServe_EndsCleanlyWithItsTerminal(t *testing.T) {
	dataDir := t.TempDir()
	server := serve(t, dataDir)
	l := ledger{name: "-before"}
	if !l.post(t.Context(), t, server) {
		t.Fatal("no event is taken")
	}
	process, err := os.FindProcess(server.PID())
	if err == nil {
		err = process.Signal(syscall.SIGHUP)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Wait(); err != nil {
		t.Errorf("rollcall serve after SIGHUP: %v\n%s", err, server.Log)
	}
	server.mustLog(t, "draining")
	serve(t, dataDir).stop(t)
}
