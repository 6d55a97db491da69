package connect_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall"
	"rollcall/internal/body"
	"rollcall/internal/connect"
	"rollcall/internal/door"
)

const aboutAda = `{"Filters":{"Agents":["ada"]}}`

func TestAnswer_Headers(t *testing.T) {
	server := start(t, connect.Options{})
	sign := "Authorization: key test"
	for _, c := range []struct {
		name string
		got  reply
		want http.Header
	}{
		{"an answer", exchange(t, server.Listener.Addr(), "POST", "/metrics/userdata/support", []string{sign}, aboutAda), http.Header{
			"X-Amzn-Requestid": {"11111111-2222-4333-8444-555555555555"},
			"Content-Type":     {"application/json"},
			"Content-Length":   {"875"},
		}},
		{"an exception", exchange(t, server.Listener.Addr(), "POST", "/metrics/userdata/support", []string{sign}, `{}`), http.Header{
			"X-Amzn-Requestid": {"11111111-2222-4333-8444-555555555555"},
			"X-Amzn-Errortype": {"InvalidRequestException"},
			"Content-Type":     {"application/json"},
			"Content-Length":   {"60"},
		}},
	} {
		c.got.header.Del("Date")
		c.got.header.Del("Connection")
		if diff := cmp.Diff(c.want, c.got.header); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestAnswer_SaysWhenToTryAgain(t *testing.T) {
	for _, code := range []rollcall.Code{rollcall.CodeThrottled, rollcall.CodeUnavailable} {
		a := newAsker(t, connect.Options{Gate: &fakeGate{ready: func() error { return rollcall.Errorf(code, "Later.") }}})
		if got := a.ask(aboutAda).header.Get("Retry-After"); got != "1" {
			t.Errorf("%s: Retry-After is %q, want 1", code, got)
		}
	}
}

func TestAnswer_RequestIDsAreRandomUUIDs(t *testing.T) {
	service := connect.New(connect.Options{Floors: supportFloors(7), Gate: &fakeGate{}, Now: func() time.Time { return noon }})
	uuid := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	seen := map[string]bool{}
	for range 100 {
		id := asker{t, service}.ask(aboutAda).header.Get("X-Amzn-Requestid")
		if !uuid.MatchString(id) || seen[id] {
			t.Fatalf("request id %q, seen before: %t", id, seen[id])
		}
		seen[id] = true
	}
}

func TestCORS_LetsConfiguredOriginsAskAndRead(t *testing.T) {
	for _, c := range []struct {
		name    string
		origins []string
		headers []string
		want    http.Header
	}{
		{"off", nil, []string{"Origin: https://a.example"}, http.Header{}},
		{"no origin", []string{"https://a.example"}, nil, http.Header{"Vary": {"Origin"}}},
		{"another origin", []string{"https://a.example"}, []string{"Origin: https://b.example"}, http.Header{"Vary": {"Origin"}}},
		{"a suffix of the origin", []string{"https://a.example"}, []string{"Origin: https://a.example.evil"}, http.Header{"Vary": {"Origin"}}},
		{"one of two origins", []string{"https://a.example", "https://b.example"}, []string{"Origin: https://b.example"}, http.Header{
			"Vary": {"Origin"}, "Access-Control-Allow-Origin": {"https://b.example"},
			"Access-Control-Expose-Headers": {"x-amzn-requestid, x-amzn-errortype, retry-after, x-rollcall-age, x-rollcall-forwarded, date"},
		}},
		{"any origin", []string{"*"}, []string{"Origin: https://b.example"}, http.Header{
			"Vary": {"Origin"}, "Access-Control-Allow-Origin": {"https://b.example"},
			"Access-Control-Expose-Headers": {"x-amzn-requestid, x-amzn-errortype, retry-after, x-rollcall-age, x-rollcall-forwarded, date"},
		}},
	} {
		server := start(t, connect.Options{CORSOrigins: c.origins})
		r := exchange(t, server.Listener.Addr(), "POST", "/metrics/userdata/support", append(c.headers, "Authorization: key test"), aboutAda)
		for name := range r.header {
			if name != "Vary" && !strings.HasPrefix(name, "Access-Control-") {
				r.header.Del(name)
			}
		}
		if diff := cmp.Diff(c.want, r.header); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestCORS_PreflightNamesWhatTheSDKSends(t *testing.T) {
	server := start(t, connect.Options{CORSOrigins: []string{"https://a.example"}})
	r := exchange(t, server.Listener.Addr(), "OPTIONS", "/metrics/userdata/support",
		[]string{"Origin: https://a.example", "Access-Control-Request-Method: POST"}, "")
	if r.status != http.StatusNoContent || r.header.Get("Access-Control-Allow-Methods") != "GET, POST" {
		t.Errorf("status %d, methods %q", r.status, r.header.Get("Access-Control-Allow-Methods"))
	}
	allowed := strings.Split(r.header.Get("Access-Control-Allow-Headers"), ", ")
	for _, name := range []string{
		"authorization", "content-type", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256",
		"x-amz-user-agent", "amz-sdk-invocation-id", "amz-sdk-request",
	} {
		found := false
		for _, a := range allowed {
			found = found || a == name
		}
		if !found {
			t.Errorf("%s isn't allowed", name)
		}
	}
}

// Where operations that aren't here are sent on, pages may ask for them.
func TestCORS_LetsPagesAskForWhatIsSentOn(t *testing.T) {
	server := start(t, connect.Options{CORSOrigins: []string{"https://a.example"}, Forward: &connect.Forwarding{}})
	r := exchange(t, server.Listener.Addr(), "OPTIONS", "/users/support/ada/status",
		[]string{"Origin: https://a.example", "Access-Control-Request-Method: PUT"}, "")
	if got := r.header.Get("Access-Control-Allow-Methods"); r.status != http.StatusNoContent || got != "DELETE, GET, POST, PUT" {
		t.Errorf("status %d, methods %q", r.status, got)
	}
	if got := r.header.Get("Access-Control-Allow-Headers"); !strings.Contains(got, "x-amz-resource-id") {
		t.Errorf("headers %q", got)
	}
	if got := r.header.Get("Access-Control-Expose-Headers"); !strings.Contains(got, "x-rollcall-request-id") {
		t.Errorf("headers that may be read %q", got)
	}
}

// record keeps what a service told its hooks.
type record struct {
	mu       sync.Mutex
	outcomes []door.Outcome
	log      strings.Builder
}

func (r *record) observe(o door.Outcome) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.outcomes = append(r.outcomes, o)
}

func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.log.Write(p)
}

func TestPanic_FailsOneRequestAndIsLoggedAndCounted(t *testing.T) {
	var rec record
	server := start(t, connect.Options{Observe: rec.observe, Logger: slog.New(slog.NewJSONHandler(&rec, nil))})
	headers := []string{"Authorization: key panic"}
	r := exchange(t, server.Listener.Addr(), "POST", "/metrics/userdata/support", headers, aboutAda)
	if got := r.summary(t); !strings.HasPrefix(got, "500 InternalServiceException\n") || strings.Contains(got, "gate") {
		t.Errorf("%s", got)
	}
	rec.mu.Lock()
	defer rec.mu.Unlock()
	want := []door.Outcome{{Route: "GetCurrentUserData", Code: "InternalServiceException", Status: 500, Bytes: len(r.body), Panicked: true}}
	if diff := cmp.Diff(want, rec.outcomes); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
	var line struct {
		Level     string `json:"level"`
		Message   string `json:"msg"`
		RequestID string `json:"request_id"`
		Panic     string `json:"error"`
		Stack     string `json:"stack"`
	}
	if err := json.Unmarshal([]byte(rec.log.String()), &line); err != nil {
		t.Fatalf("want one line in the log: %v in\n%s", err, rec.log.String())
	}
	if line.Level != "ERROR" || line.Message != "request answered" || line.RequestID != r.header.Get("X-Amzn-Requestid") ||
		line.Panic != "panic: the gate fell on somebody" || !strings.Contains(line.Stack, "Admit") {
		t.Errorf("%+v", line)
	}
}

func TestObserve_IsToldOfEveryRequest(t *testing.T) {
	var rec record
	a := newAsker(t, connect.Options{Observe: rec.observe})
	size := len(a.ask(aboutAda).body)
	refused, unknown := len(a.ask(`{}`).body), len(a.askAt("/", "").body)
	want := []door.Outcome{
		{Route: "GetCurrentUserData", Status: 200, Bytes: size, Rows: 1},
		{Route: "GetCurrentUserData", Code: "InvalidRequestException", Status: 400, Bytes: refused},
		{Code: "UnknownOperationException", Status: 404, Bytes: unknown},
	}
	if diff := cmp.Diff(want, rec.outcomes); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestError_CauseIsLoggedAndNotSent(t *testing.T) {
	var rec record
	service := connect.New(withDefaults(connect.Options{Logger: slog.New(slog.NewTextHandler(&rec, nil))}))
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/metrics/userdata/support", strings.NewReader(aboutAda))
	r.Header.Set("Authorization", "key broken")
	w := httptest.NewRecorder()
	service.ServeHTTP(w, r)
	if log := rec.log.String(); !strings.Contains(log, "10.1.2.3") || !strings.Contains(log, "request_id=11111111") {
		t.Errorf("log: %s", log)
	}
	if strings.Contains(w.Body.String(), "10.1.2.3") {
		t.Errorf("the cause was sent: %s", w.Body)
	}
}

// A body that comes too slowly is cut when the time is over, and the client is
// told so.
func TestBody_ThatComesTooSlowlyIsCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, conn := net.Pipe()
		defer func() { _ = client.Close() }()
		service := connect.New(withDefaults(connect.Options{Timeout: 10 * time.Second}))
		server := &http.Server{Handler: service, ReadHeaderTimeout: time.Minute}
		listener := &oneListener{conn: conn, closed: make(chan struct{})}
		go func() { _ = server.Serve(listener) }()
		defer func() { _ = server.Close() }()

		began := time.Now()
		_, err := io.WriteString(client, "POST /metrics/userdata/support HTTP/1.1\r\nHost: x\r\nAuthorization: key test\r\nContent-Length: 100\r\n\r\n{")
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.ReadResponse(bufio.NewReader(client), nil)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		want := "400 InvalidRequestException\nThe request body didn't arrive within 10s."
		if got := (reply{resp.StatusCode, resp.Header, body}).summary(t); got != want {
			t.Errorf("%s", got)
		}
		if took := time.Since(began); took != 10*time.Second {
			t.Errorf("cut after %s", took)
		}
	})
}

