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
