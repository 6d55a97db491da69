package cluster

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"

	"rollcall/internal/journal/logtest"
	"rollcall/internal/journal/natslog"
)

// What natslog's documentation lists is enough.
func TestNATS_ThePermissionsThatAreDocumentedAreEnough(t *testing.T) {
	t.Parallel()
	var allowed []string
	for _, stream := range []string{"ROLLCALL", "ROLLCALL-SNAPSHOTS"} {
		for _, s := range []string{
			"S.>", "$JS.API.STREAM.INFO.S", "$JS.API.STREAM.CREATE.S", "$JS.API.STREAM.MSG.GET.S", "$JS.API.STREAM.PURGE.S",
			"$JS.API.CONSUMER.CREATE.S.>", "$JS.API.CONSUMER.MSG.NEXT.S.>", "$JS.API.CONSUMER.DELETE.S.>",
		} {
			parts := strings.Split(s, ".")
			for i := range parts {
				if parts[i] == "S" {
					parts[i] = stream
				}
			}
			allowed = append(allowed, strings.Join(parts, "."))
		}
	}
	const leases = "KV_ROLLCALL-LEASES"
	allowed = append(allowed, "$KV.ROLLCALL-LEASES.>", "$JS.API.STREAM.INFO."+leases, "$JS.API.STREAM.CREATE."+leases,
		"$JS.API.STREAM.MSG.GET."+leases, "$JS.API.STREAM.PURGE."+leases)
	c := startNATS(t, func(o *server.Options) {
		o.Users = []*server.User{{
			Username: "rollcall", Password: "secret",
			Permissions: &server.Permissions{
				Publish:   &server.SubjectPermission{Allow: allowed},
				Subscribe: &server.SubjectPermission{Allow: []string{"_INBOX.>"}},
			},
		}}
	})
	o := c.options("a")
	o.User, o.Password = "rollcall", "secret"
	l := openLog(t, o)
	var h logtest.History
	appendAll(t, &h, l, 3)
	if _, err := h.PutSnapshot(t.Context(), l, l.End()); err != nil {
		t.Error(err)
	}
	if err := h.Trim(t.Context(), l, l.End()); err != nil {
		t.Error(err)
	}
	logtest.CheckLog(t, l, &h)
	if err := h.RemoveSnapshot(t.Context(), l, l.End()); err != nil {
		t.Error(err)
	}
	leaveNotes(t, l)

	o.Password = "wrong"
	if _, err := natslog.Open(t.Context(), o); !errors.Is(err, nats.ErrAuthorization) {
		t.Errorf("a wrong password: got %v, want %v", err, nats.ErrAuthorization)
	}
}

func TestNATS_ATokenAndAnNKeySayWhoAsks(t *testing.T) {
	t.Parallel()
	key, err := nkeys.CreateUser()
	if err != nil {
		t.Fatal(err)
	}
	public, _ := key.PublicKey()
	seed, _ := key.Seed()
	file := filepath.Join(t.TempDir(), "seed.nk")
	if err := os.WriteFile(file, seed, 0o600); err != nil {
		t.Fatal(err)
	}
	byKey := startNATS(t, func(o *server.Options) { o.Nkeys = []*server.NkeyUser{{Nkey: public}} })
	o := byKey.options("a")
	o.NKeyFile = file
	openLog(t, o)

	byToken := startNATS(t, func(o *server.Options) { o.Authorization = "open sesame" })
	o = byToken.options("a")
	o.Token = "open sesame"
	openLog(t, o)
}

func TestNATS_TLSIsVerified(t *testing.T) {
	t.Parallel()
	certificate, roots := makeCertificate(t)
	c := startNATS(t, func(o *server.Options) {
		o.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
		o.TLSTimeout = 10
	})
	o := c.options("a")
	o.URLs = []string{strings.Replace(c.urls()[0], "nats://", "tls://", 1)}
	o.TLS = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	l := openLog(t, o)
	var h logtest.History
	appendAll(t, &h, l, 1)
	logtest.CheckLog(t, l, &h)

	o.TLS = &tls.Config{RootCAs: x509.NewCertPool(), MinVersion: tls.VersionTLS12}
	_, err := natslog.Open(t.Context(), o)
	if _, unverified := errors.AsType[*tls.CertificateVerificationError](err); !unverified {
		t.Errorf("a server that nobody vouches for: got %v, want that it is not verified", err)
	}
}

// makeCertificate gives a server's certificate for loopback, and who vouches
// for it.
func makeCertificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}

// A token in a URL is in no line that a server logs and in nothing that a command
// says, whether the cluster is reached or not.
func TestServe_ATokenInAURLIsShownNowhere(t *testing.T) {
	t.Parallel()
	const token = "TOPSECRETTOKEN"
	c := startNATS(t, func(o *server.Options) { o.Authorization = token })
	url := strings.Replace(c.urls()[0], "nats://", "nats://"+token+"@", 1)
	program := builtBinary(t)
	n := startServe(t, program, []string{url}, "node", "--nats-replicas", "1")
	n.login(t, "ann")
	c[0].stop()
	c[0].start(t)
	eventually(t, "it is connected again", func() bool { return strings.Contains(n.Log.String(), "connected again") })
	var said strings.Builder
	said.WriteString(n.Log.String())
	for _, args := range [][]string{
		{"journal", "stat"},
		{"journal", "check"},
		{"journal", "export", "--nats-stream", "NONE", "-"},
		{"journal", "stat", "--nats-url", token + "@127.0.0.1:1"},
		{"journal", "check", "--nats-url", "user:" + token + "@127.0.0.1:1"},
	} {
		cmd := exec.CommandContext(t.Context(), program, append(args, "--nats-replicas", "1")...)
		cmd.Env = append(os.Environ(), "ROLLCALL_NATS_URL="+url)
		out, _ := cmd.CombinedOutput() // some are refused
		if len(out) == 0 {
			t.Errorf("%q says nothing", args)
		}
		said.Write(out)
	}
	if strings.Contains(said.String(), token) || !strings.Contains(said.String(), "xxxxx@") {
		t.Errorf("the token is shown, or no server is:\n%s", &said)
	}
}
