package awscli_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"rollcall/internal/awscli/shell"
)

var update = flag.Bool("update", false, "write what comes of the cases into testdata/cases, to be read over")

// A file of testdata/cases is a txtar archive with the cases of a group. The
// name of each file in it is the case's, a slash, and what it is:
//
//	cmd      the words as a shell would split them, or as a JSON array; then
//	         lines "env NAME=value", "unset NAME", "tls", "tty COLUMNS"
//	         and "exit CODE" (0 if there is none)
//	reply…   an answer of the server: the status or "drop", headers, an empty
//	         line, the body. A body of @name is the file testdata/name
//	cwd/…    a file in the working directory
//	home/…   a file in the home directory
//	stdout, stderr, request…   what must come; nothing if they are not there
//
// A backslash at the very end of a text, but a cmd or a reply, stands for no line feed.
type archive struct {
	path  string
	cases []*testCase
	files map[string][]txtar.File // :: case -> its input files, in order
}

// caseEnv is the environment of each case, unless its cmd says otherwise.
var caseEnv = map[string]string{
	"AWS_ACCESS_KEY_ID": "AKIAFLOORWALKER", "AWS_SECRET_ACCESS_KEY": "floor/walker/secret", "AWS_REGION": "eu-west-2",
	"AWS_ENDPOINT_URL_CONNECT": "{URL}", "AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1",
	"HOME": "{HOME}", "TZ": "UTC",
}

func TestRun_Cases(t *testing.T) {
	paths, err := filepath.Glob("testdata/cases/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, path := range paths {
		a := readArchive(t, path)
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Run("all", func(t *testing.T) {
				for _, c := range a.cases {
					t.Run(c.Name, func(t *testing.T) {
						t.Parallel()
						a.check(t, c)
					})
				}
			})
			if *update {
				a.write(t)
			}
		})
	}
}

func (a *archive) check(t *testing.T, c *testCase) {
	t.Helper()
	got := c.run(t)
	if *update {
		c.Want = got
		return
	}
	if d := cmp.Diff(c.Want.Stdout, got.Stdout); d != "" {
		t.Errorf("stdout (-want +got):\n%s", d)
	}
	if d := cmp.Diff(c.Want.Stderr, got.Stderr); d != "" {
		t.Errorf("stderr (-want +got):\n%s", d)
	}
	if c.Want.Exit != got.Exit {
		t.Errorf("exit code %d, want %d", got.Exit, c.Want.Exit)
	}
	if d := cmp.Diff(c.wantRequests, requestTexts(got.Requests)); d != "" {
		t.Errorf("requests (-want +got):\n%s", d)
	}
}

func readArchive(t *testing.T, path string) *archive {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	a := &archive{path: path, files: map[string][]txtar.File{}}
	byName := map[string]*testCase{}
	for _, f := range txtar.Parse(raw).Files {
		name, part, ok := strings.Cut(f.Name, "/")
		if !ok {
			t.Fatalf("%s: %s is part of no case", path, f.Name)
		}
		c := byName[name]
		if c == nil {
			c = newCase(name)
			byName[name] = c
			a.cases = append(a.cases, c)
		}
		if c.part(t, part, string(f.Data)) {
			a.files[name] = append(a.files[name], f)
		}
	}
	return a
}

func newCase(name string) *testCase {
	c := &testCase{Name: name, Env: map[string]string{}, HomeFiles: map[string][]byte{}}
	for name, v := range caseEnv {
		c.Env[name] = v
	}
	return c
}

// part reads a part of a case. input is false for what must come of it.
func (c *testCase) part(t *testing.T, part, text string) (input bool) {
	t.Helper()
	switch {
	case part == "cmd":
		c.command(t, text)
	case strings.HasPrefix(part, "reply"):
		c.Stub = append(c.Stub, readReply(t, text))
	case strings.HasPrefix(part, "cwd/"):
		if c.CwdFiles == nil {
			c.CwdFiles = map[string][]byte{}
		}
		c.CwdFiles[part[len("cwd/"):]] = []byte(strings.TrimSuffix(text, "\\\n"))
	case strings.HasPrefix(part, "home/"):
		c.HomeFiles[part[len("home/"):]] = []byte(strings.TrimSuffix(text, "\\\n"))
	case part == "stdout":
		c.Want.Stdout = strings.TrimSuffix(text, "\\\n")
		return false
	case part == "stderr":
		c.Want.Stderr = strings.TrimSuffix(text, "\\\n")
		return false
	case strings.HasPrefix(part, "request"):
		c.wantRequests = append(c.wantRequests, text)
		return false
	default:
		t.Fatalf("%s: no such part: %s", c.Name, part)
	}
	return true
}

