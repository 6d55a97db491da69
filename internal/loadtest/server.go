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
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"rollcall/internal/ownclient"
	"rollcall/internal/simulate"
)

// The key of the good clients.
const (
	keyID  = "AKIDLOADTEST00000001"
	secret = "loadtest/secret+of/no/consequence12345678"
	region = simulate.DefaultRegion
)

// server is the real binary with a floor in it.
type server struct {
	cmd            *exec.Cmd
	dir            string // its data
	address, admin string // HOST:PORT
	client         *ownclient.Client
	centre         *simulate.Centre
	log            chan error // its end
}

// startServer starts the binary and fills its floor.
func startServer(ctx context.Context, p plan) (_ *server, err error) {
	dir, err := os.MkdirTemp("", "rollcall-loadtest-*")
	if err != nil {
		return nil, err
	}
	s := &server{dir: dir, log: make(chan error, 1)}
	args := []string{"serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--data-dir", dir, "--log-format", "json"}
	s.cmd = exec.CommandContext(ctx, p.Binary, args...) //nolint:gosec // the program that the operator names
	s.cmd.Cancel = func() error { return s.cmd.Process.Signal(os.Interrupt) }
	s.cmd.Env = append(os.Environ(), "ROLLCALL_ACCESS_KEY_ID="+keyID, "ROLLCALL_SECRET_ACCESS_KEY="+secret)
	stderr, err := s.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start the server: %w", err), os.RemoveAll(dir))
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.stop())
		}
	}()
	if err := s.awaitListening(stderr); err != nil {
		return nil, err
	}
	s.client = ownclient.New("http://"+s.address, region, credentials.NewStaticCredentialsProvider(keyID, secret, ""))
	s.client.HTTP = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1000}, Timeout: time.Minute}
	return s, s.fill(ctx, p.Agents)
}

// awaitListening reads the server's log up to its addresses, and passes on
// whatever it logs then.
func (s *server) awaitListening(stderr io.Reader) error {
	scan := bufio.NewScanner(stderr)
	for scan.Scan() {
		var line struct {
			Message string `json:"msg"`
			Address string `json:"address"`
			Admin   string `json:"admin_address"`
		}
		if json.Unmarshal(scan.Bytes(), &line) == nil && line.Message == "listening" {
			s.address, s.admin = line.Address, line.Admin
			go func() {
				_, err := io.Copy(os.Stderr, stderr)
				s.log <- err
			}()
			return nil
		}
		fmt.Fprintln(os.Stderr, scan.Text())
	}
	return errors.New("the server ended before it listened")
}

// stop ends the server and removes its data.
func (s *server) stop() error {
	_ = s.cmd.Process.Signal(os.Interrupt)
	err := s.cmd.Wait()
	if err != nil {
		err = fmt.Errorf("server: %w", err)
	}
	return errors.Join(err, os.RemoveAll(s.dir))
}

// fill lets an hour pass on the simulated floor.
func (s *server) fill(ctx context.Context, agents int) error {
	now := time.Now()
	s.centre = simulate.New(simulate.Config{Agents: agents, Seed: 1, Start: now.Add(-time.Hour)})
	var batch []simulate.Event
	for {
		at, ok := s.centre.NextAt()
		if !ok || at.After(now) {
			return s.put(ctx, batch)
		}
		event, _ := s.centre.Next()
		if batch = append(batch, event); len(batch) == 500 {
			if err := s.put(ctx, batch); err != nil {
				return err
			}
			batch = batch[:0]
		}
	}
}

// put posts events and returns when questions see them.
func (s *server) put(ctx context.Context, events []simulate.Event) error {
	var body []byte
	for _, e := range events {
		body = append(e.AppendJSON(body), '\n')
	}
	resp, err := s.client.Do(ctx, http.MethodPost, "/v1/events", map[string][]string{"wait": {"visible"}}, body)
	if err != nil {
		return err
	}
	if resp.Status != http.StatusOK {
		return fmt.Errorf("put events: %d %s", resp.Status, resp.Body)
	}
	return nil
}

// keepChanging lets the simulation go on until ctx is done, and then gives what
// went wrong: an event that was not taken.
func (s *server) keepChanging(ctx context.Context) <-chan error {
	ended := make(chan error, 1)
	go func() {
		err := s.centre.Run(ctx, func(events []simulate.Event) error {
			return s.put(context.WithoutCancel(ctx), events)
		})
		if errors.Is(err, context.Canceled) {
			err = nil
		}
		ended <- err
	}()
	return ended
}

// gauges are what the server's metrics say, by name.
func (s *server) gauges(ctx context.Context) (map[string]float64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.admin+"/metrics", http.NoBody)
	if err != nil {
		return nil, err
	}
	resp, err := s.client.HTTP.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	all := make(map[string]float64)
	for scan := bufio.NewScanner(resp.Body); scan.Scan(); {
		name, value, _ := strings.Cut(scan.Text(), " ")
		if number, err := strconv.ParseFloat(value, 64); err == nil {
			all[name] = number
		}
	}
	return all, nil
}

// describe tells what is on the floor.
func (s *server) describe(ctx context.Context) string {
	g, err := s.gauges(ctx)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%.0f agents, of whom %.0f are there", g["rollcall_floor_agents"], g["rollcall_floor_online_agents"])
}

// settle waits until the attack's connections are gone, for at most a minute,
// and gives how many connections are left.
func (s *server) settle(ctx context.Context) float64 {
	for end := time.Now().Add(time.Minute); ; time.Sleep(time.Second) {
		g, err := s.gauges(ctx)
		if left := g["rollcall_connections"]; err != nil || left < 100 || time.Now().After(end) {
			return left
		}
	}
}
