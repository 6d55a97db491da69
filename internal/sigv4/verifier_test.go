package sigv4_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"rollcall/internal/sigv4"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

const (
	mismatch = "The request signature we calculated does not match the signature you provided. " +
		"Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
	stamp      = "20261122T131415Z"
	userData   = "http://127.0.0.1:8420/metrics/userdata/11111111-2222-3333-4444-555555555555"
	allQueues  = `{"Filters": {"Queues": ["q-1"]}}`
	minSigned  = "content-type;host;x-amz-date"
	validScope = "/20261122/" + region + "/connect/aws4_request"
)

type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

func wantError(t failer, err error, code sigv4.Code, message string) {
	t.Helper()
	var e *sigv4.Error
	if !errors.As(err, &e) {
		t.Fatalf("error is %v, want %s", err, code)
	}
	if e.Code != code || e.Message != message {
		t.Fatalf("error is\n  %s: %s\nwant\n  %s: %s", e.Code, e.Message, code, message)
	}
}

// signedPlainly is a right request, to be spoiled by a test.
func signedPlainly() *http.Request {
	r := asArrived(http.MethodPost, userData, allQueues)
	r.Header.Set("X-Amz-Date", stamp)
	signPlainly(r, allQueues, minSigned, stamp)
	return r
}

func TestVerify_SkewEdges(t *testing.T) {
	v := newVerifier()
	for _, tc := range []struct {
		name string
		now  time.Time
		want string // empty: accepted
	}{
		{"five minutes after is in time", signedAt.Add(5 * time.Minute), ""},
		{"and so is the rest of that second", signedAt.Add(5*time.Minute + 999*time.Millisecond), ""},
		{
			"a second later is too late", signedAt.Add(5*time.Minute + time.Second),
			"Signature expired: 20261122T131415Z is now earlier than 20261122T131416Z (20261122T131916Z - 5 min.)",
		},
		{"five minutes before is in time", signedAt.Add(-5 * time.Minute), ""},
		{
			"a second earlier is too early", signedAt.Add(-5*time.Minute - time.Second),
			"Signature not yet current: 20261122T131415Z is still later than 20261122T131414Z (20261122T130914Z + 5 min.)",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := v.Verify(signedPlainly(), []byte(allQueues), tc.now)
			if tc.want != "" {
				wantError(t, err, sigv4.InvalidSignature, tc.want)
			} else if err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestVerify_FollowsTheSkewItIsGiven(t *testing.T) {
	v := sigv4.New(sigv4.Options{Keys: keyMap{keyID: secret}, MaxSkew: 90 * time.Second})
	_, err := v.Verify(signedPlainly(), []byte(allQueues), signedAt.Add(91*time.Second))
	wantError(t, err, sigv4.InvalidSignature,
		"Signature expired: 20261122T131415Z is now earlier than 20261122T131416Z (20261122T131546Z - 1.5 min.)")
}

func TestVerify_PresignedWithoutExpiresLivesAsLongAsASignature(t *testing.T) {
	v := newVerifier()
	r := sdkPresigned(t, newRequest(t, http.MethodGet, "http://localhost/v1/instances", nil), nil)
	if _, err := v.Verify(r, nil, signedAt.Add(5*time.Minute)); err != nil {
		t.Fatal(err)
	}
	_, err := v.Verify(r, nil, signedAt.Add(6*time.Minute))
	wantError(t, err, sigv4.InvalidSignature,
		"Signature expired: 20261122T131415Z is now earlier than 20261122T131515Z (20261122T132015Z - 5 min.)")
}

func TestVerify_PresignedIsNotValidBeforeItsDate(t *testing.T) {
	r := sdkPresigned(t, newRequest(t, http.MethodGet, "http://localhost/?X-Amz-Expires=60", nil), nil)
	_, err := newVerifier().Verify(r, nil, signedAt.Add(-time.Hour))
	wantError(t, err, sigv4.InvalidSignature,
		"Signature not yet current: 20261122T131415Z is still later than 20261122T121915Z (20261122T121415Z + 5 min.)")
}

func TestVerify_TakesTheDateHeaderInBothForms(t *testing.T) {
	for _, date := range []string{signedAt.Format(http.TimeFormat), stamp} {
		r := asArrived(http.MethodPost, userData, allQueues)
		r.Header.Set("Date", date)
		signPlainly(r, allQueues, "content-type;date;host", stamp)
		identity, err := newVerifier().Verify(r, []byte(allQueues), signedAt)
		if err != nil {
			t.Fatalf("Date: %s: %v", date, err)
		}
		if !identity.SignedAt.Equal(signedAt) {
			t.Errorf("signed at %v, want %v", identity.SignedAt, signedAt)
		}
	}
}

func TestVerify_XAmzDateBeatsDate(t *testing.T) {
	r := signedPlainly()
	r.Header.Set("Date", "Mon, 02 Jan 2006 15:04:05 GMT")
	if _, err := newVerifier().Verify(r, []byte(allQueues), signedAt); err != nil {
		t.Fatal(err)
	}
}

func TestVerify_SessionTokenIsCoveredWhenSignedAndIgnoredWhenNot(t *testing.T) {
	v := newVerifier()
	r := newRequest(t, http.MethodPost, userData, []byte(allQueues))
	c := aws.Credentials{AccessKeyID: keyID, SecretAccessKey: secret, SessionToken: "a session token"}
	err := v4.NewSigner().SignHTTP(context.Background(), c, r, sha256Hex([]byte(allQueues)), "connect", region, signedAt)
	if err != nil {
		t.Fatal(err)
	}
	r = sent(t, r, []byte(allQueues))
	if _, err := v.Verify(r, []byte(allQueues), signedAt); err != nil {
		t.Fatalf("signed token: %v", err)
	}
	r.Header.Set("X-Amz-Security-Token", "another token")
	_, err = v.Verify(r, []byte(allQueues), signedAt)
	wantError(t, err, sigv4.InvalidSignature, mismatch)

	r = signedPlainly()
	r.Header.Set("X-Amz-Security-Token", "unsigned token")
	if _, err := v.Verify(r, []byte(allQueues), signedAt); err != nil {
		t.Fatalf("unsigned token: %v", err)
	}
}

func TestVerify_PayloadHash(t *testing.T) {
	body, signed := []byte(allQueues), "content-type;host;x-amz-content-sha256;x-amz-date"
	for _, tc := range []struct {
		name, said    string
		allowUnsigned bool
		want          string
	}{
		{name: "the body's hash is taken", said: sha256Hex(body)},
		{
			name: "another hash is not", said: sha256Hex(nil),
			want: "The value of 'X-Amz-Content-Sha256' does not match the SHA-256 of the body that arrived.",
		},
		{
			name: "an unsigned payload is refused", said: "UNSIGNED-PAYLOAD",
			want: "The value 'UNSIGNED-PAYLOAD' of 'X-Amz-Content-Sha256' is not accepted here: sign the SHA-256 of the body.",
		},
		{
			name: "a streaming payload is refused", said: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
			want: "The value 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD' of 'X-Amz-Content-Sha256' is not accepted here: sign the SHA-256 of the body.",
		},
		{name: "an unsigned payload is taken where that is asked for", said: "UNSIGNED-PAYLOAD", allowUnsigned: true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := newRequest(t, http.MethodPost, userData, body)
			r.Header.Set("X-Amz-Content-Sha256", tc.said)
			err := v4.NewSigner().SignHTTP(context.Background(), credentials(), r, tc.said, "connect", region, signedAt)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(r.Header.Get("Authorization"), signed[len("content-type;"):]) {
				t.Fatalf("the SDK signs %s", r.Header.Get("Authorization"))
			}
			v := sigv4.New(sigv4.Options{Keys: keyMap{keyID: secret}, AllowUnsignedPayload: tc.allowUnsigned})
			_, err = v.Verify(sent(t, r, body), body, signedAt)
			if tc.want != "" {
				wantError(t, err, sigv4.InvalidSignature, tc.want)
			} else if err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestVerify_OnlyTheRegionsThatAreAccepted(t *testing.T) {
	o := sigv4.Options{Keys: keyMap{keyID: secret}, Regions: []string{"us-east-1", region}}
	if _, err := sigv4.New(o).Verify(signedPlainly(), []byte(allQueues), signedAt); err != nil {
		t.Fatal(err)
	}
	o.Regions = []string{"us-east-1"}
	_, err := sigv4.New(o).Verify(signedPlainly(), []byte(allQueues), signedAt)
	wantError(t, err, sigv4.InvalidSignature, "Credential should be scoped to a valid region, not 'eu-central-1'.")
}

// changing is a Keys whose one secret can change.
type changing struct {
	mu     sync.Mutex
	secret string
}

func (c *changing) Lookup(string) (string, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.secret, c.secret != ""
}

func (c *changing) set(secret string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.secret = secret
}

func TestVerify_ForgetsARevokedKeyAtOnce(t *testing.T) {
	keys := &changing{secret: secret}
	v := sigv4.New(sigv4.Options{Keys: keys})
	verify := func() error {
		_, err := v.Verify(signedPlainly(), []byte(allQueues), signedAt)
		return err
	}
	for range 2 { // the second time from the cache
		if err := verify(); err != nil {
			t.Fatal(err)
		}
	}
	keys.set("another secret")
	wantError(t, verify(), sigv4.InvalidSignature, mismatch)
	keys.set("")
	wantError(t, verify(), sigv4.UnrecognizedClient, "The security token included in the request is invalid.")
	keys.set(secret)
	if err := verify(); err != nil {
		t.Fatal(err)
	}
}

func TestVerify_CachesOnlyKeysOfRightSignatures(t *testing.T) {
	v := newVerifier()
	r := signedPlainly()
	right := r.Header.Get("Authorization")
	for i := range 3 * sigv4.MaxCachedKeys {
		r.Header.Set("Authorization", strings.Replace(right, region, fmt.Sprintf("region-%d", i), 1))
		if _, err := v.Verify(r, []byte(allQueues), signedAt); err == nil {
			t.Fatal("a signature for another Region was taken")
		}
	}
	if n := v.CachedKeys(); n != 0 {
		t.Fatalf("%d keys are cached after wrong signatures, want 0", n)
	}
}

func TestVerify_CacheIsBounded(t *testing.T) {
	v := newVerifier()
	for i := range sigv4.MaxCachedKeys + 300 {
		r := newRequest(t, http.MethodGet, "http://localhost/", nil)
		where := fmt.Sprintf("region-%d", i)
		err := v4.NewSigner().SignHTTP(context.Background(), credentials(), r, sha256Hex(nil), "connect", where, signedAt)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := v.Verify(r, nil, signedAt); err != nil {
			t.Fatal(err)
		}
	}
	if n := v.CachedKeys(); n == 0 || n > sigv4.MaxCachedKeys {
		t.Fatalf("%d keys are cached, want 1 to %d", n, sigv4.MaxCachedKeys)
	}
}

func TestVerify_ServesManyAtOnce(t *testing.T) {
	v := newVerifier()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				if _, err := v.Verify(signedPlainly(), []byte(allQueues), signedAt); err != nil {
					t.Error(err)
				}
				if _, err := v.Verify(signedPlainly(), []byte("another body"), signedAt); err == nil {
					t.Error("another body was taken")
				}
			}
		})
	}
	wg.Wait()
}

// VerifyClaim refuses all that Verify refuses before it looks at the body, and
// nothing else.
func TestVerifyClaim_NeedsNoBody(t *testing.T) {
	body := []byte(allQueues)
	right := func() *http.Request { return sdkSigned(t, newRequest(t, http.MethodPost, userData, body), body) }
	v := newVerifier()
	for _, c := range []struct {
		name   string
		change func(r *http.Request)
		want   sigv4.Code // empty: no error
	}{
		{"a right request", func(*http.Request) {}, ""},
		{"a wrong signature", func(r *http.Request) {
			claim, _, _ := strings.Cut(r.Header.Get("Authorization"), "Signature=")
			r.Header.Set("Authorization", claim+"Signature="+strings.Repeat("0", 64))
		}, ""},
		{"another path", func(r *http.Request) { r.URL.Path = "/" }, ""},
		{"no signature", func(r *http.Request) { r.Header.Del("Authorization") }, sigv4.MissingAuthenticationToken},
		{"an unknown key", func(r *http.Request) {
			r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), keyID, "AKRCSOMEBODY", 1))
		}, sigv4.UnrecognizedClient},
		{"another date", func(r *http.Request) { r.Header.Set("X-Amz-Date", "20200101T000000Z") }, sigv4.InvalidSignature},
		{"a header of Amazon's that isn't signed", func(r *http.Request) { r.Header.Set("X-Amz-Target", "x") }, sigv4.InvalidSignature},
	} {
		r := right()
		c.change(r)
		_, err := v.VerifyClaim(r, signedAt)
		var got sigv4.Code
		if e := (*sigv4.Error)(nil); errors.As(err, &e) {
			got = e.Code
		}
		if got != c.want || (err == nil) != (c.want == "") {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// TestVerify_EveryChangedBitIsRefused flips each bit of signed requests as
// they stand on the wire. A request that net/http no longer reads is refused
// by the server before it comes to us.
func TestVerify_EveryChangedBitIsRefused(t *testing.T) {
	arn := "http://127.0.0.1:8420/metrics/userdata/arn%3Aaws%3Aconnect%3Aeu-central-1%3A123456789012%3Ainstance%2Fabc"
	body := []byte(allQueues)
	header := newRequest(t, http.MethodPost, arn+"?a=1&b=x%2By&b=&c", body)
	header.Header.Set("X-Amz-Content-Sha256", sha256Hex(body))
	header.Header.Add("X-Amz-Meta-Note", "one  two")
	header.Header.Add("X-Amz-Meta-Note", "three")
	dated := asArrived(http.MethodPost, arn, allQueues)
	dated.Header.Set("Date", signedAt.Format(http.TimeFormat))
	signPlainly(dated, allQueues, "content-type;date;host", stamp)
	for name, r := range map[string]*http.Request{
		"header":      sdkSigned(t, header, body),
		"presigned":   sdkPresigned(t, newRequest(t, http.MethodPost, arn+"?X-Amz-Expires=600&b=x%2By", body), body),
		"date header": dated,
	} {
		t.Run(name, func(t *testing.T) { refusesEveryChangedBit(t, wire(t, r, body)) })
	}
}

func refusesEveryChangedBit(t *testing.T, right []byte) {
	t.Helper()
	v := newVerifier()
	if err := verifyWire(v, right); err != nil {
		t.Fatalf("unchanged: %v\n%s", err, right)
	}
	for i := range right {
		for bit := range 8 {
			changed := bytes.Clone(right)
			changed[i] ^= 1 << bit
			if meansTheSame(right, changed, i) {
				continue
			}
			if err := verifyWire(v, changed); err == nil {
				t.Errorf("byte %d, bit %d: taken\n%s", i, bit, changed[max(0, i-40):min(len(changed), i+40)])
			}
		}
	}
}

// meansTheSame holds for changes that signatures do not cover, since HTTP
// gives them no meaning or they are about the connection: the version, the
// case of a header's name, blanks around a value, a zero before the length,
// and headers that are not signed.
func meansTheSame(right, changed []byte, i int) bool {
	start := bytes.LastIndexByte(right[:i], '\n') + 1
	line, _, _ := bytes.Cut(right[start:], []byte("\r\n"))
	if before, isRequestLine := bytes.CutSuffix(line, []byte("HTTP/1.1")); isRequestLine {
		return i >= start+len(before) && i < start+len(line)
	}
	name, _, isHeader := bytes.Cut(line, []byte(": "))
	switch {
	case !isHeader:
		return false
	case string(name) == "User-Agent":
		return true
	case i < start+len(name):
		return bytes.EqualFold(name, changed[start:start+len(name)])
	case i == start+len(line):
		return changed[i] == '\t'
	}
	return string(name) == "Content-Length" && right[i] == ' ' && changed[i] == '0'
}

func verifyWire(v *sigv4.Verifier, raw []byte) error {
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(raw)))
	if err != nil {
		return err
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	_, err = v.Verify(r, body, signedAt)
	return err
}

func TestVerify_TakesEmptySegmentsLeftOutAndAsSent(t *testing.T) {
	v := newVerifier()
	target := strings.Replace(userData, "/metrics/userdata/", "//metrics///userdata/", 1)
	body := []byte(allQueues)
	asSent := sdkSigned(t, newRequest(t, http.MethodPost, target, body), body)
	if asSent.URL.Path != "//metrics///userdata/11111111-2222-3333-4444-555555555555" {
		t.Fatalf("the client sent %s", asSent.URL.Path)
	}
	leftOut := asArrived(http.MethodPost, target, allQueues)
	leftOut.Header.Set("X-Amz-Date", stamp)
	signPlainly(leftOut, allQueues, minSigned, stamp)
	for name, r := range map[string]*http.Request{"as sent": asSent, "left out": leftOut} {
		if _, err := v.Verify(r, body, signedAt); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		r.URL.Path = "//metrics//userdata/another"
		_, err := v.Verify(r, body, signedAt)
		wantError(t, err, sigv4.InvalidSignature, mismatch)
	}
}

// botocore splits a value at white space of any kind before it signs.
func TestVerify_FoldsTabsInSignedHeaders(t *testing.T) {
	r := asArrived(http.MethodPost, userData, allQueues)
	r.Header.Set("X-Amz-Date", stamp)
	r.Header.Set("X-Amz-Note", "one two three")
	signPlainly(r, allQueues, minSigned+";x-amz-note", stamp)
	for _, note := range []string{"one\ttwo\t three", "\tone  two\t\tthree ", "one \ttwo three\t"} {
		r.Header.Set("X-Amz-Note", note)
		if _, err := newVerifier().Verify(r, []byte(allQueues), signedAt); err != nil {
			t.Errorf("%q: %v", note, err)
		}
	}
}

func TestVerify_SaysWhatAProxyMustDo(t *testing.T) {
	const hint = mismatch + " A proxy passed the request on, and it arrived for the host '10.0.0.7:8420': if the client sent it to another, " +
		"the proxy must leave the Host header as it is, since the signature covers it."
	for name, change := range map[string]func(*http.Request){
		"X-Forwarded-For":  func(r *http.Request) { r.Header.Set("X-Forwarded-For", "192.0.2.1") },
		"X-Forwarded-Host": func(r *http.Request) { r.Header.Set("X-Forwarded-Host", "floor.example") },
		"Forwarded":        func(r *http.Request) { r.Header.Set("Forwarded", "for=192.0.2.1") },
		"Via":              func(r *http.Request) { r.Header.Set("Via", "1.1 edge") },
		"X-Real-IP":        func(r *http.Request) { r.Header.Set("X-Real-IP", "192.0.2.1") },
		"HTTP/1.0":         func(r *http.Request) { r.Proto, r.ProtoMinor = "HTTP/1.0", 0 },
	} {
		r := signedPlainly()
		change(r)
		if _, err := newVerifier().Verify(r, []byte(allQueues), signedAt); err != nil {
			t.Errorf("%s, Host as it was: %v", name, err)
		}
		r.Host = "10.0.0.7:8420"
		_, err := newVerifier().Verify(r, []byte(allQueues), signedAt)
		wantError(t, err, sigv4.InvalidSignature, hint)
	}
}
