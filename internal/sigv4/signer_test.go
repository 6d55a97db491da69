package sigv4_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"rollcall/internal/sigv4"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// The one key of these tests.
const (
	keyID  = "AKRCTESTTESTTESTTEST"
	secret = "0123456789/abcdefghij+KLMNOPQRSTuvwxyzAB"
	region = "eu-central-1"
)

var signedAt = time.Date(2026, 11, 22, 13, 14, 15, 0, time.UTC)

// keyMap is the simplest Keys.
type keyMap map[string]string // :: access key id -> secret

func (k keyMap) Lookup(id string) (string, bool) {
	s, ok := k[id]
	return s, ok
}

func newVerifier() *sigv4.Verifier {
	return sigv4.New(sigv4.Options{Keys: keyMap{keyID: secret}})
}

func sha256Hex(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func credentials() aws.Credentials {
	return aws.Credentials{AccessKeyID: keyID, SecretAccessKey: secret}
}

// newRequest makes a request as a client has it before signing.
func newRequest(tb testing.TB, method, target string, body []byte) *http.Request {
	tb.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, target, bytes.NewReader(body))
	if err != nil {
		tb.Fatalf("request to %q: %v", target, err)
	}
	r.Header.Set("Content-Type", "application/json")
	return r
}

// sdkSigned gives the request that arrives when the AWS SDK for Go has signed
// and sent r.
func sdkSigned(tb testing.TB, r *http.Request, body []byte) *http.Request {
	tb.Helper()
	err := v4.NewSigner().SignHTTP(context.Background(), credentials(), r, sha256Hex(body), "connect", region, signedAt)
	if err != nil {
		tb.Fatalf("sign: %v", err)
	}
	return sent(tb, r, body)
}

// sdkPresigned is sdkSigned for a presigned URL.
func sdkPresigned(tb testing.TB, r *http.Request, body []byte) *http.Request {
	tb.Helper()
	uri, header, err := v4.NewSigner().PresignHTTP(context.Background(), credentials(), r, sha256Hex(body), "connect", region, signedAt)
	if err != nil {
		tb.Fatalf("presign: %v", err)
	}
	signed := newRequest(tb, r.Method, uri, body)
	signed.Header = header
	signed.Host = r.Host
	return sent(tb, signed, body)
}

// sent writes r out as a client does and reads it as a server does.
func sent(tb testing.TB, r *http.Request, body []byte) *http.Request {
	tb.Helper()
	arrived, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(wire(tb, r, body))))
	if err != nil {
		tb.Fatalf("read what was sent: %v", err)
	}
	return arrived
}

// wire is r in bytes.
func wire(tb testing.TB, r *http.Request, body []byte) []byte {
	tb.Helper()
	var b bytes.Buffer
	out := r.Clone(r.Context())
	out.Body = io.NopCloser(bytes.NewReader(body))
	out.ContentLength = int64(len(body))
	out.Header.Del("Content-Length")
	if err := out.Write(&b); err != nil {
		tb.Fatalf("write: %v", err)
	}
	return b.Bytes()
}

// plainSign signs by the letter of the standard, with no library: for claims
// that no client library would make. canonical is the canonical request.
func plainSign(canonical, stamp, scopeDay string) string {
	key := []byte("AWS4" + secret)
	for _, part := range []string{scopeDay, region, "connect", "aws4_request"} {
		key = plainHMAC(key, part)
	}
	toSign := "AWS4-HMAC-SHA256\n" + stamp + "\n" + scopeDay + "/" + region + "/connect/aws4_request\n" + sha256Hex([]byte(canonical))
	return hex.EncodeToString(plainHMAC(key, toSign))
}

func plainHMAC(key []byte, message string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(message))
	return mac.Sum(nil)
}

// asArrived makes a server-side request from its parts, without a signature.
func asArrived(method, target, body string) *http.Request {
	r := httptest.NewRequestWithContext(context.Background(), method, target, bytes.NewReader([]byte(body)))
	r.Header.Set("Content-Type", "application/json")
	return r
}

// signPlainly puts an Authorization header on r over the given signed headers.
func signPlainly(r *http.Request, body, signedHeaders, stamp string) {
	canonical := sigv4.CanonicalRequest(r, []byte(body), signedHeaders)
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+keyID+"/"+stamp[:8]+"/"+region+"/connect/aws4_request, SignedHeaders="+
		signedHeaders+", Signature="+plainSign(canonical, stamp, stamp[:8]))
}

func base64SHA256(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.StdEncoding.EncodeToString(sum[:])
}
