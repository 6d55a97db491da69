// Package sigv4 verifies requests that AWS clients signed with AWS Signature
// Version 4.
//
// A signed request carries a claim: who signed it, when, for which Region and
// service, over which headers, and the signature itself. The claim stands in
// the Authorization header, or in the query of a presigned URL. A Verifier
// reads the claim, checks everything in it that can be checked for free (date,
// scope, which headers are signed), writes the canonical request anew from the
// request that really arrived, and compares signatures in constant time. What
// a verified request signed can't have changed by a single bit on its way:
// method, path, query, the signed headers and the body.
//
// The package is pure: it holds no global state but a pool of buffers, reads
// no clock (the caller passes the time) and does no I/O (the caller passes the
// body). It only tells who sent a request; whether they may is a question for
// package access.
//
// # Choices
//
//   - The path is canonicalised as all services but S3 do: dot segments and
//     empty segments removed, then encoded a second time, so that %3A on the
//     wire becomes %253A. What a ".." takes away is therefore not protected:
//     route on the path as it came, where such a path leads nowhere.
//   - Escapes in the query are taken as they came. A client that signs %2F and
//     sends %2f is refused, since otherwise a changed bit would go unnoticed.
//   - Host must be signed, and so must every x-amz- header that is present.
//     Two are tolerated unsigned, since the services tolerate them or a proxy
//     adds them after signing: x-amz-security-token and x-amz-cf-id.
//   - A session token is accepted and otherwise ignored: the keys here are
//     long-lived. When it is signed, it is covered like any other header.
//   - The real body is always hashed. An x-amz-content-sha256 that says
//     otherwise is refused, and so is UNSIGNED-PAYLOAD unless Options allow it.
//
// Sources: "Create a signed AWS API request" and "Troubleshoot Signature
// Version 4 signing" in the AWS Identity and Access Management User Guide.
package sigv4

