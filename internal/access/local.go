package access

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"rollcall"
)

// localOnly keeps a server that asks nobody who they are to the programs of
// its own machine. To listen on loopback is not enough for that: a browser on
// the machine sends what any web page tells it to send, either openly
// (cross-site request forgery), or to a name of the page's own that has been
// made to mean 127.0.0.1 (DNS rebinding). Browsers tell the truth about both
// in Origin and Host, and a page can't change what they say.
type localOnly struct {
	origins []string // whose pages may ask; "*" is any
}

// check refuses what a web page may have sent. Its error has
// rollcall.CodeDenied.
func (l localOnly) check(r *http.Request) error {
	if !IsLoopbackHost(r.Host) {
		return rollcall.Errorf(rollcall.CodeDenied,
			"The request is for host %q. A server that runs with --anonymous answers to localhost, 127.0.0.1 and [::1] only, "+
				"so that no web page can reach it under a name of its own.", rollcall.Shorten(r.Host))
	}
	for _, origin := range r.Header.Values("Origin") {
		if !l.trusts(origin, r.Host) {
			return rollcall.Errorf(rollcall.CodeDenied,
				"The request comes from a page of %q. A server that runs with --anonymous answers pages of the origins "+
					"that --cors-origin names, and no others.", rollcall.Shorten(origin))
		}
	}
	return nil
}

func (l localOnly) trusts(origin, host string) bool {
	if slices.Contains(l.origins, "*") || slices.Contains(l.origins, origin) {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host == host // a page of this server; "null" has no host
}

// IsLoopbackHost tells whether host, with or without a port, names the machine
// itself whoever resolves it: an address of loopback, localhost, or a name
// below localhost (RFC 6761, section 6.3).
func IsLoopbackHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.Unmap().IsLoopback()
	}
	name := strings.ToLower(strings.TrimSuffix(host, "."))
	return name == "localhost" || strings.HasSuffix(name, ".localhost")
}
