package listen

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Options are what a Port is made of.
type Options struct {
	Address  string       // HOST:PORT; port 0 takes a free one
	Setting  string       // that Address came from, for errors
	Listener net.Listener // in place of one on Address, if it isn't nil

	Connections    int           // most that are open; see connections
	OfAddress      int           // most of those from one address but loopback; 0: any number
	HeaderBytes    int           // of one request
	RequestTimeout time.Duration // for a request's body, and for its answer
	WriteTimeout   time.Duration // from a request's header to its answer's end; 0: any, but see Patience
	IdleTimeout    time.Duration // without a request

	TLSCert, TLSKey string // PEM files; both empty: plain HTTP

	Now    func() time.Time // for certificates
	Logger *slog.Logger
}

// Port takes connections and hands out their requests.
type Port struct {
	o           Options
	connections *connections
	listener    net.Listener
	server      *http.Server
}

// Open takes the address. Nothing is answered before Serve.
func Open(ctx context.Context, o Options) (*Port, error) {
	p := &Port{o: o, connections: newConnections(o.Connections, o.OfAddress)}
	listener := o.Listener
	if listener == nil {
		var config net.ListenConfig
		var err error
		if listener, err = config.Listen(ctx, "tcp", o.Address); err != nil {
			return nil, fmt.Errorf("listen on %s (%s): %w", o.Address, o.Setting, err)
		}
	}
	p.listener = &countedListener{Listener: listener, connections: p.connections, log: o.Logger}
	if o.TLSCert != "" {
		cert, err := openCertificate(o.TLSCert, o.TLSKey, o.Now, func(err error) {
			o.Logger.Error("the renewed TLS certificate can't be read; the one before stays in force", slog.Any("error", err))
		})
		if err != nil {
			return nil, errors.Join(err, listener.Close())
		}
		p.listener = tls.NewListener(p.listener, &tls.Config{
			GetCertificate: cert.Get, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"},
		})
	}
	header := min(10*time.Second, o.RequestTimeout)
	p.server = &http.Server{
		ConnState:         p.connections.note,
		ConnContext:       knowConn,
		ReadHeaderTimeout: header,
		ReadTimeout:       header + o.RequestTimeout, // by then the protocols have told the client why
		WriteTimeout:      o.WriteTimeout,
		IdleTimeout:       o.IdleTimeout,
		MaxHeaderBytes:    o.HeaderBytes,

		DisableGeneralOptionsHandler: true, // "OPTIONS *" is an unknown operation like any other
		ErrorLog:                     slog.NewLogLogger(o.Logger.Handler(), slog.LevelDebug),
	}
	return p, nil
}

// Addr is where it listens.
func (p *Port) Addr() net.Addr { return p.listener.Addr() }

// Counts are for metrics.
func (p *Port) Counts() Counts { return p.connections.counts() }

// Serve answers requests until Shutdown or Close; then the error is nil.
func (p *Port) Serve(h http.Handler) error {
	p.server.Handler = p.Handler(h)
	if err := p.server.Serve(p.listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Handler is h as Serve calls it.
func (p *Port) Handler(h http.Handler) http.Handler { return closeAfterChunks(exchanges(h)) }

// Shutdown takes no more connections, and returns when all requests under way
// are answered; when ctx ends before that, it cuts them and says so.
func (p *Port) Shutdown(ctx context.Context) error {
	err := p.server.Shutdown(ctx)
	if err != nil {
		_ = p.server.Close()
	}
	return err
}

// Close cuts everything.
func (p *Port) Close() error {
	_ = p.server.Close()
	if err := p.listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
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
