package listen

import (
	"container/list"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// connections are the open connections of a port, of which there are at most
// limit. When one more comes, the one that has been without a request for the
// longest time makes room, or else the one whose request's body has been
// awaited the longest, and for waitsAtLeast; only when all others are at work
// does it wait. So nobody can shut others out by holding connections that say
// nothing.
//
// Connections from one address are at most ofAddress: one more takes the place
// of an idle one of the same address, or is closed at once. What comes from
// loopback is a proxy or the machine's own and has no such bound; of IPv6 an
// address is its first 64 bits, which one host can have all of.
type connections struct {
	limit, ofAddress int

	mu        sync.Mutex
	changed   sync.Cond // one has gone, or has got a place in a queue, or the listener is closed
	open      int       // conns that count
	addresses map[netip.Addr]int
	idle      list.List // of *conn, the one idle longest in front
	waiting   list.List // of *conn whose request's body isn't there yet, the one waiting longest in front
	headers   int64     // bytes of headers that count
	cut       uint64    // ones that made room, since the start
	refused   uint64    // ones that came from an address with too many, since the start
	closed    bool      // the listener is
}

// waitsAtLeast is how long a body may be awaited whatever happens.
const waitsAtLeast = time.Second

func newConnections(limit, ofAddress int) *connections {
	s := &connections{limit: limit, ofAddress: ofAddress, addresses: make(map[netip.Addr]int)}
	s.changed.L = &s.mu
	return s
}

var errAddress = errors.New("too many connections from one address")

// admit waits until there is room for one more. Its error is errAddress or, after
// close, net.ErrClosed.
func (s *connections) admit(address netip.Addr) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ofAddress > 0 && address.IsValid() && s.addresses[address] >= s.ofAddress && !s.cutOfLocked(address) {
		s.refused++
		return errAddress
	}
	for s.open >= s.limit && !s.closed {
		if !s.cutOneLocked() {
			s.changed.Wait()
		}
	}
	if s.closed {
		return net.ErrClosed
	}
	s.open++
	if address.IsValid() {
		s.addresses[address]++
	}
	return nil
}

// cutOneLocked cuts the connection that is the first to make room, if there is
// one. If one will be soon, changed is signalled then.
func (s *connections) cutOneLocked() bool {
	if front := s.idle.Front(); front != nil {
		s.cutLocked(front.Value.(*conn)) //nolint:forcetypeassert // nothing else is in there
		return true
	}
	front := s.waiting.Front()
	if front == nil {
		return false
	}
	c := front.Value.(*conn) //nolint:forcetypeassert // nothing else is in there
	if waited := time.Since(c.since); waited < waitsAtLeast {
		time.AfterFunc(waitsAtLeast-waited, s.changed.Broadcast)
		return false
	}
	s.cutLocked(c)
	return true
}

// cutOfLocked cuts the connection from the address that is idle the longest.
func (s *connections) cutOfLocked(address netip.Addr) bool {
	for e := s.idle.Front(); e != nil; e = e.Next() {
		if c := e.Value.(*conn); c.address == address { //nolint:forcetypeassert // nothing else is in there
			s.cutLocked(c)
			return true
		}
	}
	return false
}

// cutLocked closes a connection. The http.Server finds out when it next reads.
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

// removeLocked takes c out of all that counts.
func (s *connections) removeLocked(c *conn) {
	if c.gone {
		return
	}
	c.gone = true
	s.enqueueLocked(c, nil)
	s.headers -= c.counted
	c.counted = 0
	s.open--
	if c.address.IsValid() {
		if s.addresses[c.address]--; s.addresses[c.address] == 0 {
			delete(s.addresses, c.address)
		}
	}
	s.changed.Signal()
}

// enqueueLocked gives c the last place in a queue; nil: it is at work.
func (s *connections) enqueueLocked(c *conn, queue *list.List) {
	if c.queue != nil {
		c.queue.Remove(c.place)
	}
	c.queue, c.place = queue, nil
	if queue != nil && !c.gone {
		c.place, c.since = queue.PushBack(c), time.Now()
		s.changed.Signal()
	}
	if c.gone {
		c.queue = nil
	}
}

// note is the ConnState of the http.Server. A new connection that has sent
// nothing yet is idle, too, as is one whose header is not whole.
func (s *connections) note(nc net.Conn, state http.ConnState) {
	c := connBelow(nc)
	if c == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch state { //nolint:exhaustive // the others are one
	case http.StateNew, http.StateIdle:
		s.headers -= c.counted
		c.counted, c.header = 0, 0
		c.inBody.Store(false)
		s.enqueueLocked(c, &s.idle)
	default:
		c.inBody.Store(true)
		s.enqueueLocked(c, nil)
	}
}

// await notes that the request's body isn't there yet, and work that it is.
func (s *connections) await(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.enqueueLocked(c, &s.waiting)
}

func (s *connections) work(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.enqueueLocked(c, nil)
}

// countHeader tells whether c's header may have so many bytes that count.
func (s *connections) countHeader(c *conn, bytes int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.gone || s.headers-c.counted+bytes > maxHeadersBytes {
		return false
	}
	s.headers += bytes - c.counted
	c.counted = bytes
	return true
}

// close lets nobody wait any longer.
func (s *connections) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.changed.Broadcast()
}

// Counts tell of a port's connections.
type Counts struct {
	Open    int    // that count
	Idle    int    // of those: without a request under way
	Cut     uint64 // that made room for others, since the start
	Refused uint64 // from an address with too many, since the start
}

func (s *connections) counts() Counts {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Counts{Open: s.open, Idle: s.idle.Len(), Cut: s.cut, Refused: s.refused}
}

// countedListener accepts connections that count.
type countedListener struct {
	net.Listener
	connections *connections
	log         *slog.Logger
}

// Accept gives the next connection, when there is room for it.
func (l *countedListener) Accept() (net.Conn, error) {
	for {
		nc, err := l.Listener.Accept()
		if err != nil {
			if !errors.Is(err, net.ErrClosed) { // the http.Server tries again a little later
				l.log.Warn("a connection could not be taken", slog.Any("error", err))
			}
			return nil, err
		}
		address := addressOf(nc)
		err = l.connections.admit(address)
		if err == nil {
			return &conn{Conn: nc, of: l.connections, address: address}, nil
		}
		_ = nc.Close()
		if !errors.Is(err, errAddress) {
			return nil, err
		}
	}
}

// Close takes no more connections. Those that are open stay so.
func (l *countedListener) Close() error {
	l.connections.close()
	return l.Listener.Close()
}

// addressOf is what a connection counts for; zero for loopback.
func addressOf(nc net.Conn) netip.Addr {
	at, err := netip.ParseAddrPort(nc.RemoteAddr().String())
	if err != nil {
		return netip.Addr{} // no address of TCP: a test's
	}
	ip := at.Addr().Unmap().WithZone("")
	if ip.IsLoopback() {
		return netip.Addr{}
	}
	if ip.Is6() {
		network, _ := ip.Prefix(64) // fails for no IPv6 address
		return network.Addr()
	}
	return ip
}

// connBelow is the conn of an http.Server's connection.
func connBelow(nc net.Conn) *conn {
	if secured, ok := nc.(*tls.Conn); ok {
		nc = secured.NetConn()
	}
	c, _ := nc.(*conn)
	return c
}
