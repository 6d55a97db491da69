package server

import (
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/time/rate"

	"rollcall/internal/access"
)

// audit logs what was done for good: who, what, to what, in which request, from
// where.
func (s *Server) audit(a access.Act) {
	attrs := []any{
		slog.String("key_id", a.KeyID), slog.String("action", a.Action), slog.String("resource", a.Resource),
		slog.String("request_id", a.RequestID), slog.String("remote_addr", a.RemoteAddr),
	}
	if a.Err != nil {
		attrs = append(attrs, slog.Any("error", a.Err))
	}
	s.config.Logger.Info("audit", attrs...)
}

// Refused requests are logged one by one as long as they are few: whoever sends
// many must not fill the disk.
const (
	refusalsAtOnce = 10
	refusalsEvery  = time.Second // is room for one more
)

// refusals count and log refused requests.
type refusals struct {
	count  *prometheus.CounterVec // by reason
	limit  *rate.Limiter          // of lines in the log
	unsaid atomic.Uint64          // since the last line
}

func newRefusals() *refusals {
	r := &refusals{
		count: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "rollcall_access_refused_total",
			Help: "Requests that were not believed or not permitted, by reason: " + strings.Join(access.Reasons, ", ") + ".",
		}, []string{"reason"}),
		limit: rate.NewLimiter(rate.Every(refusalsEvery), refusalsAtOnce),
	}
	for _, reason := range access.Reasons { // so that an alert on a rate sees the first
		r.count.WithLabelValues(reason)
	}
	return r
}

// noteRefusal counts a request that was not believed or not permitted, and logs
// it if there is room.
func (s *Server) noteRefusal(r access.Refusal) {
	refusals := s.metrics.refusals
	refusals.count.WithLabelValues(r.Reason).Inc()
	if !refusals.limit.AllowN(s.config.Now(), 1) {
		refusals.unsaid.Add(1)
		return
	}
	attrs := []any{slog.String("reason", r.Reason), slog.String("key_id", r.KeyID), slog.String("remote_addr", r.RemoteAddr)}
	if r.Action != "" {
		attrs = append(attrs, slog.String("action", r.Action), slog.String("resource", r.Resource))
	}
	if unsaid := refusals.unsaid.Swap(0); unsaid > 0 {
		attrs = append(attrs, slog.Uint64("left_out", unsaid))
	}
	s.config.Logger.Info("request refused", attrs...)
}
