package connect_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"rollcall"
	"rollcall/connectapi"
	"rollcall/internal/access"
	"rollcall/internal/connect"
)

// amazon is a target of forwarding that counts what reaches it.
type amazon struct {
	*httptest.Server
	asked atomic.Int64
}

func startAmazon(t *testing.T, h http.HandlerFunc) *amazon {
	t.Helper()
	a := &amazon{}
	a.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.asked.Add(1)
		h(w, r)
	}))
	t.Cleanup(a.Close)
	return a
}

// forwardingTo signs with a key of the target's.
func forwardingTo(t *testing.T, targets map[string]string) *connect.Forwarding {
	t.Helper()
	f := &connect.Forwarding{Client: &http.Client{Transport: &http.Transport{DisableCompression: true}}}
	t.Cleanup(f.Client.CloseIdleConnections)
	for region, at := range targets {
		u, err := url.Parse(at)
		if err != nil {
			t.Fatal(err)
		}
		f.Targets = append(f.Targets, connect.ForwardTarget{Region: region, URL: u})
	}
	f.Sign = func(ctx context.Context, r *http.Request, sum, region string) error {
		return v4.NewSigner().SignHTTP(ctx, aws.Credentials{AccessKeyID: "AKRCAMAZON", SecretAccessKey: "amazon's"}, r, sum, "connect", region, noon)
	}
	return f
}

// A second rollcall with other keys believes what is sent on: its operations and
// its instance are answered as if it had been asked, exceptions and all.
func TestForward_AnInstanceThatIsNotHereIsAskedElsewhere(t *testing.T) {
	other := rollcall.ARN{Partition: "aws", Region: "eu-west-1", Account: "123456789012", Instance: "elsewhere"}
	e := agent("zoe", profile("p-voice", "q-sales"), available, named("zoe.z", "Zoe", "Z"))
	e.Instance, e.Agent = other, other.Child(rollcall.TypeAgent, "zoe")
	e.AgentARN = e.Agent.String()
	keys := access.NewKeys(access.KeysOptions{Own: []access.Key{{ID: "AKRCAMAZON", Secret: "amazon's"}}})
	guard := access.NewGuard(access.GuardOptions{Keys: keys, Now: func() time.Time { return noon }})
	second := newAsker(t, connect.Options{Floors: newFloors(7, e), Gate: guard}).service
	target := startAmazon(t, second.ServeHTTP)
	var outcomes sync.Map
	f := forwardingTo(t, map[string]string{"eu-west-1": target.URL + "/"})
	f.Observe = func(operation, outcome string) { outcomes.Store(operation+" "+outcome, true) }
	h := newAsker(t, connect.Options{Forward: f}).service
	direct := newAsker(t, connect.Options{Floors: newFloors(7, e)}).service
	for request, body := range map[string]string{
		"POST /metrics/userdata/elsewhere":                         `{"Filters":{"Queues":["q-sales"]}}`,
		"POST //metrics/userdata/elsewhere":                        `{"Filters":{"Queues":["q-sales"]},"NextToken":"x"}`,
		"POST /metrics/userdata/" + url.PathEscape(other.String()): `{"Filters":{"Agents":["zoe"]}}`,
		"GET /users-summary/elsewhere?maxResults=1&min-position=x": "",
		"GET /users/elsewhere/a%20b%25c":                           "",
		"POST /search-users":                                       `{"InstanceId":"elsewhere","SearchCriteria":{"StringCondition":{"FieldName":"Username","Value":"zoe.z"}}}`,
	} {
		method, path, _ := strings.Cut(request, " ")
		got, want := call(h, method, path, body), call(direct, method, strings.Replace(path, "&min-position=x", "", 1), body)
		if got.said() != want.said() || got.header.Get("X-Rollcall-Forwarded") != "true" {
			t.Errorf("%s: %s, want %s", request, got.said(), want.said())
		}
	}
	before := target.asked.Load()
	if r := call(h, "GET", "/users/support/ada", ""); r.status != http.StatusOK || r.header.Get("X-Rollcall-Forwarded") != "" || target.asked.Load() != before {
		t.Errorf("of an instance that is here: %s", r.said())
	}
	for _, want := range []string{"GetCurrentUserData 200", "GetCurrentUserData 400", "DescribeUser 404"} {
		if _, ok := outcomes.Load(want); !ok {
			t.Errorf("nobody was told of %s", want)
		}
	}
	f.Prefer = []string{"DescribeUser"}
	h = newAsker(t, connect.Options{Forward: f}).service
	if r := call(h, "GET", "/users/support/ada", ""); r.status != http.StatusNotFound || r.header.Get("X-Rollcall-Forwarded") != "true" {
		t.Errorf("an operation that is preferred there: %s", r.said())
	}
}

