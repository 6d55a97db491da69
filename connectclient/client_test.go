package connectclient_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-cmp/cmp"

	"rollcall/connectclient"
)

// exchange is what a recorder saw of one request.
type exchange struct {
	Method, URI, Body, Host string
	Header                  http.Header
}

// recorder answers with its replies in turn, the last one for ever.
type recorder struct {
	replies []reply

	mu   sync.Mutex
	seen []exchange
}

type reply struct {
	status int
	header map[string]string
	body   string
}

func (r *recorder) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	body, _ := io.ReadAll(q.Body)
	r.mu.Lock()
	a := r.replies[min(len(r.seen), len(r.replies)-1)]
	r.seen = append(r.seen, exchange{q.Method, q.RequestURI, string(body), q.Host, q.Header.Clone()})
	r.mu.Unlock()
	for k, v := range a.header {
		w.Header().Set(k, v)
	}
	w.WriteHeader(a.status)
	_, _ = io.WriteString(w, a.body)
}

// serve starts a recorder and returns it with a client of it.
func serve(t *testing.T, edit func(*connectclient.Config), replies ...reply) (*recorder, *connectclient.Client) {
	t.Helper()
	if len(replies) == 0 {
		replies = []reply{{status: 200, body: "{}"}}
	}
	rec := &recorder{replies: replies}
	srv := httptest.NewServer(rec)
	t.Cleanup(srv.Close)
	cfg := connectclient.Config{
		EndpointURL: srv.URL,
		Region:      "eu-west-2",
		Backoff:     func(int) time.Duration { return 0 },
		HTTPClient:  srv.Client(),
	}
	if edit != nil {
		edit(&cfg)
	}
	return rec, connectclient.New(cfg)
}

func someQueues(instance string) *connectclient.GetCurrentUserDataInput {
	return &connectclient.GetCurrentUserDataInput{InstanceID: instance, Filters: &connectclient.Filters{Queues: []string{"billing"}}}
}

func TestGetCurrentUserData_SendsTheOperation(t *testing.T) {
	rec, c := serve(t, nil)
	_, err := c.GetCurrentUserData(t.Context(), &connectclient.GetCurrentUserDataInput{
		InstanceID: "floor-7",
		Filters: &connectclient.Filters{
			RoutingProfiles: []string{"basic"},
			ContactFilter:   &connectclient.ContactFilter{ContactStates: []connectclient.ContactState{}},
		},
		NextToken:  "t1",
		MaxResults: 25,
	})
	if err != nil {
		t.Fatal(err)
	}
	got := rec.seen[0]
	want := exchange{
		Method: "POST",
		URI:    "/metrics/userdata/floor-7",
		Body:   `{"Filters":{"ContactFilter":{"ContactStates":[]},"RoutingProfiles":["basic"]},"NextToken":"t1","MaxResults":25}`,
		Host:   got.Host,
		Header: http.Header{
			"Accept-Encoding":       {"identity"},
			"Content-Type":          {"application/json"},
			"Content-Length":        {"111"},
			"User-Agent":            {"rollcall-connectclient"},
			"Amz-Sdk-Invocation-Id": got.Header["Amz-Sdk-Invocation-Id"],
			"Amz-Sdk-Request":       {"attempt=1"},
		},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("request (-want +got):\n%s", d)
	}
}

func TestURL_KeepsThePathOfTheEndpointAndEncodesTheInstance(t *testing.T) {
	for _, tc := range []struct{ endpoint, instance, want string }{
		{"http://h:1", "plain-id_1.~", "http://h:1/metrics/userdata/plain-id_1.~"},
		{"http://h:1/", "a b/c", "http://h:1/metrics/userdata/a%20b%2Fc"},
		{"http://h/p//q/", "x:y", "http://h/p//q/metrics/userdata/x%3Ay"},
		{"http://h/p?stage=1", "é*", "http://h/p/metrics/userdata/%C3%A9%2A?stage=1"},
		{"http://h/a%2Fb", "..", "http://h/a%2Fb/metrics/userdata/.."},
		{"", "i", "https://connect.eu-west-2.amazonaws.com/metrics/userdata/i"},
	} {
		u, err := connectclient.New(connectclient.Config{EndpointURL: tc.endpoint, Region: "eu-west-2"}).URL(connectclient.Request{InstanceID: tc.instance})
		if err != nil {
			t.Errorf("%s: %v", tc.endpoint, err)
		} else if u.String() != tc.want {
			t.Errorf("URL(%q) at %q = %s, want %s", tc.instance, tc.endpoint, u, tc.want)
		}
	}
}

