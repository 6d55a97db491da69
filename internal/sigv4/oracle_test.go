package sigv4_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"rollcall/internal/sigv4"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// anyRequest draws a request that the AWS SDK for Go can sign and send.
// Segments of the path are never empty, "." or "..", since that SDK does not
// normalise paths and would sign what no AWS service accepts.
func anyRequest(t *testing.T, rt *rapid.T) (*http.Request, []byte) {
	t.Helper()
	text := rapid.StringOfN(rapid.RuneFrom([]rune("abcXYZ019 -._~!*'()%/?#+&=;,:@$é世")), 1, 12, -1)
	path := []string{"/metrics"}
	for _, segment := range rapid.SliceOfN(text, 0, 4).Draw(rt, "path") {
		path = append(path, url.PathEscape("s"+segment))
	}
	query := url.Values(rapid.MapOfN(text, rapid.SliceOfN(text, 1, 3), 0, 4).Draw(rt, "query"))
	host := rapid.SampledFrom([]string{"connect.eu-central-1.amazonaws.com", "127.0.0.1:8420", "localhost", "[::1]:8420"}).Draw(rt, "host")
	method := rapid.SampledFrom([]string{http.MethodPost, http.MethodGet, http.MethodPut, http.MethodDelete}).Draw(rt, "method")
	body := []byte(rapid.String().Draw(rt, "body"))
	r := newRequest(t, method, "http://"+host+strings.Join(path, "/")+"?"+query.Encode(), body)
	value := rapid.StringOfN(rapid.RuneFrom([]rune("ab \"'=,;1")), 0, 10, -1)
	for name, values := range rapid.MapOfN(
		rapid.SampledFrom([]string{"X-Amz-Meta-One", "X-Amz-Target", "Accept", "X-Custom-Thing", "Amz-Sdk-Request", "Cache-Control"}),
		rapid.SliceOfN(value, 1, 3), 0, 4).Draw(rt, "headers") {
		r.Header[name] = values
	}
	return r, body
}

func TestVerify_TakesWhatTheAWSSDKSigned(t *testing.T) {
	v := newVerifier()
	rapid.Check(t, func(rt *rapid.T) {
		r, body := anyRequest(t, rt)
		identity, err := v.Verify(sdkSigned(t, r, body), body, signedAt)
		if err != nil {
			rt.Fatalf("%s %s: %v", r.Method, r.URL, err)
		}
		want := sigv4.Identity{AccessKeyID: keyID, Region: region, SignedAt: signedAt}
		if diff := cmp.Diff(want, identity); diff != "" {
			rt.Fatalf("identity (-want +got):\n%s", diff)
		}
	})
}

func TestVerify_TakesWhatTheAWSSDKPresigned(t *testing.T) {
	v := newVerifier()
	rapid.Check(t, func(rt *rapid.T) {
		r, body := anyRequest(t, rt)
		life := time.Duration(rapid.IntRange(1, 7*24*3600).Draw(rt, "expires")) * time.Second
		query := r.URL.Query()
		query.Set("X-Amz-Expires", strconv.Itoa(int(life/time.Second)))
		r.URL.RawQuery = query.Encode()
		arrived := sdkPresigned(t, r, body)
		identity, err := v.Verify(arrived, body, signedAt.Add(life))
		if err != nil {
			rt.Fatalf("%s %s: %v", r.Method, arrived.URL, err)
		}
		if !identity.Presigned || identity.AccessKeyID != keyID {
			rt.Fatalf("identity is %+v", identity)
		}
		_, err = v.Verify(arrived, body, signedAt.Add(life+time.Second))
		wantError(rt, err, sigv4.RequestExpired, "Request has expired.")
	})
}

func TestVerify_RefusesAnotherSecret(t *testing.T) {
	v := sigv4.New(sigv4.Options{Keys: keyMap{keyID: strings.ToUpper(secret)}})
	body := []byte(`{}`)
	_, err := v.Verify(sdkSigned(t, newRequest(t, http.MethodPost, "http://localhost/", body), body), body, signedAt)
	wantError(t, err, sigv4.InvalidSignature, mismatch)
}
