package sigv4_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"rollcall/internal/sigv4"
)

// FuzzAuthorization: whatever stands in the header, the answer is an error
// that can be sent, unless the right signature is in it.
func FuzzAuthorization(f *testing.F) {
	right := signedPlainly().Header.Get("Authorization")
	signature := right[strings.Index(right, "Signature=")+len("Signature="):]
	for _, seed := range []string{
		right, strings.ReplaceAll(right, ", ", ","), "", "Bearer abc", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=,Signature==",
		strings.Replace(right, minSigned, ";;host;", 1), strings.Replace(right, validScope, "////", 1),
	} {
		f.Add(seed, stamp)
	}
	f.Add(right, "20261122T131415.5Z")
	v := newVerifier()
	f.Fuzz(func(t *testing.T, authorization, date string) {
		r := signedPlainly()
		r.Header.Set("Authorization", authorization)
		r.Header.Set("X-Amz-Date", date)
		_, err := v.Verify(r, []byte(allQueues), signedAt)
		if err == nil {
			if !strings.Contains(authorization, signature) || date != stamp {
				t.Fatalf("taken: %q at %q", authorization, date)
			}
			return
		}
		wantSendable(t, err)
	})
}

// FuzzPresigned: the same for the query of a presigned URL.
func FuzzPresigned(f *testing.F) {
	right := sdkPresigned(f, newRequest(f, http.MethodPost, userData+"?X-Amz-Expires=600&a=b%2Fc", nil), nil).URL.RawQuery
	signature := right[strings.Index(right, "X-Amz-Signature="):]
	for _, seed := range []string{
		right, strings.ToLower(right), "X-Amz-Signature=", "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=%", right + "&" + right,
		strings.ReplaceAll(right, "&", "&&"), strings.ReplaceAll(right, "%2F", "/"),
	} {
		f.Add(seed)
	}
	v := newVerifier()
	f.Fuzz(func(t *testing.T, query string) {
		r := asArrived(http.MethodPost, userData, "")
		r.URL = &url.URL{Path: r.URL.Path, RawQuery: query}
		_, err := v.Verify(r, nil, signedAt)
		if err == nil {
			if !strings.Contains(query, signature) {
				t.Fatalf("taken: %q", query)
			}
			return
		}
		wantSendable(t, err)
	})
}

// wantSendable holds err to what a client may be sent: a code, and a message
// that is printable and short.
func wantSendable(t *testing.T, err error) {
	t.Helper()
	var e *sigv4.Error
	if !errors.As(err, &e) || e.Code == "" || e.Message == "" || len(e.Message) > 1000 {
		t.Fatalf("error is %#v", err)
	}
	if strings.ContainsFunc(e.Message, func(r rune) bool { return r < ' ' || r > '~' }) {
		t.Fatalf("message is not printable: %q", e.Message)
	}
}