func TestNew_BadEndpointIsTheErrorOfEachCall(t *testing.T) {
	for _, endpoint := range []string{"localhost:8080", "http://", "://", "http://a b"} {
		_, err := connectclient.New(connectclient.Config{EndpointURL: endpoint}).GetCurrentUserData(t.Context(), someQueues("i"))
		bad, ok := errors.AsType[*connectclient.EndpointError](err)
		if !ok || bad.URL != endpoint {
			t.Errorf("endpoint %q: error %v", endpoint, err)
		}
	}
}

// TestDo_SignatureCoversTheSimplifiedPath computes each signature anew, by the
// published steps of Signature Version 4, from what arrived.
func TestDo_SignatureCoversTheSimplifiedPath(t *testing.T) {
	for _, tc := range []struct{ path, instance, canonical string }{
		{"", "floor-7", "/metrics/userdata/floor-7"},
		{"", "arn:aws:x/y", "/metrics/userdata/arn%253Aaws%253Ax%252Fy"},
		{"/a//b", "..", "/a/b/metrics"},
	} {
		rec, c := serve(t, func(cfg *connectclient.Config) {
			cfg.EndpointURL += tc.path
			cfg.Credentials = credentials.NewStaticCredentialsProvider("AKID", "secret", "session")
			cfg.Now = func() time.Time { return time.Date(2025, 3, 4, 5, 6, 7, 0, time.UTC) }
		})
		if _, err := c.Do(t.Context(), connectclient.Request{InstanceID: tc.instance, Body: []byte(`{"a": 1}`)}); err != nil {
			t.Fatal(err)
		}
		got := rec.seen[0]
		hash := sha256.Sum256([]byte(got.Body))
		request := strings.Join([]string{
			"POST", tc.canonical, "",
			"content-type:application/json", "host:" + got.Host, "x-amz-date:20250304T050607Z", "x-amz-security-token:session", "",
			"content-type;host;x-amz-date;x-amz-security-token", hex.EncodeToString(hash[:]),
		}, "\n")
		requestHash := sha256.Sum256([]byte(request))
		key := []byte("AWS4secret")
		for _, part := range []string{"20250304", "eu-west-2", "connect", "aws4_request"} {
			key = mac(key, part)
		}
		signature := hex.EncodeToString(mac(key, "AWS4-HMAC-SHA256\n20250304T050607Z\n20250304/eu-west-2/connect/aws4_request\n"+hex.EncodeToString(requestHash[:])))
		want := "AWS4-HMAC-SHA256 Credential=AKID/20250304/eu-west-2/connect/aws4_request, " +
			"SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, Signature=" + signature
		if d := cmp.Diff(want, got.Header.Get("Authorization")); d != "" {
			t.Errorf("%s %s (-want +got):\n%s", tc.path, tc.instance, d)
		}
	}
}

func mac(key []byte, s string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(s))
	return h.Sum(nil)
}

