package server_test

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rollcall/internal/access"
	"rollcall/internal/server"
)

// dockerfileENV gives a setting of the container image.
func dockerfileENV(t *testing.T, name string) string {
	t.Helper()
	file, err := os.ReadFile("../../deploy/Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	_, value, found := strings.Cut(string(file), name+"=")
	if !found {
		t.Fatalf("the Dockerfile doesn't set %s", name)
	}
	value, _, _ = strings.Cut(value, "\n")
	return strings.TrimSuffix(value, " \\")
}

// In the container image the admin port is reached from everywhere. Health and
// metrics are for all, the floor and profiles are not.
func TestAdmin_InTheContainerStrangersSeeHealthAndMetricsOnly(t *testing.T) {
	c := settings()
	host, _, err := net.SplitHostPort(dockerfileENV(t, "ROLLCALL_ADMIN_LISTEN"))
	if err != nil {
		t.Fatal(err)
	}
	c.AdminListen = net.JoinHostPort(host, "0")
	c.KeysFile = filepath.Join(t.TempDir(), "keys.yaml")
	token := func(policy string) string {
		made, err := access.CreateToken(c.KeysFile, access.New{Policy: []byte(policy), CreatedAt: time.Now()})
		if err != nil {
			t.Fatal(err)
		}
		return "Bearer " + made.Secret
	}
	mayAll, mayRead := token(access.PolicyAll), token(string(access.AllowPolicy([]string{"rollcall:ReadAgents", "connect:*"}, []string{"*"})))
	mayOne := token(string(access.AllowPolicy([]string{"*"}, []string{support})))
	s := run(t, c)
	s.put(login("ann"))
	h := s.AdminHandler()
	ask := func(path, from, host, bearer string, header ...string) int {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+host+path, http.NoBody)
		r.RemoteAddr = from
		if bearer != "" {
			r.Header.Set("Authorization", bearer)
		}
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusOK && strings.Contains(w.Body.String(), "ann") {
			t.Errorf("%s: %d with %s", path, w.Code, w.Body)
		}
		return w.Code
	}
	const stranger, local, pod, here = "192.0.2.7:1234", "127.0.0.1:1234", "198.51.100.4:8421", "localhost:8421"
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		for _, host := range []string{pod, here, "rollcall.example"} {
			if got := ask(path, stranger, host, ""); got != http.StatusOK {
				t.Errorf("%s for a stranger: %d", path, got)
			}
		}
	}
	const tooLong = "/debug/pprof/profile?seconds=61" // which nobody gets, but those who may ask hear why
	for _, path := range []string{
		"/debug/floor", "/debug/floor/digest", "/debug/pprof/", "/debug/pprof/cmdline", "/debug/pprof/symbol", "/debug/pprof/heap",
		"/debug/pprof/goroutine?debug=2", "/debug/pprof/trace?seconds=0.01", tooLong,
	} {
		for _, a := range []struct {
			name, from, host, bearer string
			want                     int
		}{
			{"a stranger", stranger, pod, "", 401},
			{"a stranger who says localhost", stranger, here, "", 401},
			{"a guessed token", stranger, pod, "Bearer guessed", 401},
			{"a token for reading", stranger, pod, mayRead, 403},
			{"a token for one instance", stranger, pod, mayOne, 403},
			{"a token for all", stranger, pod, mayAll, 200},
			{"a program of this machine", local, here, "", 200},
			{"the same by address", "[::1]:9", "127.0.0.1:8421", "", 200},
			{"a page under a name of its own", local, "evil.example:8421", "", 403},
			{"a name, with a token", stranger, "evil.example:8421", mayAll, 403},
			{"through a proxy on this machine", local, pod, "", 401},
		} {
			if a.want == http.StatusOK && path == tooLong {
				a.want = http.StatusBadRequest
			}
			if got := ask(path, a.from, a.host, a.bearer); got != a.want {
				t.Errorf("%s for %s: %d, want %d", path, a.name, got, a.want)
			}
		}
		for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "http://evil.example"}, {"Origin", "null"}} {
			if got := ask(path, local, here, "", header...); got != http.StatusForbidden {
				t.Errorf("%s for a page (%s): %d", path, header, got)
			}
		}
		if got := ask(path, local, here, "", "Sec-Fetch-Site", "none"); got == http.StatusForbidden {
			t.Errorf("%s typed into a browser: %d", path, got)
		}
	}
	for _, seconds := range []string{"61", "3600", "-1", "NaN", "x"} {
		if got := ask("/debug/pprof/heap?seconds="+seconds, local, here, ""); got != http.StatusBadRequest {
			t.Errorf("a profile of %s seconds: %d", seconds, got)
		}
	}
}