// Whatever Amazon Connect has and rollcall lacks is sent on as it came, with the
// headers that matter both ways; what isn't Amazon's, and what changes something,
// is not.
func TestForward_OperationsThatAreNotHere(t *testing.T) {
	var seen *http.Request
	var body []byte
	target := startAmazon(t, func(w http.ResponseWriter, r *http.Request) {
		seen = r
		body, _ = io.ReadAll(r.Body)
		w.Header().Set("X-Amzn-Errortype", "ThrottlingException")
		w.Header().Set("X-Amzn-Requestid", "amazon's")
		w.Header().Set("Retry-After", "7")
		w.Header().Set("Set-Cookie", "a=b")
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = io.WriteString(w, `{"Message":"Rate exceeded"}`)
	})
	f := forwardingTo(t, map[string]string{"eu-west-1": target.URL})
	h := newAsker(t, connect.Options{Forward: f}).service
	r := httptest.NewRequest(http.MethodGet, "/contact-flows-summary/support?maxResults=5&contactFlowTypes=A&contactFlowTypes=B", nil)
	r.Header.Set("Authorization", "key test")
	r.Header.Set("X-Amz-Security-Token", "the sender's")
	r.Header.Set("Cookie", "a=b")
	r.Header.Set("Amz-Sdk-Invocation-Id", "i")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != 429 || w.Body.String() != `{"Message":"Rate exceeded"}` || w.Header().Get("X-Amzn-Errortype") != "ThrottlingException" ||
		w.Header().Get("Retry-After") != "7" || w.Header().Get("X-Amzn-Requestid") != "amazon's" || w.Header().Get("Set-Cookie") != "" {
		t.Errorf("answered %d %v %s", w.Code, w.Header(), w.Body)
	}
	if seen.URL.RawQuery != "contactFlowTypes=A&contactFlowTypes=B&maxResults=5" || seen.Header.Get("X-Amz-Security-Token") != "" ||
		seen.Header.Get("Cookie") != "" || seen.Header.Get("Amz-Sdk-Invocation-Id") != "i" || !strings.Contains(seen.Header.Get("Authorization"), "AKRCAMAZON") {
		t.Errorf("sent %s %v", seen.URL, seen.Header)
	}
	asked := target.asked.Load()
	for request, want := range map[string]string{
		"GET /nothing/of/amazons":                                           "404 UnknownOperationException",
		"PUT /users/support/ada/status":                                     "403 AccessDeniedException",
		"GET /user/federate/support":                                        "403 AccessDeniedException",
		"GET /contact-flows-summary/..":                                     "400 InvalidParameterException",
		"GET /contact-flows/support/%2E%2E":                                 "400 InvalidParameterException",
		"POST /search-contacts {\"InstanceId\":\"a\",\"InstanceId\":\"b\"}": "400 InvalidRequestException",
		"POST /search-contacts []":                                          "400 InvalidRequestException",
	} {
		method, path, _ := strings.Cut(request, " ")
		path, body, _ := strings.Cut(path, " ")
		if got := call(h, method, path, body); !strings.HasPrefix(got.said(), want) {
			t.Errorf("%s: %s, want %s", request, got.said(), want)
		}
	}
	r = httptest.NewRequest(http.MethodGet, "/contact-flows-summary/support", nil)
	r.Header.Set("Authorization", "key test")
	r.Header.Set("X-Rollcall-Forwarded", "true")
	w = httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != 404 || target.asked.Load() != asked {
		t.Errorf("what came through another server: %d; %d were sent on, want %d", w.Code, target.asked.Load(), asked)
	}
	f.Writes = true
	h = newAsker(t, connect.Options{Forward: f}).service
	if got := call(h, "PUT", "/users/support/ada/status", `{"AgentStatusId":"s"}`); got.status != 429 || string(body) != `{"AgentStatusId":"s"}` || seen.Method != http.MethodPut {
		t.Errorf("with --forward-writes: %s, of %s %s", got.said(), seen.Method, body)
	}
}

