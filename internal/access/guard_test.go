package access_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"rollcall"
	"rollcall/internal/access"
	"rollcall/internal/sigv4"
)

func nowIsNoon() time.Time { return noon }

var support = rollcall.ARN{Partition: "aws", Region: "eu-west-1", Account: "123456789012", Instance: "support"}

// signed is a question signed with a key of keyYAML's.
func signed(t *testing.T, id, secret, remoteAddr string) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "http://localhost:8420/metrics/userdata/support", nil)
	r.RemoteAddr = remoteAddr
	none := sha256.Sum256(nil)
	err := v4.NewSigner().SignHTTP(context.Background(), aws.Credentials{AccessKeyID: id, SecretAccessKey: secret}, r,
		hex.EncodeToString(none[:]), "connect", "eu-west-1", noon)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// guardWith makes a Guard that knows one key, AKRCONE, called wallboard, with
// the statements as its policy.
func guardWith(t *testing.T, statements string) *access.Guard {
	t.Helper()
	path := writeFile(t, "keys:\n  - id: AKRCONE\n    secret: the-secret-of-AKRCONE\n    name: wallboard\n    policy: "+policyOf(statements)+"\n")
	return access.NewGuard(access.GuardOptions{Keys: openKeys(t, access.KeysOptions{Path: path}), Now: nowIsNoon})
}

func admit(t *testing.T, g access.Gate, r *http.Request) access.Pass {
	t.Helper()
	pass, err := g.Admit(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	return pass
}

const getCurrentUserData = "connect:GetCurrentUserData"

func TestPass_Allow(t *testing.T) {
	sales, it := support.Child(rollcall.TypeQueue, "sales"), support.Child(rollcall.TypeQueue, "it")
	const (
		user     = "User: arn:aws:iam::123456789012:user/wallboard is not authorized to perform: "
		implicit = " because no identity-based policy allows the connect:GetCurrentUserData action"
		explicit = " with an explicit deny in an identity-based policy"
	)
	onQueue := `{'Effect': 'Allow', 'Action': 'connect:*', 'Resource': '` + queue + `'}`
	for _, tc := range []struct {
		name, statements, action string
		resources                []rollcall.ARN
		want                     string // empty: allowed
	}{
		{"a resource that is allowed", onQueue, getCurrentUserData, []rollcall.ARN{sales}, ""},
		{
			"one that isn't", onQueue, getCurrentUserData,
			[]rollcall.ARN{it},
			user + "connect:GetCurrentUserData on resource: arn:aws:connect:eu-west-1:123456789012:instance/support/queue/it" + implicit,
		},
		{
			"each of them must be", onQueue, getCurrentUserData,
			[]rollcall.ARN{sales, it},
			user + "connect:GetCurrentUserData on resource: arn:aws:connect:eu-west-1:123456789012:instance/support/queue/it" + implicit,
		},
		{
			"without resources the instance must be", onQueue, getCurrentUserData, nil,
			user + "connect:GetCurrentUserData on resource: arn:aws:connect:eu-west-1:123456789012:instance/support" + implicit,
		},
		{"and is", `{'Effect': 'Allow', 'Action': 'rollcall:*', 'Resource': '` + instance + `'}`, access.ActionReadAgents, nil, ""},
		{
			"a denial says that it is one", allowAll + `, {'Effect': 'Deny', 'Action': 'rollcall:PutEvents', 'Resource': '*'}`, access.ActionPutEvents, nil,
			user + "rollcall:PutEvents on resource: arn:aws:connect:eu-west-1:123456789012:instance/support" + explicit,
		},
		{"the condition key is the instance's id", allowIf + `{'StringEquals': {'connect:InstanceId': 'support'}}}`, getCurrentUserData, []rollcall.ARN{it}, ""},
		{"the address is the connection's", allowIf + `{'IpAddress': {'aws:SourceIp': '192.0.2.7/32'}}}`, getCurrentUserData, nil, ""},
		{"the time is the server's", allowIf + `{'DateEquals': {'aws:CurrentTime': '2026-03-31T12:00:00Z'}}}`, getCurrentUserData, nil, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			pass := admit(t, guardWith(t, tc.statements), signed(t, "AKRCONE", "the-secret-of-AKRCONE", "192.0.2.7:1234"))
			err := pass.Allow(tc.action, support, tc.resources...)
			if tc.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if rollcall.ErrorCode(err) != rollcall.CodeDenied || rollcall.ErrorMessage(err) != tc.want {
				t.Errorf("error is %v\nwant %s", err, tc.want)
			}
		})
	}
}

