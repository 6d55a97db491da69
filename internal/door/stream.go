package door

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"
)

// StreamPatience is how long a piece of a stream may be blocked: who takes
// nothing for so long is cut.
const StreamPatience = 10 * time.Second

const (
	streamPiece  = 32 << 10 // bytes that are written at once
	streamListen = 4 << 10  // bytes that a client may send while it is answered, which nobody looks at
)

// Stream is an answer that goes on. One goroutine writes it.
//
// It has the connection to itself, since what net/http keeps for each that it
// serves is more than all that a watcher needs: its own buffers, the request, and
// the stack on which it was read.
type Stream struct {
	call    *Call
	of      *Streams
	key     string
	conn    net.Conn
	chunked bool            // pieces are chunks; else the end of the connection is that of the answer
	ctx     context.Context //nolint:containedctx // the stream is what goes on when the call has returned
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
	ctx, gone := context.WithCancel(context.Background()) // net/http ends the request's when it has let go of it
	s.ctx = ctx
	c.stream, c.ResponseWriter, c.Outcome.Status = s, nil, http.StatusOK
	r := c.Request // of which only the log needs a little
	c.Request = &http.Request{Method: r.Method, URL: &url.URL{Path: r.URL.Path}, RemoteAddr: r.RemoteAddr}
	go s.listen(gone)
	go s.serve(gone, header, run)
	return nil
}

// serve runs the stream to its end, and the call with it.
func (s *Stream) serve(gone func(), header []byte, run func(*Stream) error) {
	defer s.of.end(s)
	defer gone()
	err := s.call.attempt(func(*Call) error {
		if err := s.write(header); err != nil {
			return err
		}
		return run(s)
	})
	if err == nil && s.chunked && s.ctx.Err() == nil {
		err = s.write([]byte("0\r\n\r\n"))
	}
	_ = s.conn.Close()
	s.call.end(err)
}

// listen notices when the client goes.
func (s *Stream) listen(gone func()) {
	defer gone()
	var said [64]byte
	for all := 0; all < streamListen; {
		n, err := s.conn.Read(said[:])
		if err != nil {
			return
		}
		all += n
	}
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

// Context ends when the client has gone.
func (s *Stream) Context() context.Context { return s.ctx }

// Draining is closed when the server is about to end: handlers then have
// --drain-timeout to say so.
func (s *Stream) Draining() <-chan struct{} { return s.of.draining }