func (c *testCase) command(t *testing.T, text string) {
	t.Helper()
	line, settings, _ := strings.Cut(text, "\n")
	var err error
	if strings.HasPrefix(line, "[") {
		err = json.Unmarshal([]byte(line), &c.Args)
	} else {
		c.Args, err = shell.Split(line)
	}
	if err != nil {
		t.Fatalf("%s: %v", c.Name, err)
	}
	for setting := range strings.Lines(settings) {
		verb, rest, _ := strings.Cut(strings.TrimSpace(setting), " ")
		switch verb {
		case "env":
			name, v, _ := strings.Cut(rest, "=")
			c.Env[name] = v
		case "unset":
			delete(c.Env, rest)
		case "tls":
			c.TLS = true
		case "tty":
			c.Mode = verb
			c.Columns, err = strconv.Atoi(rest)
		case "exit":
			c.Want.Exit, err = strconv.Atoi(rest)
		default:
			t.Fatalf("%s: no such setting: %s", c.Name, setting)
		}
		if err != nil {
			t.Fatalf("%s: %s: %v", c.Name, setting, err)
		}
	}
}

func readReply(t *testing.T, text string) reply {
	t.Helper()
	head, body, _ := strings.Cut(text, "\n\n")
	lines := strings.Split(strings.TrimSpace(head), "\n")
	if lines[0] == "drop" {
		return reply{Drop: true}
	}
	status, err := strconv.Atoi(lines[0])
	if err != nil {
		t.Fatal(err)
	}
	r := reply{Status: status, Headers: map[string]string{}, Body: strings.TrimSuffix(body, "\n")}
	for _, line := range lines[1:] {
		name, v, _ := strings.Cut(line, ": ")
		r.Headers[name] = v
	}
	if name, ok := strings.CutPrefix(r.Body, "@"); ok {
		raw, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		r.Body = string(raw)
	}
	return r
}

// usual is what a request has when its text does not say otherwise.
var usual = request{
	Method: "POST", ContentType: "application/json", Host: "127.0.0.1:{PORT}", Attempt: "attempt=1",
	Auth: &auth{AccessKey: "AKIAFLOORWALKER", Region: "eu-west-2", Service: "connect", SignedHeaders: "content-type;host;x-amz-date"},
}

// text is a request as a case has it: what differs from the usual, and the body.
func (r request) text() string {
	if r.Raw != "" {
		return r.Raw + "\n"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", r.Method, r.Path)
	for _, part := range []struct{ name, got, usual string }{
		{"Content-Type", r.ContentType, usual.ContentType},
		{"Host", r.Host, usual.Host},
		{"amz-sdk-request", r.Attempt, usual.Attempt},
		{"X-Amz-Security-Token", r.SecurityToken, ""},
		{"signed", r.Auth.text(), usual.Auth.text()},
	} {
		if part.got != part.usual {
			fmt.Fprintf(&b, "%s: %s\n", part.name, part.got)
		}
	}
	return b.String() + "\n" + r.Body + "\n"
}

func (a *auth) text() string {
	if a == nil {
		return "no"
	}
	return strings.Join([]string{a.AccessKey, a.Region, a.Service, a.SignedHeaders}, " ")
}

func requestTexts(requests []request) []string {
	var all []string
	for _, r := range requests {
		all = append(all, r.text())
	}
	return all
}

// write writes the archive with what came of its cases.
func (a *archive) write(t *testing.T) {
	t.Helper()
	var out txtar.Archive
	for _, c := range a.cases {
		for _, f := range a.files[c.Name] {
			if f.Name == c.Name+"/cmd" {
				f.Data = withExit(f.Data, c.Want.Exit)
			}
			out.Files = append(out.Files, f)
		}
		add := func(part, text string) {
			if text != "" {
				out.Files = append(out.Files, txtar.File{Name: c.Name + "/" + part, Data: []byte(text)})
			}
		}
		add("stdout", closed(c.Want.Stdout))
		add("stderr", closed(c.Want.Stderr))
		for i, text := range requestTexts(c.Want.Requests) {
			part := "request"
			if i > 0 {
				part += strconv.Itoa(i + 1)
			}
			add(part, text)
		}
	}
	writeFile(t, a.path, txtar.Format(&out))
}

func withExit(cmd []byte, exit int) []byte {
	var kept []string
	for line := range strings.Lines(string(cmd)) {
		if !strings.HasPrefix(line, "exit ") {
			kept = append(kept, line)
		}
	}
	if exit != 0 {
		kept = append(kept, fmt.Sprintf("exit %d\n", exit))
	}
	return []byte(strings.Join(kept, ""))
}

func closed(text string) string {
	if text == "" || strings.HasSuffix(text, "\n") {
		return text
	}
	return text + "\\\n"
}
