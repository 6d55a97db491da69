package connect_test

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"rollcall"
	"rollcall/internal/access"
	"rollcall/internal/connect"
)

const arnPath = "/metrics/userdata/arn%3Aaws%3Aconnect%3Aeu-west-1%3A123456789012%3Ainstance%2Fsupport"

// TestSigned goes the whole way with nothing faked: Amazon's own signer, the
// guard with a keys file and its policy, the floor.
func TestSigned(t *testing.T) {
	own := access.Key{ID: "AKIAROLLCALLOWNKEY00", Secret: "the server's own"}
	file := filepath.Join(t.TempDir(), "keys.yaml")
	bound, err := access.CreateKey(file, access.New{
		Name: "wallboard",
		Policy: []byte(`{"Version": "2012-10-17", "Statement": [
			{"Effect": "Allow", "Action": "connect:GetCurrentUserData", "Resource": "arn:aws:connect:*:123456789012:instance/*/queue/*"},
			{"Effect": "Deny", "Action": "connect:*", "Resource": "arn:aws:connect:*:*:instance/*/queue/q-billing"}]}`),
		CreatedAt: noon,
	})
	if err != nil {
		t.Fatal(err)
	}
	keys := access.NewKeys(access.KeysOptions{Own: []access.Key{own}, Path: file})
	if _, err := keys.Reload(); err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return noon }
	server := start(t, connect.Options{Now: now, Gate: access.NewGuard(access.GuardOptions{Keys: keys, Now: now})})

	for _, c := range []struct {
		name, path, body string
		key              access.Key
		at               time.Time
		want             string
	}{
		{"a right request", "/metrics/userdata/support", aboutAda, own, noon, "200 ada of 1"},
		{"by the ARN, which is encoded twice in the signature", arnPath, aboutAda, own, noon, "200 ada of 1"},
		{"a wrong secret", arnPath, aboutAda, access.Key{ID: own.ID, Secret: "another"}, noon, "403 InvalidSignatureException\nmessage: " +
			"The request signature we calculated does not match the signature you provided. " +
			"Check your AWS Secret Access Key and signing method. Consult the service documentation for details."},
		{"an unknown key", arnPath, aboutAda, access.Key{ID: "AKIAUNKNOWN000000000", Secret: "x"}, noon, "403 UnrecognizedClientException\nmessage: " +
			"The security token included in the request is invalid."},
		{"a signature of long ago", arnPath, aboutAda, own, noon.Add(-time.Hour), "403 InvalidSignatureException\nmessage: " +
			"Signature expired: 20260302T110000Z is now earlier than 20260302T115500Z (20260302T120000Z - 5 min.)"},
		{"a key with a policy, within it", "/metrics/userdata/support", allSalesBody, bound, noon, "200 ada, ben, dan of 3"},
		{"a key with a policy, beside it", "/metrics/userdata/support", aboutAda, bound, noon, "403 AccessDeniedException\n" +
			"User: arn:aws:iam::123456789012:user/wallboard is not authorized to perform: connect:GetCurrentUserData on resource: " +
			"arn:aws:connect:eu-west-1:123456789012:instance/support/agent/ada " +
			"because no identity-based policy allows the connect:GetCurrentUserData action"},
		{"a key with a policy, against it", "/metrics/userdata/support", `{"Filters":{"Queues":["q-billing"]}}`, bound, noon, "403 AccessDeniedException\n" +
			"User: arn:aws:iam::123456789012:user/wallboard is not authorized to perform: connect:GetCurrentUserData on resource: " +
			"arn:aws:connect:eu-west-1:123456789012:instance/support/queue/q-billing " +
			"with an explicit deny in an identity-based policy"},
		{"no such instance", "/metrics/userdata/sales", allSalesBody, bound, noon, "404 ResourceNotFoundException\n" +
			`Instance "sales" doesn't exist in this account and Region.`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := send(t, server.URL+c.path, c.body, c.key, c.at); got != c.want {
				t.Errorf("got:  %s\nwant: %s", got, c.want)
			}
		})
	}
}

const allSalesBody = `{"Filters":{"Queues":["q-sales"]}}`

// send signs a request as an SDK does, and sends it.
func send(t *testing.T, url, body string, key access.Key, at time.Time) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	sum := sha256.Sum256([]byte(body))
	credentials := aws.Credentials{AccessKeyID: key.ID, SecretAccessKey: key.Secret}
	if err := v4.NewSigner().SignHTTP(t.Context(), credentials, r, hex.EncodeToString(sum[:]), "connect", "eu-west-1", at); err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{resp.StatusCode, resp.Header, answer}.summary(t)
}

// Amazon's quota holds where the server is told to have it.
func TestThrottle_IsAmazons(t *testing.T) {
	var c clock
	c.now = noon
	quota := access.NewAWSThrottle()
	a := newAsker(t, connect.Options{Now: c.Now, Throttle: func(pass access.Pass, operation string, instance rollcall.ARN) error {
		return quota.Take(pass.KeyID(), operation, instance, c.Now())
	}})
	for i := range 5 {
		if r := a.ask(aboutAda); r.status != http.StatusOK {
			t.Fatalf("request %d of the burst: %s", i+1, r.summary(t))
		}
	}
	want := "429 ThrottlingException\nRate exceeded"
	if got := a.ask(aboutAda).summary(t); got != want {
		t.Errorf("the sixth: %s", got)
	}
	c.advance(500 * time.Millisecond)
	if r := a.ask(aboutAda); r.status != http.StatusOK {
		t.Errorf("half a second later: %s", r.summary(t))
	}
	if got := a.ask(aboutAda).summary(t); got != want {
		t.Errorf("and one more: %s", got)
	}
}
