package server_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"rollcall/internal/access"
	"rollcall/internal/server"
	"rollcall/internal/store"
)

// The key of these servers, and the instance that they know.
var ownKey = access.Key{ID: "AKIDSERVERTEST000001", Secret: "of-no-consequence-whatever"}

const (
	support   = "arn:aws:connect:us-east-1:123456789012:instance/support"
	questions = "/metrics/userdata/support"
	aboutAnn  = `{"Filters":{"Agents":["ann"]}}`
)

// login is an agent's first event.
func login(agent string) string {
	return fmt.Sprintf(`{"AWSAccountId":"123456789012","InstanceARN":%q,"AgentARN":"%[1]s/agent/%s","EventId":"login-%[2]s",`+
		`"EventType":"LOGIN","EventTimestamp":"2026-03-02T09:00:00.000Z","Version":"2017-10-01","CurrentAgentSnapshot":{`+
		`"AgentStatus":{"ARN":"%[1]s/agent-state/a","Name":"Available","StartTimestamp":"2026-03-02T09:00:00.000Z"},`+
		`"Configuration":{"Username":%[2]q},"Contacts":[]}}`, support, agent)
}

// settings are the defaults on free ports, with everything in memory and one
// key.
func settings() server.Config {
	c := server.NewConfig()
	c.Listen, c.AdminListen, c.Ephemeral = "127.0.0.1:0", "127.0.0.1:0", true
	c.AccessKeyID, c.SecretAccessKey = ownKey.ID, ownKey.Secret
	return c
}

// running is a server that runs, with what it logs.
type running struct {
	*server.Server
	t     testing.TB
	log   *logged
	key   access.Key
	stop  context.CancelFunc
	ended chan error // what Run gave, once
}

// run opens and runs a server, and returns when it is ready. It ends with the
// test, if the test has not awaited its end before.
func run(tb testing.TB, c server.Config, changes ...func(*store.Options)) *running {
	tb.Helper()
	r := open(tb, c, changes...)
	r.start()
	r.awaitReady()
	return r
}

// open is run without Run.
func open(tb testing.TB, c server.Config, changes ...func(*store.Options)) *running {
	tb.Helper()
	log := newLogged()
	c.Logger = slog.New(slog.NewJSONHandler(log, nil))
	c.Journal = embedded(c, changes...)
	s, err := server.Open(tb.Context(), c)
	if err != nil {
		tb.Fatal(err)
	}
	return &running{Server: s, t: tb, log: log, key: ownKey, ended: make(chan error, 1)}
}

// embedded opens the journal in the data directory, if there is one and the test
// has no other.
func embedded(c server.Config, changes ...func(*store.Options)) server.Opener {
	if c.Journal != nil || c.Ephemeral {
		return c.Journal
	}
	o := store.NewOptions()
	o.DataDir, o.Logger = c.DataDir, c.Logger
	for _, change := range changes {
		change(&o)
	}
	return o.Open
}

func (r *running) start() {
	ctx, stop := context.WithCancel(context.WithoutCancel(r.t.Context()))
	r.stop = stop
	go func() {
		r.ended <- r.Run(ctx)
		r.log.end()
	}()
	r.t.Cleanup(func() { _ = r.end() })
}

func (r *running) awaitReady() { r.log.await(r.t, "floor is up to date") }

// end stops the server and gives what Run gave.
func (r *running) end() error {
	r.stop()
	return r.await()
}

// await gives what Run gave, without stopping it.
func (r *running) await() error {
	err := <-r.ended
	r.ended <- err
	return err
}

// admin is the address of the admin pages.
func (r *running) admin() string {
	return "http://" + r.log.await(r.t, "listening")["admin_address"].(string)
}

// reply is an answer.
type reply struct {
	status int
	header http.Header
	body   string
}

func (r reply) String() string { return fmt.Sprintf("%d %s", r.status, r.body) }

// post sends a signed request.
func (r *running) post(path, body string) reply {
	r.t.Helper()
	got, err := r.tryPost(path, body)
	if err != nil {
		r.t.Fatal(err)
	}
	return got
}

func (r *running) tryPost(path, body string) (reply, error) {
	req, err := http.NewRequestWithContext(context.WithoutCancel(r.t.Context()), http.MethodPost, r.URL()+path, strings.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	if err := r.sign(req, body); err != nil {
		return reply{}, err
	}
	return do(req)
}

// sign signs a request that has this body.
func (r *running) sign(req *http.Request, body string) error {
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	sum := sha256.Sum256([]byte(body))
	key := aws.Credentials{AccessKeyID: r.key.ID, SecretAccessKey: r.key.Secret}
	return v4.NewSigner().SignHTTP(req.Context(), key, req, hex.EncodeToString(sum[:]), "connect", "us-east-1", time.Now())
}

// put posts events and returns when questions see them.
func (r *running) put(documents ...string) {
	r.t.Helper()
	if got := r.post("/v1/events?wait=visible", strings.Join(documents, "\n")); got.status != http.StatusOK {
		r.t.Fatalf("put: %s", got)
	}
}

// awaitMetrics waits until the metrics have the lines. What they count may be
// noted a moment after a client has the answer or sees the event.
func (r *running) awaitMetrics(lines ...string) {
	r.t.Helper()
	for end := time.Now().Add(time.Minute); ; {
		metrics := get(r.t, r.admin()+"/metrics").body
		lacks := slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return strings.Contains(metrics, "\n"+line+"\n") })
		if len(lacks) == 0 {
			return
		}
		if time.Now().After(end) {
			r.t.Errorf("no lines %q in\n%s", lacks, metrics)
			return
		}
	}
}

// get asks unsigned.
func get(tb testing.TB, url string) reply {
	tb.Helper()
	req, err := http.NewRequestWithContext(tb.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		tb.Fatal(err)
	}
	got, err := do(req)
	if err != nil {
		tb.Fatal(err)
	}
	return got
}

// do sends a request over a connection of its own.
func do(req *http.Request) (reply, error) {
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, resp.Header, string(body)}, err
}

// logged is a log of JSON lines that a test can wait for.
type logged struct {
	mu    sync.Mutex
	more  *sync.Cond
	lines []map[string]any
	ended bool // there will be no more
}

func newLogged() *logged {
	l := new(logged)
	l.more = sync.NewCond(&l.mu)
	return l
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for line := range bytes.Lines(p) {
		var entry map[string]any
		if err := json.Unmarshal(line, &entry); err != nil {
			return 0, err
		}
		l.lines = append(l.lines, entry)
	}
	l.more.Broadcast()
	return len(p), nil
}

// await gives the first line with the message, when there is one.
func (l *logged) await(tb testing.TB, message string) map[string]any {
	tb.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		if entry := l.findLocked(message); entry != nil {
			return entry
		}
		if l.ended {
			tb.Fatalf("the server has ended and never logged %q", message)
		}
		l.more.Wait()
	}
}

func (l *logged) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = true
	l.more.Broadcast()
}

// find gives the first line with the message; nil if there is none.
func (l *logged) find(message string) map[string]any {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.findLocked(message)
}

func (l *logged) findLocked(message string) map[string]any {
	for _, entry := range l.lines {
		if entry["msg"] == message {
			return entry
		}
	}
	return nil
}

// all gives the lines with the message so far.
func (l *logged) all(message string) (lines []map[string]any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, entry := range l.lines {
		if entry["msg"] == message {
			lines = append(lines, entry)
		}
	}
	return lines
}
