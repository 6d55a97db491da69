package connectclient

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"
)

// maxBodyBytes bounds an answer. The largest page is a hundred agents.
const maxBodyBytes = 64 << 20

// newHTTPClient is the client for those who bring none.
func newHTTPClient() *http.Client {
	return &http.Client{Transport: &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: time.Minute}).DialContext,
		TLSHandshakeTimeout:   time.Minute,
		ResponseHeaderTimeout: time.Minute,
		IdleConnTimeout:       90 * time.Second,
		MaxIdleConnsPerHost:   16,
		ForceAttemptHTTP2:     true,
	}}
}

// TransportKind says at which step no answer came.
type TransportKind int

// The kinds of TransportError.
const (
	// Unreachable: the host has no address, or refused the connection.
	Unreachable TransportKind = iota + 1
	// ConnectTimeout: no connection in time.
	ConnectTimeout
	// ReadTimeout: connected, but no answer, or only part of it, in time.
	ReadTimeout
	// Closed: the connection ended before a whole answer had come.
	Closed
	// ProxyFailed: the proxy could not be reached.
	ProxyFailed
	// TLSFailed: the handshake failed, or the certificate was refused.
	TLSFailed
	// Unsupported: the request could not be sent at all.
	Unsupported
)

// TransportError says that no answer came. It wraps the cause.
type TransportError struct {
	Kind TransportKind
	// URL is the address that was asked.
	URL string
	// ProxyURL is the proxy that failed, for ProxyFailed.
	ProxyURL string
	Err      error
}

func (e *TransportError) Error() string {
	switch e.Kind {
	case ConnectTimeout:
		return "connect timeout on " + strconv.Quote(e.URL) + ": " + e.Err.Error()
	case ReadTimeout:
		return "read timeout on " + strconv.Quote(e.URL) + ": " + e.Err.Error()
	case Closed:
		return "connection closed before an answer came from " + strconv.Quote(e.URL) + ": " + e.Err.Error()
	case ProxyFailed:
		return "connect to proxy " + strconv.Quote(e.ProxyURL) + ": " + e.Err.Error()
	case TLSFailed:
		return "TLS with " + strconv.Quote(e.URL) + ": " + e.Err.Error()
	case Unreachable, Unsupported:
	}
	return "could not connect to " + strconv.Quote(e.URL) + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *TransportError) Unwrap() error { return e.Err }

func isTransportError(err error) bool {
	_, ok := errors.AsType[*TransportError](err)
	return ok
}

// send makes one exchange.
func (c *Client) send(hr *http.Request) (*Response, error) {
	var connected atomic.Bool
	hr = hr.WithContext(httptrace.WithClientTrace(hr.Context(), &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
	}))
	c.cfg.Logger.Debug("sending http request", "method", hr.Method, "url", hr.URL.String(), "headers", redacted(hr.Header))
	answer, err := c.http.Do(hr)
	if err != nil {
		return nil, c.transportError(hr, connected.Load(), err)
	}
	defer func() { _ = answer.Body.Close() }() // it has been read, or has failed
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxBodyBytes+1))
	if err == nil && len(body) > maxBodyBytes {
		err = errors.New("answer is larger than 64 MiB")
	}
	if err != nil {
		return nil, c.transportError(hr, connected.Load(), err)
	}
	c.cfg.Logger.Debug("response", "status", answer.StatusCode, "headers", answer.Header, "body", string(body))
	return &Response{Status: answer.StatusCode, Header: answer.Header, Body: body}, nil
}

// redacted is a copy of h without its secrets.
func redacted(h http.Header) http.Header {
	h = h.Clone()
	for _, name := range []string{"Authorization", "X-Amz-Security-Token"} {
		if h.Get(name) != "" {
			h.Set(name, "REDACTED")
		}
	}
	return h
}

// transportError sorts the many ways an exchange can fail into the few that a
// caller can do something about. connected says that a connection, and its TLS
// session, had been made. Once ctx has ended, that is the error.
func (c *Client) transportError(hr *http.Request, connected bool, err error) error {
	if cause := context.Cause(hr.Context()); cause != nil {
		return cause
	}
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	e := &TransportError{URL: hr.URL.String(), Err: err}
	op, _ := errors.AsType[*net.OpError](err)
	proxy := c.proxyOf(hr)
	dialing := op != nil && (op.Op == "dial" || op.Op == "proxyconnect")
	switch {
	case proxy != "" && dialing:
		e.Kind, e.ProxyURL = ProxyFailed, proxy
	case dialing && isTimeout(err) && !isUnresolved(err):
		e.Kind = ConnectTimeout
	case dialing:
		e.Kind = Unreachable
	case isTimeout(err):
		e.Kind = ReadTimeout
	case hr.URL.Scheme == "https" && !connected:
		e.Kind = TLSFailed
	case !connected:
		e.Kind = Unsupported
	default:
		e.Kind = Closed
	}
	return e
}

// isUnresolved says that a host's address could not be found out.
func isUnresolved(err error) bool {
	_, ok := errors.AsType[*net.DNSError](err)
	return ok
}

func isTimeout(err error) bool {
	t, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](err)
	return ok && t.Timeout()
}

// proxyOf returns the proxy a request goes through, if the transport tells.
func (c *Client) proxyOf(hr *http.Request) string {
	t, ok := c.http.Transport.(*http.Transport)
	if !ok || t.Proxy == nil {
		return ""
	}
	u, err := t.Proxy(hr)
	if err != nil || u == nil {
		return ""
	}
	return u.String()
}
