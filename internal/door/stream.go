package door

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// StreamPatience is how long a piece of a stream may be blocked: who takes
// nothing for so long is cut.
const StreamPatience = 10 * time.Second

const (
	streamPiece  = 32 << 10 // bytes that are written at once
	streamListen = 4 << 10  // bytes that a client may send while it is answered, which nobody looks at
)

// Stream is an answer that goes on. One goroutine writes it, and in between waits
// for the client to go: that is all there is of a stream that is at rest.
//
// It has the connection to itself, since what net/http keeps for each that it
// serves is more than all that a watcher needs: its own buffers, the request, and
// the stack on which it was read.
type Stream struct {
	call    *Call
	of      *Streams
	key     string
	conn    net.Conn
	chunked bool // pieces are chunks; else the end of the connection is that of the answer

	woken atomic.Bool // Wake was called, and Wait has not seen it
	said  [16]byte    // what the client says
	heard int         // bytes of it
}

// Stream answers with what run writes, for as long as it likes: nothing bounds
// the time but StreamPatience for each piece. The headers are those set before,
// the status is 200. It returns at once, and the call ends with run; for a HEAD the
// header is all. The error says that there are too many streams, or that the server is
// about to end.
func (c *Call) Stream(run func(*Stream) error) error {
	if c.Request.Method == http.MethodHead {
		c.WriteHeader(http.StatusOK)
		return nil
	}
	s := &Stream{call: c, of: c.door.Streams, chunked: c.Request.ProtoAtLeast(1, 1)}
	if c.Pass != nil {
		s.key = c.Pass.KeyID()
	}
	if err := s.of.begin(s); err != nil {
		return err
	}
	header := s.header()
	conn, _, err := http.NewResponseController(c.ResponseWriter).Hijack()
	if err != nil {
		s.of.end(s)
		return fmt.Errorf("take the connection for a stream: %w", err)
	}
	s.of.take(s, conn)
	c.stream, c.ResponseWriter, c.Outcome.Status = s, nil, http.StatusOK
	r := c.Request // of which only the log needs a little
	c.Request = &http.Request{Method: r.Method, URL: &url.URL{Path: r.URL.Path}, RemoteAddr: r.RemoteAddr}
	go s.serve(header, run)
	return nil
}

// serve runs the stream to its end, and the call with it.
func (s *Stream) serve(header []byte, run func(*Stream) error) {
	defer s.of.end(s)
	err := s.call.attempt(func(*Call) error {
		if err := s.write(header); err != nil {
			return err
		}
		return run(s)
	})
	if errors.Is(err, ErrGone) {
		err = nil
	} else if err == nil && s.chunked {
		err = s.write([]byte("0\r\n\r\n"))
	}
	_ = s.conn.Close()
	s.call.end(err)
}

// ErrGone says that there is no client any more.
var ErrGone = errors.New("the client has gone")

// Wait waits until the time, or until Wake is called. The error is ErrGone.
func (s *Stream) Wait(until time.Time) error {
	for s.heard < streamListen {
		if err := s.conn.SetReadDeadline(until); err != nil {
			return ErrGone
		}
		if s.woken.Swap(false) {
			return nil
		}
		n, err := s.conn.Read(s.said[:])
		s.heard += n
		if errors.Is(err, os.ErrDeadlineExceeded) {
			s.woken.Store(false)
			return nil
		}
		if err != nil {
			return ErrGone
		}
	}
	return ErrGone
}

// Wake ends a Wait, or the next one. Any goroutine may call it.
func (s *Stream) Wake() {
	if !s.woken.Swap(true) {
		_ = s.conn.SetReadDeadline(longAgo) // fails when the stream is over
	}
}

var longAgo = time.Unix(1, 0)

// Apart calls f on a stack of its own, for what needs much of one: it is gone
// afterwards, where a stream's lasts.
func (s *Stream) Apart(f func() error) error {
	done := make(chan error)
	go func() { done <- s.call.attempt(func(*Call) error { return f() }) }()
	return <-done
}

// header is the answer's, as net/http would write it.
func (s *Stream) header() []byte {
	h := s.call.Header()
	h.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	h.Set("Connection", "close")
	var b bytes.Buffer
	if s.chunked {
		h.Set("Transfer-Encoding", "chunked")
		b.WriteString("HTTP/1.1 200 OK\r\n")
	} else {
		b.WriteString("HTTP/1.0 200 OK\r\n")
	}
	_ = h.Write(&b) // to memory
	b.WriteString("\r\n")
	return b.Bytes()
}

// pieces are what is written at once, with what makes it a chunk.
var pieces = sync.Pool{New: func() any {
	b := make([]byte, 0, streamPiece+16)
	return &b
}}

// Write sends p to the client at once. After an error there is no client any
// more.
func (s *Stream) Write(p []byte) (int, error) {
	buffer := pieces.Get().(*[]byte) //nolint:forcetypeassert // New makes nothing else
	defer pieces.Put(buffer)
	for n := 0; n < len(p); {
		piece := p[n:min(len(p), n+streamPiece)]
		b := (*buffer)[:0]
		if s.chunked {
			b = append(strconv.AppendInt(b, int64(len(piece)), 16), "\r\n"...)
		}
		if b = append(b, piece...); s.chunked {
			b = append(b, "\r\n"...)
		}
		if err := s.write(b); err != nil {
			return n, err
		}
		n += len(piece)
	}
	s.call.Outcome.Bytes += len(p)
	return len(p), nil
}

func (s *Stream) write(b []byte) error {
	if err := s.conn.SetWriteDeadline(time.Now().Add(StreamPatience)); err != nil {
		return err
	}
	_, err := s.conn.Write(b)
	return err
}

// Draining tells whether the server is about to end: handlers then have
// --drain-timeout to say so. They are woken when it is.
func (s *Stream) Draining() bool {
	select {
	case <-s.of.draining:
		return true
	default:
		return false
	}
}
