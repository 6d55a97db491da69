package awscli_test

import (
	"bytes"
	"io"
	"net"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/awscli"
	"rollcall/internal/awscli/output"
	"rollcall/internal/awscli/value"
)

func TestClaims(t *testing.T) {
	for words, want := range map[string]bool{
		"connect":      true,
		"connect help": true,
		"--region x connect get-current-user-data": true,
		"--region=x --debug connect":               true,
		"--output connect serve":                   false,
		"serve connect":                            false,
		"agents --watch":                           false,
		"--version":                                false,
		"":                                         false,
		"--no-sign-request --prof connect connect x": true,
	} {
		if got := awscli.Claims(strings.Fields(words)); got != want {
			t.Errorf("Claims(%s) = %v", words, got)
		}
	}
}

func TestProxyFor(t *testing.T) {
	for _, tc := range []struct {
		url  string
		env  string
		want string
	}{
		{"http://h/", "", ""},
		{"http://h/", "HTTP_PROXY=http://p:1", "http://p:1"},
		{"http://h/", "http_proxy=http://q:1 HTTP_PROXY=http://p:1", "http://q:1"},
		{"https://h/", "HTTP_PROXY=http://p:1", ""},
		{"https://h/", "HTTPS_PROXY=p:1", "http://p:1"},
		{"http://h/", "HTTP_PROXY=http://p NO_PROXY=*", ""},
		{"http://a.h.example:80/", "HTTP_PROXY=http://p NO_PROXY=x,h.example", ""},
		{"http://a.h.example/", "HTTP_PROXY=http://p NO_PROXY=.H.example", ""},
		{"http://ah.example/", "HTTP_PROXY=http://p NO_PROXY=h.example,", "http://p"},
		{"http://127.0.0.1:8/", "HTTP_PROXY=http://p NO_PROXY=127.0.0.1:8", ""},
		{"http://127.0.0.1:9/", "HTTP_PROXY=http://p NO_PROXY=127.0.0.1:8", "http://p"},
	} {
		env := map[string]string{}
		for pair := range strings.FieldsSeq(tc.env) {
			name, v, _ := strings.Cut(pair, "=")
			env[name] = v
		}
		u, err := url.Parse(tc.url)
		if err != nil {
			t.Fatal(err)
		}
		proxy, err := awscli.ProxyFor(u, func(name string) (string, bool) { v, ok := env[name]; return v, ok })
		got := ""
		if proxy != nil {
			got = proxy.String()
		}
		if err != nil || got != tc.want {
			t.Errorf("%s with %s: %q, %v; want %q", tc.url, tc.env, got, err, tc.want)
		}
	}
}

// sink is a connection that keeps what is written to it.
type sink struct {
	net.Conn
	bytes.Buffer
}

func (s *sink) Write(b []byte) (int, error) { return s.Buffer.Write(b) }
func (s *sink) Read([]byte) (int, error)    { return 0, io.EOF }

func TestHeaderOrder_HoldsForEachRequestHoweverItIsCutUp(t *testing.T) {
	const in = "POST /a HTTP/1.1\r\nContent-Length: 7\r\nX-Other: 1\r\namz-sdk-request: x\r\nHost: h\r\n\r\nb\r\n\r\nc\r" +
		"GET /b HTTP/1.1\r\nAuthorization: s\r\nX-Amz-Date: d\r\nHost: h\r\n\r\n"
	const want = "POST /a HTTP/1.1\r\nHost: h\r\namz-sdk-request: x\r\nContent-Length: 7\r\nX-Other: 1\r\n\r\nb\r\n\r\nc\r" +
		"GET /b HTTP/1.1\r\nHost: h\r\nX-Amz-Date: d\r\nAuthorization: s\r\n\r\n"
	for size := 1; size <= len(in); size++ {
		s := new(sink)
		conn := awscli.InOrder(s)
		for rest := in; rest != ""; {
			piece := rest[:min(size, len(rest))]
			rest = rest[len(piece):]
			if n, err := conn.Write([]byte(piece)); n != len(piece) || err != nil {
				t.Fatalf("%d of %d written: %v", n, len(piece), err)
			}
		}
		if d := cmp.Diff(want, s.String()); d != "" {
			t.Fatalf("pieces of %d (-want +got):\n%s", size, d)
		}
	}
}

// FuzzParseYAML: nothing crashes it, and what it reads can be shown.
func FuzzParseYAML(f *testing.F) {
	for _, seed := range []string{
		"a: &x [1, 2.5, ~]\nb: *x\n<<: {c: d}\n", "- !!int '5'\n- 2025-01-01\n- |\n  text\n", "{a: b, a: c}", "a: *a", "? [x]\n: y", "&a [*a]",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(_ *testing.T, doc []byte) {
		if len(doc) > 1<<10 {
			return // aliases multiply what is shown
		}
		v, err := awscli.ParseYAML(doc)
		if err == nil {
			_ = value.TypeName(v)
		}
	})
}

// FuzzDecode: whatever a service answers, it is shown in every format or refused.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"NextToken": "n", "UserDataList": [null, {"Contacts": [{"StateStartTimestamp": 1.5}], "MaxSlotsByChannel": {"VOICE": "1"}}]}`))
	f.Add([]byte(`{"ApproximateTotalCount": 1e400}`))
	f.Add([]byte(`[{}]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		v, err := awscli.DecodeUserData(body)
		if err != nil {
			return
		}
		if _, ok := v.(*value.Map); !ok {
			t.Fatalf("%T", v)
		}
		for _, format := range []string{"json", "text", "table", "yaml", "yaml-stream", "off"} {
			_, _ = output.Format(format, v, output.TableOptions{Title: "T", Width: 80})
		}
	})
}
