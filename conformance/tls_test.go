package conformance

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	cryptorand "crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"math/rand/v2"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// noisy is an agent's event that no compression makes small.
func noisy(padding []byte) []byte {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
	for i := range padding {
		padding[i] = letters[rand.IntN(len(letters))]
	}
	e := event(fmt.Sprintf("e-%d", rand.Uint64()), "ann", "HEART_BEAT", 1, nil)
	e["Padding"] = string(padding)
	body, err := json.Marshal(e)
	if err != nil {
		panic(err) // a map of strings
	}
	return body
}

// issue writes a certificate for 127.0.0.1 with the serial number, and its key.
func issue(t *testing.T, certFile, keyFile string, serial int64) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), cryptorand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "rollcall conformance"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(cryptorand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, keyFile, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})), 0o600)
	writeFile(t, certFile, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), 0o600)
}

// Clients ask over TLS, and a renewed certificate needs no restart.
func TestTLS_ClientsAskAndTheCertificateIsRenewed(t *testing.T) {
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	issue(t, certFile, keyFile, 1)
	server := serve(t, t.TempDir(), "--tls-cert", certFile, "--tls-key", keyFile)
	t.Setenv("AWS_CA_BUNDLE", certFile) // boto3 and the AWS CLI
	t.Setenv("NODE_EXTRA_CA_CERTS", certFile)
	forEachClient(t, func(t *testing.T, c client) {
		t.Helper()
		if c.name == "SDK for Go" {
			t.Skip("skipped: it takes its transport from the program, so there is nothing of its own to see")
		}
		got := c.send(t, server.target, ask(instanceID, `{"Agents":["ann"]}`))[0]
		if got.Exception != "ResourceNotFoundException" { // the floor is empty
			t.Errorf("%+v", got)
		}
	})

	if got := serial(t, server); got != 1 {
		t.Errorf("serial number %d, want 1", got)
	}
	issue(t, certFile, keyFile, 2)
	until(t, http.StatusOK, func() (int, string) {
		if serial(t, server) != 2 {
			return 0, "the certificate before"
		}
		return http.StatusOK, ""
	})
}

// serial is the serial number of the certificate that the server shows.
func serial(t *testing.T, server *process) int64 {
	t.Helper()
	dialer := &tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}}
	conn, err := dialer.DialContext(t.Context(), "tcp", strings.TrimPrefix(server.URL, "https://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	state := conn.(*tls.Conn).ConnectionState()
	return state.PeerCertificates[0].SerialNumber.Int64()
}
