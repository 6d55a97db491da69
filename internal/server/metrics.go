package server

import (
	"cmp"
	"net/http"
	"runtime"
	"strconv"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"rollcall/internal/agentevent"
	"rollcall/internal/door"
	"rollcall/internal/ingest"
	"rollcall/internal/journal"
	"rollcall/internal/keeper"
)

// metrics are what /metrics shows of this server. They belong to a registry of
// its own, so that several servers can live in one process.
type metrics struct {
	registry       *prometheus.Registry
	events         atomic.Uint64            // made durable
	asked          atomic.Uint64            // questions of the Amazon Connect dialect
	effects        *prometheus.CounterVec   // events applied, by effect
	refused        prometheus.Counter       // documents refused
	unknown        *prometheus.CounterVec   // values not known, by member
	waitsForgotten prometheus.Counter       // by this node
	v1             *prometheus.CounterVec   // answers of /v1, by route, method, code and status
	questions      *prometheus.CounterVec   // answers, by operation, exception and status
	took           *prometheus.HistogramVec // seconds for an answer, by operation
	forwarded      *prometheus.CounterVec   // requests sent on to Amazon Connect, by operation and outcome

	// What most questions come to, so that it need not be looked up.
	answered     prometheus.Counter
	answeredTook prometheus.Observer

	panics   prometheus.Counter
	refusals *refusals // requests not believed or not permitted

	kept    *keeper.Metrics
	sources *sourceMetrics
	seeds   *seedMetrics
}

func newMetrics(s *Server) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		refusals: newRefusals(),
		effects: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "rollcall_floor_events_total",
			Help: "Events that the floor was handed, by what they did: applied, late, repeated, foreign, forgotten (an agent), removed (an instance), unreadable (of which this release makes nothing), elsewhere (of contacts, and what else is beside the floor).",
		}, []string{"effect"}),
		refused: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "rollcall_ingest_refused_documents_total",
			Help: "Event documents that were refused.",
		}),
		unknown: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "rollcall_ingest_unknown_values_total",
			Help: "Values that this release does not know, in event documents that were taken, by member: EventType, AgentStatus.Type, Contacts.State. They are kept as they came.",
		}, []string{"member"}),
		waitsForgotten: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "rollcall_lobby_forgotten_total",
			Help: "Contacts that waited for --wait-forget and of which nothing more came, so that this node had them forgotten.",
		}),
		v1: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "rollcall_v1_requests_total",
			Help: "Requests to /v1, by route, method, error code (empty: answered) and HTTP status.",
		}, []string{"route", "method", "code", "status"}),
		questions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "rollcall_connect_requests_total",
			Help: "Requests in the Amazon Connect dialect, by operation, exception (empty: answered) and HTTP status.",
		}, []string{"operation", "exception", "status"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "rollcall_connect_request_seconds",
			Help:    "Time from a request's header read to its answer written.",
			Buckets: prometheus.ExponentialBuckets(0.0001, 2.5, 12),
		}, []string{"operation"}),
		forwarded: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "rollcall_forwarded_requests_total",
			Help: "Requests sent on to Amazon Connect (--forward), by operation and outcome: the HTTP status of its answer, or timeout, broken, too_large, unsigned (no credentials were found), gone (the client is).",
		}, []string{"operation", "outcome"}),
		panics: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "rollcall_panics_total",
			Help: "Requests that ended in a panic, each answered with 500 and logged with its id.",
		}),
	}
	counter := func(name, help string, value *atomic.Uint64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, func() float64 { return float64(value.Load()) })
	}
	gauge := func(name, help string, value func() float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value)
	}
	m.answered = m.questions.WithLabelValues(answeredOperation, "", strconv.Itoa(http.StatusOK))
	m.answeredTook = m.took.WithLabelValues(answeredOperation)
	m.kept = keeper.NewMetrics(m.registry, s.config.Now)
	m.sources = newSourceMetrics()
	m.sources.register(m.registry)
	m.seeds = newSeedMetrics()
	m.registry.MustRegister(m.seeds.agents, m.seeds.looks)
	m.registry.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "rollcall_build_info", Help: "Always 1; its labels tell which release runs, and the Go release that built it.",
			ConstLabels: prometheus.Labels{"version": cmp.Or(s.config.Version, "unknown"), "goversion": runtime.Version()},
		}, func() float64 { return 1 }),
		m.effects, m.refused, m.unknown, m.waitsForgotten, m.v1, m.questions, m.took, m.forwarded, m.panics, m.refusals.count,
		counter("rollcall_ingest_events_total", "Events that were made durable and acknowledged.", &m.events),
		gauge("rollcall_floor_instances", "Instances known.", func() float64 { return float64(s.Counts().Instances) }),
		gauge("rollcall_floor_agents", "Agents known, on the floor or not.", func() float64 { return float64(s.Counts().Agents) }),
		gauge("rollcall_floor_online_agents", "Agents on the floor.", func() float64 { return float64(s.Counts().Online) }),
		gauge("rollcall_floor_bytes", "What the floor takes of memory, as it is reckoned.", func() float64 { return float64(s.Counts().Bytes) }),
		gauge("rollcall_floor_bytes_max", "What the floor may take (--max-floor-bytes); 0: not bounded.", func() float64 { return float64(s.config.MaxFloorBytes) }),
		gauge("rollcall_lobby_contacts", "Contacts that the lobby remembers, waiting or not.", func() float64 {
			contacts, _ := s.state.Lobby().Counts()
			return float64(contacts)
		}),
		gauge("rollcall_lobby_bytes", "What the lobby takes of memory, as it is reckoned.", func() float64 {
			_, bytes := s.state.Lobby().Counts()
			return float64(bytes)
		}),
		gauge("rollcall_connections", "Open connections to the service.", func() float64 { return float64(s.public.Counts().Open) }),
		gauge("rollcall_connections_idle", "Open connections without a request under way.", func() float64 { return float64(s.public.Counts().Idle) }),
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "rollcall_connections_cut_total",
			Help: "Connections without a request, or whose request's body did not come, that were closed to make room for others (--max-connections).",
		}, func() float64 { return float64(s.public.Counts().Cut) }),
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "rollcall_connections_refused_total",
			Help: "Connections that were closed at once: too many from one address (--max-connections-per-address).",
		}, func() float64 { return float64(s.public.Counts().Refused) }),
		gauge("rollcall_feeds_silent", "Instances with agents online of whom nothing was heard for --stale-after.", func() float64 { return float64(len(s.silentFeeds())) }),
		gauge("rollcall_streams", "Answers that go on for as long as the client listens.", func() float64 { return float64(s.streams.Open()) }),
		gauge("rollcall_floor_ready", "1 when the floor has caught up with the journal.", func() float64 {
			if s.ready.Load() {
				return 1
			}
			return 0
		}),
		gauge("rollcall_keys_file_unusable", "1 while the keys file can't be read or used, and the keys before it stay in force.", func() float64 {
			if s.keys != nil && s.keys.Fault() != nil {
				return 1
			}
			return 0
		}),
		gauge("rollcall_journal_cut_off_seconds", "How long this node has been cut off from a journal in a cluster; 0 while it isn't.",
			func() float64 { age, _ := s.cutOff(); return age.Seconds() }),
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "rollcall_journal_strays_total",
			Help: "Messages in the stream of a journal in a cluster that are none of rollcall's and were stepped over.",
		}, func() float64 {
			if remote, ok := s.journal.(journal.Remote); ok {
				_, count := remote.Strays()
				return float64(count)
			}
			return 0
		}),
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

