package cors_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/cors"
)

func TestShare(t *testing.T) {
	const board = "https://board.example"
	vary := http.Header{"Vary": {"Origin"}}
	letIn := http.Header{"Vary": {"Origin"}, "Access-Control-Allow-Origin": {board}, "Access-Control-Expose-Headers": {"x-read"}}
	preflight := letIn.Clone()
	preflight.Set("Access-Control-Allow-Methods", "GET")
	preflight.Set("Access-Control-Allow-Headers", "x-sent")
	preflight.Set("Access-Control-Max-Age", "3600")
	for _, c := range []struct {
		name           string
		origins        []string
		method, origin string
		asks           bool // for a method, as a preflight request does
		want           http.Header
		answered       bool
	}{
		{"nobody is let in", nil, http.MethodGet, board, false, http.Header{}, false},
		{"nobody is let in, and asks before", nil, http.MethodOptions, board, true, http.Header{}, false},
		{"no page", []string{board}, http.MethodGet, "", false, vary, false},
		{"another page", []string{board}, http.MethodGet, "https://other.example", false, vary, false},
		{"another page asks before", []string{board}, http.MethodOptions, "https://other.example", true, vary, false},
		{"the page", []string{"https://a.example", board}, http.MethodGet, board, false, letIn, false},
		{"any page", []string{"*"}, http.MethodGet, board, false, letIn, false},
		{"the page asks before", []string{board}, http.MethodOptions, board, true, preflight, true},
		{"OPTIONS that is no preflight", []string{board}, http.MethodOptions, board, false, letIn, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := cors.Policy{Origins: c.origins, Methods: "GET", Sent: "x-sent", Read: "x-read"}
			r := httptest.NewRequest(c.method, "/", http.NoBody)
			if c.origin != "" {
				r.Header.Set("Origin", c.origin)
			}
			if c.asks {
				r.Header.Set("Access-Control-Request-Method", http.MethodGet)
			}
			w := httptest.NewRecorder()
			if got := p.Share(w, r); got != c.answered || got && w.Code != http.StatusNoContent {
				t.Errorf("answered %t with %d, want %t", got, w.Code, c.answered)
			}
			if diff := cmp.Diff(c.want, w.Header()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
