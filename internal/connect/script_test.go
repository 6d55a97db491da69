package connect_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"text/template"

	"github.com/google/go-cmp/cmp"

	"rollcall"
	"rollcall/internal/access"
	"rollcall/internal/connect"
)

var update = flag.Bool("update", false, "write the answers that came into testdata/requests")

// TestRequests sends every request of testdata/requests/*.txt to a real HTTP
// server and compares status, error type and message, or who was returned.
//
// A file is a list of cases. Each begins with a line "== sentence"; then the
// request line, headers, an empty line and the body, "--", and the answer:
//
//	200 ada, ben of 2          the agents in order, and ApproximateTotalCount;
//	200 ada of 2, more         with a NextToken
//	400 SomeException          and on the next line the whole message
//
// Lines that begin with # before the first case are comments, but "#
// settings:" names what the server is given. Requests are signed by a key named
// "test" and have a JSON content type, unless a header line says otherwise ("-"
// for none). Bodies are templates: see bodyFuncs.
func TestRequests(t *testing.T) {
	files, err := filepath.Glob("testdata/requests/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no request files: %v", err)
	}
	total := 0
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		head, cases := parseScript(t, file, string(raw))
		total += len(cases)
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			server := start(t, settingsOf(t, head))
			for i := range cases {
				t.Run(cases[i].name, func(t *testing.T) { cases[i].run(t, server.Listener.Addr()) })
			}
		})
		if *update {
			writeScript(t, file, head, cases)
		}
	}
	if total < 150 {
		t.Errorf("%d requests in the table, want 150 at least", total)
	}
}

// settingsOf reads "# settings:" lines.
func settingsOf(t *testing.T, head string) connect.Options {
	t.Helper()
	gate := &fakeGate{allow: onlyNamed}
	o := connect.Options{Gate: gate}
	for line := range strings.Lines(head) {
		_, list, ok := strings.Cut(line, "settings:")
		if !ok {
			continue
		}
		for _, word := range strings.Fields(list) {
			switch word {
			case "lenient-filters":
				o.LenientFilters = true
			case "include-offline":
				o.IncludeOffline = true
			case "body-bytes=4096":
				o.BodyBytes = 4096
			case "cors":
				o.CORSOrigins = []string{"https://wallboard.example"}
			case "throttled":
				o.Throttle = func(access.Pass, string, rollcall.ARN) error {
					return rollcall.Errorf(rollcall.CodeThrottled, "Rate exceeded")
				}
			case "not-ready":
				gate.ready = func() error {
					return rollcall.Errorf(rollcall.CodeUnavailable, "The journal is being read. Try again soon.")
				}
			default:
				t.Fatalf("unknown setting %q", word)
			}
		}
	}
	return o
}

// onlyNamed lets the key "test" do everything, and a key that is named by
// patterns ("queue/q-sales,agent/*") only what they reach inside the instance.
// "account" stands for everything in the instance's account and Region.
func onlyNamed(key string, resource rollcall.ARN) bool {
	if key == "test" {
		return true
	}
	if key == "account" {
		return resource.Account == support.Account && resource.Region == support.Region
	}
	for pattern := range strings.SplitSeq(key, ",") {
		prefix, wild := strings.CutSuffix(pattern, "*")
		name := resource.Type + "/" + resource.ID
		if resource.Instance == support.Instance && (name == pattern || wild && strings.HasPrefix(name, prefix)) {
			return true
		}
	}
	return false
}

type scriptCase struct {
	name    string
	request string // request line, headers, empty line and body, as in the file
	want    string
	got     string
}

func parseScript(t *testing.T, file, text string) (head string, cases []scriptCase) {
	t.Helper()
	parts := strings.Split("\n"+text, "\n== ")
	for _, part := range parts[1:] {
		name, rest, _ := strings.Cut(part, "\n")
		request, want, ok := strings.Cut(rest, "\n--\n")
		if !ok {
			t.Fatalf("%s: case %q has no line --", file, name)
		}
		cases = append(cases, scriptCase{name: name, request: request, want: strings.TrimSpace(want)})
	}
	return strings.TrimPrefix(parts[0], "\n"), cases
}

