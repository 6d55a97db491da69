package conformance

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// rollcall runs a command of the binary and gives what it printed.
func rollcall(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary(t), args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("rollcall %v: %v\n%s", args, err, &stderr)
	}
	return string(out)
}

// createKey runs `rollcall key create` and gives who may now ask.
func (p *process) createKey(t *testing.T, args ...string) target {
	t.Helper()
	out := rollcall(t, append([]string{"key", "create"}, args...)...)
	found := regexp.MustCompile(`AWS_ACCESS_KEY_ID=(\S+)\nexport AWS_SECRET_ACCESS_KEY=(\S+)\n`).FindStringSubmatch(out)
	if found == nil {
		t.Fatalf("key create printed %q", out)
	}
	return target{URL: p.URL, accessKeyID: found[1], secretAccessKey: found[2]}
}

// question asks about ann and gives the status, with the answer.
func (to target) question(t *testing.T) (status int, answer string) {
	t.Helper()
	status, answer, err := (&process{target: to}).post(t.Context(), "/metrics/userdata/"+instanceID, []byte(`{"Filters":{"Agents":["ann"]}}`))
	if err != nil {
		t.Fatal(err)
	}
	return status, answer
}

// until asks again until the status is the wanted one: keys files are looked
// at every two seconds.
func until(t *testing.T, want int, ask func() (int, string)) string {
	t.Helper()
	for {
		status, answer := ask()
		if status == want {
			return answer
		}
		if t.Context().Err() != nil {
			t.Fatalf("still %d %s", status, answer)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// bearer asks /v1 with a token.
func (p *process) bearer(t *testing.T, token string) (status int, answer string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.URL+"/v1/instances", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
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

// Keys and tokens are made, listed and revoked beside a running server, which
// heeds it without a restart.
func TestKeys_ComeAndGoWithoutARestart(t *testing.T) {
	dataDir := t.TempDir()
	server := serve(t, dataDir)
	server.put(t, smallFloor()...)
	where := []string{"--data-dir", dataDir}

	reader := server.createKey(t, append(where, "--name", "wallboard", "--read", "--instance-arn", base)...)
	answer := until(t, http.StatusOK, func() (int, string) { return reader.question(t) })
	same(t, expected([]string{"ann"}), []byte(answer))
	status, answer, err := (&process{target: reader}).post(t.Context(), "/v1/events", []byte(`{"AWSAccountId":"`+account+`","InstanceARN":"`+base+
		`","AgentARN":"`+base+`/agent/eve","EventId":"x","EventType":"LOGIN","EventTimestamp":"`+at(1)+`","Version":"2017-10-01"}`))
	if want := "is not authorized to perform: rollcall:PutEvents on resource: " + base; err != nil || status != http.StatusForbidden || !strings.Contains(answer, want) {
		t.Errorf("a key for reading puts events: %d %s %v", status, answer, err)
	}

	token := strings.TrimSpace(rollcall(t, append([]string{"token", "create", "--name", "pbx", "--read"}, where...)...))
	if answer := until(t, http.StatusOK, func() (int, string) { return server.bearer(t, token) }); !strings.Contains(answer, base) {
		t.Errorf("by token: %s", answer)
	}
	if content, err := os.ReadFile(filepath.Join(dataDir, "keys.yaml")); err != nil || strings.Contains(string(content), token) {
		t.Errorf("the keys file holds the token itself: %v", err)
	}

	keys, tokens := rollcall(t, append([]string{"key", "list"}, where...)...), rollcall(t, append([]string{"token", "list"}, where...)...)
	if !strings.Contains(keys, reader.accessKeyID) || !strings.Contains(keys, "wallboard") || strings.Contains(keys, reader.secretAccessKey) {
		t.Errorf("key list:\n%s", keys)
	}
	tokenID := regexp.MustCompile(`(?m)^(\S+)\s+pbx\s`).FindStringSubmatch(tokens)
	if tokenID == nil {
		t.Fatalf("token list:\n%s", tokens)
	}

	rollcall(t, append([]string{"key", "revoke", reader.accessKeyID}, where...)...)
	rollcall(t, append([]string{"token", "revoke", tokenID[1]}, where...)...)
	until(t, http.StatusForbidden, func() (int, string) { return reader.question(t) })
	until(t, http.StatusUnauthorized, func() (int, string) { return server.bearer(t, token) })
	if _, answer := reader.question(t); !strings.Contains(answer, "The security token included in the request is invalid.") {
		t.Errorf("with a revoked key: %s", answer)
	}
	if status, answer := server.question(t); status != http.StatusOK {
		t.Errorf("with the server's own key: %d %s", status, answer)
	}
}

// A keys file that others can read stops the start; one that becomes so, or
// breaks, changes nothing in a running server, which says why.
func TestKeys_AFileThatOthersReadIsRefused(t *testing.T) {
	keys := filepath.Join(t.TempDir(), "keys.yaml")
	writeFile(t, keys, boundKeys, 0o644)
	stderr, code := refused(t, "--keys-file", keys)
	if want := "its mode is 0644, so others than its owner can read or change the secrets in it; run: chmod 600 " + keys; code != 1 || !strings.Contains(stderr, want) {
		t.Errorf("exit %d: %s\nwant %s", code, stderr, want)
	}

	writeFile(t, keys, boundKeys, 0o600)
	server := serve(t, t.TempDir(), "--keys-file", keys)
	server.put(t, smallFloor()...)
	bound := server.target
	bound.accessKeyID, bound.secretAccessKey = boundID, boundSecret
	writeFile(t, keys, "keys: []\n", 0o644)
	line := server.mustLog(t, "the keys file can't be used; the keys before it stay in force")
	if reason, _ := line["error"].(string); !strings.Contains(reason, "chmod 600") {
		t.Errorf("logged %v", line)
	}
	if status, answer := bound.question(t); status != http.StatusForbidden || !strings.Contains(answer, "no identity-based policy allows") {
		t.Errorf("with a key of the file before: %d %s", status, answer)
	}
	writeFile(t, keys, "keys: []\n", 0o600)
	until(t, http.StatusForbidden, func() (int, string) {
		status, answer := bound.question(t)
		if !strings.Contains(answer, "The security token included in the request is invalid.") {
			return 0, answer
		}
		return status, answer
	})
}

// refused starts a server that must not start, and gives what it says.
func refused(t *testing.T, flags ...string) (stderr string, code int) {
	t.Helper()
	args := append([]string{"serve", "--listen", "127.0.0.1:0", "--admin-listen", "", "--data-dir", t.TempDir()}, flags...)
	cmd := exec.CommandContext(t.Context(), binary(t), args...)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		t.Fatalf("rollcall %v: %v\n%s", args, err, out)
	}
	return string(out), exit.ExitCode()
}

func TestAnonymous_OffLoopbackIsRefusedWithTheReason(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:8420", "example.com:8420"} {
		stderr, code := refused(t, "--anonymous", "--listen", address)
		if code != 2 || !strings.Contains(stderr, "--anonymous with --listen "+address+": a server that asks nobody who they are listens on loopback only") {
			t.Errorf("%s: exit %d: %s", address, code, stderr)
		}
	}
}

func TestPlainHTTP_OffLoopbackIsWarnedOf(t *testing.T) {
	server := serve(t, t.TempDir(), "--listen", "0.0.0.0:0")
	line := server.mustLog(t, "plain HTTP on an address that others reach: requests are signed, but not secret; give --tls-cert and --tls-key or put a proxy with TLS in front")
	if line["level"] != "WARN" {
		t.Errorf("logged as %v", line)
	}
	server.stop(t)
}

// A disk that is full ends the server with status 3: it can't promise anything
// any more. Linux only, as far as tmpfs in a name space of its own can be had.
func TestJournalFailure_EndsWithStatus3(t *testing.T) {
	inNamespace := []string{"unshare", "--user", "--map-root-user", "--mount", "sh", "-c", `mount -t tmpfs -o size=6m tmpfs "$0" && exec "$@"`}
	dataDir := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), inNamespace[0], append(inNamespace[1:], dataDir, "true")...).CombinedOutput(); err != nil {
		t.Skipf("skipped: no file system of our own to fill (unshare, mount): %v %s", err, out)
	}
	server := serveAs(t, append(inNamespace, dataDir), dataDir)
	padding := make([]byte, 100<<10)
	for {
		status, answer, err := server.post(t.Context(), "/v1/events", noisy(padding))
		if err != nil || status != http.StatusOK {
			t.Logf("refused with %d %s %v", status, answer, err)
			break
		}
	}
	server.awaitEnd(t, 3)
	mustSay(t, server.Log.String(), "no space left on device")
}
