package connectclient

import (
	"net/url"
	"strings"
)

// EndpointError says that an endpoint URL has no host or cannot be read.
type EndpointError struct {
	URL string
}

func (e *EndpointError) Error() string { return "Invalid endpoint: " + e.URL }

func parseEndpoint(cfg Config) (*url.URL, error) {
	raw := cfg.EndpointURL
	if raw == "" {
		raw = Endpoint(cfg.Region, false, false)
	}
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Scheme == "" {
		return nil, &EndpointError{URL: raw}
	}
	u.Fragment, u.RawFragment = "", ""
	return u, nil
}

// partitions of AWS by the first letters of their Regions' names, with the
// domain of their endpoints and of their dual-stack (IPv4 and IPv6) endpoints.
// Source: the partitions and endpoint rules published with the AWS SDKs.
var partitions = []struct{ prefix, domain, dualStack string }{
	{"cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn"},
	{"us-iso-", "c2s.ic.gov", "api.aws.ic.gov"},
	{"us-isob-", "sc2s.sgov.gov", "api.aws.scloud"},
	{"us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov"},
	{"eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"},
	{"eusc-", "amazonaws.eu", "api.amazonwebservices.eu"},
	{"", "amazonaws.com", "api.aws"},
}

// Endpoint returns the URL of Amazon Connect in a Region, in the variant that
// meets FIPS 140 or speaks IPv6 if asked. In the GovCloud Regions the ordinary
// endpoint meets FIPS 140 and has no name of its own.
func Endpoint(region string, fips, dualStack bool) string {
	host := "connect"
	if fips && (dualStack || !strings.HasPrefix(region, "us-gov-")) {
		host = "connect-fips"
	}
	for _, p := range partitions {
		if strings.HasPrefix(region, p.prefix) {
			domain := p.domain
			if dualStack {
				domain = p.dualStack
			}
			return "https://" + host + "." + region + "." + domain
		}
	}
	return ""
}

// Escape percent-encodes every byte that RFC 3986 does not call unreserved, as
// a label of a Request's Path or a value in its Query must be.
func Escape(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; unreserved(c) {
			b.WriteByte(c)
		} else {
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}

func unreserved(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0
}

// withoutDots removes the segments "", "." and ".." of a path, as a signature
// is computed over the path so simplified (RFC 3986, section 5.2.4).
func withoutDots(path string) string {
	var kept []string
	for segment := range strings.SplitSeq(path, "/") {
		switch segment {
		case "", ".":
		case "..":
			kept = kept[:max(0, len(kept)-1)]
		default:
			kept = append(kept, segment)
		}
	}
	clean := "/" + strings.Join(kept, "/")
	if strings.HasSuffix(path, "/") && len(kept) > 0 {
		clean += "/"
	}
	return clean
}