func writeScript(t *testing.T, file, head string, cases []scriptCase) {
	t.Helper()
	var b strings.Builder
	b.WriteString(strings.TrimSpace(head) + "\n")
	for _, c := range cases {
		fmt.Fprintf(&b, "\n== %s\n%s\n--\n%s\n", c.name, c.request, c.got)
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (c *scriptCase) run(t *testing.T, addr net.Addr) {
	t.Helper()
	line, headers, body := c.split(t)
	method, path, _ := strings.Cut(line, " ")
	answer := exchange(t, addr, method, path, headers, body)
	c.got = answer.summary(t)
	if *update {
		return
	}
	if diff := cmp.Diff(c.want, c.got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", line, diff)
	}
}

// split takes the request apart and fills the body's template in.
func (c *scriptCase) split(t *testing.T) (line string, headers []string, body string) {
	t.Helper()
	head, text, _ := strings.Cut(c.request, "\n\n")
	lines := strings.Split(head, "\n")
	headers = []string{"Authorization: key test", "Content-Type: application/json"}
	for _, h := range lines[1:] {
		name, _, _ := strings.Cut(h, ":")
		kept := headers[:0]
		for _, old := range headers {
			if !strings.HasPrefix(strings.ToLower(old), strings.ToLower(name)+":") {
				kept = append(kept, old)
			}
		}
		headers = kept
		if !strings.HasSuffix(h, ": -") {
			headers = append(headers, h)
		}
	}
	parsed, err := template.New("body").Funcs(bodyFuncs).Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	var filled strings.Builder
	if err := parsed.Execute(&filled, nil); err != nil {
		t.Fatal(err)
	}
	return fill(t, lines[0]), headers, filled.String()
}

func fill(t *testing.T, text string) string {
	t.Helper()
	parsed, err := template.New("path").Funcs(bodyFuncs).Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	var filled strings.Builder
	if err := parsed.Execute(&filled, nil); err != nil {
		t.Fatal(err)
	}
	return filled.String()
}

// bodyFuncs make what nobody wants to read.
var bodyFuncs = template.FuncMap{
	// ids gives n quoted ids, separated by commas: "q-0","q-1"
	"ids": func(n int, prefix string) string {
		var list []string
		for i := range n {
			list = append(list, fmt.Sprintf("%q", fmt.Sprint(prefix, i)))
		}
		return strings.Join(list, ",")
	},
	"crlf":   func() string { return "\r\n" },
	"repeat": func(n int, s string) string { return strings.Repeat(s, n) },
	"hex": func(s string) (string, error) {
		b, err := hex.DecodeString(s)
		return string(b), err
	},
	// arn is the ARN of a resource of the instance.
	"arn": func(kind, id string) string { return support.Child(kind, id).String() },
}

// reply is what came back.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// exchange sends a request that http.Client might refuse to send, as it stands.
func exchange(tb tester, addr net.Addr, method, path string, headers []string, body string) reply {
	tb.Helper()
	var dialer net.Dialer
	conn, err := dialer.DialContext(tb.Context(), addr.Network(), addr.String())
	if err != nil {
		tb.Fatal(err)
	}
	stop := context.AfterFunc(tb.Context(), func() { _ = conn.Close() })
	defer stop()
	defer func() { _ = conn.Close() }()
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: connect.example\r\nConnection: close\r\n", method, path)
	for _, h := range headers {
		b.WriteString(h + "\r\n")
	}
	if !strings.Contains(strings.Join(headers, "\n"), "Transfer-Encoding") && !strings.Contains(strings.Join(headers, "\n"), "Content-Length") {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(body))
	}
	b.WriteString("\r\n" + body)
	go func() { _, _ = conn.Write(b.Bytes()) }()
	resp, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		tb.Fatal(err)
	}
	return reply{resp.StatusCode, resp.Header, answer}
}

// summary writes the answer as the files have it, and checks on the way what
// holds for every answer.
func (r reply) summary(tb tester) string {
	tb.Helper()
	if r.header.Get("X-Amzn-Requestid") == "" {
		tb.Error("no x-amzn-RequestId")
	}
	if r.status == http.StatusNoContent {
		return "204 " + r.header.Get("Access-Control-Allow-Origin")
	}
	if got := r.header.Get("Content-Type"); got != "application/json" {
		tb.Errorf("Content-Type is %q", got)
	}
	if r.status != http.StatusOK {
		return r.exception(tb)
	}
	if name := r.header.Get("X-Amzn-Errortype"); name != "" {
		tb.Errorf("an answer with an error type: %s", name)
	}
	page := decodePage(tb, r.body)
	text := strings.TrimSpace("200 " + strings.Join(page.names(), ", "))
	text += fmt.Sprintf(" of %d", page.ApproximateTotalCount)
	if page.NextToken != "" {
		text += ", more"
	}
	return text
}

func (r reply) exception(tb tester) string {
	tb.Helper()
	text := fmt.Sprintf("%d %s", r.status, r.header.Get("X-Amzn-Errortype"))
	if len(r.body) == 0 {
		return text // to HEAD
	}
	var body map[string]string
	if err := json.Unmarshal(r.body, &body); err != nil {
		tb.Fatalf("%s\n%s: %v", text, r.body, err)
	}
	if message, ok := body["Message"]; ok {
		return text + "\n" + message
	}
	return text + "\nmessage: " + body["message"]
}

// userDataPage is the answer as a client reads it.
type userDataPage struct {
	NextToken             string     `json:"NextToken"`
	UserDataList          []userData `json:"UserDataList"`
	ApproximateTotalCount int        `json:"ApproximateTotalCount"`
}

type userData struct {
	User struct {
		ID string `json:"Id"`
	} `json:"User"`
}

func decodePage(tb tester, body []byte) userDataPage {
	tb.Helper()
	var page userDataPage
	if err := json.Unmarshal(body, &page); err != nil {
		tb.Fatalf("%v in %s", err, body)
	}
	return page
}

func (p userDataPage) names() []string {
	var names []string
	for _, u := range p.UserDataList {
		names = append(names, u.User.ID)
	}
	return names
}
