package conformance

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// The key that every server here is given.
const (
	accessKeyID     = "AKIDCONFORMANCE00001"
	secretAccessKey = "conformance/secret+of/no/consequence1234"
	region          = "eu-west-2"
)

var buildOnce = sync.OnceValues(func() (string, error) {
	if path := os.Getenv("ROLLCALL_BINARY"); path != "" {
		return path, nil
	}
	dir, err := os.MkdirTemp("", "rollcall-conformance-*")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "rollcall")
	build := exec.Command("go", "build", "-o", path, "./cmd/rollcall")
	build.Dir = ".."
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build rollcall: %w\n%s", err, out)
	}
	return path, nil
})

// binary is the rollcall under test: ROLLCALL_BINARY, or one built now.
func binary(t *testing.T) string {
	t.Helper()
	path, err := buildOnce()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// process is a running `rollcall serve`.
type process struct {
	target // with the key that every server here is given
	Admin  string
	log    *processLog
	cmd    *exec.Cmd // nil when it has ended
	ended  chan error
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
	args := slices.Concat(by, []string{
		binary(t), "serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--data-dir", dataDir, "--log-format", "json",
	}, flags)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "ROLLCALL_ACCESS_KEY_ID="+accessKeyID, "ROLLCALL_SECRET_ACCESS_KEY="+secretAccessKey)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: cmd, log: newProcessLog(), ended: make(chan error, 1)}
	p.accessKeyID, p.secretAccessKey = accessKeyID, secretAccessKey
	go func() {
		p.log.read(stderr)
		err := cmd.Wait()
		if err != nil {
			err = fmt.Errorf("%w\n%s", err, p.log)
		}
		p.ended <- err
	}()
	t.Cleanup(func() { p.kill(t) })
	listening := p.log.await(t, "listening")
	scheme := "http://"
	if slices.Contains(flags, "--tls-cert") {
		scheme = "https://"
	}
	p.URL, p.Admin = scheme+listening["address"].(string), "http://"+listening["admin_address"].(string)
	p.waitReady(t)
	return p
}

// processLog is what a process writes to standard error: lines of JSON, and
// others.
type processLog struct {
	mu    sync.Mutex
	more  *sync.Cond
	lines []object
	text  strings.Builder
	ended bool
}

func newProcessLog() *processLog {
	l := new(processLog)
	l.more = sync.NewCond(&l.mu)
	return l
}

func (l *processLog) read(r io.Reader) {
	for scan := bufio.NewScanner(r); scan.Scan(); {
		var line object
		_ = json.Unmarshal(scan.Bytes(), &line)
		l.mu.Lock()
		l.lines = append(l.lines, line)
		fmt.Fprintln(&l.text, scan.Text())
		l.more.Broadcast()
		l.mu.Unlock()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = true
	l.more.Broadcast()
}

// await gives the first line with the message, when there is one.
func (l *processLog) await(t *testing.T, message string) object {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		for _, line := range l.lines {
			if line["msg"] == message {
				return line
			}
		}
		if l.ended {
			t.Fatalf("rollcall serve ended and never logged %q:\n%s", message, &l.text)
		}
		l.more.Wait()
	}
}

func (l *processLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (p *process) waitReady(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.Admin+"/readyz", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatalf("/readyz: %v", err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			return
		}
	}
}

// kill ends the process as a power cut would: SIGKILL, and no chance to tidy.
func (p *process) kill(t *testing.T) {
	t.Helper()
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Kill()
	<-p.ended //nolint:errcheck // it was killed
	p.cmd = nil
}

// stop ends the process as an operator would, and wants a clean exit.
func (p *process) stop(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := <-p.ended; err != nil {
		t.Errorf("rollcall serve after SIGTERM: %v", err)
	}
	p.cmd = nil
}
