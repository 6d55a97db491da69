// Package cors lets scripts of web pages of other origins use a protocol, as
// far as the operator allows (Fetch Standard, "CORS protocol"). Every protocol
// says in a Policy what such scripts may send and read there.
package cors

import (
	"net/http"
	"slices"
)

// Policy is what pages of other origins may do. The zero value lets none in:
// then nothing is said at all, and browsers keep them out.
type Policy struct {
	Origins []string // as browsers write them; "*" is any

	Methods string // that scripts may use, with commas between them
	Sent    string // headers that scripts may send
	Read    string // headers of an answer that scripts may read
}

// preflightSeconds is how long a browser may remember what it was told.
const preflightSeconds = "3600"

// Share lets the page in that r comes from, and tells whether it has answered
// r: that is so for a preflight request.
func (p *Policy) Share(w http.ResponseWriter, r *http.Request) (answered bool) {
	if len(p.Origins) == 0 {
		return false
	}
	h := w.Header()
	h.Add("Vary", "Origin")
	origin := r.Header.Get("Origin")
	if origin == "" || !slices.Contains(p.Origins, origin) && !slices.Contains(p.Origins, "*") {
		return false
	}
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Expose-Headers", p.Read)
	if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
		return false
	}
	h.Set("Access-Control-Allow-Methods", p.Methods)
	h.Set("Access-Control-Allow-Headers", p.Sent)
	h.Set("Access-Control-Max-Age", preflightSeconds)
	w.WriteHeader(http.StatusNoContent)
	return true
}
