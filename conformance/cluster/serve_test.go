package cluster

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Two nodes on a cluster of three servers are one service: one's page tokens are
// good at the other, and whoever wrote at one can demand to see it at the other.
func TestServe_NodesOfAClusterAreOneService(t *testing.T) {
	t.Parallel()
	c := startNATSCluster(t, 3)
	program := builtBinary(t)
	a, b := startServe(t, program, c.urls(), "a"), startServe(t, program, c.urls(), "b")
	const agents = 40
	var want []string
	for i := range agents {
		agent := fmt.Sprintf("agent-%02d", i)
		want = append(want, agent)
		nodes := []*serveNode{a, b}
		position := nodes[i%2].login(t, agent)
		seen, _, resp := nodes[(i+1)%2].users(t, url.Values{"min-position": {position}}, 100, "")
		if !slices.Contains(seen, agent) {
			t.Fatalf("%s logged in at %s, and the other node answers %d: %s", agent, position, resp.Status, resp.Body)
		}
	}
	var got []string
	token := ""
	for i := 0; i == 0 || token != ""; i++ {
		node := []*serveNode{a, b}[i%2]
		page, next, resp := node.users(t, nil, 7, token)
		if resp.Status != http.StatusOK {
			t.Fatalf("page %d: %d %s", i, resp.Status, resp.Body)
		}
		got, token = append(got, page...), next
	}
	if !slices.Equal(got, want) {
		t.Errorf("over pages of both nodes came %q, want %q", got, want)
	}
	last := a.login(t, "ahead")
	epoch, _, _ := strings.Cut(last, "-")
	for position, status := range map[string]int{
		epoch + "-999999-0":      http.StatusServiceUnavailable, // not seen within the time for it
		"00000000000000ab-1-0":   http.StatusBadRequest,         // of another journal
		"neither-here-nor-there": http.StatusBadRequest,
	} {
		if _, _, resp := b.users(t, url.Values{"min-position": {position}}, 1, ""); resp.Status != status {
			t.Errorf("min-position %s: %d %s, want %d", position, resp.Status, resp.Body, status)
		}
	}
}

// Nodes write snapshots into the cluster and trim the journal there, while they
// take events. One that is new has only what is left, and comes to the same
// floor.
func TestServe_ANewNodeStartsFromWhatTheOthersLeft(t *testing.T) {
	t.Parallel()
	c := startNATSCluster(t, 3)
	program := builtBinary(t)
	small := []string{"--snapshot-every-bytes", "8KiB", "--retention-bytes", "16KiB"}
	nodes := []*serveNode{startServe(t, program, c.urls(), "a", small...), startServe(t, program, c.urls(), "b", small...)}
	var last string
	agents := 0
	for ; !strings.Contains(nodes[0].Log.String()+nodes[1].Log.String(), "journal trimmed") || agents < 100; agents++ {
		last = nodes[agents%2].login(t, fmt.Sprintf("agent-%05d", agents))
	}
	late := startServe(t, program, c.urls(), "late", small...)
	if !strings.Contains(late.Log.String(), "floor restored from a snapshot") {
		t.Error("the new node did not start from a snapshot, and the journal is trimmed")
	}
	digests := make(map[string]bool)
	for _, n := range append(nodes, late) {
		if _, _, resp := n.users(t, url.Values{"min-position": {last}}, 1, ""); resp.Status != http.StatusOK {
			t.Fatalf("at %s: %d %s", last, resp.Status, resp.Body)
		}
		_, digest := n.page(t, "/debug/floor/digest")
		digests[digest] = true
		if !strings.Contains(digest, fmt.Sprintf(`"agents":%d}`, agents)) {
			t.Errorf("%d agents have logged in, and the floor is %s", agents, digest)
		}
	}
	if len(digests) != 1 {
		t.Errorf("the nodes have different floors: %v", digests)
	}
}

