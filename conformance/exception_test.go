package conformance

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/server"
)

// A key that may ask about the queue sales and, by name, not about support.
const (
	boundID, boundSecret = "AKIDBOUND00000000001", "bound/secret+of/no/consequence123456789"
	boundKeys            = `keys:
  - id: ` + boundID + `
    secret: ` + boundSecret + `
    name: wallboard
    policy:
      Version: "2012-10-17"
      Statement:
        - {Effect: Allow, Action: "connect:GetCurrentUserData", Resource: "` + base + `/queue/sales"}
        - {Effect: Allow, Action: "connect:Get*", Resource: "` + base + `/queue/s*"}
        - {Effect: Deny, Action: "*", Resource: "` + base + `/queue/support"}
`
)

func writeFile(t *testing.T, path, content string, mode os.FileMode) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

// exception is what a request must bring about.
type exception struct {
	name    string
	types   int // the least that a client must have types for, to have one for this
	status  int
	message string // Amazon's; where nobody knows that, empty stands for any
}

const amazonsNone = 99 // Amazon Connect's model doesn't have it

// exceptional is a request and the exception that it gives every client.
type exceptional struct {
	name    string
	to      target
	request request
	want    exception
}

// exceptions are all that a client can bring about at a server that is well.
func exceptions(server target) []exceptional {
	with := func(id, secret string) target {
		to := server
		to.accessKeyID, to.secretAccessKey = id, secret
		return to
	}
	token := func(token string) request {
		r := ask(instanceID, `{"Queues":["sales"]}`)
		r.Input["NextToken"] = token
		return r
	}
	user := "User: arn:aws:iam::" + account + ":user/wallboard is not authorized to perform: connect:GetCurrentUserData on resource: " + base
	return []exceptional{
		{
			"no filter", server, ask(instanceID, `{}`),
			exception{"InvalidParameterException", ofOperation, 400, ""},
		},
		{
			"two filters", server, ask(instanceID, `{"Queues":["a"],"Agents":["b"]}`),
			exception{"InvalidParameterException", ofOperation, 400, ""},
		},
		{
			"a forged token", server, token("forged"),
			exception{"InvalidParameterException", ofOperation, 400, ""},
		},
		{
			"a body that is too large", server, token(strings.Repeat("x", 300<<10)),
			exception{"InvalidRequestException", ofOperation, 400, ""},
		},
		{
			"an unknown instance", server, ask("nowhere", `{"Queues":["sales"]}`),
			exception{"ResourceNotFoundException", ofOperation, 404, ""},
		},
		{
			"what the policy doesn't allow", with(boundID, boundSecret), ask(instanceID, `{"Queues":["sales","other"]}`),
			exception{"AccessDeniedException", ofService, 403, user + "/queue/other because no identity-based policy allows the connect:GetCurrentUserData action"},
		},
		{
			"what the policy denies, though it allows it too", with(boundID, boundSecret), ask(instanceID, `{"Queues":["sales","support"]}`),
			exception{"AccessDeniedException", ofService, 403, user + "/queue/support with an explicit deny in an identity-based policy"},
		},
		{
			"an unknown key", with("AKIDNOBODY0000000001", "x"), ask(instanceID, `{"Queues":["sales"]}`),
			exception{"UnrecognizedClientException", amazonsNone, 403, "The security token included in the request is invalid."},
		},
		{
			"a wrong secret", with(accessKeyID, "x"), ask(instanceID, `{"Queues":["sales"]}`),
			exception{"InvalidSignatureException", amazonsNone, 403, "The request signature we calculated does not match the signature you provided. " +
				"Check your AWS Secret Access Key and signing method. Consult the service documentation for details."},
		},
	}
}

