package awscli

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// httpClient returns the client for a URL: with the wanted time-outs,
// certificates and proxies, HTTP/1.1, and the AWS CLI's order of headers.
func (c *command) httpClient(u *url.URL) (*http.Client, error) {
	config := new(tls.Config)
	if u.Scheme == "https" {
		if err := c.trust(config, u); err != nil {
			return nil, err
		}
	}
	dialer := &net.Dialer{Timeout: c.connectTimeout}
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dialer.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &timedConn{Conn: conn, limit: c.readTimeout}, nil
	}
	return &http.Client{Transport: &http.Transport{
		Proxy: func(r *http.Request) (*url.URL, error) { return proxyFor(r.URL, c.std.LookupEnv) },
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dial(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return &orderedConn{Conn: conn}, nil
		},
		DialTLSContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dial(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return handshake(ctx, conn, config, address)
		},
		TLSClientConfig:    config,
		DisableCompression: true,
	}}, nil
}

func handshake(ctx context.Context, conn net.Conn, config *tls.Config, address string) (net.Conn, error) {
	own := config.Clone()
	own.ServerName, _, _ = net.SplitHostPort(address)
	secure := tls.Client(conn, own)
	if err := secure.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return &orderedConn{Conn: secure}, nil
}

// trust sets which certificates are believed: all of them with --no-verify-ssl,
// those of a bundle if one is named, else the system's.
func (c *command) trust(config *tls.Config, u *url.URL) error {
	if c.has(optNoVerifySSL) {
		config.InsecureSkipVerify = true // it was asked for, in so many words
		_, _ = c.std.Err.Write([]byte("Unverified HTTPS request is being made to host '" + u.Hostname() +
			"'. Without --no-verify-ssl the certificate would be checked.\n"))
		return nil
	}
	path, ok, err := c.settings.either(c.globals[optCABundle], c.globals[optCABundle] != "", "ca_bundle", "AWS_CA_BUNDLE")
	if !ok || err != nil || path == "" {
		return err
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		text, _, _ := strings.Cut(errno(err, path), ": ")
		return general("SSL validation failed for " + u.String() + " " + text)
	}
	config.RootCAs = x509.NewCertPool()
	if !config.RootCAs.AppendCertsFromPEM(raw) {
		return general("SSL validation failed for " + u.String() + " no certificates in " + path)
	}
	return nil
}

// timedConn is a connection on which silence has a limit.
type timedConn struct {
	net.Conn
	limit time.Duration // zero for none
}

// Read reads what has come, or fails after the limit.
func (c *timedConn) Read(b []byte) (int, error) {
	if c.limit > 0 {
		if err := c.SetReadDeadline(time.Now().Add(c.limit)); err != nil {
			return 0, err
		}
	}
	return c.Conn.Read(b)
}

// proxyFor returns the proxy that the environment names for a URL, by the rules
// of Python's urllib: lower-case names go first, NO_PROXY lists hosts and domains.
func proxyFor(u *url.URL, lookup func(string) (string, bool)) (*url.URL, error) {
	if bypassed(u, lookup) {
		return nil, nil
	}
	proxy := eitherCase(u.Scheme+"_proxy", lookup)
	if proxy == "" {
		return nil, nil
	}
	if !strings.Contains(proxy, "://") {
		proxy = "http://" + proxy
	}
	return url.Parse(proxy)
}

func bypassed(u *url.URL, lookup func(string) (string, bool)) bool {
	list := eitherCase("no_proxy", lookup)
	if list == "*" {
		return true
	}
	for name := range strings.SplitSeq(list, ",") {
		name = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(name), "."))
		if name == "" {
			continue
		}
		for _, host := range []string{strings.ToLower(u.Hostname()), strings.ToLower(u.Host)} {
			if host == name || strings.HasSuffix(host, "."+name) {
				return true
			}
		}
	}
	return false
}

func eitherCase(name string, lookup func(string) (string, bool)) string {
	if v, ok := lookup(name); ok {
		return v
	}
	v, _ := lookup(strings.ToUpper(name))
	return v
}
