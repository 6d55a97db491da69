package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"rollcall/internal/ownclient"
	"rollcall/internal/process"
	"rollcall/internal/simulate"
)

// The key of the good clients.
const (
	keyID  = "AKIDSOAK000000000001"
	secret = "soak/secret+of/no/consequence12345678"
	region = simulate.DefaultRegion
)

// server is the real binary with a floor in it.
type server struct {
	*process.Process
	dir    string // its data
	client *ownclient.Client
	centre *simulate.Centre
}

// startServer starts the binary and fills its floor.
func startServer(ctx context.Context, p plan) (_ *server, err error) {
	dir, err := os.MkdirTemp("", "rollcall-soak-*")
	if err != nil {
		return nil, err
	}
	running, err := process.Serve{Binary: p.Binary, DataDir: dir, KeyID: keyID, Secret: secret}.Start(ctx)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	s := &server{Process: running, dir: dir}
	s.client = ownclient.New("http://"+s.Address, region, credentials.NewStaticCredentialsProvider(keyID, secret, ""))
	s.client.HTTP = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1000}, Timeout: time.Minute}
	if err := s.fill(ctx, p.Agents); err != nil {
		return nil, errors.Join(err, s.end())
	}
	return s, nil
}

// end ends the server and removes its data.
func (s *server) end() error { return errors.Join(s.Stop(), os.RemoveAll(s.dir)) }

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
	page, err := process.GoodPage(ctx, s.Admin, "/metrics")
	if err != nil {
		return nil, err
	}
	all := make(map[string]float64)
	for line := range strings.Lines(string(page)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
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
