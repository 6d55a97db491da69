package sigv4_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"rollcall/internal/sigv4"
)

// TestVerify_TellsWhatIsWrongWithAClaim: messages and codes are Amazon's where
// it has one for the fault.
func TestVerify_TellsWhatIsWrongWithAClaim(t *testing.T) {
	const stray = "AWS4-HMAC-SHA256 Credential, SignedHeaders=host"
	hash := func(s string) string { return base64SHA256(s) }
	right := signedPlainly().Header.Get("Authorization")
	authorization := func(old, replacement string) func(*http.Request) {
		return func(r *http.Request) {
			r.Header.Set("Authorization", strings.Replace(right, old, replacement, 1))
		}
	}
	set := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	for _, tc := range []struct {
		name  string
		spoil func(*http.Request)
		code  sigv4.Code
		want  string
	}{
		{
			"no signature at all", func(r *http.Request) { r.Header.Del("Authorization") },
			sigv4.MissingAuthenticationToken, "Missing Authentication Token",
		},
		{"an empty Authorization", set("Authorization", ""), sigv4.MissingAuthenticationToken, "Missing Authentication Token"},
		{
			"two Authorization headers", func(r *http.Request) { r.Header.Add("Authorization", right) },
			sigv4.IncompleteSignature, "The request has 2 Authorization headers where one is allowed.",
		},
		{
			"a huge Authorization", set("Authorization", strings.Repeat("a", sigv4.MaxAuthorizationBytes+1)),
			sigv4.IncompleteSignature, "The Authorization header has 8193 bytes where 8192 are allowed.",
		},
		{
			"nothing but the algorithm", set("Authorization", "AWS4-HMAC-SHA256"), sigv4.IncompleteSignature,
			"Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. " +
				"Authorization header requires 'SignedHeaders' parameter. " +
				"(Hashed with SHA-256 and encoded with Base64) Authorization=" + hash("AWS4-HMAC-SHA256"),
		},
		{
			"no date", func(r *http.Request) { r.Header.Del("X-Amz-Date") }, sigv4.IncompleteSignature,
			"Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. " +
				"(Hashed with SHA-256 and encoded with Base64) Authorization=" + hash(right),
		},
		{
			"a parameter without a value", set("Authorization", stray), sigv4.IncompleteSignature,
			"Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '" + hash(stray) + "'.",
		},
		{
			"a parameter twice", authorization("Signature=", "Signature=0,Signature="), sigv4.IncompleteSignature,
			"Authorization header has more than one 'Signature' parameter.",
		},
		{
			"a date that is none", set("X-Amz-Date", "201"), sigv4.IncompleteSignature,
			"Date must be in ISO-8601 'basic format'. Got '201'. See http://en.wikipedia.org/wiki/ISO_8601",
		},
		{
			"a date with a fraction", set("X-Amz-Date", "20261122T131415.5Z"), sigv4.IncompleteSignature,
			"Date must be in ISO-8601 'basic format'. Got '20261122T131415.5Z'. See http://en.wikipedia.org/wiki/ISO_8601",
		},
		{
			"two dates", func(r *http.Request) { r.Header.Add("X-Amz-Date", stamp) },
			sigv4.IncompleteSignature, "The request has 2 date headers where one is allowed.",
		},
		{
			"host is not signed", authorization(minSigned, "content-type;x-amz-date"), sigv4.InvalidSignature,
			"'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
		},
		{
			"the date is not signed", authorization(minSigned, "content-type;host"), sigv4.InvalidSignature,
			"'X-Amz-Date' must be a 'SignedHeader' in the AWS Authorization.",
		},
		{
			"another x-amz header is not signed", set("X-Amz-Target", "Other.Operation"), sigv4.InvalidSignature,
			"'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization.",
		},
		{
			"Date is used and not signed", func(r *http.Request) {
				r.Header.Del("X-Amz-Date")
				r.Header.Set("Date", stamp)
			}, sigv4.InvalidSignature, "'Date' must be a 'SignedHeader' in the AWS Authorization.",
		},
		{
			"signed headers in capitals", authorization("host;", "Host;"), sigv4.InvalidSignature,
			"SignedHeaders must be lower-case names in ascending order, separated by ';'. Got 'Host'.",
		},
		{
			"signed headers out of order", authorization(minSigned, "host;content-type;x-amz-date"), sigv4.InvalidSignature,
			"SignedHeaders must be lower-case names in ascending order, separated by ';'. Got 'content-type'.",
		},
		{
			"a signed header twice", authorization("host;", "host;host;"), sigv4.InvalidSignature,
			"SignedHeaders must be lower-case names in ascending order, separated by ';'. Got 'host'.",
		},
		{
			"too many signed headers", authorization(minSigned, manyHeaders(sigv4.MaxSignedHeaders+1)), sigv4.InvalidSignature,
			"SignedHeaders names more than 64 headers.",
		},
		{"a signed header that isn't there", authorization("content-type;", "content-type;expect;"), sigv4.InvalidSignature, mismatch},
		{
			"another algorithm", authorization("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA512"), sigv4.IncompleteSignature,
			"Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA512' (only AWS4-HMAC-SHA256 for now). ",
		},
		{
			"a bearer token with the parameters of a signature", authorization("AWS4-HMAC-SHA256", "Bearer"), sigv4.IncompleteSignature,
			"Unsupported AWS 'algorithm': 'Bearer' (only AWS4-HMAC-SHA256 for now). ",
		},
		{
			"a credential of four parts", authorization(validScope, "/20261122/eu-central-1/connect"), sigv4.IncompleteSignature,
			"Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'AKRCTESTTESTTESTTEST/20261122/eu-central-1/connect'",
		},
		{
			"a credential of six parts", authorization(validScope, validScope+"/x"), sigv4.IncompleteSignature,
			"Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, " +
				"got 'AKRCTESTTESTTESTTEST/20261122/eu-central-1/connect/aws4_request/...'",
		},
		{
			"a credential with an empty part", authorization(region, ""), sigv4.IncompleteSignature,
			"Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, " +
				"got 'AKRCTESTTESTTESTTEST/20261122//connect/aws4_request'",
		},
		{
			"a scope wrong in all its parts", authorization(validScope, "/20261121/"+strings.Repeat("r", sigv4.MaxRegionBytes+1)+"/s3/aws5"),
			sigv4.InvalidSignature,
			"Credential should be scoped to a valid region, not '" + strings.Repeat("r", 64) + "...'. " +
				"Credential should be scoped to correct service: 'connect'. " +
				"Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5'. " +
				"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: " +
				"'20261121' != '20261122', from '20261122T131415Z'.",
		},
		{
			"an unknown key", authorization(keyID, "AKRCOTHEROTHEROTHERO"), sigv4.UnrecognizedClient,
			"The security token included in the request is invalid.",
		},
		{
			"a key id that is too long", authorization(keyID, strings.Repeat("A", sigv4.MaxAccessKeyIDBytes+1)), sigv4.UnrecognizedClient,
			"The security token included in the request is invalid.",
		},
		{"a signature cut short", func(r *http.Request) { r.Header.Set("Authorization", right[:len(right)-1]) }, sigv4.InvalidSignature, mismatch},
		{"a signature with more behind it", set("Authorization", right+"0"), sigv4.InvalidSignature, mismatch},
		{"another method", func(r *http.Request) { r.Method = http.MethodGet }, sigv4.InvalidSignature, mismatch},
		{"no host", func(r *http.Request) { r.Host = "" }, sigv4.InvalidSignature, mismatch},
		{
			"signed in both ways", func(r *http.Request) { r.URL.RawQuery = "X-Amz-Algorithm=AWS4-HMAC-SHA256" }, sigv4.InvalidSignature,
			"Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
		},
		{
			"too many parameters", func(r *http.Request) { r.URL.RawQuery = strings.Repeat("a&", sigv4.MaxQueryParams+1) }, sigv4.IncompleteSignature,
			"The query string has more than 16384 bytes or 128 parameters.",
		},
		{
			"too long a query", func(r *http.Request) { r.URL.RawQuery = strings.Repeat("a", sigv4.MaxQueryBytes+1) }, sigv4.IncompleteSignature,
			"The query string has more than 16384 bytes or 128 parameters.",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := signedPlainly()
			tc.spoil(r)
			_, err := newVerifier().Verify(r, []byte(allQueues), signedAt)
			wantError(t, err, tc.code, tc.want)
		})
	}
}

