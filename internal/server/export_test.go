package server

import (
	"net"
	"net/http"

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

// HTTPHandler is what the http.Server hands questions to.
func (s *Server) HTTPHandler() http.Handler { return s.HTTPServer(s.handler).Handler }

// HTTPServer is the http.Server with another handler.
func (s *Server) HTTPServer(h http.Handler) *http.Server { return s.newHTTPServer(h, s.connections) }

// Counted is the listener that Open makes of l.
func (s *Server) Counted(l net.Listener) net.Listener {
	return &countedListener{Listener: l, connections: newConnections(100), log: s.config.Logger}
}

// InOne makes a connection of nc as a server does, and gives its inOne.
func InOne(nc net.Conn) (net.Conn, func(write func() (int, error)) (int, error)) {
	c := &conn{Conn: nc, of: newConnections(1)}
	return c, c.inOne
}