// Every operation is sent on only to whom its own action is permitted on all that
// the request names.
func TestForward_NothingIsSentWithoutPermission(t *testing.T) {
	target := startAmazon(t, func(http.ResponseWriter, *http.Request) {})
	f := forwardingTo(t, map[string]string{"eu-west-1": target.URL})
	f.Writes = true
	h := newAsker(t, connect.Options{Forward: f, Gate: &fakeGate{allow: func(string, rollcall.ARN) bool { return false }}}).service
	for r := range connectapi.Amazon() {
		path := r.Path
		for strings.Contains(path, "{") {
			from, to := strings.Index(path, "{"), strings.Index(path, "}")
			path = path[:from] + "elsewhere" + path[to+1:]
		}
		body := ""
		if r.Method != http.MethodGet {
			body = `{"InstanceId":"elsewhere","Filters":{"Queues":["q"]},"CurrentMetrics":[{"Name":"AGENTS_ONLINE"}]}`
		}
		if got := call(h, r.Method, path, body); got.status != http.StatusForbidden && r.Name != "ListInstances" {
			t.Errorf("%s: %s", r.Name, got.said())
		}
	}
	only := func(permitted ...string) http.Handler {
		return newAsker(t, connect.Options{Forward: f, Gate: &fakeGate{allow: func(_ string, r rollcall.ARN) bool {
			for _, p := range permitted {
				if r.String() == p {
					return true
				}
			}
			return false
		}}}).service
	}
	at := support.String()
	for _, c := range []struct {
		request   string
		permitted []string
		status    int
	}{
		{"GET /contact-flows/support/f", []string{at + "/contact-flow/f"}, 200},
		{"GET /contact-flows/support/f", []string{at}, 403},
		{"POST /queues/support/q/associate-quick-connects {}", []string{at + "/queue/q"}, 403},
		{"POST /queues/support/q/associate-quick-connects {}", []string{at + "/queue/q", at}, 200},
		{`POST /search-contacts {"InstanceId":"support"}`, []string{at}, 200},
		{`POST /search-contacts?instanceId=other {"InstanceId":"support"}`, []string{at}, 403},
		{`POST /metrics/data {"ResourceArn":"` + at + `"}`, []string{at}, 200},
		{`POST /phone-number/list {}`, []string{at}, 403},
		{`POST /phone-number/list {}`, []string{"arn:aws:connect:*:*:instance/*"}, 200},
		{"GET /tags/" + url.PathEscape(at+"/queue/q"), []string{at}, 403},
		{"GET /tags/" + url.PathEscape(at+"/queue/q"), []string{at, at + "/queue/q"}, 200},
		{"GET /tags/" + url.PathEscape("arn:aws:connect:eu-west-1:123456789012:phone-number/p"), []string{at}, 403},
	} {
		before := target.asked.Load()
		method, path, _ := strings.Cut(c.request, " ")
		path, body, _ := strings.Cut(path, " ")
		got := call(only(c.permitted...), method, path, body)
		if sent := target.asked.Load() > before; got.status != c.status || sent != (c.status == 200) {
			t.Errorf("%s, permitted %v: %s, sent on: %t", c.request, c.permitted, got.said(), sent)
		}
	}
}

func TestForward_TheRegionSignedForPicks(t *testing.T) {
	answer := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			_, _ = fmt.Fprint(w, text, strings.Contains(r.Header.Get("Authorization"), "/"+text+"/connect/"))
		}
	}
	east, west := startAmazon(t, answer("us-east-1")), startAmazon(t, answer("eu-west-1"))
	h := newAsker(t, connect.Options{Gate: everybody{}, Forward: forwardingTo(t, map[string]string{"us-east-1": east.URL, "eu-west-1": west.URL})}).service
	for region, want := range map[string]string{"us-east-1": "us-east-1true", "eu-west-1": "eu-west-1true", "mars-1": "want those"} {
		r := httptest.NewRequest(http.MethodGet, "/prompts-summary/support", nil)
		r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKRC/20260302/"+region+"/connect/aws4_request, SignedHeaders=host, Signature=0")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if got := w.Body.String(); got != want && (w.Code != 400 || want != "want those" || !strings.Contains(got, "eu-west-1")) {
			t.Errorf("%s: %d %s", region, w.Code, got)
		}
	}
}

// everybody is a gate that believes everybody.
type everybody struct{}

func (everybody) Knock(*http.Request) (string, error) { return "", nil }
func (everybody) Admit(*http.Request, []byte) (access.Pass, error) {
	return fakePass{"x", &fakeGate{}}, nil
}

// A target that is slow, broken or without end costs its own request alone, is
// asked once, and is told of as it is.
func TestForward_BadTargets(t *testing.T) {
	hijack := func(said string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			conn, _, _ := http.NewResponseController(w).Hijack()
			_, _ = io.WriteString(conn, said)
			_ = conn.Close()
		}
	}
	for name, c := range map[string]badTarget{
		"slow": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "504 GatewayTimeoutException", "timeout"},
		"slow to go on": {func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "half")
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}, "", "timeout"},
		"closes":             {hijack(""), "502 BadGatewayException", "broken"},
		"is no HTTP":         {hijack("220 smtp\r\n"), "502 BadGatewayException", "broken"},
		"breaks off":         {hijack("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"), "", "broken"},
		"announces too much": {hijack("HTTP/1.1 200 OK\r\nContent-Length: 100000000000\r\n\r\n"), "502 BadGatewayException", "too_large"},
		"never ends": {func(w http.ResponseWriter, _ *http.Request) {
			for zeroes := make([]byte, 1<<20); ; {
				if _, err := w.Write(zeroes); err != nil {
					return
				}
			}
		}, "", "too_large"},
	} {
		t.Run(name, func(t *testing.T) {
			timeout := time.Minute
			if c.told == "timeout" {
				timeout = 100 * time.Millisecond
			}
			for !c.isToldOf(t, timeout) { // not even half of it came in that time
				timeout *= 2
			}
		})
	}
}

