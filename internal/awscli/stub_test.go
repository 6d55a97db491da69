package awscli_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// reply is what the stub answers to one request.
type reply struct {
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
	Drop    bool              `json:"drop"`  // close the connection instead
	Delay   float64           `json:"delay"` // say nothing until the test ends
}

// sent is a request as it was on the wire.
type sent struct {
	Method, Target string
	Header         http.Header
	Body           string
	Raw            string // what came if it was no HTTP
}

// stub is a server that writes down requests byte by byte. Its replies come in
// turn, the last one for ever.
type stub struct {
	t        *testing.T
	listener net.Listener
	replies  []reply
	tls      *tls.Config // nil for plain HTTP
	got      chan struct{}

	mu   sync.Mutex
	seen []sent
}

func newStub(t *testing.T, replies []reply, cert *tls.Certificate) *stub {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if len(replies) == 0 {
		replies = []reply{{Status: 200, Body: "{}"}}
	}
	s := &stub{t: t, listener: listener, replies: replies, got: make(chan struct{}, 100)}
	if cert != nil {
		s.tls = &tls.Config{Certificates: []tls.Certificate{*cert}}
	}
	t.Cleanup(func() { _ = listener.Close() })
	go s.accept()
	return s
}

func (s *stub) port() string {
	_, port, _ := net.SplitHostPort(s.listener.Addr().String())
	return port
}

func (s *stub) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		go s.serve(conn)
	}
}

func (s *stub) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	if s.tls != nil {
		conn = tls.Server(conn, s.tls)
	}
	r := bufio.NewReader(conn)
	for {
		if first, err := r.Peek(1); err != nil {
			return
		} else if first[0] == 0x16 {
			s.note(sent{Raw: "<TLS ClientHello>"})
			return
		}
		q, err := readRequest(r)
		if err != nil {
			return
		}
		a := s.note(q)
		if a.Drop {
			return
		}
		if a.Delay > 0 {
			s.got <- struct{}{}
			<-s.t.Context().Done()
			return
		}
		if _, err := io.WriteString(conn, a.wire()); err != nil {
			return
		}
	}
}

func (s *stub) note(q sent) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.replies[min(len(s.seen), len(s.replies)-1)]
	s.seen = append(s.seen, q)
	return a
}

func (s *stub) requests() []sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen
}

func (a reply) wire() string {
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\n", a.Status, http.StatusText(a.Status))
	for name, v := range a.Headers {
		fmt.Fprintf(&b, "%s: %s\r\n", name, v)
	}
	if a.Status != http.StatusNoContent {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(a.Body))
	}
	return b.String() + "\r\n" + a.Body
}

func readRequest(r *bufio.Reader) (sent, error) {
	line, err := r.ReadString('\n')
	if err != nil {
		return sent{}, err
	}
	q := sent{Header: http.Header{}}
	q.Method, line, _ = strings.Cut(strings.TrimSpace(line), " ")
	q.Target, _, _ = strings.Cut(line, " ")
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return sent{}, err
		}
		name, v, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok {
			break
		}
		q.Header.Add(name, v)
	}
	length, _ := strconv.Atoi(q.Header.Get("Content-Length"))
	body := make([]byte, length)
	_, err = io.ReadFull(r, body)
	q.Body = string(body)
	return q, err
}

// selfSigned makes a certificate for the loopback address, and its PEM.
func selfSigned(t *testing.T) (*tls.Certificate, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA:         true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}