func TestAdmin_AnonymousIsForTheMachineItself(t *testing.T) {
	c := settings()
	c.Anonymous, c.AccessKeyID, c.SecretAccessKey, c.AdminListen = true, "", "", "0.0.0.0:0"
	s := run(t, c)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://localhost:8421/debug/floor", http.NoBody)
	r.RemoteAddr = "192.0.2.7:1234"
	w := httptest.NewRecorder()
	if s.AdminHandler().ServeHTTP(w, r); w.Code != http.StatusForbidden {
		t.Errorf("a stranger: %d %s", w.Code, w.Body)
	}
}

// However many ask for profiles, one is made, and health is answered.
func TestAdmin_HealthNeverWaitsForProfiles(t *testing.T) {
	s := run(t, settings())
	address := strings.TrimPrefix(s.admin(), "http://")
	dial := func(request string) (net.Conn, *bufio.Reader) {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		if _, err := conn.Write([]byte(request)); err != nil {
			t.Fatal(err)
		}
		return conn, bufio.NewReader(conn)
	}
	profile := "GET /debug/pprof/heap?seconds=60 HTTP/1.1\r\nHost: localhost\r\n\r\n"
	firstTwo := make(chan string, 2) // of which one runs, and the other is told so
	for range 2 {
		_, r := dial(profile)
		go func() {
			line, _ := r.ReadString('\n')
			firstTwo <- line
		}()
	}
	if line := <-firstTwo; !strings.Contains(line, " 503 ") {
		t.Fatalf("a second profile: %s", line)
	}
	for range 120 { // more than there are connections
		_, r := dial(profile)
		line, err := r.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(line, " 503 ") {
			t.Fatalf("one more profile: %s", line)
		}
	}
	for range 120 {
		dial("POST /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n") // and nothing of it comes
		dial("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
	}
	if got := get(t, s.admin()+"/healthz"); got.status != http.StatusOK {
		t.Errorf("health: %s", got)
	}
}

func TestKeysFile_AFaultIsSaidEverywhere(t *testing.T) {
	c := settings()
	c.KeysFile = filepath.Join(t.TempDir(), "keys.yaml")
	if _, err := access.CreateKey(c.KeysFile, access.New{Policy: []byte(access.PolicyAll), CreatedAt: time.Now()}); err != nil {
		t.Fatal(err)
	}
	s := run(t, c)
	loaded := func(content []byte) string {
		sum := sha256.Sum256(content)
		return get(t, s.admin()+"/keys/loaded?sha256="+hex.EncodeToString(sum[:])).body
	}
	content, err := os.ReadFile(c.KeysFile)
	if err != nil {
		t.Fatal(err)
	}
	if got := loaded(content); !strings.Contains(got, `"loaded":true`) {
		t.Errorf("the keys file: %s", got)
	}
	if unusable, _ := s.Gauge("rollcall_keys_file_unusable"); unusable != 0 {
		t.Error("the keys file counts as unusable")
	}
	broken := []byte("keys: [")
	if err := os.WriteFile(c.KeysFile, broken, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := loaded(broken); !strings.Contains(got, `"loaded":false`) || !strings.Contains(got, `"fault":"keys file `) {
		t.Errorf("a broken keys file: %s", got)
	}
	if got := get(t, s.admin()+"/readyz"); got.status != http.StatusOK || !strings.Contains(got.body, "the keys file can't be used") {
		t.Errorf("/readyz: %s", got)
	}
	if unusable, _ := s.Gauge("rollcall_keys_file_unusable"); unusable != 1 {
		t.Error("the metric doesn't say so")
	}
	for _, bad := range []string{"", "x", "00", strings.Repeat("0", 66)} {
		if got := get(t, s.admin()+"/keys/loaded?sha256="+bad); got.status != http.StatusBadRequest {
			t.Errorf("%q: %s", bad, got)
		}
	}
}

func TestKeysFile_StrictEndsTheServer(t *testing.T) {
	c := settings()
	c.KeysFile, c.KeysStrict = filepath.Join(t.TempDir(), "keys.yaml"), true
	if _, err := access.CreateKey(c.KeysFile, access.New{Policy: []byte(access.PolicyAll), CreatedAt: time.Now()}); err != nil {
		t.Fatal(err)
	}
	s := run(t, c)
	if err := os.Remove(c.KeysFile); err != nil {
		t.Fatal(err)
	}
	if err := s.await(); err == nil || !strings.Contains(err.Error(), "--keys-strict") {
		t.Errorf("ended with %v", err)
	}
}

func TestTokenSecret_IsHeldToTheModeOfSecrets(t *testing.T) {
	c := settings()
	c.Ephemeral, c.DataDir = false, t.TempDir()
	if err := run(t, c).end(); err != nil {
		t.Fatal(err)
	}
	for mode, want := range map[os.FileMode]string{0o644: "chmod 600", 0o440: "", 0o600: ""} {
		if err := os.Chmod(filepath.Join(c.DataDir, "token-secret"), mode); err != nil {
			t.Fatal(err)
		}
		c.Journal = embedded(c)
		s, err := server.Open(t.Context(), c)
		if err == nil {
			err = s.Close()
		}
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("mode %04o: %v", mode, err)
		}
	}
}
