package keeper

import (
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"rollcall/internal/journal"
)

// Metrics are about the journal's size and about snapshots. The sizes are
// those of the keeper's last look at them.
type Metrics struct {
	snapshots  *prometheus.CounterVec // by outcome
	took       prometheus.Gauge
	size       prometheus.Gauge
	unreadable prometheus.Counter
	trimmed    prometheus.Counter
	commits    prometheus.Histogram
	events     prometheus.Counter
	stored     prometheus.Counter
	stat       atomic.Pointer[journal.Stat]
	listed     atomic.Pointer[[]journal.Snapshot]
}

// NewMetrics makes metrics that r shows.
func NewMetrics(r prometheus.Registerer, now func() time.Time) *Metrics {
	m := &Metrics{
		snapshots: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "rollcall_snapshots_total",
			Help: "Snapshots of the floor that were to be written, by outcome: written, failed.",
		}, []string{"outcome"}),
		took: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "rollcall_snapshot_write_seconds", Help: "How long it took to write the newest snapshot.",
		}),
		size: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "rollcall_snapshot_bytes", Help: "Size of the newest snapshot that this process wrote or loaded.",
		}),
		unreadable: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "rollcall_snapshots_unreadable_total", Help: "Snapshots that could not be read and were passed over or removed.",
		}),
		trimmed: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "rollcall_journal_trimmed_packs_total", Help: "Packs that this process trimmed off the journal.",
		}),
		commits: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "rollcall_journal_commit_seconds",
			Help:    "How long it took to make a pack durable.",
			Buckets: prometheus.ExponentialBuckets(0.0001, 2.5, 12),
		}),
		events: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "rollcall_journal_committed_events_total", Help: "Events that this process made durable, its own among them.",
		}),
		stored: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "rollcall_journal_committed_bytes_total", Help: "Bytes of packs, as stored, that this process made durable.",
		}),
	}
	m.stat.Store(new(journal.Stat))
	m.listed.Store(new([]journal.Snapshot))
	gauge := func(name, help string, value func() float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value)
	}
	age := func(at time.Time) float64 {
		if at.IsZero() {
			return 0
		}
		return now().Sub(at).Seconds()
	}
	r.MustRegister(
		m.snapshots, m.took, m.size, m.unreadable, m.trimmed, m.commits, m.events, m.stored,
		gauge("rollcall_journal_bytes", "What the packs of the journal take where they are stored, about.",
			func() float64 { return float64(m.stat.Load().Bytes) }),
		gauge("rollcall_journal_packs", "Packs in the journal.", func() float64 { return float64(m.stat.Load().Packs) }),
		gauge("rollcall_journal_oldest_age_seconds", "Age of the oldest pack in the journal; 0 without one.",
			func() float64 { return age(m.stat.Load().OldestAt) }),
		gauge("rollcall_snapshots", "Snapshots kept.", func() float64 { return float64(len(*m.listed.Load())) }),
		gauge("rollcall_snapshots_bytes", "What the snapshots take together where they are stored.", func() float64 {
			bytes := int64(0)
			for _, s := range *m.listed.Load() {
				bytes += s.Bytes
			}
			return float64(bytes)
		}),
		gauge("rollcall_snapshot_age_seconds", "Age of the newest snapshot; 0 without one.", func() float64 {
			if list := *m.listed.Load(); len(list) > 0 {
				return age(list[0].WrittenAt)
			}
			return 0
		}),
	)
	return m
}

// Commit notes a pack that was made durable.
func (m *Metrics) Commit(events, storedBytes int, took time.Duration) {
	m.commits.Observe(took.Seconds())
	m.events.Add(float64(events))
	m.stored.Add(float64(storedBytes))
}

// wrote notes what became of a snapshot.
func (m *Metrics) wrote(s journal.Snapshot, took time.Duration, err error) {
	if err != nil {
		m.snapshots.WithLabelValues("failed").Inc()
		return
	}
	m.snapshots.WithLabelValues("written").Inc()
	m.took.Set(took.Seconds())
	m.size.Set(float64(s.Bytes))
}

// measure notes what is kept.
func (m *Metrics) measure(stat journal.Stat, list []journal.Snapshot) {
	m.stat.Store(&stat)
	m.listed.Store(&list)
}