import (
	"crypto/subtle"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Limits of what is read of a claim. Beyond them a request is refused before
// anything is computed.
const (
	MaxAuthorizationBytes = 8 << 10
	MaxQueryBytes         = 16 << 10 // a session token in a presigned URL may take some kilobytes
	MaxQueryParams        = 128
	MaxSignedHeaders      = 64
	MaxAccessKeyIDBytes   = 128
	MaxRegionBytes        = 64
	MaxExpires            = 7 * 24 * time.Hour // of a presigned URL
)

// Keys finds secrets. Lookup is called once a request, concurrently, and must
// not block.
type Keys interface {
	// Lookup gives the secret access key of an access key id, and whether
	// there is such a key. A key that is revoked is one that isn't there.
	Lookup(accessKeyID string) (secret string, ok bool)
}

// Options say what a Verifier accepts.
type Options struct {
	Service              string   // the signing name; "connect" if empty
	Regions              []string // accepted in the credential scope; any if empty
	Keys                 Keys
	MaxSkew              time.Duration // between signer's and our clock, either way; 5 minutes if 0
	AllowUnsignedPayload bool          // take x-amz-content-sha256: UNSIGNED-PAYLOAD, which leaves the body unprotected
}

// Identity is who signed a request.
type Identity struct {
	AccessKeyID string
	Region      string    // of the credential scope
	SignedAt    time.Time // to the second
	Presigned   bool      // the signature stood in the query
}

// Verifier verifies signed requests. It is safe for concurrent use.
type Verifier struct {
	service       string
	regions       []string
	keys          Keys
	maxSkew       time.Duration
	allowUnsigned bool
	signingKeys   signingKeys
}

// New makes a Verifier.
func New(o Options) *Verifier {
	v := &Verifier{
		service:       o.Service,
		regions:       slices.Clone(o.Regions),
		keys:          o.Keys,
		maxSkew:       o.MaxSkew,
		allowUnsigned: o.AllowUnsignedPayload,
	}
	if v.service == "" {
		v.service = "connect"
	}
	if v.maxSkew == 0 {
		v.maxSkew = 5 * time.Minute
	}
	return v
}

// Verify tells who signed r, or why that can't be told. body is the whole body
// of r, as it was sent. Every error is an *Error, safe to send to the client.
//
// The checks come in Amazon's order: a claim that is not there, one that is
// incomplete, time, signed headers, algorithm, scope, key, and the signature
// last, so that nobody without a known key id makes us hash a body.
func (v *Verifier) Verify(r *http.Request, body []byte, now time.Time) (Identity, error) {
	s := borrowScratch()
	defer s.giveBack()

	c, cred, secret, err := v.checkClaim(r, s, now)
	if err != nil {
		return Identity{}, err
	}
	if err := v.hashPayload(r, body, s); err != nil {
		return Identity{}, err
	}
	key, cached := v.signingKeys.find(cred, v.service, secret)
	if !s.signatureIsRight(r, &c, key, cred.scope) {
		return Identity{}, mismatch(r)
	}
	if !cached {
		v.signingKeys.keep(cred, key)
	}
	return Identity{AccessKeyID: cred.accessKeyID, Region: cred.region, SignedAt: c.signedAt, Presigned: c.presigned}, nil
}

// VerifyClaim tells why r can't be verified whatever its body is: every check
// of Verify but the signature. It is for servers that don't want to take in a
// body from just anybody; who passes it is not known yet.
func (v *Verifier) VerifyClaim(r *http.Request, now time.Time) (accessKeyID string, err error) {
	s := borrowScratch()
	defer s.giveBack()
	_, cred, _, err := v.checkClaim(r, s, now)
	return cred.accessKeyID, err
}

// checkClaim reads the claim, checks what is free to check, and finds the
// secret. It leaves the query and the names of the signed headers in s.
func (v *Verifier) checkClaim(r *http.Request, s *scratch, now time.Time) (c claim, cred credential, secret string, err error) {
	if c, err = readClaim(r, s); err != nil {
		return c, cred, "", err
	}
	if err = v.checkTime(&c, now); err != nil {
		return c, cred, "", err
	}
	if err = s.checkSignedHeaders(r, &c); err != nil {
		return c, cred, "", err
	}
	if cred, err = v.checkCredential(&c); err != nil {
		return c, cred, "", err
	}
	secret, ok := v.keys.Lookup(cred.accessKeyID)
	if !ok {
		err = errUnrecognizedClient
	}
	return c, cred, secret, err
}

// checkTime holds the claim's date against now. A presigned URL that says how
// long it lives is valid from its date until then; everything else within
// maxSkew of its date.
func (v *Verifier) checkTime(c *claim, now time.Time) error {
	now = now.UTC().Truncate(time.Second) // claims have whole seconds
	if limit := now.Add(v.maxSkew); c.signedAt.After(limit) {
		return invalid("Signature not yet current: %s is still later than %s (%s + %s)",
			iso(c.signedAt), iso(limit), iso(now), minutes(v.maxSkew))
	}
	if c.expires > 0 {
		if now.After(c.signedAt.Add(c.expires)) {
			return &Error{Code: RequestExpired, Message: "Request has expired."}
		}
		return nil
	}
	if limit := now.Add(-v.maxSkew); c.signedAt.Before(limit) {
		return invalid("Signature expired: %s is now earlier than %s (%s - %s)",
			iso(c.signedAt), iso(limit), iso(now), minutes(v.maxSkew))
	}
	return nil
}

// signatureIsRight signs what the client must have signed and compares. Most
// clients sign a path with its empty segments left out; some, and among them
// the AWS SDK for Go, sign it as they send it.
func (s *scratch) signatureIsRight(r *http.Request, c *claim, key *signingKey, scope string) bool {
	path := r.URL.RawPath // as it came; empty if it has no unusual escapes
	if path == "" {
		path = r.URL.EscapedPath()
	}
	if s.appendCanonicalRequest(r, c, path, (*scratch).appendPath) && s.signatureMatches(key, c, scope) {
		return true
	}
	return strings.Contains(path, "//") &&
		s.appendCanonicalRequest(r, c, path, (*scratch).appendPathAsSent) && s.signatureMatches(key, c, scope)
}

// signatureMatches signs what s holds as the canonical request and compares.
func (s *scratch) signatureMatches(key *signingKey, c *claim, scope string) bool {
	s.appendStringToSign(c.stamp, scope)
	want := key.sign(s)
	var given [hexSumBytes]byte
	return copy(given[:], c.signature) == len(c.signature) && len(c.signature) == len(given) &&
		subtle.ConstantTimeCompare(want, given[:]) == 1
}
