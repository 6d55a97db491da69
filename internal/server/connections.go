package server

import (
	"container/list"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
)

// connections are the open connections of the service, of which there are at
// most limit. When one more comes, the one that has been without a request for
// the longest time makes room; only when all are at work does it wait. So
// nobody can shut others out by holding connections that say nothing.
type connections struct {
	limit int

	mu      sync.Mutex
	changed sync.Cond // one has gone or become idle, or the listener is closed
	open    int       // conns that count
	idle    list.List // of *conn, the one idle longest in front
	cut     uint64    // idle ones that made room, since the start
	closed  bool      // the listener is
}

func newConnections(limit int) *connections {
	c := &connections{limit: limit}
	c.changed.L = &c.mu
	return c
}

// conn is an accepted connection that counts.
type conn struct {
	net.Conn
	of   *connections
	idle *list.Element // its place in of.idle; nil while at work. Guarded by of.mu
	gone bool          // it counts no more. Guarded by of.mu
	held held          // see onewrite.go
}

// Close closes the connection; it counts no more.
func (c *conn) Close() error {
	c.of.remove(c)
	return c.Conn.Close()
}

// admit waits until there is room for one more, and tells whether there is: not
// after close.
func (s *connections) admit() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.open >= s.limit && !s.closed {
		if front := s.idle.Front(); front != nil {
			s.cutLocked(front.Value.(*conn)) //nolint:forcetypeassert // nothing else is in there
			continue
		}
		s.changed.Wait()
	}
	if s.closed {
		return false
	}
	s.open++
	return true
}

// cutLocked closes an idle connection. The http.Server finds out when it next
// reads.
func (s *connections) cutLocked(c *conn) {
	s.removeLocked(c)
	s.cut++
	_ = c.Conn.Close()
}

func (s *connections) remove(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.removeLocked(c)
}

func (s *connections) removeLocked(c *conn) {
	if c.gone {
		return
	}
	c.gone = true
	s.workLocked(c)
	s.open--
	s.changed.Signal()
}

func (s *connections) workLocked(c *conn) {
	if c.idle != nil {
		s.idle.Remove(c.idle)
		c.idle = nil
	}
}

// note is the ConnState of the http.Server. A new connection that has sent
// nothing yet is idle, too.
func (s *connections) note(nc net.Conn, state http.ConnState) {
	if secured, ok := nc.(*tls.Conn); ok {
		nc = secured.NetConn()
	}
	c, ok := nc.(*conn)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.workLocked(c)
	if (state == http.StateNew || state == http.StateIdle) && !c.gone {
		c.idle = s.idle.PushBack(c)
		s.changed.Signal()
	}
}

// close lets nobody wait any longer.
func (s *connections) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.changed.Broadcast()
}

// connectionCounts are for metrics.
type connectionCounts struct {
	open, idle int
	cut        uint64
}

func (s *connections) counts() connectionCounts {
	s.mu.Lock()
	defer s.mu.Unlock()
	return connectionCounts{open: s.open, idle: s.idle.Len(), cut: s.cut}
}

// countedListener accepts connections that count.
type countedListener struct {
	net.Listener
	connections *connections
	log         *slog.Logger
}

// Accept gives the next connection, when there is room for it.
func (l *countedListener) Accept() (net.Conn, error) {
	nc, err := l.Listener.Accept()
	if err != nil {
		if !errors.Is(err, net.ErrClosed) { // the http.Server tries again a little later
			l.log.Warn("a connection could not be taken", slog.Any("error", err))
		}
		return nil, err
	}
	if !l.connections.admit() {
		_ = nc.Close()
		return nil, net.ErrClosed
	}
	return &conn{Conn: nc, of: l.connections}, nil
}

// Close takes no more connections. Those that are open stay so.
func (l *countedListener) Close() error {
	l.connections.close()
	return l.Listener.Close()
}
