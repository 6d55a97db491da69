package server_test

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"rollcall/internal/server"
)

// openWallboard exchanges the ticket in a link.
func (r *running) openWallboard(link string) reply {
	r.t.Helper()
	_, ticket, ok := strings.Cut(link, "/#ticket=")
	if !ok {
		r.t.Fatalf("%q is no link with a ticket", link)
	}
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, r.URL()+"/v1/wallboard-sessions", strings.NewReader(`{"ticket":"`+ticket+`"}`))
	if err != nil {
		r.t.Fatal(err)
	}
	got, err := do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	return got
}

func (r *running) withToken(method, path, token string, body io.Reader) reply {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), method, r.URL()+path, body)
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	got, err := do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	return got
}

func TestWallboard_ALinkOpensOneSessionThatReads(t *testing.T) {
	r := run(t, settings())
	r.put(login("ann"))
	link := r.WallboardLink()
	opened := r.openWallboard(link)
	var session struct{ Token, ExpiresAt string }
	if err := json.Unmarshal([]byte(opened.body), &session); err != nil || opened.status != http.StatusOK || session.ExpiresAt == "" {
		t.Fatalf("got %s, %v", opened, err)
	}
	if again := r.openWallboard(link); again.status != http.StatusUnauthorized {
		t.Errorf("the link a second time: %s", again)
	}
	for _, path := range []string{"/v1/instances", "/v1/instances/support/agents", "/v1/instances/support/summary", "/v1/wallboard-rules"} {
		if got := r.withToken(http.MethodGet, path, session.Token, http.NoBody); got.status != http.StatusOK {
			t.Errorf("%s: %s", path, got)
		}
	}
	if got := r.withToken(http.MethodPost, "/v1/events", session.Token, strings.NewReader(login("bob"))); got.status != http.StatusForbidden {
		t.Errorf("an event: %s", got)
	}
	if got := r.withToken(http.MethodDelete, "/v1/instances/support", session.Token, http.NoBody); got.status != http.StatusForbidden {
		t.Errorf("a removal: %s", got)
	}
	if got := get(t, r.URL()+"/v1/wallboard-rules"); got.status != http.StatusUnauthorized {
		t.Errorf("the rules, for a stranger: %s", got)
	}
}

func TestWallboard_ThePageIsStrict(t *testing.T) {
	r := run(t, settings())
	page := get(t, r.URL()+"/")
	if page.status != http.StatusOK || !strings.HasPrefix(page.header.Get("Content-Type"), "text/html") {
		t.Fatalf("got %s", page)
	}
	for name, want := range map[string]string{
		"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-cache",
	} {
		if got := page.header.Get(name); !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if strings.Contains(page.header.Get("Content-Security-Policy"), "unsafe") {
		t.Error("the Content-Security-Policy has a hole")
	}
	files := regexp.MustCompile(`/wallboard/[a-z]+-[0-9a-f]{12}\.(js|css|svg)`).FindAllString(page.body, -1)
	if len(files) != 3 {
		t.Fatalf("the page names %v", files)
	}
	for _, path := range files {
		f := get(t, r.URL()+path)
		if f.status != http.StatusOK || !strings.Contains(f.header.Get("Cache-Control"), "immutable") || f.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %d %v", path, f.status, f.header)
		}
	}
	if got := get(t, r.URL()+"/wallboard/"); got.body != page.body {
		t.Errorf("/wallboard/: %s", got)
	}
	if got := get(t, r.URL()+"/wallboard/nothing.js"); got.status != http.StatusNotFound {
		t.Errorf("a file that is not there: %s", got)
	}
}

func TestWallboard_CanBeTurnedOff(t *testing.T) {
	c := settings()
	c.Wallboard = false
	r := run(t, c)
	if link := r.WallboardLink(); link != "" {
		t.Errorf("there is a link: %s", link)
	}
	for _, path := range []string{"/", "/wallboard/", "/v1/wallboard-rules"} {
		if got := get(t, r.URL()+path); got.status != http.StatusNotFound {
			t.Errorf("%s: %s", path, got)
		}
	}
	if got := get(t, r.URL()+"/"); !strings.Contains(got.body, "/v1/openapi.json") {
		t.Errorf("the page doesn't say where to go: %s", got)
	}
}

func TestWallboard_RulesThatCantBeMeantAreRefusedAtStart(t *testing.T) {
	c := settings()
	c.WallboardRules = filepath.Join(t.TempDir(), "rules.yaml")
	if err := os.WriteFile(c.WallboardRules, []byte("rules: [{id: long, measure: length, warn: 1m}]"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := server.Open(t.Context(), c); err == nil || !strings.Contains(err.Error(), `rules[0] (long): measure: "length"`) {
		t.Errorf("got %v", err)
	}
}
