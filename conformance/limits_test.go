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

// send writes text and gives the answer; "cut" stands for none.
func (w *wire) send(t *testing.T, text string) string {
	t.Helper()
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	return w.answer()
}

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
	server := serve(t, t.TempDir(), "--max-header-bytes", "8192", "--max-connections", "2", "--request-timeout", "1s", "--idle-timeout", "1s")
	const unsigned = "POST /metrics/userdata/x HTTP/1.1\r\nHost: localhost\r\n"
	const refused = `403 {"message":"Missing Authentication Token"}`
	if got := server.wire(t).send(t, unsigned+"X-A: "+strings.Repeat("a", 16<<10)+"\r\n\r\n"); !strings.HasPrefix(got, "431 ") {
		t.Errorf("a large header: %s", got)
	}

	idle, busy := server.wire(t), server.wire(t)
	if got := idle.send(t, unsigned+"\r\n"); got != refused {
		t.Fatalf("%s", got)
	}
	if got := busy.send(t, unsigned+"\r\n"); got != refused {
		t.Fatalf("%s", got)
	}
	if got := server.wire(t).send(t, unsigned+"\r\n"); got != refused {
		t.Errorf("one connection more than there may be: %s", got)
	}
	if got := idle.answer(); got != "cut" {
		t.Errorf("the one idle longest: %s", got)
	}
	if got := busy.answer(); got != "cut" {
		t.Errorf("one that is idle for a second: %s", got)
	}

	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/metrics/userdata/"+instanceID, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	req.ContentLength = 1000
	key := aws.Credentials{AccessKeyID: server.accessKeyID, SecretAccessKey: server.secretAccessKey}
	if err := v4.NewSigner().SignHTTP(t.Context(), key, req, strings.Repeat("0", 64), "connect", region, time.Now()); err != nil {
		t.Fatal(err)
	}
	head, err := httputil.DumpRequest(req, false)
	if err != nil {
		t.Fatal(err)
	}
	if got := server.wire(t).send(t, string(head)+"{"); got != `400 {"Message":"The request body didn't arrive within 1s."}` {
		t.Errorf("a body that doesn't come: %s", got)
	}
}