// badTarget is one that gives no whole answer.
type badTarget struct {
	target http.HandlerFunc
	want   string // of the answer; empty: it breaks off
	told   string
}

// isToldOf asks the target once. It is false where the time was over before an
// answer began that was to break off.
func (c *badTarget) isToldOf(t *testing.T, timeout time.Duration) bool {
	t.Helper()
	target := startAmazon(t, c.target)
	f := forwardingTo(t, map[string]string{"eu-west-1": target.URL})
	told := make(chan string, 1)
	f.Observe, f.Timeout = func(_, outcome string) { told <- outcome }, timeout
	server := start(t, connect.Options{Forward: f})
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/prompts-summary/support", nil)
	r.Header.Set("Authorization", "key test")
	resp, err := server.Client().Do(r)
	var n int64
	if err == nil {
		n, err = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
	}
	got := <-told
	switch {
	case c.want == "" && c.told == "timeout" && err == nil && resp.StatusCode == http.StatusGatewayTimeout:
		return false
	case c.want == "" && err == nil:
		t.Errorf("the answer has an end: %d bytes", n)
	case c.want != "" && (err != nil || fmt.Sprint(resp.StatusCode, " ", resp.Header.Get("X-Amzn-Errortype")) != c.want):
		t.Errorf("%v, %v, want %s", resp, err, c.want)
	}
	if got != c.told || target.asked.Load() != 1 {
		t.Errorf("told %s, want %s; asked %d times", got, c.told, target.asked.Load())
	}
	return true
}

// What has come is passed on at once, whole answers are what was sent, and many
// at once don't mix.
func TestForward_StreamsAndManyAtOnce(t *testing.T) {
	goOn := make(chan struct{})
	target := startAmazon(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/streamed") {
			_, _ = io.WriteString(w, "first\n")
			_ = http.NewResponseController(w).Flush()
			<-goOn
			_, _ = io.WriteString(w, "second\n")
			return
		}
		_, id, _ := strings.Cut(r.URL.Path, "/support/")
		_, _ = w.Write(bytes.Repeat([]byte(id), 20_000))
	})
	f := forwardingTo(t, map[string]string{"eu-west-1": target.URL})
	server := start(t, connect.Options{Forward: f})
	get := func(path string) *http.Response {
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+path, nil)
		r.Header.Set("Authorization", "key test")
		resp, err := server.Client().Do(r)
		if err != nil {
			t.Error(err)
			return &http.Response{Body: http.NoBody}
		}
		return resp
	}
	resp := get("/prompts-summary/streamed")
	lines := bufio.NewReader(resp.Body)
	if line, err := lines.ReadString('\n'); line != "first\n" || err != nil {
		t.Errorf("%q, %v", line, err)
	}
	close(goOn)
	if line, err := lines.ReadString('\n'); line != "second\n" || err != nil {
		t.Errorf("%q, %v", line, err)
	}
	_ = resp.Body.Close()
	var all sync.WaitGroup
	for i := range 1000 {
		all.Go(func() {
			id := fmt.Sprint("p", i, "-")
			resp := get("/prompts/support/" + id)
			got, err := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			if err != nil || !bytes.Equal(got, bytes.Repeat([]byte(id), 20_000)) {
				t.Errorf("%s: %d bytes, %v", id, len(got), err)
			}
		})
	}
	all.Wait()
	if n := target.asked.Load(); n != 1001 {
		t.Errorf("asked %d times", n)
	}
}

// How long an answer may take is the forwarding's to say, not the server's, which
// is for what is answered here.
func TestForward_OutlastsTheServersOwnTimeForAnswers(t *testing.T) {
	const own = 50 * time.Millisecond
	target := startAmazon(t, func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(2 * own):
		case <-r.Context().Done():
		}
		_, _ = io.WriteString(w, "{}")
	})
	server := httptest.NewUnstartedServer(connect.New(withDefaults(connect.Options{Forward: forwardingTo(t, map[string]string{"eu-west-1": target.URL})})))
	server.Config.WriteTimeout = own
	server.Start()
	defer server.Close()
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/prompts-summary/support", nil)
	r.Header.Set("Authorization", "key test")
	resp, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if got, err := io.ReadAll(resp.Body); string(got) != "{}" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}
