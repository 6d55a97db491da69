package sigv4

import (
	"net/http"
	"slices"
	"strings"
)

// checkSignedHeaders holds the claim's list of signed headers against the
// rules: in order, lower-case, host among them, and every x-amz- header that
// the request has.
func (s *scratch) checkSignedHeaders(r *http.Request, c *claim) error {
	s.splitSigned(c.signedHeaders)
	previous := ""
	for i, name := range s.signed {
		if i == MaxSignedHeaders {
			return invalid("SignedHeaders names more than %d headers.", MaxSignedHeaders)
		}
		if !isLowerName(name) || name <= previous {
			return invalid("SignedHeaders must be lower-case names in ascending order, separated by ';'. Got '%s'.", short(name))
		}
		previous = name
	}
	if !s.isSigned("host") {
		return invalid("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
	}
	if c.byDateHeader && !s.isSigned(headerDate) {
		return invalid("'Date' must be a 'SignedHeader' in the AWS Authorization.")
	}
	for name := range r.Header {
		if mustBeSigned(name) && !s.isSigned(name) {
			return invalid("'%s' must be a 'SignedHeader' in the AWS Authorization.", short(name))
		}
	}
	return nil
}

// splitSigned puts the names in a claim's list into s, but no more than it
// takes to see that there are too many.
func (s *scratch) splitSigned(list string) {
	for list != "" && len(s.signed) <= MaxSignedHeaders {
		var name string
		name, list, _ = strings.Cut(list, ";")
		s.signed = append(s.signed, name)
	}
}

// isSigned tells whether name, in any case, is among the signed headers.
func (s *scratch) isSigned(name string) bool {
	return slices.ContainsFunc(s.signed, func(signed string) bool { return strings.EqualFold(signed, name) })
}

// mustBeSigned holds for x-amz- headers but the two that may come unsigned:
// services tolerate the token, and CloudFront adds its id after signing.
func mustBeSigned(name string) bool {
	const prefix = "x-amz-"
	return len(name) > len(prefix) && strings.EqualFold(name[:len(prefix)], prefix) &&
		!strings.EqualFold(name, "x-amz-security-token") && !strings.EqualFold(name, "x-amz-cf-id")
}

// isLowerName holds for a header's name without upper-case letters: a token of
// RFC 9110, section 5.6.2.
func isLowerName(name string) bool {
	for i := range len(name) {
		if !lowerNameBytes[name[i]] {
			return false
		}
	}
	return name != ""
}

var lowerNameBytes = bytesOf("abcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~")

// bytesOf makes a set of bytes.
func bytesOf(chars string) (set [256]bool) {
	for i := range len(chars) {
		set[chars[i]] = true
	}
	return set
}
