package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"rollcall/internal/access"
)

// listen takes the addresses.
func (s *Server) listen(ctx context.Context) error {
	c := &s.config
	var listen net.ListenConfig
	public, err := listen.Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s (--listen): %w", c.Listen, err)
	}
	s.public = &countedListener{Listener: public, connections: s.connections, log: c.Logger}
	if address := public.Addr().String(); c.Anonymous && !access.IsLoopbackHost(address) {
		return fmt.Errorf("--anonymous with --listen %s: that is %s, which others reach", c.Listen, address)
	}
	if c.TLSCert != "" {
		cert, err := openCertificate(c.TLSCert, c.TLSKey, c.Now, func(err error) {
			c.Logger.Error("the renewed TLS certificate can't be read; the one before stays in force", slog.Any("error", err))
		})
		if err != nil {
			return err
		}
		s.public = tls.NewListener(s.public, &tls.Config{
			GetCertificate: cert.Get, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"},
		})
	} else if !access.IsLoopbackHost(public.Addr().String()) {
		c.Logger.Warn("plain HTTP on an address that others reach: requests are signed, but not secret; give --tls-cert and --tls-key or put a proxy with TLS in front",
			slog.String("address", public.Addr().String()))
	}
	if c.AdminListen == "" {
		return nil
	}
	admin, err := listen.Listen(ctx, "tcp", c.AdminListen)
	if err != nil {
		return fmt.Errorf("listen on %s (--admin-listen): %w", c.AdminListen, err)
	}
	s.admin = &countedListener{Listener: admin, connections: s.adminConnections, log: c.Logger}
	if address := s.admin.Addr().String(); !access.IsLoopbackHost(address) {
		c.Logger.Warn("the admin pages are not authenticated and others reach them; see to it that a firewall keeps strangers out",
			slog.String("admin_address", address))
	}
	return nil
}

// otherFiles is what the process may have open beside the connections of the
// service: the journal's files, and at most maxAdminConnections.
const (
	otherFiles          = 1000
	maxAdminConnections = 100
)

// mostConnections is --max-connections, or less where the process may not have
// as many files open: to run out of them would hurt the journal, too.
func (s *Server) mostConnections() int {
	most := s.config.MaxConnections
	files, known := openFiles()
	if !known || most <= files-min(otherFiles, files/2) {
		return most
	}
	fits := files - min(otherFiles, files/2)
	s.config.Logger.Warn("fewer connections than --max-connections are taken, since the process may have few files open; raise its limit (ulimit -n, LimitNOFILE)",
		slog.Int("max_connections", most), slog.Int("open_files_limit", files), slog.Int("taken", fits))
	return fits
}

// newHTTPServer bounds everything about a request but its body, which the
// protocols do.
func (s *Server) newHTTPServer(h http.Handler, connections *connections) *http.Server {
	c := &s.config
	header := min(10*time.Second, c.RequestTimeout)
	return &http.Server{
		Handler:           closeAfterChunks(s.recoverPanics(h)),
		ConnState:         connections.note,
		ConnContext:       knowConn,
		ReadHeaderTimeout: header,
		ReadTimeout:       header + c.RequestTimeout, // by then the protocols have told the client why
		WriteTimeout:      2 * c.RequestTimeout,
		IdleTimeout:       c.IdleTimeout,
		MaxHeaderBytes:    c.MaxHeaderBytes,

		DisableGeneralOptionsHandler: true, // "OPTIONS *" is an unknown operation like any other
		ErrorLog:                     slog.NewLogLogger(c.Logger.Handler(), slog.LevelDebug),
	}
}

// closeAfterChunks ends the connection after a request whose body came in
// chunks. If it had a Content-Length, too, a proxy in front may have gone by
// that and have seen the start of another request in what we take for the body,
// or the other way round (RFC 9112, section 6.1, asks for this). net/http hides
// whether it had one, and no AWS client sends chunks.
func closeAfterChunks(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.TransferEncoding) > 0 {
			w.Header().Set("Connection", "close")
		}
		h.ServeHTTP(w, r)
	})
}

func serveHTTP(server *http.Server, l net.Listener) error {
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve %s: %w", l.Addr(), err)
	}
	return nil
}
