package conformance

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	domain "rollcall"
	program "rollcall/internal/process"
)

const floorWatch = "/v1/instances/" + instanceID + "/agents/watch?interval=0s"

// watcher is somebody who watches, comes back when cut off, and keeps the table.
type watcher struct {
	url    string
	lastID string
	resets int

	mu    sync.Mutex
	at    domain.Position
	ahead map[string]string // of a state that isn't whole; nil while there is none
	rows  map[string]string // :: agent -> row
}

// watch follows the stream until ctx ends.
func (w *watcher) watch(ctx context.Context, t *testing.T) {
	t.Helper()
	for ctx.Err() == nil {
		if err := w.once(ctx, t); err != nil {
			select {
			case <-time.After(100 * time.Millisecond): // the server is being started
			case <-ctx.Done():
			}
		}
	}
}

func (w *watcher) once(ctx context.Context, t *testing.T) error {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.url, http.NoBody)
	if err != nil {
		return err
	}
	req.Header.Set("Last-Event-ID", w.lastID)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", resp.StatusCode)
	}
	w.mu.Lock()
	w.ahead = nil
	w.mu.Unlock()
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 16<<20)
	name := ""
	for lines.Scan() {
		field, value, _ := strings.Cut(lines.Text(), ": ")
		switch field {
		case "event":
			name = value
		case "id":
			w.lastID = value
		case "data":
			w.take(t, name, value)
		}
	}
	return lines.Err()
}

func (w *watcher) take(t *testing.T, name, data string) {
	t.Helper()
	var f struct {
		Position string
		Agents   []json.RawMessage
		Left     []string
	}
	if err := json.Unmarshal([]byte(data), &f); err != nil {
		t.Errorf("%v: %s", err, data)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	into := w.rows
	switch name {
	case "reset":
		w.resets++
		w.ahead = make(map[string]string)
	case "state":
		if w.ahead == nil {
			w.ahead = make(map[string]string)
		}
		into = w.ahead
	case "synced":
		if w.ahead != nil {
			w.rows, w.ahead = w.ahead, nil
		}
	}
	for _, id := range f.Left {
		delete(w.rows, id)
	}
	for _, raw := range f.Agents {
		var a struct{ ID string }
		_ = json.Unmarshal(raw, &a)
		into[a.ID] = string(raw)
	}
	if f.Position != "" {
		at, err := domain.ParsePosition(f.Position)
		if err != nil || at.Before(w.at) {
			t.Errorf("%s leads from %s back to %s (%v)", name, w.at, f.Position, err)
		}
		w.at = at
	}
}

func (w *watcher) has(at domain.Position) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ahead == nil && !w.at.Before(at)
}

