package awscli

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
)

// debugHandler writes log records as the AWS CLI writes those of --debug: a
// line that begins with the time, the thread, the logger and the level.
type debugHandler struct {
	mu    *sync.Mutex // guards w
	w     io.Writer
	attrs []slog.Attr
}

func newDebugHandler(w io.Writer) *debugHandler { return &debugHandler{mu: new(sync.Mutex), w: w} }

// Enabled is true: who asked for everything gets it.
func (h *debugHandler) Enabled(context.Context, slog.Level) bool { return true }

// Handle writes a record.
func (h *debugHandler) Handle(_ context.Context, r slog.Record) error {
	var b strings.Builder
	at := r.Time
	fmt.Fprintf(&b, "%s,%03d - MainThread - rollcall - %s - %s", at.Format("2006-01-02 15:04:05"), at.Nanosecond()/1e6, r.Level, r.Message)
	for _, a := range h.attrs {
		fmt.Fprintf(&b, " %s=%v", a.Key, a.Value)
	}
	r.Attrs(func(a slog.Attr) bool {
		fmt.Fprintf(&b, " %s=%v", a.Key, a.Value)
		return true
	})
	b.WriteByte('\n')
	h.mu.Lock()
	defer h.mu.Unlock()
	_, err := io.WriteString(h.w, b.String())
	return err
}

// WithAttrs returns a handler that adds attributes to each record.
func (h *debugHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &debugHandler{h.mu, h.w, append(h.attrs[:len(h.attrs):len(h.attrs)], attrs...)}
}

// WithGroup returns the handler: names are unique as they are.
func (h *debugHandler) WithGroup(string) slog.Handler { return h }
