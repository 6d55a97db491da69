package server

import (
	"context"
	"fmt"
	"log/slog"

	"rollcall/internal/access"
	"rollcall/internal/listen"
)

// listen takes the addresses.
func (s *Server) listen(ctx context.Context) (err error) {
	c := &s.config
	o := s.port()
	if s.public, err = listen.Open(ctx, o); err != nil {
		return err
	}
	address := s.public.Addr().String()
	loopback := access.IsLoopbackHost(address)
	if c.Anonymous && !loopback {
		return fmt.Errorf("--anonymous with --listen %s: that is %s, which others reach", c.Listen, address)
	}
	if c.TLSCert == "" && !loopback {
		c.Logger.Warn("plain HTTP on an address that others reach: requests are signed, but not secret; give --tls-cert and --tls-key or put a proxy with TLS in front",
			slog.String("address", address))
	}
	if c.AdminListen == "" {
		return nil
	}
	o.Address, o.Setting, o.TLSCert, o.TLSKey = c.AdminListen, "--admin-listen", "", ""
	o.Connections, o.OfAddress = maxAdminConnections, 0
	o.WriteTimeout = adminWriteTime
	if s.admin, err = listen.Open(ctx, o); err != nil {
		return err
	}
	if address := s.admin.Addr().String(); !access.IsLoopbackHost(address) {
		c.Logger.Warn("health and metrics are not authenticated and others reach them; see to it that a firewall keeps strangers out",
			slog.String("admin_address", address))
	}
	return nil
}

// port is where questions and events arrive.
func (s *Server) port() listen.Options {
	c := &s.config
	ofAddress := c.MaxConnectionsPerAddress
	if ofAddress < 0 {
		ofAddress = max(1, s.connections/4)
	}
	return listen.Options{
		Address: c.Listen, Setting: "--listen", TLSCert: c.TLSCert, TLSKey: c.TLSKey,
		Connections: s.connections, OfAddress: ofAddress, HeaderBytes: c.MaxHeaderBytes,
		RequestTimeout: c.RequestTimeout, WriteTimeout: 2 * c.RequestTimeout, IdleTimeout: c.IdleTimeout,
		Now: c.Now, Logger: c.Logger,
	}
}

// otherFiles is what the process may have open beside the connections of the
// service: the journal's files, and at most maxAdminConnections.
const (
	otherFiles          = 1000
	maxAdminConnections = 100
)

// shareFiles gives how many connections and streams there may be at most:
// --max-connections and --max-watchers, or less of both where the process may not
// have as many files open. To run out of them would hurt the journal, too.
func (c *Config) shareFiles(files int, known bool) (connections, streams int) {
	connections, streams = c.MaxConnections, c.MaxWatchers
	room := files - min(otherFiles, files/2)
	if !known || (connections <= room && streams <= room-connections) {
		return connections, streams
	}
	share := float64(connections) / (float64(connections) + float64(streams))
	connections = min(connections, max(1, int(share*float64(room))))
	streams = min(streams, max(1, room-connections))
	c.Logger.Warn("fewer connections than --max-connections are taken, since the process may have few files open; raise its limit (ulimit -n, LimitNOFILE)",
		slog.Int("max_connections", c.MaxConnections), slog.Int("max_watchers", c.MaxWatchers), slog.Int("open_files_limit", files),
		slog.Int("taken", connections), slog.Int("taken_watchers", streams))
	return connections, streams
}