func TestDo_WhatIsTriedAgain(t *testing.T) {
	coded := func(status int, code string) reply {
		return reply{status: status, header: map[string]string{"x-amzn-ErrorType": code}, body: `{"Message":"m"}`}
	}
	for _, tc := range []struct {
		name  string
		reply reply
		again bool
	}{
		{"internal error", reply{status: 500}, true},
		{"bad gateway", reply{status: 502}, true},
		{"unavailable", reply{status: 503}, true},
		{"gateway timeout", reply{status: 504}, true},
		{"not implemented", reply{status: 501}, false},
		{"throttled", coded(429, "ThrottlingException"), true},
		{"limit as 400", coded(400, "RequestLimitExceeded"), true},
		{"request timeout", coded(400, "RequestTimeout"), true},
		{"429 without a code", reply{status: 429}, false},
		{"bad parameter", coded(400, "InvalidParameterException"), false},
		{"redirect", reply{status: 302, header: map[string]string{"Location": "/elsewhere"}}, false},
	} {
		rec, c := serve(t, nil, tc.reply)
		resp, err := c.Do(t.Context(), connectclient.Request{InstanceID: "i"})
		if err != nil {
			t.Fatal(tc.name, err)
		}
		want := 1
		if tc.again {
			want = connectclient.DefaultMaxAttempts
		}
		if len(rec.seen) != want || resp.Attempts != want || resp.Exhausted != tc.again || resp.Status != tc.reply.status {
			t.Errorf("%s: %d requests, answer %+v", tc.name, len(rec.seen), resp)
		}
	}
}

func TestDo_AttemptsAreNumberedUnderOneInvocation(t *testing.T) {
	for _, mode := range []aws.RetryMode{"", aws.RetryModeAdaptive} {
		rec, c := serve(t, func(cfg *connectclient.Config) { cfg.MaxAttempts, cfg.RetryMode = 4, mode },
			reply{status: 500}, reply{status: 503}, reply{status: 200, body: "{}"})
		resp, err := c.Do(t.Context(), connectclient.Request{InstanceID: "i"})
		if err != nil || resp.Attempts != 3 || resp.Exhausted {
			t.Fatalf("mode %q: %+v, %v", mode, resp, err)
		}
		var numbers []string
		for _, e := range rec.seen {
			numbers = append(numbers, e.Header.Get("amz-sdk-request"))
			if id := e.Header.Get("amz-sdk-invocation-id"); id == "" || id != rec.seen[0].Header.Get("amz-sdk-invocation-id") {
				t.Errorf("mode %q: invocation id %q", mode, id)
			}
		}
		if d := cmp.Diff([]string{"attempt=1", "attempt=2; max=4", "attempt=3; max=4"}, numbers); d != "" {
			t.Errorf("mode %q (-want +got):\n%s", mode, d)
		}
	}
}

func TestDo_TransportErrorsSayWhere(t *testing.T) {
	hangUp := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, _ := w.(http.Hijacker).Hijack()
		_ = conn.Close()
	}))
	t.Cleanup(hangUp.Close)
	release := make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	t.Cleanup(silent.Close)
	t.Cleanup(func() { close(release) })
	private := httptest.NewUnstartedServer(http.NotFoundHandler())
	private.Config.ErrorLog = log.New(io.Discard, "", 0)
	private.StartTLS()
	t.Cleanup(private.Close)
	dead := deadURL(t)
	deadProxy, _ := url.Parse(dead)

	for _, tc := range []struct {
		name, url string
		transport *http.Transport
		want      connectclient.TransportKind
	}{
		{"refused", dead, &http.Transport{}, connectclient.Unreachable},
		{"hung up", hangUp.URL, &http.Transport{}, connectclient.Closed},
		{"silent", silent.URL, &http.Transport{ResponseHeaderTimeout: time.Millisecond}, connectclient.ReadTimeout},
		{"unknown certificate", private.URL, &http.Transport{}, connectclient.TLSFailed},
		{"dead proxy", silent.URL, &http.Transport{Proxy: http.ProxyURL(deadProxy)}, connectclient.ProxyFailed},
		{"dead proxy, TLS", private.URL, &http.Transport{Proxy: http.ProxyURL(deadProxy)}, connectclient.ProxyFailed},
		{"slow to connect", "http://h", &http.Transport{DialContext: slowDial}, connectclient.ConnectTimeout},
		{"no address in time", "http://h", &http.Transport{DialContext: slowLookup}, connectclient.Unreachable},
		{"no such scheme", "gopher://h", &http.Transport{}, connectclient.Unsupported},
	} {
		t.Cleanup(tc.transport.CloseIdleConnections)
		c := connectclient.New(connectclient.Config{
			EndpointURL: tc.url, HTTPClient: &http.Client{Transport: tc.transport}, MaxAttempts: 1,
		})
		_, err := c.Do(t.Context(), connectclient.Request{InstanceID: "i"})
		got, ok := errors.AsType[*connectclient.TransportError](err)
		if !ok || got.Kind != tc.want || got.URL != tc.url+"/metrics/userdata/i" || !strings.Contains(got.Error(), got.URL) && got.ProxyURL == "" {
			t.Errorf("%s: %v (%+v)", tc.name, err, got)
		}
	}
}

