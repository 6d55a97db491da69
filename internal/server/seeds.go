package server

import (
	"context"
	"fmt"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"rollcall"
	"rollcall/internal/access"
	"rollcall/internal/agentevent"
	"rollcall/internal/source"
	seeding "rollcall/internal/source/connect"
)

// newSeeds makes what asks Amazon Connect who is on the floor.
func (s *Server) newSeeds() {
	for _, o := range s.config.Seeds {
		o.Floor, o.Keep = s.floors.Floor, s.keepSeeds
		o.Observe, o.Logger, o.Now = s.metrics.seeds, s.config.Logger, s.config.Now
		s.seeds = append(s.seeds, seeding.New(o))
	}
}

// keepSeeds makes seeds of one instance durable, all or none, within the bounds
// of the floor, and returns when questions see them.
func (s *Server) keepSeeds(ctx context.Context, seeds []*rollcall.Event) error {
	records, err := agentevent.Records(seeds...)
	if err != nil {
		return err
	}
	documents := make([]agentevent.Document, len(seeds))
	for i := range seeds {
		documents[i] = agentevent.Document{Event: *seeds[i], Record: records[i]}
	}
	settle, err := s.room.reserve(documents, nil)
	if err != nil {
		return err
	}
	instance := seeds[0].Instance
	_, known := s.floors.Floor(instance.Instance)
	position, err := s.appendRecords(ctx, records)
	settle(position)
	if !known {
		s.audit(access.Act{KeyID: seeding.Name(instance), Action: access.ActionPutEvents, Resource: instance.String(), Err: err})
	}
	return err
}

// seed has all instances of the settings looked at again, and tells which look
// of each answers that.
func (s *Server) seed() []source.Status {
	wanted := make([]source.Status, len(s.seeds))
	for i, is := range s.seeds {
		wanted[i] = source.Status{Source: seeding.Name(is.Instance), Seed: &source.SeedStatus{Pass: is.Seed()}}
	}
	return wanted
}

// Seeds tells how the asking of Amazon Connect is going.
func (s *Server) Seeds() []source.Status {
	all := make([]source.Status, len(s.seeds))
	for i, is := range s.seeds {
		all[i] = is.Status()
	}
	return all
}

// tellSeeds says for people what hinders seeding.
func tellSeeds(all []source.Status) string {
	var b strings.Builder
	for i := range all {
		if all[i].Trouble != "" {
			fmt.Fprintf(&b, "but of %s: %s\n", all[i].Source, all[i].Trouble)
		}
	}
	return b.String()
}

// seedMetrics count what looks at Amazon Connect find.
type seedMetrics struct{ agents, looks *prometheus.CounterVec }

func newSeedMetrics() *seedMetrics {
	return &seedMetrics{
		agents: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "rollcall_seed_agents_total",
			Help: "Agents of whom Amazon Connect was asked, by what the answer meant: new, agreed, newer (a stream has told otherwise meanwhile), disagreed (with what a stream has told lately: something was lost), outdated, left, unusable (it makes no event; logged).",
		}, []string{"source", "outcome"}),
		looks: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "rollcall_seed_looks_total",
			Help: "How often all agents of an instance were asked for, by whether that came to its end.",
		}, []string{"source", "outcome"}),
	}
}

// Looked implements seeding.Observer, as does Passed.
func (m *seedMetrics) Looked(name string, o seeding.Outcome, agents int) {
	m.agents.WithLabelValues(name, string(o)).Add(float64(agents))
}

func (m *seedMetrics) Passed(name string, failed bool) {
	outcome := "done"
	if failed {
		outcome = "failed"
	}
	m.looks.WithLabelValues(name, outcome).Inc()
}