func TestGuard_SeesTheAddressOfTheConnection(t *testing.T) {
	for remoteAddr, condition := range map[string]string{
		"[::ffff:192.0.2.7]:80":   `{'IpAddress': {'aws:SourceIp': '192.0.2.0/24'}}`,
		"[2001:db8::1]:80":        `{'IpAddress': {'aws:SourceIp': '2001:db8::/32'}}`,
		"[fe80::1%eth0]:80":       `{'IpAddress': {'aws:SourceIp': 'fe80::/10'}}`,
		"@":                       `{'NotIpAddress': {'aws:SourceIp': '0.0.0.0/0'}}`,
		"pipe in the same server": `{'IpAddressIfExists': {'aws:SourceIp': '10.0.0.0/8'}}`,
	} {
		r := signed(t, "AKRCONE", "the-secret-of-AKRCONE", remoteAddr)
		r.Header.Set("X-Forwarded-For", "203.0.113.1") // which anybody can send
		if err := admit(t, guardWith(t, allowIf+condition+"}"), r).Allow(getCurrentUserData, support); err != nil {
			t.Errorf("%s: %v", remoteAddr, err)
		}
	}
}

func TestGuard_BelievesNobodyElse(t *testing.T) {
	g := guardWith(t, allowAll)
	unsigned := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v1/instances", nil)
	bearer := unsigned.Clone(t.Context())
	bearer.Header.Set("Authorization", "bearer  rct_unknown")
	for _, tc := range []struct {
		name string
		gate access.Gate
		r    *http.Request
		code sigv4.Code
	}{
		{"unsigned", g, unsigned, sigv4.MissingAuthenticationToken},
		{"unsigned, where tokens are taken", g.WithTokens(), unsigned, sigv4.MissingAuthenticationToken},
		{"another key", g, signed(t, "AKRCTWO", "the-secret-of-AKRCTWO", "192.0.2.7:1"), sigv4.UnrecognizedClient},
		{"another secret", g, signed(t, "AKRCONE", "the-secret-of-AKRCTWO", "192.0.2.7:1"), sigv4.InvalidSignature},
		{"a token where none are taken", g, bearer, sigv4.IncompleteSignature},
	} {
		_, err := tc.gate.Admit(tc.r, nil)
		var e *sigv4.Error
		if !errors.As(err, &e) || e.Code != tc.code {
			t.Errorf("%s: error is %v, want %s", tc.name, err, tc.code)
		}
	}
	_, err := g.WithTokens().Admit(bearer, nil)
	if rollcall.ErrorCode(err) != rollcall.CodeUnsigned || !strings.Contains(rollcall.ErrorMessage(err), "not known here") {
		t.Errorf("unknown token: error is %v", err)
	}
}

func TestGuard_TheServersOwnKeyMayDoEverything(t *testing.T) {
	keys := openKeys(t, access.KeysOptions{Own: []access.Key{{ID: "AKRCOWN", Secret: "own secret"}}})
	pass := admit(t, access.NewGuard(access.GuardOptions{Keys: keys, Now: nowIsNoon}), signed(t, "AKRCOWN", "own secret", "192.0.2.7:1"))
	if err := pass.Allow(access.ActionPutEvents, support); err != nil || pass.KeyID() != "AKRCOWN" {
		t.Errorf("%s: %v", pass.KeyID(), err)
	}
}

func TestGuard_AnonymousBelievesEverybody(t *testing.T) {
	g := access.NewGuard(access.GuardOptions{Keys: access.NewKeys(access.KeysOptions{}), Now: nowIsNoon, Anonymous: true})
	bare := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://127.0.0.1:8420/v1/instances", nil)
	bearer := bare.Clone(t.Context())
	bearer.Header.Set("Authorization", "Bearer x")
	for _, r := range []*http.Request{bare, signed(t, "test", "test", ""), bearer} {
		for _, gate := range []access.Gate{g, g.WithTokens()} {
			pass := admit(t, gate, r)
			if err := pass.Allow(access.ActionPutEvents, support); err != nil || pass.KeyID() != "anonymous" {
				t.Errorf("%s: %v", pass.KeyID(), err)
			}
		}
	}
}

func BenchmarkAllow(b *testing.B) {
	p := mustParse(b, policyOf(`{'Effect': 'Allow', 'Action': ['connect:Get*', 'rollcall:*'], 'Resource': ['`+instance+`', '`+instance+`/*'],
		'Condition': {'IpAddress': {'aws:SourceIp': ['10.0.0.0/8', '192.0.2.0/24']}}}, {'Effect': 'Deny', 'Action': 'rollcall:PutEvents', 'Resource': '*'}`))
	r := asked()
	b.ReportAllocs()
	for b.Loop() {
		if p.Decide(&r) != access.Allowed {
			b.Fatal("denied")
		}
	}
}
