package listen

import (
	"container/list"
	"errors"
	"net"
	"net/netip"
	"sync/atomic"
	"time"
)

// Whoever takes an answer must begin to within Patience of its being written,
// and go on at LeastRate bytes a second on average, for each piece that is
// written at once. Else the connection is cut.
const (
	Patience  = 10 * time.Second
	LeastRate = 16 << 10
)

// Headers hold two to three times their bytes. What they have beyond
// smallHeaderBytes is counted, and maxHeadersBytes is what all connections
// together may have of it: then one that sends more is cut.
const (
	smallHeaderBytes = 4 << 10
	maxHeadersBytes  = 16 << 20
)

var errHeaders = errors.New("the headers of all connections together hold what they may")

// conn is an accepted connection that counts. What stands last in it is guarded
// by of.mu.
type conn struct {
	net.Conn
	of      *connections
	address netip.Addr // for its share; zero where there is none
	held    held       // see onewrite.go

	writeBy atomic.Int64 // in ns of Unix time, what SetWriteDeadline said; 0: nothing
	inBody  atomic.Bool  // the header of the request under way has been read
	header  int64        // bytes of it; of the goroutine that reads

	queue   *list.List    // of.idle or of.waiting, where it has a place; nil: at work
	place   *list.Element // in queue
	since   time.Time     // when it was put there
	counted int64         // bytes of the header in of.headers
	gone    bool          // it counts no more
}

// Close closes the connection; it counts no more.
func (c *conn) Close() error {
	c.of.remove(c)
	return c.Conn.Close()
}

// Read counts what a header has.
func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if c.inBody.Load() {
		return n, err
	}
	if c.header += int64(n); c.header > smallHeaderBytes && !c.of.countHeader(c, c.header-smallHeaderBytes) {
		return 0, errors.Join(errHeaders, c.Close()) // closed, so that no answer is tried
	}
	return n, err
}

// SetWriteDeadline bounds all that is written; each write has a bound of its
// own, too.
func (c *conn) SetWriteDeadline(t time.Time) error {
	at := int64(0)
	if !t.IsZero() {
		at = t.UnixNano()
	}
	c.writeBy.Store(at)
	return c.Conn.SetWriteDeadline(t)
}

// SetDeadline is both.
func (c *conn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetWriteDeadline(t), c.SetReadDeadline(t))
}

// patience bounds the time that the next n bytes may take to be written.
func (c *conn) patience(n int) {
	by := time.Now().Add(Patience + time.Duration(n)*time.Second/LeastRate)
	if at := c.writeBy.Load(); at != 0 && at < by.UnixNano() {
		by = time.Unix(0, at)
	}
	_ = c.Conn.SetWriteDeadline(by)
}