// Large bodies that pile up are refused before they fill the memory, and keep
// nobody out who sends a small one.
func TestBody_LargeOnesShareABudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		service := connect.New(withDefaults(connect.Options{InFlightBytes: 40 << 10}))
		large := aboutAda + strings.Repeat(" ", 32<<10)
		ask := func(body io.Reader) reply {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/metrics/userdata/support", body)
			r.Header.Set("Authorization", "key test")
			w := httptest.NewRecorder()
			service.ServeHTTP(w, r)
			return reply{w.Code, w.Header(), w.Body.Bytes()}
		}
		unfinished, end := io.Pipe()
		first := make(chan string)
		go func() { first <- ask(io.MultiReader(strings.NewReader(large), unfinished)).summary(t) }()
		synctest.Wait() // for its end

		want := "503 ServiceUnavailableException\nLarge requests together hold the 40960 bytes that the server takes in at once, or those of this key half of them. Try again in a moment."
		if got := ask(strings.NewReader(large)).summary(t); got != want {
			t.Errorf("a second large one: %s", got)
		}
		if got := ask(strings.NewReader(aboutAda)).summary(t); got != "200 ada of 1" {
			t.Errorf("a small one: %s", got)
		}
		if got := ask(io.MultiReader(strings.NewReader(aboutAda))).summary(t); got != "200 ada of 1" {
			t.Errorf("a small one of unknown size: %s", got)
		}
		_ = end.Close()
		if got := <-first; got != "200 ada of 1" {
			t.Errorf("the first: %s", got)
		}
		if got := ask(strings.NewReader(large)).summary(t); got != "200 ada of 1" {
			t.Errorf("a large one afterwards: %s", got)
		}
	})
}

