package server

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"rollcall/internal/journal"
	"rollcall/internal/listen"
)

// OpenFiles is openFiles.
var OpenFiles = openFiles

// SetJournal puts a test's journal in place of the embedded one.
func (c *Config) SetJournal(l journal.Log) {
	c.Journal = func(context.Context, func(int, int, time.Duration)) (journal.Log, error) { return l, nil }
}

// SetPublic puts a test's listener in place of the one that Open made.
func (s *Server) SetPublic(l net.Listener) error {
	err := s.public.Close()
	o := s.port()
	o.Listener = l
	port, failed := listen.Open(context.Background(), o)
	s.public = port
	return errors.Join(err, failed)
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
func (s *Server) HTTPHandler() http.Handler { return s.public.Handler(s.handler) }

// AdminHandler is what answers on the admin port.
func (s *Server) AdminHandler() http.Handler { return s.adminHandler() }

// ShareFiles is what of files the settings give to connections and streams.
func ShareFiles(c Config, files int) (connections, streams int) { return c.shareFiles(files, true) }

// CutStreams ends streams as the end of the drain time does.
func (s *Server) CutStreams() {
	now, cancel := context.WithCancel(context.Background())
	cancel()
	s.streams.Drain()
	_ = s.streams.Wait(now)
}
