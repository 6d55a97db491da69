package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"rollcall/connectclient"
	"rollcall/internal/ownclient"
	program "rollcall/internal/process"
)

// node is one rollcall server.
type node struct {
	*process
	admin  string            // base URL of its admin pages
	token  string            // for /debug, where it is another host's; may be empty
	client *ownclient.Client // for events
	asker  *connectclient.Client

	// forgets tells that after a restart the node may show an older floor than
	// before: it has its journal from elsewhere, and knows itself behind.
	forgets bool

	mu    sync.Mutex
	life  int         // grows with each start
	shown map[int]int // :: agent -> number that answers must have reached
}

// requestWait is how long a client waits for an answer. It is short, so that
// many outcomes are unknown, and those requests may still be under way when
// they are sent again.
const requestWait = 3 * time.Second

// newNode makes the client's side of a node. Connections are used once: what
// the client sends again by itself would not be in the history.
func newNode(p *process, endpoint, admin string) *node {
	n := &node{process: p, admin: admin, shown: make(map[int]int)}
	key := credentials.NewStaticCredentialsProvider(accessKeyID, secretAccessKey, "")
	n.client = ownclient.New(endpoint, region, key)
	n.client.HTTP = &http.Client{Timeout: requestWait, Transport: &http.Transport{DisableKeepAlives: true}}
	n.asker = newAsker(endpoint, key)
	p.onStart = n.started
	return n
}

func newAsker(endpoint string, key aws.CredentialsProvider) *connectclient.Client {
	return connectclient.New(connectclient.Config{EndpointURL: endpoint, Region: region, Credentials: key, MaxAttempts: 1})
}

// started begins a new life.
func (n *node) started() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.life++
	if n.forgets {
		clear(n.shown)
	}
}

// owed gives what an answer that is asked for now must show.
func (n *node) owed() (life int, shown map[int]int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	shown = make(map[int]int, len(n.shown))
	for agent, number := range n.shown {
		shown[agent] = number
	}
	return n.life, shown
}

// show takes note that the node, in that life, has shown an event.
func (n *node) show(life int, e event) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if life == n.life || !n.forgets {
		n.shown[e.Agent] = max(n.shown[e.Agent], e.Number)
	}
}

// floorDigest is what /debug/floor/digest answers.
type floorDigest struct {
	Position string `json:"position"`
	Settled  bool   `json:"settled"` // the floor was at the position all the time
	SHA256   string `json:"sha256"`
}

func (n *node) digest(ctx context.Context) (floorDigest, error) {
	var d floorDigest
	body, err := n.page(ctx, "/debug/floor/digest")
	if err == nil {
		err = json.Unmarshal(body, &d)
	}
	return d, err
}

// page asks for one of the admin pages.
func (n *node) page(ctx context.Context, path string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, requestWait)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, n.admin+path, http.NoBody)
	if err != nil {
		return nil, err
	}
	req.Close = true
	if n.token != "" {
		req.Header.Set("Authorization", "Bearer "+n.token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: %s: %s", n.name, path, resp.Status, body)
	}
	return body, err
}

// awaitReady waits until the node says that it is ready.
func (n *node) awaitReady(ctx context.Context) error { return program.AwaitReady(ctx, n.admin) }

// await tries until there is no error, or ctx ends.
func await(ctx context.Context, try func() error) error {
	for {
		err := try()
		if err == nil {
			return nil
		}
		if rest(ctx, 50*time.Millisecond) != nil {
			return errors.Join(ctx.Err(), err)
		}
	}
}

// rest waits, and gives ctx's error when that ends first.
func rest(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
