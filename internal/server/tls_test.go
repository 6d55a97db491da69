package server_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"rollcall/internal/server"
)

// issue gives a certificate for 127.0.0.1 with the serial number, and its key,
// both as PEM.
func issue(t *testing.T, serial int64) (certificate, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "rollcall test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})
}

func write(t *testing.T, path string, content []byte, changedAt time.Time) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, changedAt, changedAt); err != nil {
		t.Fatal(err)
	}
}

// A renewed certificate is taken without a restart; one that can't be read
// leaves the one before in force.
func TestTLS_FollowsTheCertificate(t *testing.T) {
	dir := t.TempDir()
	var now atomic.Int64 // seconds since 1970
	now.Store(1_800_000_000)
	clock := func() time.Time { return time.Unix(now.Load(), 0) }
	c := settings()
	c.TLSCert, c.TLSKey, c.Now = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"), clock
	renew := func(certificate, key []byte) {
		write(t, c.TLSCert, certificate, clock())
		write(t, c.TLSKey, key, clock())
	}
	one, oneKey := issue(t, 1)
	two, twoKey := issue(t, 2)
	renew(one, oneKey)
	s := run(t, c)
	if !strings.HasPrefix(s.URL(), "https://127.0.0.1:") {
		t.Errorf("URL %s", s.URL())
	}

	for _, step := range []struct {
		name string
		do   func()
		want int64 // serial number
	}{
		{"at first", func() {}, 1},
		{"a certificate without its key", func() { write(t, c.TLSCert, two, clock()) }, 1},
		{"with its key", func() { write(t, c.TLSKey, twoKey, clock()) }, 2},
		{"no certificate", func() { renew([]byte("half a fi"), twoKey) }, 2},
		{"gone", func() { _ = os.Remove(c.TLSCert) }, 2},
		{"another", func() { renew(one, oneKey) }, 1},
	} {
		now.Add(10)
		step.do()
		if got := serial(t, s); got != step.want {
			t.Errorf("%s: serial number %d, want %d", step.name, got, step.want)
		}
	}
	line := s.log.await(t, "the renewed TLS certificate can't be read; the one before stays in force")
	if line["level"] != "ERROR" {
		t.Errorf("logged as %v", line)
	}
}

// serial asks over TLS, and gives the serial number of the certificate.
func serial(t *testing.T, s *running) int64 {
	t.Helper()
	dialer := &tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}}
	conn, err := dialer.DialContext(t.Context(), "tcp", strings.TrimPrefix(s.URL(), "https://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	state := conn.(*tls.Conn).ConnectionState()
	return state.PeerCertificates[0].SerialNumber.Int64()
}

func TestTLS_AnswersFromTLS12On(t *testing.T) {
	dir := t.TempDir()
	certificate, key := issue(t, 1)
	c := settings()
	c.TLSCert, c.TLSKey = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	write(t, c.TLSCert, certificate, time.Now())
	write(t, c.TLSKey, key, time.Now())
	s := run(t, c)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(certificate)
	ask := func(highest uint16) error {
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS10, MaxVersion: highest}, DisableKeepAlives: true}}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL()+"/v1/instances", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(req)
		if err != nil {
			return err
		}
		if resp.StatusCode != http.StatusUnauthorized {
			t.Errorf("answer %d", resp.StatusCode)
		}
		return resp.Body.Close()
	}
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		if err := ask(version); err != nil {
			t.Errorf("%s: %v", tls.VersionName(version), err)
		}
	}
	if err := ask(tls.VersionTLS11); err == nil || !strings.Contains(err.Error(), "protocol version") {
		t.Errorf("TLS 1.1: %v", err)
	}
	plain := get(t, strings.Replace(s.URL(), "https://", "http://", 1)+"/v1/instances")
	if plain.status != http.StatusBadRequest {
		t.Errorf("plain HTTP to a TLS port: %s", plain)
	}
}

func TestListen_WarnsOfWhatOthersCanReach(t *testing.T) {
	const plain, admin = "plain HTTP on an address that others reach: requests are signed, but not secret; give --tls-cert and --tls-key or put a proxy with TLS in front",
		"health and metrics are not authenticated and others reach them; see to it that a firewall keeps strangers out"
	c := settings()
	inside := run(t, c)
	if inside.log.find(plain) != nil || inside.log.find(admin) != nil {
		t.Error("warned of loopback")
	}
	c.Listen, c.AdminListen = "0.0.0.0:0", "0.0.0.0:0"
	outside := open(t, c)
	defer func() { _ = outside.Close() }()
	for _, message := range []string{plain, admin} {
		if line := outside.log.find(message); line == nil || line["level"] != "WARN" {
			t.Errorf("no warning %q", message)
		}
	}
}

func TestListen_TakesFewerConnectionsThanFilesAllow(t *testing.T) {
	c := settings()
	c.MaxConnections = 1 << 40
	s := open(t, c)
	defer func() { _ = s.Close() }()
	const message = "fewer connections than --max-connections are taken, since the process may have few files open; raise its limit (ulimit -n, LimitNOFILE)"
	line := s.log.find(message)
	if limit, known := server.OpenFiles(); known && (line == nil || line["taken"].(float64) >= float64(limit)) {
		t.Errorf("with %v files: %v", limit, line)
	}
}
