package server_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/server"
)

// exchange sends bytes over a connection of its own and gives the status of
// each answer, up to the end of the connection.
func exchange(t *testing.T, s *running, raw string) []string {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.URL(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, raw); err != nil {
		t.Fatal(err)
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	got := []string{}
	reader := bufio.NewReader(conn)
	for {
		resp, err := http.ReadResponse(reader, &http.Request{Method: strings.SplitN(raw, " ", 2)[0]})
		if err != nil {
			return got
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		got = append(got, strings.TrimSpace(fmt.Sprintf("%d %s", resp.StatusCode, resp.Header.Get("X-Amzn-Errortype"))))
	}
}

// What may come from an open network is answered as HTTP says, and never as
// two requests where somebody in front of the server saw one.
func TestHTTP_OddRequests(t *testing.T) {
	s := run(t, settings())
	post := "POST " + questions + " HTTP/1.1\r\nHost: localhost\r\n"
	const unsigned, unknown = "403 MissingAuthenticationTokenException", "404 UnknownOperationException"
	for _, c := range []struct {
		name, raw string
		want      []string
	}{
		{"HTTP/1.0, without a host", "POST " + questions + " HTTP/1.0\r\n\r\n", []string{unsigned}},
		{"HTTP/1.1 without a host", "POST " + questions + " HTTP/1.1\r\n\r\n", []string{"400"}},
		{"two hosts", post + "Host: other\r\n\r\n", []string{"400"}},
		{"HTTP/2 without being asked", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", []string{unknown}},
		{"HTTP/9", "GET / HTTP/9.0\r\n\r\n", []string{"505"}},
		{"no HTTP", "hello\r\n\r\n", []string{"400"}},
		{"TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + strings.Repeat("\x00", 100) + "\r\n\r\n", []string{"400"}},
		{"two requests", post + "\r\n" + post + "\r\n", []string{unsigned, unsigned}},
		{"OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", []string{unknown}},
		{"OPTIONS of the operation", "OPTIONS " + questions + " HTTP/1.1\r\nHost: localhost\r\n\r\n", []string{unknown}},
		{"HEAD", "HEAD " + questions + " HTTP/1.1\r\nHost: localhost\r\n\r\n", []string{unknown}},
		{"CONNECT", "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n", []string{unknown}},
		{"TRACE", "TRACE / HTTP/1.1\r\nHost: localhost\r\n\r\n", []string{unknown}},
		{"a method of one's own", "FROB " + questions + " HTTP/1.1\r\nHost: localhost\r\n\r\n", []string{unknown}},
		{"an absolute URL", "POST http://other.example" + questions + " HTTP/1.1\r\nHost: localhost\r\n\r\n", []string{unsigned}},
		{"an upgrade", post + "Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n", []string{unsigned}},
		{"a length that is no number", post + "Content-Length: 0x10\r\n\r\n", []string{"400"}},
		{"a negative length", post + "Content-Length: -1\r\n\r\n", []string{"400"}},
		{"a length with a sign", post + "Content-Length: +1\r\n\r\nx", []string{"400"}},
		{"two lengths", post + "Content-Length: 0\r\nContent-Length: 5\r\n\r\nhello", []string{"400"}},
		{"two lengths in one", post + "Content-Length: 0, 5\r\n\r\nhello", []string{"400"}},
		{"a coding that isn't known", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", []string{"501"}},
		{"two codings", post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n", []string{"501"}},
		{"a coding with a space", post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", []string{"400"}},
		{"a header that is folded", post + "X-A: b\r\n c\r\n\r\n", []string{unsigned}},
		{"a header without a name", post + ": b\r\n\r\n", []string{"400"}},
		{"a null in a header", post + "X-A: b\x00c\r\n\r\n", []string{"400"}},
		{"a bad escape", "POST /metrics/userdata/%zz HTTP/1.1\r\nHost: localhost\r\n\r\n", []string{"400"}},
		{"a length and chunks end the connection", post + "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + post + "\r\n", []string{unsigned}},
		{"chunks, too", post + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n" + post + "\r\n", []string{unsigned}},
		{"a chunk with a bad length", post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n" + post + "\r\n", []string{unsigned}},
		{"an expectation that isn't known", post + "Expect: tea\r\nContent-Length: 2\r\n\r\n{}", []string{"417"}},
		{"a header that is too large", post + "X-A: " + strings.Repeat("a", 40<<10) + "\r\n\r\n", []string{"431"}},
		{"too many headers", post + strings.Repeat("A: b\r\n", 8<<10) + "\r\n", []string{"431"}},
		{"as many as fit", post + strings.Repeat("A: b\r\n", 5<<10) + "\r\n", []string{unsigned}},
		{"a path that is too long", "GET /" + strings.Repeat("a", 40<<10) + " HTTP/1.1\r\nHost: localhost\r\n\r\n", []string{"431"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, exchange(t, s, c.raw)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A client that expects to be told to go on with a large body is told so only
// when it names a known key.
func TestHTTP_ContinueIsSaidToWhoeverIsKnown(t *testing.T) {
	c := settings()
	for _, anonymous := range []bool{false, true} {
		c.Anonymous = anonymous
		s := run(t, c)
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.URL(), "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		_, err = io.WriteString(conn, "POST "+questions+" HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 10000\r\n\r\n")
		if err != nil {
			t.Fatal(err)
		}
		line, err := bufio.NewReader(conn).ReadString('\n')
		want := "HTTP/1.1 403 Forbidden\r\n"
		if anonymous {
			want = "HTTP/1.1 100 Continue\r\n"
		}
		if err != nil || line != want {
			t.Errorf("anonymous %t: %q, %v; want %q", anonymous, line, err, want)
		}
	}
}

// A panic, wherever it comes from, is the failure of its request alone.
func TestPanic_FailsItsRequestAlone(t *testing.T) {
	var asked, signed atomic.Bool
	c := settings()
	c.Now = func() time.Time {
		if asked.Swap(false) {
			panic("the clock fell off the wall")
		}
		return time.Now()
	}
	c.SignatureNow = func() time.Time {
		if signed.Swap(false) {
			panic("the watch stopped")
		}
		return time.Now()
	}
	s := run(t, c)
	s.put(login("ann"))
	for i, p := range []struct {
		name, path string
		trap       *atomic.Bool
		want       string
	}{
		{"in the Amazon Connect dialect", questions, &signed, "InternalServiceException"},
		{"before it", questions, &asked, "InternalServiceException"},
		{"in /v1", "/v1/events", &signed, `"code":"internal"`},
	} {
		p.trap.Store(true)
		got := s.post(p.path, aboutAnn)
		if got.status != http.StatusInternalServerError || !strings.Contains(got.body+got.header.Get("X-Amzn-Errortype"), p.want) || strings.Contains(got.body, "watch") {
			t.Errorf("%s: %s", p.name, got)
		}
		s.awaitMetrics(fmt.Sprintf("rollcall_panics_total %d", i+1))
		id := got.header.Get("X-Request-Id") + got.header.Get("X-Amzn-Requestid")
		if line := s.log.findID(id); line == nil || line["level"] != "ERROR" || !strings.Contains(fmt.Sprint(line["stack"]), "SignatureNow") && !strings.Contains(fmt.Sprint(line["stack"]), "http_test.go") {
			t.Errorf("%s isn't logged with its id %q: %v", p.name, id, line)
		}
	}
	if got := s.post(questions, aboutAnn); got.status != http.StatusOK {
		t.Errorf("afterwards: %s", got)
	}
}

// findID gives the line about a request.
func (l *logged) findID(id string) map[string]any {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, entry := range l.lines {
		if entry["request_id"] == id {
			return entry
		}
	}
	return nil
}

func TestAnonymous_KeepsWebPagesOut(t *testing.T) {
	c := settings()
	c.Anonymous, c.AccessKeyID, c.SecretAccessKey, c.CORSOrigins = true, "", "", []string{"http://board.example"}
	s := run(t, c)
	for _, p := range []struct {
		name, method, path, host, origin string
		want                             int
	}{
		{"a program asks", http.MethodPost, questions, "", "", http.StatusNotFound},
		{"a program reads", http.MethodGet, "/v1/instances", "", "", http.StatusOK},
		{"a page under a name of its own asks", http.MethodPost, questions, "evil.example", "", http.StatusForbidden},
		{"and reads", http.MethodGet, "/v1/instances", "evil.example", "", http.StatusForbidden},
		{"and puts events", http.MethodPost, "/v1/events", "evil.example", "", http.StatusForbidden},
		{"a page of another origin puts events", http.MethodPost, "/v1/events", "", "https://evil.example", http.StatusForbidden},
		{"one that was let in asks", http.MethodPost, questions, "", "http://board.example", http.StatusNotFound},
	} {
		req, err := http.NewRequestWithContext(t.Context(), p.method, s.URL()+p.path, strings.NewReader(aboutAnn))
		if err != nil {
			t.Fatal(err)
		}
		req.Host = p.host
		if p.origin != "" {
			req.Header.Set("Origin", p.origin)
		}
		if got, err := do(req); err != nil || got.status != p.want {
			t.Errorf("%s: %s %v, want %d", p.name, got, err, p.want)
		}
	}
}

// A wallboard in a browser reads both dialects, if its origin is let in.
func TestCORS_IsForAllProtocols(t *testing.T) {
	c := settings()
	c.CORSOrigins = []string{"https://board.example"}
	s := run(t, c)
	for _, p := range []struct {
		method, path, origin string
		status               int
		allowed              string // origin
	}{
		{http.MethodOptions, questions, "https://board.example", http.StatusNoContent, "https://board.example"},
		{http.MethodOptions, "/v1/instances", "https://board.example", http.StatusNoContent, "https://board.example"},
		{http.MethodOptions, "/v1/events", "https://board.example", http.StatusNoContent, "https://board.example"},
		{http.MethodGet, "/v1/instances", "https://board.example", http.StatusUnauthorized, "https://board.example"},
		{http.MethodGet, "/v1/instances", "https://other.example", http.StatusUnauthorized, ""},
		{http.MethodOptions, "/v1/instances", "https://other.example", http.StatusMethodNotAllowed, ""},
		{http.MethodOptions, "/v1/instances", "", http.StatusMethodNotAllowed, ""},
	} {
		req, err := http.NewRequestWithContext(t.Context(), p.method, s.URL()+p.path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		if p.origin != "" {
			req.Header.Set("Origin", p.origin)
			req.Header.Set("Access-Control-Request-Method", http.MethodGet)
		}
		got, err := do(req)
		if err != nil || got.status != p.status || got.header.Get("Access-Control-Allow-Origin") != p.allowed || got.header.Get("Vary") != "Origin" {
			t.Errorf("%s %s from %q: %s %v %v", p.method, p.path, p.origin, got, got.header, err)
		}
	}
	off := run(t, settings())
	if got := get(t, off.URL()+"/v1/instances"); got.header.Get("Vary") != "" {
		t.Errorf("without origins: %v", got.header)
	}
}

func TestAdmin_IsForTheMachineItself(t *testing.T) {
	s := run(t, settings())
	for _, p := range []struct {
		path, host string
		want       int
	}{
		{"/metrics", "", http.StatusOK},
		{"/metrics", "localhost:1", http.StatusOK},
		{"/metrics", "evil.example", http.StatusForbidden},
		{"/debug/pprof/cmdline", "", http.StatusOK},
		{"/debug/pprof/heap", "evil.example", http.StatusForbidden},
		{"/healthz", "evil.example", http.StatusOK},
		{"/readyz", "evil.example", http.StatusOK},
		{"/nowhere", "", http.StatusNotFound},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.admin()+p.path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = p.host
		if got, err := do(req); err != nil || got.status != p.want {
			t.Errorf("%s for %q: %d %v, want %d", p.path, p.host, got.status, err, p.want)
		}
	}
}

func TestMetrics_TellOfTraffic(t *testing.T) {
	s := run(t, settings())
	s.put(login("ann"), login("bob"))
	s.post(questions, aboutAnn)
	s.post(questions, `{}`)
	s.awaitMetrics(
		"rollcall_ingest_events_total 2",
		"rollcall_ingest_refused_documents_total 0",
		"rollcall_floor_instances 1",
		"rollcall_floor_agents 2",
		"rollcall_floor_online_agents 2",
		"rollcall_floor_ready 1",
		`rollcall_floor_events_total{effect="applied"} 2`,
		`rollcall_build_info{goversion="`+runtime.Version()+`",version="unknown"} 1`,
		`rollcall_connect_requests_total{exception="",operation="GetCurrentUserData",status="200"} 1`,
		`rollcall_connect_requests_total{exception="InvalidRequestException",operation="GetCurrentUserData",status="400"} 1`,
		`rollcall_connect_request_seconds_count{operation="GetCurrentUserData"} 2`,
		`rollcall_v1_requests_total{code="",method="POST",route="/v1/events",status="200"} 1`,
		"rollcall_panics_total 0",
		"rollcall_connections_cut_total 0",
	)
	metrics := get(t, s.admin()+"/metrics").body
	for _, name := range []string{"rollcall_connections ", "rollcall_connections_idle ", "go_goroutines ", "process_resident_memory_bytes "} {
		if !strings.Contains(metrics, "\n"+name) {
			t.Errorf("no metric %s", name)
		}
	}
}

func TestRoom_BoundsInstancesAndAgents(t *testing.T) {
	c := settings()
	c.MaxInstances, c.MaxAgents = 1, 2
	s := run(t, c)
	s.put(login("ann"))
	for _, p := range []struct{ name, body, want string }{
		{"another instance", strings.ReplaceAll(login("ann"), "instance/support", "instance/sales"), "(--max-instances)"},
		{"two more agents", login("bob") + login("cay"), "(--max-agents)"},
	} {
		if got := s.post("/v1/events", p.body); got.status != http.StatusBadRequest || !strings.Contains(got.body, p.want) {
			t.Errorf("%s: %s", p.name, got)
		}
	}
	s.put(login("bob"))
	if got := s.post("/v1/events", login("ann")); got.status != http.StatusOK {
		t.Errorf("an agent who is known when there is no more room: %s", got)
	}
}

// The first account and Region that are seen for an instance id own it. Events
// of another would be kept and never show, so they are refused and both are
// named, in one request as over several.
func TestOwner_RefusesAnotherAccountsEvents(t *testing.T) {
	s := run(t, settings())
	theirs := strings.ReplaceAll(login("eve"), "us-east-1:123456789012", "eu-west-1:999999999999")
	const why = `"member":"AgentARN","reason":"found an agent of arn:aws:connect:eu-west-1:999999999999:instance/support, ` +
		`expected arn:aws:connect:us-east-1:123456789012:instance/support: the first account and Region seen for an instance id own it"`
	for _, p := range []struct {
		name, path, body string
		status           int
		want             []string
	}{
		{"both in one request, at first", "/v1/events", login("ann") + theirs, http.StatusBadRequest, []string{why, `"number":2`, "nothing of the request was kept"}},
		{"the owner", "/v1/events?wait=visible", login("ann"), http.StatusOK, nil},
		{"another", "/v1/events", theirs, http.StatusBadRequest, []string{why, `"number":1`}},
		{"both, and the good ones are kept", "/v1/events?on-invalid=skip&wait=visible", theirs + login("bob") + theirs, http.StatusOK, []string{why, `"accepted":1`, `"refusedCount":2`}},
		{"the owner again", "/v1/events", login("ann"), http.StatusOK, nil},
	} {
		got := s.post(p.path, p.body)
		if got.status != p.status {
			t.Errorf("%s: %s", p.name, got)
		}
		for _, want := range p.want {
			if !strings.Contains(got.body, want) {
				t.Errorf("%s: no %s in %s", p.name, want, got.body)
			}
		}
	}
	if metrics := get(t, s.admin()+"/metrics").body; strings.Contains(metrics, `effect="foreign"`) {
		t.Error("the floor was handed events of another account")
	}
}

func TestThrottle_LimitsEachKey(t *testing.T) {
	c := settings()
	c.RequestRate, c.RequestBurst = 0.001, 2
	s := run(t, c)
	s.put(login("ann"))
	for i, want := range []int{http.StatusOK, http.StatusOK, http.StatusTooManyRequests} {
		if got := s.post(questions, aboutAnn); got.status != want {
			t.Errorf("question %d: %s", i+1, got)
		}
	}
}

// Instances that aren't here have one quota together: to make names up gives
// nobody more of it.
func TestThrottle_IsOneForAllInstancesThatAreNotHere(t *testing.T) {
	c := settings()
	c.RequestRate, c.RequestBurst = 0.001, 2
	s := run(t, c)
	s.put(login("ann"))
	for i, want := range []int{http.StatusNotFound, http.StatusNotFound, http.StatusTooManyRequests} {
		if got := s.post(fmt.Sprintf("/metrics/userdata/made-up-%d", i), aboutAnn); got.status != want {
			t.Errorf("question %d: %s", i+1, got)
		}
	}
	elsewhere := "/metrics/userdata/" + url.PathEscape("arn:aws:connect:eu-west-1:000000000007:instance/support")
	if got := s.post(elsewhere, aboutAnn); got.status != http.StatusTooManyRequests {
		t.Errorf("another account's: %s", got)
	}
	if got := s.post(questions, aboutAnn); got.status != http.StatusOK {
		t.Errorf("the one that is here: %s", got)
	}
}

// The quota is the key's on the instance, whichever way it asks; /v1 says so as
// /v1 does. Events have none.
func TestThrottle_IsOneForAllWaysToAsk(t *testing.T) {
	c := settings()
	c.RequestRate, c.RequestBurst, c.AWSQuotas = 0.001, 2, true
	s := run(t, c)
	for range 3 {
		s.put(login("ann"))
	}
	ask := func(method, path, body string) reply {
		req, err := http.NewRequestWithContext(t.Context(), method, s.URL()+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.sign(req, body); err != nil {
			t.Fatal(err)
		}
		got, err := do(req)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	for _, q := range []struct {
		method, path, body string
		want               int
	}{
		{http.MethodPost, questions, aboutAnn, http.StatusOK},
		{http.MethodGet, "/v1/instances/support/agents", "", http.StatusOK},
		{http.MethodGet, "/v1/instances/support/agents", "", http.StatusTooManyRequests},
		{http.MethodDelete, "/v1/instances/support/agents/ann", "", http.StatusTooManyRequests},
		{http.MethodPost, questions, aboutAnn, http.StatusTooManyRequests},
		{http.MethodGet, "/v1/instances", "", http.StatusOK}, // about no instance
		{http.MethodGet, "/v1/instances", "", http.StatusOK},
		{http.MethodGet, "/v1/instances", "", http.StatusTooManyRequests},
	} {
		got := ask(q.method, q.path, q.body)
		if got.status != q.want {
			t.Errorf("%s %s: %s, want %d", q.method, q.path, got, q.want)
		}
		if v1 := strings.HasPrefix(q.path, "/v1"); v1 && q.want == http.StatusTooManyRequests &&
			(got.header.Get("Retry-After") == "" || !strings.Contains(got.body, `"code":"throttled"`)) {
			t.Errorf("%s %s: %s %v", q.method, q.path, got, got.header)
		}
	}
}

// Settings that can't be meant are found before anything is opened.
func TestConfig_DefaultsAreValid(t *testing.T) {
	c := server.NewConfig()
	c.Journal = embedded(c)
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
	c.Ephemeral, c.DataDir = true, ""
	if err := c.Validate(); err != nil {
		t.Errorf("without a data directory, keeping nothing: %v", err)
	}
	c.Ephemeral = false
	if err := c.Validate(); err == nil || errors.Unwrap(err) != nil {
		t.Errorf("without a data directory: %v", err)
	}
}
