package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"rollcall/connectclient"
)

// server is a running `rollcall serve`, the real binary, with its journal on
// disk.
type server struct {
	house   house
	address string // host:port of questions and events
	admin   string // host:port of health and metrics
	cmd     *exec.Cmd
	ended   chan error
}

// startServer starts the binary on free ports and waits until it is ready.
func startServer(ctx context.Context, binary, dir string, h house) (*server, error) {
	cmd := exec.CommandContext(ctx, binary, "serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0",
		"--data-dir", dir, "--log-format", "json", "--log-level", "info")
	cmd.Env = append(os.Environ(), "ROLLCALL_ACCESS_KEY_ID="+benchKey.ID, "ROLLCALL_SECRET_ACCESS_KEY="+benchKey.Secret)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", binary, err)
	}
	s := &server{house: h, cmd: cmd, ended: make(chan error, 1)}
	listening := make(chan [2]string, 1)
	go func() {
		said := s.followLog(stderr, listening)
		err := cmd.Wait()
		if err != nil {
			err = fmt.Errorf("rollcall serve: %w; it said: %s", err, said)
		}
		s.ended <- err
	}()
	select {
	case at := <-listening:
		s.address, s.admin = at[0], at[1]
		return s, s.waitReady(ctx)
	case err := <-s.ended:
		return nil, errors.Join(err, errors.New("rollcall ended before it listened"))
	}
}

// followLog tells where the server listens and gives what it said last.
func (s *server) followLog(r io.Reader, listening chan<- [2]string) string {
	var last string
	for scan := bufio.NewScanner(r); scan.Scan(); {
		var entry struct {
			Msg     string `json:"msg"`
			Address string `json:"address"`
			Admin   string `json:"admin_address"`
		}
		if json.Unmarshal(scan.Bytes(), &entry) == nil && entry.Msg == "listening" {
			listening <- [2]string{entry.Address, entry.Admin}
			continue
		}
		last = scan.Text()
	}
	return last
}

func (s *server) waitReady(ctx context.Context) error {
	for {
		if _, err := s.get(ctx, "/readyz"); err == nil {
			return nil
		}
		if err := pause(ctx, 50*time.Millisecond); err != nil {
			return fmt.Errorf("wait for rollcall to be ready: %w", err)
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// get asks the server's admin address.
func (s *server) get(ctx context.Context, path string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.admin+path, nil)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: status %d: %s", path, resp.StatusCode, body)
	}
	return body, err
}

// applied tells how many events the floor was handed, from /metrics.
func (s *server) applied(ctx context.Context) (n float64, err error) {
	text, err := s.get(ctx, "/metrics")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, `rollcall_floor_events_total{effect="applied"} `); ok {
			_, err = fmt.Sscan(rest, &n)
			return n, err
		}
	}
	return 0, nil
}

// client asks the server as its users do.
func (s *server) client() *connectclient.Client {
	return connectclient.New(connectclient.Config{
		EndpointURL: "http://" + s.address, Region: region,
		Credentials: credentials.NewStaticCredentialsProvider(benchKey.ID, benchKey.Secret, ""),
	})
}

// stop ends the server as an operator would.
func (s *server) stop() error {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	return <-s.ended
}
