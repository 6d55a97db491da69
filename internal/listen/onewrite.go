package listen

import (
	"context"
	"net"
	"net/http"
	"sync"
)

// net/http sends a large answer in two writes: the header with as much of the
// body as its buffer takes, and the rest. The first wakes the client for next
// to nothing; without it a page of 100 agents takes a twentieth less of both
// sides' processor time. So the connection holds that piece back until the rest
// comes.
//
// It does so only while a handler's Write lasts: whatever is held when Write
// returns or panics is sent then. Below TLS nothing is held, since what comes
// there are records.

// firstPieceBytes is the size of net/http's buffer.
const firstPieceBytes = 4 << 10

var firstPieces = sync.Pool{New: func() any { return new([firstPieceBytes]byte) }}

// held is what a connection holds back. The goroutine that answers owns it.
type held struct {
	asked   bool                   // a handler's Write lasts
	memory  *[firstPieceBytes]byte // of firstPieces; nil while nothing is held
	n       int                    // bytes in memory
	both    [2][]byte              // what buffers is made of
	buffers net.Buffers            // here, and not where it is used, so that it need not be allocated
}

// Write writes p, or holds it back.
func (c *conn) Write(p []byte) (int, error) {
	switch {
	case c.held.memory != nil:
		return c.writeHeld(p)
	case !c.held.asked || len(p) > firstPieceBytes:
		c.patience(len(p))
		return c.Conn.Write(p)
	}
	c.held.memory = firstPieces.Get().(*[firstPieceBytes]byte) //nolint:forcetypeassert // New makes nothing else
	c.held.n = copy(c.held.memory[:], p)
	return len(p), nil
}

// writeHeld writes what is held and p, in one. net/http may believe already
// that the first was written: if it can't be, nothing must follow, so the
// connection is closed.
func (c *conn) writeHeld(p []byte) (int, error) {
	c.held.both = [2][]byte{c.held.memory[:c.held.n], p}
	c.held.buffers = c.held.both[:]
	c.patience(c.held.n + len(p))
	written, err := c.held.buffers.WriteTo(c.Conn)
	c.held.both = [2][]byte{}
	firstPieces.Put(c.held.memory)
	c.held.memory = nil
	if err != nil {
		_ = c.Conn.Close()
	}
	return max(0, int(written)-c.held.n), err
}

// inOne calls write, during which the first small piece that is written to the
// connection is held back until the next, or the end.
func (c *conn) inOne(write func() (int, error)) (n int, err error) {
	c.held.asked = true
	defer func() {
		c.held.asked = false
		if c.held.memory == nil {
			return
		}
		if _, failed := c.writeHeld(nil); err == nil {
			err = failed
		}
	}()
	return write()
}

type connKey struct{}

// knowConn is the ConnContext of the http.Server: handlers find the connection
// in their request's context.
func knowConn(ctx context.Context, nc net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, nc)
}

// connOf gives the connection of a request, nil if it isn't known, and whether
// answers are written to it as they are: not with TLS.
func connOf(r *http.Request) (c *conn, plain bool) {
	nc, _ := r.Context().Value(connKey{}).(net.Conn)
	_, plain = nc.(*conn)
	return connBelow(nc), plain
}