// answeredOperation is the operation that nearly all questions are.
const answeredOperation = "GetCurrentUserData"

// observe counts an answer of the Amazon Connect dialect.
func (m *metrics) observe(o door.Outcome) {
	m.asked.Add(1)
	if o.Status == http.StatusOK && o.Route == answeredOperation {
		m.answered.Inc()
		m.answeredTook.Observe(o.Took.Seconds())
		return
	}
	m.questions.WithLabelValues(o.Route, o.Code, strconv.Itoa(o.Status)).Inc()
	m.took.WithLabelValues(o.Route).Observe(o.Took.Seconds())
	m.observePanic(o)
}

// observeForwarded counts a request that was sent on to Amazon Connect.
func (m *metrics) observeForwarded(operation, outcome string) {
	m.forwarded.WithLabelValues(operation, outcome).Inc()
}

// observeIntake counts events taken in.
func (m *metrics) observeIntake(o ingest.Outcome) {
	m.events.Add(uint64(o.Accepted))
	m.refused.Add(float64(o.Refused))
	if u := o.Unknown; u != (agentevent.Unknown{}) {
		m.unknown.WithLabelValues("EventType").Add(float64(u.EventTypes))
		m.unknown.WithLabelValues("AgentStatus.Type").Add(float64(u.StatusTypes))
		m.unknown.WithLabelValues("Contacts.State").Add(float64(u.ContactStates))
	}
}

// observeV1 counts an answer of /v1.
func (m *metrics) observeV1(o door.Outcome) {
	m.v1.WithLabelValues(o.Route, o.Method, o.Code, strconv.Itoa(o.Status)).Inc()
	m.observePanic(o)
}

// observePanic counts a request that ended in a panic.
func (m *metrics) observePanic(o door.Outcome) {
	if o.Panicked {
		m.panics.Inc()
	}
}