type slow struct{ error }

func (slow) Timeout() bool   { return true }
func (slow) Temporary() bool { return true }

func slowDial(context.Context, string, string) (net.Conn, error) {
	return nil, &net.OpError{Op: "dial", Err: slow{errors.New("i/o timeout")}}
}

func slowLookup(context.Context, string, string) (net.Conn, error) {
	return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "i/o timeout", IsTimeout: true}}
}

func deadURL(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return "http://" + l.Addr().String()
}

func TestDo_CancelledCallReturnsTheContextsError(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	_, c := serve(t, func(cfg *connectclient.Config) {
		cfg.Backoff = func(int) time.Duration { cancel(); return time.Hour }
	}, reply{status: 500})
	if _, err := c.Do(ctx, connectclient.Request{InstanceID: "i"}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestDo_RetriesThatSucceedCostNothing(t *testing.T) {
	const calls = 200 // five times as many as the quota of retries lasts
	replies := make([]reply, 0, 2*calls)
	for range calls {
		replies = append(replies, reply{status: 503}, reply{status: 200, body: "{}"})
	}
	_, c := serve(t, nil, replies...)
	for n := range calls {
		resp, err := c.Do(t.Context(), connectclient.Request{InstanceID: "i"})
		if err != nil || resp.Status != http.StatusOK {
			t.Fatalf("call %d: %+v, %v", n+1, resp, err)
		}
	}
}

func TestDo_RetriesThatFailUseUpTheQuota(t *testing.T) {
	rec, c := serve(t, nil, reply{status: 503})
	const calls = 200
	for range calls {
		if _, err := c.Do(t.Context(), connectclient.Request{InstanceID: "i"}); err != nil {
			t.Fatal(err)
		}
	}
	if most := calls + 150; len(rec.seen) > most {
		t.Errorf("%d requests, want at most %d: an outage must not be made worse", len(rec.seen), most)
	}
}

// Go's transport sends a GET again by itself when a connection that was kept
// breaks. Here attempts are counted.
func TestDo_SendsAGetAsOftenAsItSays(t *testing.T) {
	var sent atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength != 0 || r.Header["Content-Length"] != nil || r.TransferEncoding != nil {
			t.Errorf("a body is announced: %d %v", r.ContentLength, r.TransferEncoding)
		}
		if sent.Add(1) > 1 {
			conn, _, _ := w.(http.Hijacker).Hijack()
			_ = conn.Close()
		}
	}))
	t.Cleanup(srv.Close)
	c := connectclient.New(connectclient.Config{EndpointURL: srv.URL, HTTPClient: srv.Client(), MaxAttempts: 1})
	req := connectclient.Request{Method: http.MethodGet, Path: "/users-summary/i"}
	if _, err := c.Do(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	_, err := c.Do(t.Context(), req)
	if failed, ok := errors.AsType[*connectclient.TransportError](err); !ok || failed.Kind != connectclient.Closed || sent.Load() != 2 {
		t.Errorf("%v after %d requests, want 2", err, sent.Load())
	}
}
