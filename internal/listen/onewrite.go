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
// sides' processor time. And what a handler has in several parts goes out in as many
// writes, unless it copies them together first. So the connection holds back what
// is written to it, and sends all of it together.
//
// It does so only while a handler's Write lasts: whatever is held when Write
// returns or panics is sent then. Below TLS nothing is held, since what comes
// there are records.

// firstPieceBytes is the size of net/http's buffer.
const firstPieceBytes = 4 << 10

// heldPieces are the header with the beginning of the body, a part that is large,
// and the end.
const heldPieces = 3

// smallPiece has room for two small pieces.
type smallPiece [2 * firstPieceBytes]byte

var smallPieces = sync.Pool{New: func() any { return new(smallPiece) }}

// held is what a connection holds back. The goroutine that answers owns it.
type held struct {
	asked   bool               // a handler's Write lasts
	memory  *smallPiece        // of smallPieces; nil while no small piece is held
	n       int                // bytes in memory
	pieces  [heldPieces][]byte // what buffers is made of
	buffers net.Buffers        // here, and not where it is used, so that it need not be allocated
}

// Write writes p, or holds it back: a large piece where it lies, since that is the
// handler's own, and a small one copied, since it is of net/http's buffer.
func (c *conn) Write(p []byte) (int, error) {
	h := &c.held
	if !h.asked {
		c.patience(len(p))
		return c.Conn.Write(p)
	}
	if len(h.buffers) == heldPieces || len(p) <= firstPieceBytes && h.n+len(p) > len(smallPiece{}) {
		if err := c.writeHeld(); err != nil {
			return 0, err
		}
	}
	if len(p) <= firstPieceBytes {
		if h.memory == nil {
			h.memory = smallPieces.Get().(*smallPiece) //nolint:forcetypeassert // New makes nothing else
		}
		copied := h.memory[h.n:]
		h.n += copy(copied, p)
		p = copied[:len(p)]
	}
	if h.buffers == nil {
		h.buffers = h.pieces[:0]
	}
	h.buffers = append(h.buffers, p)
	return len(p), nil
}

// writeHeld writes what is held, in one. net/http believes already that it was
// written: if it can't be, nothing must follow, so the connection is closed.
func (c *conn) writeHeld() error {
	h := &c.held
	size := 0
	for _, piece := range h.buffers {
		size += len(piece)
	}
	c.patience(size)
	_, err := h.buffers.WriteTo(c.Conn)
	h.pieces, h.buffers = [heldPieces][]byte{}, nil
	if h.memory != nil {
		smallPieces.Put(h.memory)
		h.memory, h.n = nil, 0
	}
	if err != nil {
		_ = c.Conn.Close()
	}
	return err
}

// inOne calls write, during which what is written to the connection is held back
// until the end.
func (c *conn) inOne(write func() (int, error)) (n int, err error) {
	c.held.asked = true
	defer func() {
		c.held.asked = false
		if len(c.held.buffers) == 0 {
			return
		}
		if failed := c.writeHeld(); failed != nil && err == nil {
			n, err = 0, failed
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
