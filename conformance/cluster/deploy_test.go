package cluster

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"go.yaml.in/yaml/v3"
)

// The configurations of NATS that deploy/ has are taken by the server, and sync
// before they acknowledge.
func TestDeploy_NATSSyncsBeforeItAcknowledges(t *testing.T) {
	t.Setenv("NATS_NAME", "nats-1")
	t.Setenv("POD_NAME", "nats-0")
	compose, err := os.ReadFile("../../deploy/nats.conf")
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"compose": string(compose), "Kubernetes": natsOfKubernetes(t)} {
		path := filepath.Join(t.TempDir(), "nats.conf")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		o, err := server.ProcessConfigFile(path)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !o.JetStream || !o.SyncAlways || o.StoreDir != "/data" || len(o.Routes) != 3 || !strings.HasPrefix(o.ServerName, "nats-") {
			t.Errorf("%s: JetStream %v, sync always %v, in %s, routes %v, name %s", name, o.JetStream, o.SyncAlways, o.StoreDir, o.Routes, o.ServerName)
		}
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
