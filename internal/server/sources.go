package server

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"rollcall/internal/access"
	"rollcall/internal/ingest"
	"rollcall/internal/journal"
	"rollcall/internal/source"
	"rollcall/internal/source/kinesis"
	"rollcall/internal/source/lease"
)

// newSources makes what reads streams of events by itself.
func (s *Server) newSources(events *ingest.Intake) {
	for _, o := range s.config.Kinesis {
		id := o.Stream.String()
		o.Begin = func(leftOut func(label, reason string)) kinesis.Delivery {
			return events.Begin(access.Within(id, nil, s.config.Now()), leftOut)
		}
		o.Checkpoints, o.Observe, o.Logger, o.Now = s.state.Checkpoints().Of, s.metrics.sources, s.config.Logger, s.config.Now
		if board, shared := s.journal.(journal.Board); shared {
			o.Leases = lease.New(lease.Options{
				Board: board, Stream: id, Logger: o.Logger, Now: o.Now,
				Observe: func(held, changed int) { s.metrics.sources.leased(id, held, changed) },
			})
		}
		s.sources = append(s.sources, kinesis.New(o))
	}
}

// readSources reads all sources until ctx ends, once the journal is applied: it
// says from where on.
func (s *Server) readSources(ctx context.Context) {
	if len(s.sources)+len(s.seeds) == 0 {
		return
	}
	if s.startAt.Pack > 0 && s.floors.Wait(ctx, s.startAt) != nil { // an empty journal is caught up with
		return
	}
	var reading sync.WaitGroup
	for _, is := range s.sources {
		reading.Go(func() { is.Run(ctx) })
	}
	for _, is := range s.seeds {
		reading.Go(func() { is.Run(ctx) })
	}
	reading.Wait()
}

// Sources tells how the sources of events are doing that the server reads itself.
func (s *Server) Sources() []source.Status {
	all := make([]source.Status, 0, len(s.sources)+len(s.seeds))
	for _, is := range s.sources {
		all = append(all, is.Status())
	}
	return append(all, s.Seeds()...)
}

// tellSources says for people what hinders sources.
func tellSources(all []source.Status) string {
	var b strings.Builder
	for i := range all {
		if all[i].Trouble != "" && all[i].Seed == nil {
			fmt.Fprintf(&b, "but %s is not read: %s\n", all[i].Source, all[i].Trouble)
		}
	}
	return b.String()
}

// sourceMetrics count what sources do.
type sourceMetrics struct {
	behind  *prometheus.GaugeVec
	records *prometheus.CounterVec
	refused *prometheus.CounterVec
	gaps    *prometheus.CounterVec
	leases  *prometheus.GaugeVec
	moves   *prometheus.CounterVec
}

func newSourceMetrics() *sourceMetrics {
	return &sourceMetrics{
		behind: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "rollcall_source_behind_seconds",
			Help: "How long ago what is read of a stream was written, by source and shard.",
		}, []string{"source", "shard"}),
		records: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "rollcall_source_records_total",
			Help: "Records of streams that are dealt with.",
		}, []string{"source"}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "rollcall_source_refused_total",
			Help: "What in records of streams is no event and was left out, by reason.",
		}, []string{"source", "reason"}),
		gaps: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "rollcall_source_gaps_total",
			Help: "How often something of a stream may never have been read: it was made anew, or has forgotten what came next.",
		}, []string{"source"}),
		leases: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "rollcall_source_leases",
			Help: "Shards that this node of a cluster reads, of those that can be read now.",
		}, []string{"source"}),
		moves: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "rollcall_source_lease_changes_total",
			Help: "Shards that this node of a cluster began or ceased to read because it took a lease, or another did.",
		}, []string{"source"}),
	}
}

func (m *sourceMetrics) register(r *prometheus.Registry) {
	r.MustRegister(m.behind, m.records, m.refused, m.gaps, m.leases, m.moves)
}

// Behind implements kinesis.Observer, as do the others.
func (m *sourceMetrics) Behind(stream, shard string, behind time.Duration) {
	m.behind.WithLabelValues(stream, shard).Set(behind.Seconds())
}

func (m *sourceMetrics) Left(stream, shard string) { m.behind.DeleteLabelValues(stream, shard) }
func (m *sourceMetrics) Read(stream string, records int) {
	m.records.WithLabelValues(stream).Add(float64(records))
}

func (m *sourceMetrics) Refused(stream, reason string) {
	m.refused.WithLabelValues(stream, reason).Inc()
}
func (m *sourceMetrics) Gap(stream string) { m.gaps.WithLabelValues(stream).Inc() }

func (m *sourceMetrics) leased(stream string, held, changed int) {
	m.leases.WithLabelValues(stream).Set(float64(held))
	m.moves.WithLabelValues(stream).Add(float64(changed))
}
