package cluster

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"rollcall/internal/ownclient"
	"rollcall/internal/process"
)

const (
	serveKey, serveSecret = "AKIDCLUSTER000000001", "cluster/secret+of/no/consequence01234567"
	serveInstance         = "arn:aws:connect:us-east-1:210987654321:instance/shared"
)

// The secret that all nodes need.
var tokenSecretEnv = "ROLLCALL_TOKEN_SECRET=" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("cluster", 5)))

// serving is `rollcall serve` with its journal on these servers.
func serving(t *testing.T, binary string, env, urls []string, flags ...string) process.Serve {
	t.Helper()
	for _, u := range urls {
		flags = append(flags, "--nats-url", u)
	}
	return process.Serve{Binary: binary, DataDir: t.TempDir(), Env: env, Flags: flags, KeyID: serveKey, Secret: serveSecret}
}

// serveNode is a running rollcall server.
type serveNode struct {
	*ownclient.Client
	*process.Process
}

// startServe starts a node and waits until it is ready.
func startServe(t *testing.T, binary string, urls []string, name string, flags ...string) *serveNode {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), slowest)
	defer cancel()
	return startServing(ctx, t, serving(t, binary, []string{tokenSecretEnv}, urls, append([]string{"--node-name", name}, flags...)...), name)
}

// startServing starts a node as it is set up.
func startServing(ctx context.Context, t *testing.T, s process.Serve, name string) *serveNode {
	t.Helper()
	p, err := s.Start(ctx)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	t.Cleanup(func() {
		p.Kill()
		if t.Failed() {
			t.Logf("%s logged:\n%s", name, p.Log)
		}
	})
	key := credentials.NewStaticCredentialsProvider(serveKey, serveSecret, "")
	return &serveNode{Client: ownclient.New("http://"+p.Address, "us-east-1", key), Process: p}
}

// ready asks /readyz.
func (n *serveNode) ready(t *testing.T) (status int, text string) {
	t.Helper()
	return n.page(t, "/readyz")
}

// page asks for an admin page.
func (n *serveNode) page(t *testing.T, path string) (status int, text string) {
	t.Helper()
	status, body, err := process.Page(t.Context(), n.Admin, path)
	if err != nil {
		t.Fatal(err)
	}
	return status, string(body)
}

// send asks a node for anything.
func (n *serveNode) send(t *testing.T, path string, query url.Values, body string) *ownclient.Response {
	t.Helper()
	resp, err := n.Do(t.Context(), http.MethodPost, path, query, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

// login posts an agent's login, and gives its position.
func (n *serveNode) login(t *testing.T, agent string) (position string) {
	t.Helper()
	resp := n.send(t, "/v1/events", nil, loginDocument(agent))
	var told struct{ Position string }
	if err := json.Unmarshal(resp.Body, &told); err != nil || resp.Status != http.StatusOK {
		t.Fatalf("login of %s: %d %s", agent, resp.Status, resp.Body)
	}
	return told.Position
}

func loginDocument(agent string) string {
	const at = "2026-03-02T09:00:00.000Z"
	return fmt.Sprintf(`{"AWSAccountId":"210987654321","InstanceARN":%q,"AgentARN":"%s/agent/%s","EventId":"login-%s","EventType":"LOGIN",`+
		`"EventTimestamp":%q,"Version":"2017-10-01","CurrentAgentSnapshot":{"AgentStatus":{"ARN":"%s/agent-state/available","Name":"Available",`+
		`"StartTimestamp":%q,"Type":"ROUTABLE"},"Configuration":{"Username":%q,"RoutingProfile":{"ARN":"%s/routing-profile/voice","Name":"Voice",`+
		`"InboundQueues":[{"ARN":"%s/queue/sales","Name":"Sales"}],"Concurrency":[{"Channel":"VOICE","AvailableSlots":1,"MaximumSlots":1}]}},"Contacts":[]}}`,
		serveInstance, serveInstance, agent, agent, at, serveInstance, at, agent, serveInstance, serveInstance) + "\n"
}

// users asks GetCurrentUserData for a page of the agents of the queue.
func (n *serveNode) users(t *testing.T, query url.Values, size int, token string) (agents []string, next string, resp *ownclient.Response) {
	t.Helper()
	resp = n.send(t, "/metrics/userdata/shared", query, fmt.Sprintf(`{"Filters":{"Queues":["sales"]},"MaxResults":%d,"NextToken":%q}`, size, token))
	var out struct {
		NextToken    string
		UserDataList []struct{ User struct{ Id string } }
	}
	if resp.Status == http.StatusOK {
		if err := json.Unmarshal(resp.Body, &out); err != nil {
			t.Fatal(err)
		}
	}
	for _, u := range out.UserDataList {
		agents = append(agents, u.User.Id)
	}
	return agents, out.NextToken, resp
}
