package server

import (
	"crypto/rand"
	"log/slog"
	"net/http"
	"runtime/debug"
)

// recoverPanics makes a panic the failure of its request alone: it is logged
// with the request's id, counted, and answered with 500 if nothing was
// answered yet. The protocols do the same in their own forms; this is for what
// panics outside of them.
func (s *Server) recoverPanics(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := &begunWriter{ResponseWriter: w}
		defer s.recoverPanic(begun, r)
		h.ServeHTTP(begun, r)
	})
}

func (s *Server) recoverPanic(w *begunWriter, r *http.Request) {
	cause := recover()
	if cause == nil {
		return
	}
	if cause == http.ErrAbortHandler { //nolint:errorlint // net/http compares it so, too
		panic(cause)
	}
	s.metrics.panics.Inc()
	id := rand.Text()
	s.config.Logger.LogAttrs(r.Context(), slog.LevelError, "request panicked",
		slog.String("request_id", id), slog.String("method", r.Method), slog.String("path", r.URL.Path),
		slog.Any("panic", cause), slog.String("stack", string(debug.Stack())))
	if w.begun {
		panic(http.ErrAbortHandler) // half an answer must not look like a whole one
	}
	w.Header().Set("X-Request-Id", id)
	http.Error(w, "internal error, request id "+id, http.StatusInternalServerError)
}

// begunWriter remembers that something was answered.
type begunWriter struct {
	http.ResponseWriter
	begun bool
}

// Unwrap is for http.ResponseController.
func (w *begunWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *begunWriter) WriteHeader(status int) {
	w.begun = true
	w.ResponseWriter.WriteHeader(status)
}

func (w *begunWriter) Write(p []byte) (int, error) {
	w.begun = true
	return w.ResponseWriter.Write(p)
}