// A node that is cut off from the journal says so, answers with its age or not
// at all, as it is told, and takes no events. When the journal is back all is
// well again.
func TestServe_ANodeThatIsCutOffSaysSo(t *testing.T) {
	t.Parallel()
	c := startNATS(t)
	proxy := startNATSProxy(t, c[0])
	program := builtBinary(t)
	single := []string{"--nats-replicas", "1", "--request-timeout", "2s"}
	free := startServe(t, program, c.urls(), "free", single...)
	stale := startServe(t, program, []string{proxy.url()}, "stale", single...)
	strict := startServe(t, program, []string{proxy.url()}, "strict", append(single, "--max-age", "5s")...)
	position := free.login(t, "before")
	for _, n := range []*serveNode{stale, strict} {
		seen, _, resp := n.users(t, url.Values{"min-position": {position}}, 10, "")
		if age := resp.Header.Get("X-Rollcall-Age"); !slices.Equal(seen, []string{"before"}) || age != "" {
			t.Errorf("before it is cut off: %q, age %q", seen, age)
		}
	}

	proxy.set(func(proxied) fate { return fate{drop: true} })
	for _, n := range []*serveNode{stale, strict} {
		eventually(t, "it says that it is cut off", func() bool {
			status, text := n.ready(t)
			return status == http.StatusServiceUnavailable && strings.Contains(text, "cut off from the journal")
		})
	}
	behind := free.login(t, "meanwhile")
	seen, _, resp := stale.users(t, nil, 10, "")
	if !slices.Equal(seen, []string{"before"}) || len(resp.Header.Get("X-Rollcall-Age")) == 0 {
		t.Errorf("cut off it shows %q, with age %q", seen, resp.Header.Get("X-Rollcall-Age"))
	}
	if _, _, resp := stale.users(t, url.Values{"min-position": {behind}}, 10, ""); resp.Status != http.StatusServiceUnavailable {
		t.Errorf("cut off it was asked for a position that it can't have: %d %s", resp.Status, resp.Body)
	}
	eventually(t, "--max-age ends its answers", func() bool {
		_, _, resp := strict.users(t, nil, 10, "")
		return resp.Status == http.StatusServiceUnavailable && strings.Contains(string(resp.Body), "--max-age")
	})
	if resp := stale.send(t, "/v1/events", nil, loginDocument("nowhere")); resp.Status != http.StatusServiceUnavailable ||
		!strings.Contains(string(resp.Body), "did not become durable") {
		t.Errorf("cut off it was given an event: %d %s", resp.Status, resp.Body)
	}

	proxy.set(nil)
	proxy.cutAll()
	for _, n := range []*serveNode{stale, strict} {
		eventually(t, "it is ready again", func() bool { status, _ := n.ready(t); return status == http.StatusOK })
		seen, _, resp := n.users(t, url.Values{"min-position": {behind}}, 10, "")
		if !slices.Contains(seen, "meanwhile") || resp.Header.Get("X-Rollcall-Age") != "" {
			t.Errorf("after it was cut off: %q, %d %s", seen, resp.Status, resp.Body)
		}
	}
	stale.login(t, "after")
}

// What must not run does not start, and says why.
func TestServe_RefusesWhatIsNotSafe(t *testing.T) {
	t.Parallel()
	c := startNATS(t)
	program := builtBinary(t)
	startServe(t, program, c.urls(), "first", "--nats-replicas", "1") // makes the stream
	safe, js := streamConfig(t, c), c.js(t)
	secret, single := []string{tokenSecretEnv}, []string{"--nats-replicas", "1"}
	for _, refused := range []struct {
		name  string
		spoil func(*jetstream.StreamConfig) // makes another stream; nil: the safe one
		env   []string
		flags []string
		want  string
	}{
		{"fewer replicas than asked", nil, secret, nil, "it has 1 replicas and 3 are asked for"},
		{"no secret for page tokens", nil, nil, single, "ROLLCALL_TOKEN_SECRET"},
		{"a secret that is too short", nil, []string{"ROLLCALL_TOKEN_SECRET=c2hvcnQ="}, single, "20 bytes or more"},
		{"memory", func(s *jetstream.StreamConfig) { s.Storage = jetstream.MemoryStorage }, secret, single, "it is kept in memory"},
		{"discard old", func(s *jetstream.StreamConfig) { s.Discard, s.MaxMsgs = jetstream.DiscardOld, 100 }, secret, single, "discard old"},
		{"max age", func(s *jetstream.StreamConfig) { s.MaxAge = time.Hour }, secret, single, "max_age"},
		{"deletes", func(s *jetstream.StreamConfig) { s.DenyDelete = false }, secret, single, "deny_delete is not set"},
		{"somebody else's", func(s *jetstream.StreamConfig) { s.Metadata = nil }, secret, single, "rollcall did not make it"},
	} {
		flags := refused.flags
		if refused.spoil != nil {
			config := safe
			config.Name = newJournalName()
			config.Subjects = []string{config.Name + "." + safe.Metadata["rollcall.epoch"] + ".*"}
			refused.spoil(&config)
			if _, err := js.CreateStream(t.Context(), config); err != nil {
				t.Fatal(err)
			}
			flags = append(slices.Clone(flags), "--nats-stream", config.Name)
		}
		out, err := serving(t, program, refused.env, c.urls(), flags...).Command(t.Context()).CombinedOutput()
		if err == nil || !strings.Contains(string(out), refused.want) {
			t.Errorf("%s: %v, want a refusal with %q:\n%s", refused.name, err, refused.want, out)
		}
	}
}

// A node that waits for the cluster to be there ends well when it is told to.
func TestServe_EndsWellWhileItWaitsForTheCluster(t *testing.T) {
	t.Parallel()
	program := builtBinary(t)
	p, err := serving(t, program, []string{tokenSecretEnv}, []string{fmt.Sprintf("nats://127.0.0.1:%d", freePort(t))}).Launch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	if _, ok := p.Log.Await("journal cluster not reached yet"); !ok {
		t.Fatal(p.Wait())
	}
	if err := p.Stop(); err != nil {
		t.Errorf("told to end while it waits: %v", err)
	}
}
