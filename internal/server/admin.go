package server

import (
	"fmt"
	"net/http"
	"net/http/pprof"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"rollcall/internal/access"
)

// adminHandler is what operators and their tools ask. It is not authenticated
// and listens apart from the service.
//
//	/healthz             200 as long as the process answers
//	/readyz              200 when the floor has caught up with the journal, else 503 and why
//	/metrics             Prometheus
//	/debug/floor         the whole floor as lines of JSON, the same bytes on every node at one position
//	/debug/floor/digest  its position and SHA-256
//	/debug/pprof         Go profiles
func (s *Server) adminHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintln(w, "ok")
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if err := s.Ready(); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		_, _ = fmt.Fprintln(w, "ready")
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /debug/floor", s.dumpFloor)
	mux.HandleFunc("GET /debug/floor/digest", s.digestFloor)
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return s.keepPagesOut(mux)
}

// keepPagesOut refuses requests for a host name that isn't the machine's own,
// when only the machine itself reaches the admin pages: such come from a web
// page whose owner has made its name mean 127.0.0.1 (DNS rebinding), to read
// what is here in the browser of somebody on the machine. Health is for all.
func (s *Server) keepPagesOut(h http.Handler) http.Handler {
	if s.admin == nil || !access.IsLoopbackHost(s.admin.Addr().String()) {
		return h
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/healthz" && r.URL.Path != "/readyz" && !access.IsLoopbackHost(r.Host) {
			http.Error(w, "ask for localhost or 127.0.0.1: the admin pages listen on loopback", http.StatusForbidden)
			return
		}
		h.ServeHTTP(w, r)
	})
}
