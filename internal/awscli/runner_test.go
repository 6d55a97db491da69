package awscli_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// testCase is a command line, the world it runs in, and what must come of it.
// Texts may have {URL}, {PORT}, {DEADURL}, {CWD}, {HOME} and {CERT} in them.
type testCase struct {
	Name      string
	Group     string
	Args      []string
	Env       map[string]string
	CwdFiles  map[string][]byte // :: path -> content
	HomeFiles map[string][]byte // :: path -> content
	Stub      []reply
	TLS       bool
	Mode      string // "", "tty" or "sigint…"
	Columns   int    // of the terminal
	Tags      []string

	Want outcome
	// wantRequests are the texts of the wanted requests, in place of Want's.
	wantRequests []string
}

// outcome is what came of a command line, with placeholders put back in.
type outcome struct {
	Stdout, Stderr string
	Exit           int
	Requests       []request
}

// request is what is compared of a request.
type request struct {
	Method        string `json:"method"`
	Path          string `json:"path"`
	Body          string `json:"body"`
	ContentType   string `json:"content_type"`
	Host          string `json:"host"`
	Auth          *auth  `json:"auth"`
	Attempt       string `json:"amz_sdk_request"`
	SecurityToken string `json:"x_amz_security_token"`
	Raw           string `json:"raw"`
}

type auth struct {
	AccessKey     string `json:"access_key"`
	Region        string `json:"region"`
	Service       string `json:"service"`
	SignedHeaders string `json:"signed_headers"`
}

// run runs a case in a process of its own and returns what came of it.
func (c *testCase) run(t *testing.T) outcome {
	t.Helper()
	cwd, home := t.TempDir(), t.TempDir()
	cert, pem := selfSigned(t)
	if !c.TLS {
		cert = nil
	}
	srv := newStub(t, c.Stub, cert)
	certPath := filepath.Join(t.TempDir(), "cert.pem")
	writeFile(t, certPath, pem)
	placeholders := []string{
		"{URL}", "http://127.0.0.1:" + srv.port(), "{PORT}", srv.port(), "{DEADURL}", "http://" + deadAddress(t),
		"{CWD}", cwd, "{HOME}", home, "{CERT}", certPath,
	}
	in := strings.NewReplacer(placeholders...)
	for path, content := range c.CwdFiles {
		writeFile(t, filepath.Join(cwd, path), []byte(in.Replace(string(content))))
	}
	for path, content := range c.HomeFiles {
		writeFile(t, filepath.Join(home, path), []byte(in.Replace(string(content))))
	}
	var args []string
	for _, arg := range c.Args {
		args = append(args, in.Replace(arg))
	}
	env := map[string]string{"PATH": os.Getenv("PATH")}
	for name, v := range c.Env {
		env[name] = in.Replace(v)
	}
	var got outcome
	if raceDetector && c.Mode == "" && c.CwdFiles == nil {
		got.Stdout, got.Stderr, got.Exit = runHere(t.Context(), env, "", nil, args...)
	} else {
		got = c.start(t, command(t, cwd, env, args), srv)
	}
	var pairs []string
	for i := 0; i < len(placeholders); i += 2 {
		pairs = append(pairs, placeholders[i+1], placeholders[i])
	}
	out := strings.NewReplacer(pairs...)
	got.Stdout, got.Stderr = out.Replace(got.Stdout), out.Replace(got.Stderr)
	for _, q := range srv.requests() {
		got.Requests = append(got.Requests, q.request(out))
	}
	return got
}

// raceDetector says that the tests look for data races. A process takes long to
// start then, and would find none but its own, so that cases which need no
// directory or terminal of their own run in this one.
var raceDetector bool

// command is this test binary as the command.
func command(t *testing.T, dir string, env map[string]string, args []string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Dir, cmd.Env = dir, []string{asCommand + "=1"}
	for name, v := range env {
		cmd.Env = append(cmd.Env, name+"="+v)
	}
	return cmd
}

func (c *testCase) start(t *testing.T, cmd *exec.Cmd, srv *stub) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	var finish func() string
	if c.Mode == "tty" {
		finish = attachTerminal(t, cmd, c.Columns)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(c.Mode, "sigint") {
		go func() {
			<-srv.got
			_ = cmd.Process.Signal(syscall.SIGINT) // a process that has ended shows in its outcome
		}()
	}
	err := cmd.Wait()
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		t.Fatal(err)
	}
	got := outcome{Stdout: stdout.String(), Stderr: stderr.String(), Exit: cmd.ProcessState.ExitCode()}
	if finish != nil {
		got.Stdout = finish()
	}
	return got
}

func (q sent) request(out *strings.Replacer) request {
	if q.Raw != "" {
		return request{Raw: q.Raw}
	}
	r := request{
		Method: q.Method, Path: out.Replace(q.Target), Body: out.Replace(q.Body),
		ContentType: q.Header.Get("Content-Type"), Host: out.Replace(q.Header.Get("Host")),
		Attempt: q.Header.Get("amz-sdk-request"), SecurityToken: q.Header.Get("X-Amz-Security-Token"),
	}
	// AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, SignedHeaders=A;B, Signature=S
	if _, credential, ok := strings.Cut(q.Header.Get("Authorization"), "Credential="); ok {
		credential, signed, _ := strings.Cut(credential, ", SignedHeaders=")
		signed, _, _ = strings.Cut(signed, ",")
		if scope := strings.Split(credential, "/"); len(scope) == 5 {
			r.Auth = &auth{scope[0], scope[2], scope[3], signed}
		}
	}
	return r
}

func writeFile(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// deadAddress is an address at which nobody listens.
func deadAddress(t *testing.T) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}
