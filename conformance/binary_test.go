package conformance

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
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
func binary(t testing.TB) string {
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
	cmd    *exec.Cmd
	ended  chan error
}

// serve starts the binary on free ports and returns when it is ready.
func serve(t testing.TB, dataDir string, flags ...string) *process {
	t.Helper()
	args := append([]string{
		"serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0",
		"--data-dir", dataDir, "--log-format", "json",
	}, flags...)
	cmd := exec.Command(binary(t), args...)
	cmd.Env = append(os.Environ(), "ROLLCALL_ACCESS_KEY_ID="+accessKeyID, "ROLLCALL_SECRET_ACCESS_KEY="+secretAccessKey)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: cmd, ended: make(chan error, 1)}
	p.accessKeyID, p.secretAccessKey = accessKeyID, secretAccessKey
	lines, addresses := make(chan string), make(chan [2]string, 1)
	go func() {
		defer close(lines)
		for scan := bufio.NewScanner(stderr); scan.Scan(); {
			lines <- scan.Text()
		}
	}()
	go func() {
		var seen strings.Builder
		for line := range lines {
			var entry struct{ Msg, Address, AdminAddress string }
			_ = json.Unmarshal([]byte(strings.ReplaceAll(line, "admin_address", "adminAddress")), &entry)
			if entry.Msg == "listening" {
				addresses <- [2]string{entry.Address, entry.AdminAddress}
			}
			fmt.Fprintln(&seen, line)
		}
		err := cmd.Wait()
		if err != nil {
			err = fmt.Errorf("%w\n%s", err, seen.String())
		}
		p.ended <- err
	}()
	t.Cleanup(func() { p.kill(t) })
	select {
	case a := <-addresses:
		p.URL, p.Admin = "http://"+a[0], "http://"+a[1]
	case err := <-p.ended:
		p.cmd = nil
		t.Fatalf("rollcall serve ended: %v", err)
	}
	p.waitReady(t)
	return p
}

func (p *process) waitReady(t testing.TB) {
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
func (p *process) kill(t testing.TB) {
	t.Helper()
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Kill()
	<-p.ended
	p.cmd = nil
}

// stop ends the process as an operator would, and wants a clean exit.
func (p *process) stop(t testing.TB) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := <-p.ended; err != nil {
		t.Errorf("rollcall serve after SIGTERM: %v", err)
	}
	p.cmd = nil
}
