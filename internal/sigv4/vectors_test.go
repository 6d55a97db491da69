package sigv4_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"

	"rollcall/internal/sigv4"

	"github.com/google/go-cmp/cmp"
)

// vector is a request on the wire and what it must be taken for. All are
// signed with the one key of these tests; an independent implementation,
// botocore's, gave the canonical requests and signatures.
type vector struct {
	Name      string   `json:"name"`
	Request   []string `json:"request"` // lines, without the body
	Body      string   `json:"body"`
	Canonical []string `json:"canonical"` // lines
	Signature string   `json:"signature"`
}

func readVectors(t *testing.T) []vector {
	t.Helper()
	data, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	if err := json.Unmarshal(data, &vectors); err != nil {
		t.Fatal(err)
	}
	return vectors
}

func TestVerify_Vectors(t *testing.T) {
	for _, vec := range readVectors(t) {
		t.Run(vec.Name, func(t *testing.T) {
			raw := strings.Join(vec.Request, "\r\n") + "\r\n\r\n" + vec.Body
			r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(raw)))
			if err != nil {
				t.Fatal(err)
			}
			canonical := strings.Join(vec.Canonical, "\n")
			signedHeaders := vec.Canonical[len(vec.Canonical)-2]
			if diff := cmp.Diff(canonical, sigv4.CanonicalRequest(r, []byte(vec.Body), signedHeaders)); diff != "" {
				t.Errorf("canonical request (-want +got):\n%s", diff)
			}
			if got := plainSign(canonical, stamp, stamp[:8]); got != vec.Signature {
				t.Errorf("the plain chain signs %s, the vector has %s", got, vec.Signature)
			}
			if _, err := newVerifier().Verify(r, []byte(vec.Body), signedAt); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestVerify_JoinsRepeatedHeadersInTheirOrder(t *testing.T) {
	r := asArrived(http.MethodGet, "http://localhost/v1", "")
	r.Header["X-Amz-Meta-Note"] = []string{" b ", "a  c", ""}
	got := sigv4.CanonicalRequest(r, nil, "host;x-amz-meta-note")
	want := "GET\n/v1\n\nhost:localhost\nx-amz-meta-note:b,a c,\n\nhost;x-amz-meta-note\n" + sha256Hex(nil)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("canonical request (-want +got):\n%s", diff)
	}
}

func TestVerify_KnowsTheHeadersThatNetHTTPTakesAway(t *testing.T) {
	raw := "POST /v1 HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(raw)))
	if err != nil {
		t.Fatal(err)
	}
	got := sigv4.CanonicalRequest(r, []byte("{}"), "host;transfer-encoding")
	want := "POST\n/v1\n\nhost:localhost\ntransfer-encoding:chunked\n\nhost;transfer-encoding\n" + sha256Hex([]byte("{}"))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("canonical request (-want +got):\n%s", diff)
	}
}
