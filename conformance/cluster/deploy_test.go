package cluster

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"go.yaml.in/yaml/v3"

	"rollcall/internal/journal/logtest"
	"rollcall/internal/journal/natslog"
)

const deployPassword = "n0123456789abcdef"

// deployed gives a configuration of deploy/ as the server takes it, with
// certificates and a store of the test, and who vouches for the certificates.
func deployed(t *testing.T, content string) (*server.Options, *x509.CertPool) {
	t.Helper()
	t.Setenv("NATS_NAME", "nats-1")
	t.Setenv("POD_NAME", "nats-0")
	t.Setenv("NATS_PASSWORD", deployPassword)
	dir := t.TempDir()
	certificate, roots := makeCertificate(t)
	key, err := x509.MarshalPKCS8PrivateKey(certificate.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		"tls.crt": {Type: "CERTIFICATE", Bytes: certificate.Certificate[0]},
		"ca.crt":  {Type: "CERTIFICATE", Bytes: certificate.Certificate[0]},
		"tls.key": {Type: "PRIVATE KEY", Bytes: key},
	} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "nats.conf")
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(content, "/etc/nats/tls", dir)), 0o600); err != nil {
		t.Fatal(err)
	}
	o, err := server.ProcessConfigFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return o, roots
}

// The configurations of NATS that deploy/ has are taken by the server, sync before
// they acknowledge, and let nobody in but rollcall, who may do what it must and may
// not delete the journal.
func TestDeploy_NATSSyncsAndLetsRollcallInAlone(t *testing.T) {
	compose, err := os.ReadFile("../../deploy/nats.conf")
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"compose": string(compose), "Kubernetes": natsOfKubernetes(t)} {
		t.Run(name, func(t *testing.T) {
			o, roots := deployed(t, content)
			if !o.JetStream || !o.SyncAlways || o.StoreDir != "/data" || len(o.Routes) != 3 || !strings.HasPrefix(o.ServerName, "nats-") {
				t.Errorf("JetStream %v, sync always %v, in %s, routes %v, name %s", o.JetStream, o.SyncAlways, o.StoreDir, o.Routes, o.ServerName)
			}
			if o.Cluster.TLSConfig == nil || o.Cluster.TLSConfig.ClientAuth != tls.RequireAndVerifyClientCert {
				t.Error("servers do not know each other by certificates")
			}
			o.Host, o.Port, o.HTTPPort, o.StoreDir, o.NoLog, o.NoSigs = "127.0.0.1", freePort(t), 0, t.TempDir(), true, true
			o.Routes, o.Cluster = nil, server.ClusterOpts{} // one alone
			s := &natsServer{options: *o}
			s.start(t)
			defer s.stop()
			rollcallIsAlone(t, fmt.Sprintf("127.0.0.1:%d", o.Port), roots)
		})
	}
}

func rollcallIsAlone(t *testing.T, address string, roots *x509.CertPool) {
	t.Helper()
	config := &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	if _, err := nats.Connect("tls://"+address, nats.Secure(config)); !errors.Is(err, nats.ErrAuthorization) {
		t.Errorf("nobody in particular: got %v, want %v", err, nats.ErrAuthorization)
	}
	url := "tls://rollcall:" + deployPassword + "@" + address
	l := openLog(t, natslog.Options{URLs: []string{url}, TLS: config, Replicas: 1, SingleCopy: true, Node: "a"})
	var h logtest.History
	appendAll(t, &h, l, 6)
	if _, err := h.PutSnapshot(t.Context(), l, l.End()); err != nil {
		t.Error(err)
	}
	if err := h.Trim(t.Context(), l, l.End()); err != nil {
		t.Error(err)
	}
	logtest.CheckLog(t, l, &h)
	leaveNotes(t, l)
	conn, err := nats.Connect(url, nats.Secure(config))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Request("$JS.API.STREAM.DELETE.ROLLCALL", nil, time.Second); err == nil {
		t.Error("rollcall's user may delete the journal")
	}
	if l.Err() != nil {
		t.Error(l.Err())
	}
}

// natsOfKubernetes is the configuration in the manifests.
func natsOfKubernetes(t *testing.T) string {
	t.Helper()
	file, err := os.Open("../../deploy/kubernetes/cluster.yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	for documents := yaml.NewDecoder(file); ; {
		var manifest struct {
			Kind string            `yaml:"kind"`
			Data map[string]string `yaml:"data"`
		}
		err := documents.Decode(&manifest)
		if errors.Is(err, io.EOF) {
			t.Fatal("the manifests have no nats.conf")
		}
		if err != nil {
			t.Fatal(err)
		}
		if manifest.Kind == "ConfigMap" {
			return manifest.Data["nats.conf"]
		}
	}
}
