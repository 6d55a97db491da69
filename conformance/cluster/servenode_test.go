package cluster

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"rollcall/internal/ownclient"
)

const (
	serveKey, serveSecret = "AKIDCLUSTER000000001", "cluster/secret+of/no/consequence01234567"
	serveInstance         = "arn:aws:connect:us-east-1:210987654321:instance/shared"
)

// The secret that all nodes need.
var tokenSecretEnv = "ROLLCALL_TOKEN_SECRET=" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("cluster", 5)))

// serveCommand is `rollcall serve` with its journal on these servers.
func serveCommand(t *testing.T, program string, env, urls []string, flags ...string) *exec.Cmd {
	t.Helper()
	args := []string{
		"serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--data-dir", t.TempDir(), "--log-format", "json",
	}
	for _, u := range urls {
		args = append(args, "--nats-url", u)
	}
	cmd := exec.Command(program, append(args, flags...)...)
	cmd.Env = append(os.Environ(), "ROLLCALL_ACCESS_KEY_ID="+serveKey, "ROLLCALL_SECRET_ACCESS_KEY="+serveSecret)
	cmd.Env = append(cmd.Env, env...)
	return cmd
}

// serveNode is a running rollcall server.
type serveNode struct {
	*ownclient.Client
	admin string

	mu     sync.Mutex
	logged strings.Builder
}

// startServe starts a node and waits until it is ready.
func startServe(t *testing.T, program string, urls []string, name string, flags ...string) *serveNode {
	t.Helper()
	cmd := serveCommand(t, program, []string{tokenSecretEnv}, urls, append([]string{"--node-name", name}, flags...)...)
	log, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	n := &serveNode{}
	listening, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		n.read(log, listening)
		_ = cmd.Wait()
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
		if t.Failed() {
			t.Logf("%s logged:\n%s", name, n.log())
		}
	})
	select {
	case <-listening:
	case <-ended:
		t.Fatalf("%s has ended:\n%s", name, n.log())
	}
	eventually(t, name+" is ready", func() bool { status, _ := n.ready(t); return status == http.StatusOK })
	return n
}

// read reads the log to its end, and closes listening when the addresses are
// known.
func (n *serveNode) read(log io.Reader, listening chan<- struct{}) {
	for scan := bufio.NewScanner(log); scan.Scan(); {
		n.mu.Lock()
		n.logged.WriteString(scan.Text() + "\n")
		n.mu.Unlock()
		var line struct {
			Message string `json:"msg"`
			Address string `json:"address"`
			Admin   string `json:"admin_address"`
		}
		if json.Unmarshal(scan.Bytes(), &line) == nil && line.Message == "listening" {
			n.Client = ownclient.New("http://"+line.Address, "us-east-1", credentials.NewStaticCredentialsProvider(serveKey, serveSecret, ""))
			n.admin = "http://" + line.Admin
			close(listening)
		}
	}
}

func (n *serveNode) log() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.logged.String()
}

// ready asks /readyz.
func (n *serveNode) ready(t *testing.T) (status int, text string) {
	t.Helper()
	return n.page(t, "/readyz")
}

// page asks for an admin page.
func (n *serveNode) page(t *testing.T, path string) (status int, text string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, n.admin+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
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