// Answers that nobody takes are counted: beyond the budget, or a key's half of
// it, one more is not begun.
func TestAnswers_ThatNobodyTakesShareABudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answers := body.NewBudget(4000, 0, 0) // an answer has 875 bytes
		service := connect.New(withDefaults(connect.Options{Answers: answers}))
		question := func(key string) *http.Request {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/metrics/userdata/support", strings.NewReader(aboutAda))
			r.Header.Set("Authorization", "key "+key)
			return r
		}
		taken := make(chan struct{})
		var all sync.WaitGroup
		for range 2 {
			all.Go(func() { service.ServeHTTP(stuckWriter{httptest.NewRecorder(), taken}, question("one")) })
		}
		synctest.Wait()
		for key, want := range map[string]int{"one": http.StatusServiceUnavailable, "other": http.StatusOK} {
			w := httptest.NewRecorder()
			service.ServeHTTP(w, question(key))
			if w.Code != want || (want != http.StatusOK) != (w.Header().Get("Retry-After") == "1") {
				t.Errorf("key %s: %d %s, want %d", key, w.Code, w.Body, want)
			}
		}
		close(taken)
		all.Wait()
		if held := answers.Used(); held != 0 {
			t.Errorf("%d bytes are held when all answers were taken", held)
		}
	})
}