// list gives all agents as the list answers, and at which position.
func (p *process) list(t *testing.T) (rows map[string]string, at domain.Position) {
	t.Helper()
	resp, err := http.Get(p.URL + "/v1/instances/" + instanceID + "/agents?limit=1000")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var answer struct {
		Agents   []json.RawMessage
		Position string
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	rows = make(map[string]string)
	for _, raw := range answer.Agents {
		var a struct{ ID string }
		_ = json.Unmarshal(raw, &a)
		rows[a.ID] = string(raw)
	}
	if at, err = domain.ParsePosition(answer.Position); err != nil {
		t.Fatal(err)
	}
	return rows, at
}

// freeAddress is one on which a server can be started again and again.
func freeAddress(t *testing.T) string {
	t.Helper()
	port, err := program.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("127.0.0.1:%d", port)
}

// poster makes something of agents, for ever new events.
type poster struct{ n atomic.Int64 }

func (e *poster) document() object {
	n := e.n.Add(1)
	agent := fmt.Sprintf("watched-%d", n%40)
	name, kind := "Available", "ROUTABLE"
	if n%7 == 3 {
		name, kind = "Offline", "OFFLINE"
	}
	when := float64(n) / 1000
	return event(fmt.Sprintf("watch-%d", n), agent, "STATE_CHANGE", when, snapshot("p", nil, status(strings.ToLower(name), name, kind, when), nil))
}

// TestWatch_ResumesOverKills kills the server with SIGKILL while two hundred
// watch: each comes back where it was, and in the end has what the list answers.
func TestWatch_ResumesOverKills(t *testing.T) {
	dataDir, address := t.TempDir(), freeAddress(t)
	start := func() *process { return serve(t, dataDir, "--listen", address, "--anonymous") }
	server := start()
	var events poster
	server.put(t, events.document())
	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	defer all.Wait()
	defer stop()
	watchers := make([]*watcher, 200)
	for i := range watchers {
		w := &watcher{url: server.URL + floorWatch, rows: make(map[string]string)}
		watchers[i] = w
		all.Go(func() { w.watch(ctx, t) })
	}
	_, at := server.list(t)
	awaitWatchers(t, watchers, at)
	for range 3 {
		for range 50 {
			server.put(t, events.document())
		}
		server.Kill()
		server = start()
	}
	server.put(t, events.document())
	want, at := server.list(t)
	awaitWatchers(t, watchers, at)
	for i, w := range watchers {
		w.mu.Lock()
		if !maps.Equal(w.rows, want) || w.resets > 3 {
			t.Errorf("watcher %d, with %d resets, has\n%v, and the list\n%v", i, w.resets, w.rows, want)
		}
		w.mu.Unlock()
	}
}

func awaitWatchers(t *testing.T, watchers []*watcher, at domain.Position) {
	t.Helper()
	for _, w := range watchers {
		for !w.has(at) {
			if t.Context().Err() != nil {
				t.Fatal("the test was ended")
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
}

// curl opens a stream with curl and gives its lines.
func curl(t *testing.T, url string) <-chan string {
	t.Helper()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skipf("skipped: curl is not installed (Debian: apt-get install curl): %v", err)
	}
	return linesOf(t, "curl", "-sSN", url)
}

func linesOf(t *testing.T, name string, args ...string) <-chan string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := make(chan string, 1000)
	go func() {
		defer close(lines)
		for scan := bufio.NewScanner(out); scan.Scan(); {
			lines <- scan.Text()
		}
		_ = cmd.Wait()
	}()
	return lines
}

// await reads lines until one has the prefix.
func await(t *testing.T, lines <-chan string, prefix string) {
	t.Helper()
	for line := range lines {
		if strings.HasPrefix(line, prefix) {
			return
		}
	}
	t.Fatalf("the stream ended without %q", prefix)
}

func TestWatch_CurlWithATicket(t *testing.T) {
	server := serve(t, t.TempDir(), "--anonymous")
	var events poster
	server.put(t, events.document())
	lines := curl(t, server.URL+floorWatch+"&ticket="+server.ticket(t))
	await(t, lines, "event: synced")
	server.put(t, events.document())
	await(t, lines, "event: change")
}

// An EventSource comes back by itself when it is cut off, with its ticket and the
// position that it had.
func TestWatch_EventSourceWithATicket(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		t.Skipf("skipped: Node.js is not installed (Debian: apt-get install nodejs npm): %v", err)
	}
	if _, err := os.Stat(filepath.Join("js", "node_modules", "eventsource")); err != nil {
		t.Skipf("skipped: the package eventsource is not installed (make conformance/js/node_modules, which needs npm): %v", err)
	}
	server := serve(t, t.TempDir(), "--anonymous", "--watch-max-age", "1s")
	var events poster
	server.put(t, events.document())
	lines := linesOf(t, "node", filepath.Join("js", "watch.mjs"), server.URL+floorWatch+"&ticket="+server.ticket(t))
	for _, name := range []string{"state", "synced"} {
		await(t, lines, "event: "+name)
	}
	server.put(t, events.document())
	await(t, lines, "event: change")
	await(t, lines, "error: ") // the stream is old enough
	server.put(t, events.document())
	for line := range lines { // it may be cut off again before the event is there
		switch line {
		case "event: change":
			return
		case "event: state", "event: reset":
			t.Fatalf("after the stream was cut off: %s, want what changed and no state anew", line)
		}
	}
	t.Error("the stream ended without what changed")
}

func (p *process) ticket(t *testing.T) string {
	t.Helper()
	resp, err := http.Post(p.URL+"/v1/watch-tickets", "application/json", bytes.NewReader([]byte(`{"path":"`+floorWatch+`"}`)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, _ := io.ReadAll(resp.Body)
	var given struct{ Ticket string }
	if err := json.Unmarshal(body, &given); err != nil || given.Ticket == "" {
		t.Fatalf("%d %s", resp.StatusCode, body)
	}
	return given.Ticket
}

// TestWatch_BehindNginx: our headers alone keep a proxy from holding frames back.
func TestWatch_BehindNginx(t *testing.T) {
	path, err := exec.LookPath("nginx")
	if err != nil {
		t.Skipf("skipped: nginx is not installed (Debian: apt-get install nginx-light): %v", err)
	}
	server := serve(t, t.TempDir(), "--anonymous")
	var events poster
	server.put(t, events.document())
	dir, address := t.TempDir(), freeAddress(t)
	config := fmt.Sprintf(`daemon off; pid %[1]s/pid; error_log %[1]s/error.log; events {}
http { access_log off; client_body_temp_path %[1]s/1; proxy_temp_path %[1]s/2; fastcgi_temp_path %[1]s/3; uwsgi_temp_path %[1]s/4; scgi_temp_path %[1]s/5;
server { listen %[2]s; location / { proxy_pass %[3]s; } } }`, dir, address, server.URL)
	file := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	proxy := exec.CommandContext(t.Context(), path, "-c", file, "-e", filepath.Join(dir, "error.log"))
	proxy.Cancel = func() error { return proxy.Process.Signal(os.Interrupt) }
	if err := proxy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = proxy.Wait() })
	for {
		if conn, err := net.Dial("tcp", address); err == nil {
			_ = conn.Close()
			break
		}
		if t.Context().Err() != nil {
			t.Fatal("nginx does not listen")
		}
		time.Sleep(10 * time.Millisecond)
	}
	lines := curl(t, "http://"+address+floorWatch)
	await(t, lines, "event: synced")
	server.put(t, events.document())
	await(t, lines, "event: change")
}
