package sigv4

import (
	"net/http"
)

// CanonicalRequest is what the verifier takes r for, so that a test can show
// the difference and not only that there is one.
func CanonicalRequest(r *http.Request, body []byte, signedHeaders string) string {
	s := borrowScratch()
	defer s.giveBack()
	v := New(Options{})
	s.splitSigned(signedHeaders)
	if !s.splitQuery(r.URL.RawQuery) || v.hashPayload(r, body, s) != nil ||
		!s.appendCanonicalRequest(r, &claim{signedHeaders: signedHeaders}, r.URL.EscapedPath(), (*scratch).appendPath) {
		return ""
	}
	return string(s.text)
}

// CachedKeys is how many signing keys v holds.
func (v *Verifier) CachedKeys() int {
	v.signingKeys.mu.RLock()
	defer v.signingKeys.mu.RUnlock()
	return len(v.signingKeys.newer) + len(v.signingKeys.older)
}

// MaxCachedKeys bounds CachedKeys.
const MaxCachedKeys = 2 * generationEntries
