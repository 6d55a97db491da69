package docs

import (
	"bytes"
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"rollcall/internal/process"
	"rollcall/internal/source/kinesis/kinesistest"
)

// slowest bounds what a test waits for: it only ends a test that is broken.
const slowest = 5 * time.Minute

// pages are those with commands. A page that has some and is not here fails the
// test.
var pages = []string{"README.md", "CONTRIBUTING.md", "docs/*.md"}

func TestPages_DoWhatTheySay(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("skipped: the pages show a shell of Unix")
	}
	for _, glob := range pages {
		files, err := filepath.Glob(filepath.Join("..", "..", glob))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v, %v", glob, files, err)
		}
		for _, file := range files {
			page, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			steps, err := readStory(string(page))
			if err != nil {
				t.Errorf("%s: %v", file, err)
			}
			t.Run(filepath.Base(file), func(t *testing.T) {
				for _, b := range readBlocks(string(page)) {
					if err := b.check(t.Context()); err != nil {
						t.Errorf("line %d: %v", b.line, err)
					}
				}
				newReader(t).follow(steps)
			})
		}
	}
}

// reader does what a page says, in a directory of its own.
type reader struct {
	t       *testing.T
	dir     string
	env     []string
	replace *strings.Replacer // places of this machine for those that pages name
	running []*exec.Cmd
}

func newReader(t *testing.T) *reader {
	t.Helper()
	dir := t.TempDir()
	binary := os.Getenv("ROLLCALL_BINARY")
	if binary == "" {
		binary = filepath.Join(dir, "built")
		build := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "./cmd/rollcall")
		build.Dir = filepath.Join("..", "..")
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("build rollcall: %v\n%s", err, out)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "bin"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(binary, filepath.Join(dir, "bin", "rollcall")); err != nil {
		t.Fatal(err)
	}
	public, admin := freePort(t), freePort(t)
	stream := startStream(t)
	const nobody = "http://127.0.0.1:9"
	r := &reader{
		t: t, dir: dir,
		replace: strings.NewReplacer("8420", public, "8421", admin, "/var/lib/rollcall", filepath.Join(dir, "rollcall-data"), "make demo", "rollcall demo", "make build", "true",
			"--kinesis agent-events", "--kinesis agent-events "+stream, "--kinesis STREAM-ARN", "--kinesis arn:aws:kinesis:eu-central-1:111122223333:stream/agent-events "+stream),
		env: append(os.Environ(), "PATH="+filepath.Join(dir, "bin")+":"+os.Getenv("PATH"), "HOME="+dir,
			"ROLLCALL_LISTEN=127.0.0.1:"+public, "ROLLCALL_ADMIN_LISTEN=127.0.0.1:"+admin,
			"AWS_EC2_METADATA_DISABLED=true", "http_proxy="+nobody, "https_proxy="+nobody, "no_proxy=127.0.0.1,localhost"),
	}
	t.Cleanup(r.stop)
	return r
}

// startStream gives the flag that says where the stream of agent events is which
// the pages' reader has at Amazon.
func startStream(t *testing.T) string {
	t.Helper()
	stream := kinesistest.New("agent-events")
	stream.PutKey("ann", []byte(`{"AgentARN":"arn:aws:connect:eu-central-1:111122223333:instance/i/agent/ann",`+
		`"EventId":"1","EventTimestamp":"2026-01-31T08:00:00Z","EventType":"LOGIN"}`))
	double := httptest.NewServer(stream)
	t.Cleanup(double.Close)
	return "--kinesis-endpoint-url " + double.URL
}

func freePort(t *testing.T) string {
	t.Helper()
	port, err := process.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	return strconv.Itoa(port)
}

func (r *reader) follow(steps []step) {
	for i := range steps {
		s := &steps[i]
		switch {
		case s.skip != "":
		case s.command == "":
			r.stop()
		case lacks(s):
			r.t.Run(fmt.Sprintf("line %d", s.line), func(t *testing.T) { t.Skipf("no curl here (apt-get install curl) for: %s", s.command) })
		case s.until != "":
			r.background(s)
		default:
			r.run(s)
		}
		if r.t.Failed() {
			return // what follows builds on it
		}
	}
}

