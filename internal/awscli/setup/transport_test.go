package setup_test

import (
	"net/url"
	"strings"
	"testing"

	"rollcall/internal/awscli/setup"
)

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
		proxy, err := setup.ProxyFor(u, func(name string) (string, bool) { v, ok := env[name]; return v, ok })
		got := ""
		if proxy != nil {
			got = proxy.String()
		}
		if err != nil || got != tc.want {
			t.Errorf("%s with %s: %q, %v; want %q", tc.url, tc.env, got, err, tc.want)
		}
	}
}
