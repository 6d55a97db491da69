package conformance

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// wire is a connection on which a test writes what it likes.
type wire struct {
	net.Conn
	reader *bufio.Reader
}

func (p *process) wire(t *testing.T) *wire {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(p.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &wire{Conn: conn, reader: bufio.NewReader(conn)}
}

func (w *wire) write(t *testing.T, text string) {
	t.Helper()
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
}

// send writes text and gives the answer.
func (w *wire) send(t *testing.T, text string) string {
	t.Helper()
	w.write(t, text)
	return w.answer()
}

// answer gives the next answer; "cut" stands for none.
func (w *wire) answer() string {
	resp, err := http.ReadResponse(w.reader, nil)
	if err != nil {
		return "cut"
	}
	defer func() { _ = resp.Body.Close() }()
	body, _ := io.ReadAll(resp.Body) // a connection that is cut may end without a close
	return fmt.Sprintf("%d %s", resp.StatusCode, body)
}

// The binary's limits on header size, connections, time for a body and time
// without a request.
func TestLimits_OfConnections(t *testing.T) {
	t.Parallel() // it mostly waits
	server := serve(t, t.TempDir(), "--max-header-bytes", "8192", "--max-connections", "3", "--request-timeout", "5s", "--idle-timeout", "5s")
	const unsigned = "POST /metrics/userdata/x HTTP/1.1\r\nHost: localhost\r\n"
	const refused = `403 {"message":"Missing Authentication Token"}`
	if got := server.wire(t).send(t, unsigned+"X-A: "+strings.Repeat("a", 16<<10)+"\r\n\r\n"); !strings.HasPrefix(got, "431 ") {
		t.Errorf("a large header: %s", got)
	}

	slow, idle, other := server.wire(t), server.wire(t), server.wire(t)
	slow.write(t, server.beginning(t)+"{")
	for _, w := range []*wire{idle, other} {
		if got := w.send(t, unsigned+"\r\n"); got != refused {
			t.Fatalf("%s", got)
		}
	}
	if got := server.wire(t).send(t, unsigned+"\r\n"); got != refused {
		t.Errorf("one connection more than there may be: %s", got)
	}
	if got := idle.answer(); got != "cut" {
		t.Errorf("the one idle longest: %s", got)
	}
	if got := other.answer(); got != "cut" {
		t.Errorf("one that is idle for too long: %s", got)
	}
	if got := slow.answer(); got != `400 {"Message":"The request body didn't arrive within 5s."}` {
		t.Errorf("a body that doesn't come: %s", got)
	}
}

// beginning is the head of a question with a claim to the server's key.
func (p *process) beginning(t *testing.T) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.URL+"/metrics/userdata/"+instanceID, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	key := aws.Credentials{AccessKeyID: p.accessKeyID, SecretAccessKey: p.secretAccessKey}
	if err := v4.NewSigner().SignHTTP(t.Context(), key, req, strings.Repeat("0", 64), "connect", region, time.Now()); err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Length", "1000")
	head, err := httputil.DumpRequest(req, false)
	if err != nil {
		t.Fatal(err)
	}
	return string(head)
}
