package store

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"

	"rollcall/internal/journal"
	"rollcall/internal/journal/natslog"
)

// Cluster names a NATS JetStream cluster that holds the journal for any number
// of servers.
type Cluster struct {
	// URLs are servers of the cluster; empty: the journal is embedded.
	URLs []string
	// CredentialsFile or NKeyFile says who asks. A user and password, or a
	// token, can stand in the URLs.
	CredentialsFile, NKeyFile string
	// TLSCA verifies the servers, TLSCert and TLSKey are shown to them. PEM
	// files; certificate and key are read again at each connection.
	TLSCA, TLSCert, TLSKey string
	// Stream is the name of the JetStream stream.
	Stream string
	// Replicas is how many of the cluster's servers hold the journal.
	Replicas int
	// Node names this server among those that share the journal; empty: the
	// host's name.
	Node string
}

// in tells whether the journal is in a cluster.
func (c *Cluster) in() bool { return len(c.URLs) > 0 }

// validate finds settings that can't be meant.
func (c *Cluster) validate(wrong func(format string, args ...any)) {
	if !c.in() {
		if c.CredentialsFile != "" || c.NKeyFile != "" || c.TLSCA != "" || c.TLSCert != "" || c.TLSKey != "" {
			wrong("there are settings for a NATS cluster, and no --nats-url")
		}
		return
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		wrong("one of --nats-tls-cert and --nats-tls-key is set without the other")
	}
	if c.CredentialsFile != "" && c.NKeyFile != "" {
		wrong("--nats-creds and --nats-nkey are both set: want one of them")
	}
	if c.Replicas < 1 {
		wrong("--nats-replicas is %d: want 1 or more", c.Replicas)
	}
	o := natslog.Options{URLs: c.URLs, Stream: c.Stream, Node: c.Node, Replicas: max(c.Replicas, 1), SingleCopy: true}
	if err := o.Validate(); err != nil {
		wrong("the NATS cluster (--nats-…, --node-name): %w", err)
	}
}

// open connects to the cluster and opens the journal there. While no server
// answers it tries again until ctx ends.
func (c *Cluster) open(ctx context.Context, o natslog.Options) (_ journal.Log, err error) {
	if o.TLS, err = c.tlsConfig(); err != nil {
		return nil, err
	}
	o.URLs, o.CredentialsFile, o.NKeyFile = c.URLs, c.CredentialsFile, c.NKeyFile
	o.Stream, o.Node, o.Replicas, o.SingleCopy = c.Stream, c.Node, c.Replicas, c.Replicas == 1
	log, err := natslog.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	return log, nil
}

// tlsConfig is nil where nothing is set: then the URLs and the servers say.
func (c *Cluster) tlsConfig() (*tls.Config, error) {
	if c.TLSCA == "" && c.TLSCert == "" {
		return nil, nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.TLSCA != "" {
		pem, err := os.ReadFile(c.TLSCA)
		if err != nil {
			return nil, fmt.Errorf("read the NATS cluster's certificate authority (--nats-tls-ca): %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s (--nats-tls-ca) holds no PEM certificate", c.TLSCA)
		}
	}
	if c.TLSCert != "" {
		load := func() (*tls.Certificate, error) {
			pair, err := tls.LoadX509KeyPair(c.TLSCert, c.TLSKey)
			if err != nil {
				return nil, fmt.Errorf("read the certificate for the NATS cluster (--nats-tls-cert, --nats-tls-key): %w", err)
			}
			return &pair, nil
		}
		if _, err := load(); err != nil {
			return nil, err
		}
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return load() }
	}
	return config, nil
}