// lacks tells whether the step is for a program that not every machine has.
func lacks(s *step) bool {
	_, err := exec.LookPath("curl")
	return err != nil && strings.HasPrefix(s.command, "curl ")
}

func (r *reader) command(ctx context.Context, s *step) *exec.Cmd {
	text := r.replace.Replace(s.command)
	if text == "rollcall demo" { // which takes its addresses from the command line alone
		text += " " + r.replace.Replace("--listen 127.0.0.1:8420 --admin-listen 127.0.0.1:8421")
	}
	cmd := exec.CommandContext(ctx, "bash", "-c", text)
	cmd.Dir, cmd.Env = r.dir, r.env
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	return cmd
}

func (r *reader) run(s *step) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), slowest)
	defer cancel()
	out, err := r.command(ctx, s).CombinedOutput()
	if err != nil {
		r.t.Errorf("line %d: %s: %v\n%s", s.line, s.command, err, out)
	}
	r.compare(s, string(out))
}

func (r *reader) compare(s *step, output string) {
	r.t.Helper()
	copied := *s
	for i, line := range copied.shown {
		copied.shown[i] = r.replace.Replace(line)
	}
	if line := copied.missing(output); line != "" {
		r.t.Errorf("line %d: %s: the page shows\n%s\nwhich did not come in\n%s", s.line, s.command, line, output)
	}
}

// background starts a command and waits for its text. What it says to export is
// exported.
func (r *reader) background(s *step) {
	r.t.Helper()
	out := &output{until: s.until, found: make(chan struct{})}
	cmd := r.command(context.WithoutCancel(r.t.Context()), s)
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	r.running = append(r.running, cmd)
	select {
	case <-out.found:
	case <-time.After(slowest):
		r.t.Fatalf("line %d: %s: %q did not come in\n%s", s.line, s.command, s.until, out)
	}
	r.compare(s, out.String())
	for _, exported := range regexp.MustCompile(`(?m)^\s*export (.*)$`).FindAllStringSubmatch(out.String(), -1) {
		r.env = append(r.env, strings.Fields(exported[1])...)
	}
}

func (r *reader) stop() {
	for _, cmd := range r.running {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGINT)
		_ = cmd.Wait()
	}
	r.running = nil
}

// output is what a command has written so far.
type output struct {
	until string
	found chan struct{}

	mu   sync.Mutex
	text bytes.Buffer
	seen bool
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text.Write(p)
	if !o.seen && strings.Contains(o.text.String(), o.until) {
		o.seen = true
		close(o.found)
	}
	return len(p), nil
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

func TestStory_ComparesWhatIsShown(t *testing.T) {
	s := step{shown: []string{"kept 12, refused 0, position 38450271d3ed8b35-350-0", "…", "anything"}}
	for output, want := range map[string]string{
		"kept 7, refused 0, position 0123456789abcdef-1-2\n": "",
		"kept 7, refused 0\n":                                s.shown[0],
		"":                                                   s.shown[0],
	} {
		if got := s.missing(output); got != want {
			t.Errorf("%q: %q is missing, want %q", output, got, want)
		}
	}
	if _, err := readStory("<!-- docs: nonsense -->"); err == nil {
		t.Error("a comment that nobody knows is taken")
	}
	steps, err := readStory("<!-- docs: run true -->\n```console\n$ one\nshown\n$ two\n```\n<!-- docs: skip because -->\n```console\n$ three\n```\n<!-- docs: stop -->\n```\n$ no\n```\n")
	if got := fmt.Sprint(steps, err); got != "[{1 true []  false } {3 one [shown]  false } {5 two []  false } {9 three [] because false } {11  []  false }] <nil>" {
		t.Error(got)
	}
}