// stuckWriter is a client that takes nothing of an answer until taken.
type stuckWriter struct {
	http.ResponseWriter
	taken chan struct{}
}

func (w stuckWriter) Write(p []byte) (int, error) {
	<-w.taken
	return w.ResponseWriter.Write(p)
}

// Nothing is read of who names no known key.
func TestBody_OfAStrangerIsNotRead(t *testing.T) {
	body := &countedReader{r: strings.NewReader(aboutAda)}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/metrics/userdata/support", body)
	w := httptest.NewRecorder()
	connect.New(withDefaults(connect.Options{})).ServeHTTP(w, r)
	if w.Code != http.StatusForbidden || body.n != 0 {
		t.Errorf("%d after %d bytes, want 403 unread", w.Code, body.n)
	}
}

// countedReader counts what was read of r.
type countedReader struct {
	r io.Reader
	n int
}

func (c *countedReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += n
	return n, err
}

// oneListener accepts one connection that is there already.
type oneListener struct {
	conn   net.Conn
	once   sync.Once
	closed chan struct{}
}

func (l *oneListener) Accept() (net.Conn, error) {
	if conn := l.conn; conn != nil {
		l.conn = nil
		return conn, nil
	}
	<-l.closed
	return nil, net.ErrClosed
}

func (l *oneListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *oneListener) Addr() net.Addr { return &net.TCPAddr{} }

// Buffers are shared by requests, one after the other. Many at once must each
// get their own answer.
func TestAnswer_IsItsOwnAmongMany(t *testing.T) {
	service := connect.New(withDefaults(connect.Options{}))
	names := []string{"ada", "ben", "cleo", "dan", "fay"}
	var group sync.WaitGroup
	for i := range 40 {
		group.Go(func() {
			name := names[i%len(names)]
			padding := strings.Repeat("x", i*500)
			r := asker{t, service}.ask(`{"Filters":{"Agents":["` + name + `"]},"Trace":"` + padding + `"}`)
			if got, want := r.summary(t), "200 "+name+" of 1"; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
	group.Wait()
}

func TestServeHTTP_LetsAbortThrough(t *testing.T) {
	defer func() {
		if cause := recover(); cause != http.ErrAbortHandler { //nolint:errorlint // recover gives the value itself
			t.Errorf("recovered %v", cause)
		}
	}()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/metrics/userdata/support", strings.NewReader(aboutAda))
	service := connect.New(withDefaults(connect.Options{Gate: &fakeGate{ready: func() error { panic(http.ErrAbortHandler) }}}))
	r.Header.Set("Authorization", "key test")
	service.ServeHTTP(httptest.NewRecorder(), r)
}
