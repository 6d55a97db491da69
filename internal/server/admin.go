package server

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/pprof"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"rollcall"
	"rollcall/internal/access"
	"rollcall/internal/door"
)

// AdminAddress is where health, metrics and profiles are; empty for nowhere.
func (s *Server) AdminAddress() string {
	if s.admin == nil {
		return ""
	}
	return s.admin.Addr().String()
}

// adminHandler is what operators and their tools ask. It listens apart from the
// service, and nobody is asked who they are, but for what is below /debug.
//
//	/healthz             200 as long as the process answers
//	/readyz              200 when the floor has caught up with the journal, else 503 and why
//	/metrics             Prometheus
//	/keys/loaded         whether the keys file of a SHA-256 is in force, for who has changed it
//	/debug/floor         the whole floor as lines of JSON, the same bytes on every node at one position
//	/debug/floor/digest  its position and SHA-256
//	/debug/pprof         Go profiles
//
// Nothing can make health wait: all the rest together takes a part of the
// connections only, and each of it ends.
func (s *Server) adminHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintln(w, "ok")
	})
	mux.HandleFunc("GET /readyz", s.tellReady)
	mux.Handle("GET /metrics", atMost(maxMetricsAtOnce, s.keepPagesOut(promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{}))))
	mux.Handle("GET /keys/loaded", atMost(1, s.keepPagesOut(http.HandlerFunc(s.tellKeysLoaded))))

	debug := http.NewServeMux()
	debug.HandleFunc("GET /debug/floor", s.dumpFloor)
	debug.HandleFunc("GET /debug/floor/digest", s.digestFloor)
	debug.HandleFunc("GET /debug/pprof/", pprof.Index)
	debug.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	debug.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	debug.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	debug.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	mux.Handle("/debug/", s.guardDebug(atMost(1, inTime(debug))))
	pages := withoutBody(mux)
	d := &door.Door{Dialect: plainDialect, Logger: s.config.Logger, Now: s.config.Now, Observe: s.metrics.observePanic}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d.Serve(w, r, "admin", "", func(c *door.Call) error { //nolint:contextcheck // the call has the request's
			pages.ServeHTTP(c, c.Request)
			return nil
		})
	})
}

// plainDialect is that of the admin pages: text.
var plainDialect = door.Dialect{
	IDHeader: "X-Request-Id",
	WriteError: func(w http.ResponseWriter, id string, _ error) (code string, failed error) {
		http.Error(w, "internal error, request id "+id, http.StatusInternalServerError)
		return string(rollcall.CodeInternal), nil
	},
}

const (
	maxMetricsAtOnce = 10
	adminWriteTime   = 30 * time.Second // for an answer to be taken; a profile has as much behind its own time
	debugTime        = 2 * time.Minute  // for all of an answer below /debug
	maxProfileTime   = time.Minute      // of ?seconds=
)

func (s *Server) tellReady(w http.ResponseWriter, _ *http.Request) {
	if err := s.Ready(); err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	_, _ = fmt.Fprintln(w, "ready")
	if err := s.keys.Fault(); err != nil {
		_, _ = fmt.Fprintf(w, "but the keys file can't be used, and the keys before it stay in force: %v\n", err)
	}
	_, _ = io.WriteString(w, tellSilence(s.silentFeeds())+tellSources(s.Sources())+tellSeeds(s.Seeds()))
}

// tellKeysLoaded has the keys file looked at, and tells whether what is in force
// is of the SHA-256 asked about. It tells no digest: who doesn't have the file
// must not be able to try secrets on one.
func (s *Server) tellKeysLoaded(w http.ResponseWriter, r *http.Request) {
	var asked [sha256.Size]byte
	given := r.URL.Query().Get("sha256")
	if n, err := hex.Decode(asked[:], []byte(given[:min(len(given), 2*len(asked))])); err != nil || n != len(asked) || len(given) != 2*n {
		http.Error(w, "sha256: want the digest of a keys file in hexadecimal", http.StatusBadRequest)
		return
	}
	answer := KeysLoaded{Loaded: s.keys.Loaded(r.Context(), asked)}
	if path := s.keys.Path(); path != "" {
		answer.Path, _ = filepath.Abs(path) // fails only where there is no working directory
	}
	if err := s.keys.Fault(); err != nil {
		answer.Fault = err.Error()
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer)
}

// KeysLoaded is the answer of /keys/loaded.
type KeysLoaded struct {
	Loaded bool   `json:"loaded"`
	Path   string `json:"path"`            // of the keys file that this server follows; empty if none
	Fault  string `json:"fault,omitempty"` // why that can't be used
}

// atMost answers 503 to more requests at once than n.
func atMost(n int, h http.Handler) http.Handler {
	room := make(chan struct{}, n)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case room <- struct{}{}:
			defer func() { <-room }()
			h.ServeHTTP(w, r)
		default:
			w.Header().Set("Retry-After", "1")
			http.Error(w, fmt.Sprintf("%d of such requests are being answered, and no more at once; try again", n), http.StatusServiceUnavailable)
		}
	})
}

// withoutBody refuses bodies, which nothing here has a use for, unread.
func withoutBody(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength != 0 {
			http.Error(w, "nothing here takes a body", http.StatusBadRequest)
			return
		}
		h.ServeHTTP(w, r)
	})
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
		if !access.IsLoopbackHost(r.Host) {
			http.Error(w, "ask for localhost or 127.0.0.1: the admin pages listen on loopback", http.StatusForbidden)
			return
		}
		h.ServeHTTP(w, r)
	})
}
