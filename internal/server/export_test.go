package server

import (
	"net"

	"rollcall/internal/journal"
)

// OpenFiles is openFiles.
var OpenFiles = openFiles

// SetJournal puts a test's journal in place of the embedded one.
func (c *Config) SetJournal(l journal.Log) { c.journal = l }

// SetPublic puts a test's listener in place of the one that Open made.
func (s *Server) SetPublic(l net.Listener) {
	_ = s.public.Close()
	s.connections.closed = false
	s.public = &countedListener{Listener: l, connections: s.connections, log: s.config.Logger}
}

// Gauge gives the value of a metric without labels.
func (s *Server) Gauge(name string) (value float64, found bool) {
	families, err := s.metrics.registry.Gather()
	if err != nil {
		return 0, false
	}
	for _, f := range families {
		if f.GetName() == name {
			return f.GetMetric()[0].GetGauge().GetValue(), true
		}
	}
	return 0, false
}