// check holds an outcome against the wanted exception, as far as the client
// tells.
func (c client) check(t *testing.T, name string, want exception, got outcome) {
	t.Helper()
	expected := outcome{Exception: want.name, Typed: c.types >= want.types, Status: want.status, Message: want.message}
	if c.types == nothing {
		expected.Status = 0
	}
	if want.message == "" {
		expected.Message = got.Message
	}
	if diff := cmp.Diff(expected, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
	if got.Message == "" {
		t.Errorf("%s: %s says nothing", name, got.Exception)
	}
}

func TestClients_Exceptions(t *testing.T) {
	keys := writeFile(t, filepath.Join(t.TempDir(), "keys.yaml"), boundKeys, 0o600)
	server := serve(t, t.TempDir(), "--keys-file", keys)
	server.put(t, smallFloor()...)
	all := exceptions(server.target)
	forEachClient(t, func(t *testing.T, c client) {
		t.Helper()
		for _, e := range all {
			c.check(t, e.name, e.want, c.send(t, e.to, e.request)[0])
		}
	})
}

// Amazon's quota, with a clock that stands still: five questions are answered,
// and the sixth is not. A client that may try again is answered when the time
// has come.
func TestClients_BackOffWhenThrottled(t *testing.T) {
	forEachClient(t, func(t *testing.T, c client) {
		t.Helper()
		quota := newStill()
		to := inProcess(t, func(c *server.Config) { c.AWSQuotas, c.Now = true, quota.now })
		(&process{target: to}).put(t, smallFloor()...)
		between := record(t, to)
		var throttled atomic.Int32
		between.answered = func(resp *http.Response) {
			if resp.StatusCode == http.StatusTooManyRequests && throttled.Add(1) > 1 {
				quota.advance(500 * time.Millisecond)
			}
		}
		question := ask(instanceID, `{"Agents":["ann"]}`)
		for i := range 5 {
			if status, answer, err := (&process{target: to}).post(t.Context(), "/metrics/userdata/"+instanceID, []byte(`{"Filters":{"Agents":["ann"]}}`)); status != http.StatusOK {
				t.Fatalf("question %d of the burst: %d %s %v", i+1, status, answer, err)
			}
		}
		c.check(t, "the sixth", exception{"ThrottlingException", ofOperation, 429, "Rate exceeded"}, c.send(t, between.target, question)[0])
		question.Attempts = 4
		got := c.send(t, between.target, question)[0]
		if got.Exception != "" {
			t.Fatalf("with back-off: %s: %s", got.Exception, got.Message)
		}
		same(t, expected([]string{"ann"}), got.Answer)
		if n := throttled.Load(); n != 2 {
			t.Errorf("throttled %d times, want once without and once with back-off", n)
		}
	})
}

// The binary has Amazon's quota, too. How many of a volley are answered depends
// on how long it takes: not more than the burst and two a second.
func TestAWSQuotas_ThrottleAVolley(t *testing.T) {
	server := serve(t, t.TempDir(), "--aws-quotas")
	server.put(t, smallFloor()...)
	counts := map[int]int{}
	startedAt := time.Now()
	for range 200 {
		status, _, err := server.post(t.Context(), "/metrics/userdata/"+instanceID, []byte(`{"Filters":{"Agents":["ann"]}}`))
		if err != nil {
			t.Fatal(err)
		}
		counts[status]++
	}
	most := 5 + int(2*time.Since(startedAt).Seconds()) + 1
	if ok := counts[http.StatusOK]; ok < 5 || ok > most || counts[http.StatusTooManyRequests] != 200-ok {
		t.Errorf("answers %v, want 5 to %d with 200, and 429", counts, most)
	}
}

// A server whose clock is an hour ahead refuses what clients sign, in Amazon's
// words. Those SDKs that know how take the time from its Date, and try again.
func TestClients_WithAnotherTime(t *testing.T) {
	learns := map[string]bool{"SDK for Go": true, "SDK for JavaScript": true}
	forEachClient(t, func(t *testing.T, c client) {
		t.Helper()
		var wrong clock
		to := inProcess(t, func(c *server.Config) { c.SignatureNow = wrong.now })
		(&process{target: to}).put(t, smallFloor()...)
		wrong.ahead.Store(int64(time.Hour))
		between := record(t, to)
		between.answered = func(resp *http.Response) { resp.Header.Set("Date", wrong.now().UTC().Format(http.TimeFormat)) }

		question := ask(instanceID, `{"Agents":["ann"]}`)
		got := c.send(t, between.target, question)[0]
		if got.Exception != "InvalidSignatureException" || !strings.HasPrefix(got.Message, "Signature expired: ") ||
			!strings.HasSuffix(got.Message, " - 5 min.)") || c.types != nothing && got.Status != http.StatusForbidden {
			t.Errorf("an hour ahead: %+v", got)
		}
		question.Attempts = 3
		got = c.send(t, between.target, question)[0]
		if learned := got.Exception == ""; learned != learns[c.name] {
			t.Errorf("trying again: answered %t, want %t: %s", learned, learns[c.name], got.Message)
		}
		wrong.ahead.Store(int64(-time.Hour))
		question.Attempts = 1
		if got = c.send(t, to, question)[0]; got.Exception != "InvalidSignatureException" || !strings.HasPrefix(got.Message, "Signature not yet current: ") {
			t.Errorf("an hour behind: %+v", got)
		}
	})
}

// A fault of the server's own tells nothing of what it was.
func TestClients_InternalServiceException(t *testing.T) {
	forEachClient(t, func(t *testing.T, c client) {
		t.Helper()
		var trap atomic.Bool
		to := inProcess(t, func(c *server.Config) {
			c.SignatureNow = func() time.Time {
				if trap.Load() {
					panic("the clock fell off the wall")
				}
				return time.Now()
			}
		})
		(&process{target: to}).put(t, smallFloor()...)
		trap.Store(true)
		got := c.send(t, to, ask(instanceID, `{"Agents":["ann"]}`))[0]
		if strings.Contains(got.Message, "clock") {
			t.Errorf("tells %q", got.Message)
		}
		c.check(t, "a panic", exception{"InternalServiceException", ofOperation, 500, ""}, got)
	})
}
