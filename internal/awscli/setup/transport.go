package setup

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// HTTPClient returns a client with the wanted time-outs and proxies that
// believes certificates as config says. It speaks HTTP/1.1.
func (s *Settings) HTTPClient(config *tls.Config) *http.Client {
	dialer := &net.Dialer{Timeout: s.ConnectTimeout}
	return &http.Client{Transport: &http.Transport{
		Proxy: func(r *http.Request) (*url.URL, error) { return ProxyFor(r.URL, s.LookupEnv) },
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dialer.DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return &timedConn{Conn: conn, limit: s.ReadTimeout}, nil
		},
		TLSClientConfig:     config,
		TLSNextProto:        map[string]func(string, *tls.Conn) http.RoundTripper{},
		TLSHandshakeTimeout: s.ConnectTimeout,
		DisableCompression:  true,
		MaxIdleConnsPerHost: 16,
		IdleConnTimeout:     90 * time.Second,
	}}
}

// BundleError says that certificates to believe can't be read.
type BundleError struct {
	Path string
	Err  error
}

func (e *BundleError) Error() string { return fmt.Sprintf("certificates of %s: %v", e.Path, e.Err) }

// Unwrap returns what is wrong.
func (e *BundleError) Unwrap() error { return e.Err }

// Bundle returns the file of certificates that are believed instead of the
// system's, or "". flag is the value of an option that names one, if it was
// given.
func (s *Settings) Bundle(flag string, given bool) (string, error) {
	path, ok := flag, given
	if !ok {
		var err error
		if path, ok, err = s.Get("ca_bundle", "AWS_CA_BUNDLE"); err != nil {
			return "", err
		}
	}
	if !ok {
		path, ok = s.LookupEnv("REQUESTS_CA_BUNDLE")
		if path == "" {
			return "", nil
		}
	}
	if ok && strings.TrimSpace(path) == "" {
		return "", wording(fmt.Sprintf("Invalid CA bundle: %q is empty or whitespace-only. Name a file of certificates, or leave the setting out", path))
	}
	return path, nil
}

// Trust returns which certificates are believed: those of a bundle, or the
// system's if it is "". Its error is a *[BundleError].
func Trust(bundle string) (*tls.Config, error) {
	if bundle == "" {
		return new(tls.Config), nil
	}
	raw, err := os.ReadFile(bundle)
	if err != nil {
		return nil, &BundleError{bundle, err}
	}
	config := &tls.Config{RootCAs: x509.NewCertPool()}
	if !config.RootCAs.AppendCertsFromPEM(raw) {
		return nil, &BundleError{bundle, fmt.Errorf("no certificates in %s", bundle)}
	}
	return config, nil
}

// trusted is a client for an endpoint that believes what the settings say. What
// they say about certificates matters only where there are some.
func (s *Settings) trusted(endpoint string) (*http.Client, error) {
	if strings.HasPrefix(endpoint, "http://") {
		return s.HTTPClient(nil), nil
	}
	bundle, err := s.Bundle("", false)
	if err != nil {
		return nil, err
	}
	config, err := Trust(bundle)
	if err != nil {
		return nil, err
	}
	return s.HTTPClient(config), nil
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

// ProxyFor returns the proxy that the environment names for a URL, by the rules
// of Python's urllib: lower-case names go first, NO_PROXY lists hosts and domains.
func ProxyFor(u *url.URL, lookup func(string) (string, bool)) (*url.URL, error) {
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
