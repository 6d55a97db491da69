package server_test

import (
	"context"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"rollcall/internal/access"
	"rollcall/internal/server"
)

const watchAgents = "/v1/instances/support/agents/watch"

// watch opens a stream, and returns when the floor was shown. What ends it is
// sent to the channel.
func (r *running) watch() <-chan error {
	r.t.Helper()
	req, err := http.NewRequestWithContext(context.WithoutCancel(r.t.Context()), http.MethodGet, r.URL()+watchAgents, http.NoBody)
	if err != nil {
		r.t.Fatal(err)
	}
	if err := r.sign(req, ""); err != nil {
		r.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = resp.Body.Close() })
	var begun []byte
	for !strings.Contains(string(begun), "event: synced") {
		var more [4 << 10]byte
		n, err := resp.Body.Read(more[:])
		if begun = append(begun, more[:n]...); err != nil {
			r.t.Fatalf("status %d, %v: %s", resp.StatusCode, err, begun)
		}
	}
	over := make(chan error, 1)
	go func() {
		_, err := io.Copy(io.Discard, resp.Body)
		over <- err
	}()
	return over
}

func TestWatch_EndsWhenItsKeyIsRevoked(t *testing.T) {
	c := settings()
	c.KeysFile = filepath.Join(t.TempDir(), "keys.yaml")
	policy := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	key, err := access.CreateKey(c.KeysFile, access.New{Name: "wallboard", Policy: []byte(policy), CreatedAt: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	s := run(t, c)
	s.put(login("ann"))
	mine := s.watch()
	s.key = key
	theirs := s.watch()
	if err := access.Revoke(c.KeysFile, key.ID); err != nil {
		t.Fatal(err)
	}
	if err := <-theirs; err != nil {
		t.Errorf("the watcher of the revoked key was cut off: %v", err)
	}
	select {
	case err := <-mine:
		t.Errorf("the watcher of another key has ended, too: %v", err)
	default:
	}
}

// A roll-out is no storm: what is open ends in order, spread over the drain time.
func TestWatch_EndsSpreadOverTheDrainTime(t *testing.T) {
	c := settings()
	c.DrainTimeout = 5 * time.Second
	s := run(t, c)
	s.put(login("ann"))
	const watchers = 20
	var all sync.WaitGroup
	ended := make([]time.Time, watchers)
	for i := range watchers {
		over := s.watch()
		all.Go(func() {
			if err := <-over; err != nil {
				t.Errorf("a stream was cut off: %v", err)
			}
			ended[i] = time.Now()
		})
	}
	if err := s.end(); err != nil {
		t.Error(err)
	}
	all.Wait()
	slices.SortFunc(ended, time.Time.Compare)
	if spread := ended[watchers-1].Sub(ended[0]); spread < c.DrainTimeout/5 {
		t.Errorf("%d streams ended within %s of each other, though there were %s", watchers, spread, c.DrainTimeout)
	}
}

func TestRun_CutsStreamsThatDoNotEndInTime(t *testing.T) {
	c := settings()
	c.DrainTimeout = time.Hour // over which they would spread
	s := run(t, c)
	s.put(login("ann"))
	over := s.watch()
	s.CutStreams()
	if err := <-over; err == nil {
		t.Error("the stream ended in order")
	}
	if err := s.end(); err != nil {
		t.Error(err)
	}
}

func TestFiles_AreSetAsideForStreams(t *testing.T) {
	c := settings()
	c.MaxConnections, c.MaxWatchers = 16_000, 10_000
	for files, want := range map[int][2]int{1 << 20: {16_000, 10_000}, 27_000: {16_000, 10_000}, 14_000: {8000, 5000}, 1024: {315, 197}, 2: {1, 1}} {
		if connections, streams := server.ShareFiles(c, files); connections != want[0] || streams != want[1] {
			t.Errorf("%d files: %d connections and %d streams, want %v", files, connections, streams, want)
		}
	}
}
