package awscli

import (
	"net"
	"net/url"
	"time"
)

// For tests of parts that no command line reaches alone.

// ParseYAML is parseYAML.
func ParseYAML(doc []byte) (any, error) { return parseYAML(doc) }

// ProxyFor is proxyFor.
func ProxyFor(u *url.URL, lookup func(string) (string, bool)) (*url.URL, error) {
	return proxyFor(u, lookup)
}

// InOrder returns a connection that puts headers in order.
func InOrder(conn net.Conn) net.Conn { return &orderedConn{Conn: conn} }

// DecodeUserData decodes an answer of GetCurrentUserData.
func DecodeUserData(body []byte) (any, error) {
	show, err := newTimestamps("iso8601", time.UTC, time.Unix(0, 0))
	if err != nil {
		return nil, err
	}
	return decodeAnswer(body, getCurrentUserData.output, show)
}