func manyHeaders(n int) string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("x-%03d", i)
	}
	return strings.Join(names, ";")
}

func TestVerify_TellsWhatIsWrongWithAPresignedURL(t *testing.T) {
	right := sdkPresigned(t, newRequest(t, http.MethodPost, userData+"?X-Amz-Expires=600", nil), nil)
	replace := func(old, replacement string) string { return strings.Replace(right.URL.RawQuery, old, replacement, 1) }
	for _, tc := range []struct {
		name, query string
		code        sigv4.Code
		want        string
	}{
		{
			"only the algorithm", "X-Amz-Algorithm=AWS4-HMAC-SHA256", sigv4.IncompleteSignature,
			"AWS query-string parameters must include 'X-Amz-Credential'. AWS query-string parameters must include 'X-Amz-Signature'. " +
				"AWS query-string parameters must include 'X-Amz-SignedHeaders'. AWS query-string parameters must include 'X-Amz-Date'. " +
				"Re-examine the query-string parameters.",
		},
		{
			"only a signature", "X-Amz-Signature=00", sigv4.IncompleteSignature,
			"AWS query-string parameters must include 'X-Amz-Algorithm'. AWS query-string parameters must include 'X-Amz-Credential'. " +
				"AWS query-string parameters must include 'X-Amz-SignedHeaders'. AWS query-string parameters must include 'X-Amz-Date'. " +
				"Re-examine the query-string parameters.",
		},
		{
			"a credential twice", right.URL.RawQuery + "&X-Amz-Credential=b", sigv4.IncompleteSignature,
			"AWS query-string parameters must include 'X-Amz-Credential' once.",
		},
		{
			"a life of more than a week", replace("Expires=600", "Expires=604801"), sigv4.IncompleteSignature,
			"X-Amz-Expires must be a number of seconds from 1 to 604800. Got '604801'.",
		},
		{
			"no life", replace("Expires=600", "Expires=0"), sigv4.IncompleteSignature,
			"X-Amz-Expires must be a number of seconds from 1 to 604800. Got '0'.",
		},
		{
			"a life that is no number", replace("Expires=600", "Expires=-1"), sigv4.IncompleteSignature,
			"X-Amz-Expires must be a number of seconds from 1 to 604800. Got '-1'.",
		},
		{
			"an empty life", replace("Expires=600", "Expires="), sigv4.IncompleteSignature,
			"X-Amz-Expires must be a number of seconds from 1 to 604800. Got ''.",
		},
		{"a longer life than was signed", replace("Expires=600", "Expires=601"), sigv4.InvalidSignature, mismatch},
		{"a parameter more", right.URL.RawQuery + "&x=1", sigv4.InvalidSignature, mismatch},
		{
			"a broken escape", replace("%2F", "%ZZ"), sigv4.IncompleteSignature,
			"AWS query-string parameters must include 'X-Amz-Credential'. Re-examine the query-string parameters.",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.query == right.URL.RawQuery {
				t.Fatal("the query is not spoiled")
			}
			r := right.Clone(t.Context())
			r.URL.RawQuery = tc.query
			_, err := newVerifier().Verify(r, nil, signedAt)
			wantError(t, err, tc.code, tc.want)
		})
	}
}

func TestError_Status(t *testing.T) {
	for code, want := range map[sigv4.Code]int{
		sigv4.MissingAuthenticationToken: 403,
		sigv4.IncompleteSignature:        403,
		sigv4.InvalidSignature:           403,
		sigv4.UnrecognizedClient:         403,
		sigv4.RequestExpired:             400,
	} {
		if got := (&sigv4.Error{Code: code}).Status(); got != want {
			t.Errorf("%s: status %d, want %d", code, got, want)
		}
	}
}
