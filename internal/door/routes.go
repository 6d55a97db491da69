package door

import (
	"net/http"
	"path"
	"slices"
	"strings"

	"rollcall"
)

// Route is a method of a path, and what answers it. Who has GET has HEAD.
type Route struct {
	Method, Pattern string // the pattern as http.ServeMux takes it, without method
	Handler         Handler
}

// Routes answers all that the routes know, another method with 405 and another
// path with 404. Paths must reach it as they were sent: an ARN in them is one
// percent-encoded segment.
func (d *Door) Routes(routes []Route) http.Handler {
	byPattern := make(map[string]map[string]Handler) // :: pattern -> method -> its handler
	for _, r := range routes {
		methods := byPattern[r.Pattern]
		if methods == nil {
			methods = make(map[string]Handler)
			byPattern[r.Pattern] = methods
		}
		methods[r.Method] = r.Handler
		if r.Method == http.MethodGet {
			methods[http.MethodHead] = r.Handler
		}
	}
	mux := http.NewServeMux()
	for pattern, methods := range byPattern {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			d.serveMethod(w, r, pattern, methods) //nolint:contextcheck // the call has the request's
		})
	}
	mux.HandleFunc("/", d.notFound)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if sent := r.URL.EscapedPath(); path.Clean(sent) != sent {
			d.notFound(w, r) // the mux would redirect, and no signature survives that
			return
		}
		mux.ServeHTTP(w, r)
	})
}

func (d *Door) serveMethod(w http.ResponseWriter, r *http.Request, pattern string, methods map[string]Handler) {
	if h, ok := methods[r.Method]; ok {
		d.Serve(w, r, pattern, r.Method, h)
		return
	}
	d.Serve(w, r, pattern, "", func(c *Call) error {
		known := make([]string, 0, len(methods))
		for m := range methods {
			known = append(known, m)
		}
		slices.Sort(known)
		allow := strings.Join(known, ", ")
		c.Header().Set("Allow", allow)
		return &methodError{method: r.Method, route: pattern, allow: allow}
	})
}

func (d *Door) notFound(w http.ResponseWriter, r *http.Request) {
	d.Serve(w, r, "", "", func(*Call) error { //nolint:contextcheck // the call has the request's
		return rollcall.Errorf(rollcall.CodeUnknownRoute, "there is no path %s", rollcall.Shorten(r.URL.EscapedPath()))
	})
}
