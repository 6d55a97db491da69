package connect

import (
	"net/http"
	"slices"
)

// What a page's script may send and read once its origin is let in. Browsers
// ask about each header that the SDK for JavaScript adds.
const (
	sharedRequestHeaders = "authorization, content-type, x-amz-date, x-amz-security-token, x-amz-content-sha256, " +
		"x-amz-user-agent, amz-sdk-invocation-id, amz-sdk-request"
	sharedAnswerHeaders = "x-amzn-requestid, x-amzn-errortype, retry-after"
	sharedForSeconds    = "3600"
)

// shareOrigin lets scripts of the configured web origins ask (CORS), and tells
// whether it has answered r: that is so for their preflight requests. With no
// origins configured it does nothing, and browsers keep such scripts out.
func (s *Service) shareOrigin(w http.ResponseWriter, r *http.Request) (answered bool) {
	if len(s.o.CORSOrigins) == 0 {
		return false
	}
	h := w.Header()
	h.Add("Vary", "Origin")
	origin := r.Header.Get("Origin")
	if origin == "" || !s.originAllowed(origin) {
		return false
	}
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Expose-Headers", sharedAnswerHeaders)
	if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
		return false
	}
	h.Set("Access-Control-Allow-Methods", http.MethodPost)
	h.Set("Access-Control-Allow-Headers", sharedRequestHeaders)
	h.Set("Access-Control-Max-Age", sharedForSeconds)
	w.WriteHeader(http.StatusNoContent)
	return true
}

func (s *Service) originAllowed(origin string) bool {
	return slices.Contains(s.o.CORSOrigins, origin) || slices.Contains(s.o.CORSOrigins, "*")
}
