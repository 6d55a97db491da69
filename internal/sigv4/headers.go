package sigv4

import (
	"net/http"
	"strings"
)

// checkSignedHeaders holds the claim's list of signed headers against the
// rules: in order, lower-case, host among them, and every x-amz- header that
// the request has.
func checkSignedHeaders(r *http.Request, c *claim) error {
	n, previous := 0, ""
	for names := c.signedHeaders; names != ""; n++ {
		var name string
		name, names, _ = strings.Cut(names, ";")
		if n == MaxSignedHeaders {
			return invalid("SignedHeaders names more than %d headers.", MaxSignedHeaders)
		}
		if !isLowerName(name) || name <= previous {
			return invalid("SignedHeaders must be lower-case names in ascending order, separated by ';'. Got '%s'.", short(name))
		}
		previous = name
	}
	if !isSignedHeader(c.signedHeaders, "host") {
		return invalid("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
	}
	if c.byDateHeader && !isSignedHeader(c.signedHeaders, headerDate) {
		return invalid("'Date' must be a 'SignedHeader' in the AWS Authorization.")
	}
	for name := range r.Header {
		if mustBeSigned(name) && !isSignedHeader(c.signedHeaders, name) {
			return invalid("'%s' must be a 'SignedHeader' in the AWS Authorization.", short(name))
		}
	}
	return nil
}

// mustBeSigned holds for x-amz- headers but the two that may come unsigned:
// services tolerate the token, and CloudFront adds its id after signing.
func mustBeSigned(name string) bool {
	const prefix = "x-amz-"
	return len(name) > len(prefix) && strings.EqualFold(name[:len(prefix)], prefix) &&
		!strings.EqualFold(name, "x-amz-security-token") && !strings.EqualFold(name, "x-amz-cf-id")
}

// isSignedHeader tells whether name, in any case, is in a list of lower-case
// names joined by ";".
func isSignedHeader(list, name string) bool {
	for list != "" {
		var signed string
		signed, list, _ = strings.Cut(list, ";")
		if strings.EqualFold(signed, name) {
			return true
		}
	}
	return false
}

// isLowerName holds for a header's name without upper-case letters: a token of
// RFC 9110, section 5.6.2.
func isLowerName(name string) bool {
	for i := range len(name) {
		c := name[i]
		if 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0 {
			continue
		}
		return false
	}
	return name != ""
}
