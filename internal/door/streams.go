package door

import (
	"context"
	"fmt"
	"net"
	"sync"

	"rollcall"
)

// Streams are the answers that go on until the client, or the server, has
// enough of them. They have a limit of their own, apart from the connections of
// requests that are answered at once, and so can't shut those out. It is safe
// for concurrent use.
type Streams struct {
	limit, ofKey int

	mu       sync.Mutex
	open     map[*Stream]net.Conn // nil until it has one
	ofKeys   map[string]int       // :: key id -> streams; no entry for none
	drained  bool
	draining chan struct{} // closed with drained
	over     chan struct{} // closed when none is left then
}

// NewStreams allows limit streams, of which a key may have ofKey.
func NewStreams(limit, ofKey int) *Streams {
	return &Streams{
		limit: limit, ofKey: ofKey, open: make(map[*Stream]net.Conn), ofKeys: make(map[string]int),
		draining: make(chan struct{}), over: make(chan struct{}),
	}
}

// Open is how many there are.
func (s *Streams) Open() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.open)
}

// Drain tells all streams that the server is about to end, and lets none begin
// any more.
func (s *Streams) Drain() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.drained {
		return
	}
	s.drained = true
	close(s.draining)
	for stream, conn := range s.open {
		if conn != nil {
			stream.Wake()
		}
	}
	if len(s.open) == 0 {
		close(s.over)
	}
}

// Wait waits, after Drain, until all streams have ended. When ctx ends before
// that, it cuts those that are left and says how many.
func (s *Streams) Wait(ctx context.Context) error {
	select {
	case <-s.over:
		return nil
	case <-ctx.Done():
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, conn := range s.open {
		if conn != nil {
			_ = conn.Close()
		}
	}
	return fmt.Errorf("%d streams had not ended: %w", len(s.open), ctx.Err())
}

func (s *Streams) begin(stream *Stream) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.drained:
		return rollcall.Errorf(rollcall.CodeUnavailable, "the server is about to end; ask another, or again in a moment")
	case len(s.open) >= s.limit:
		return rollcall.Errorf(rollcall.CodeUnavailable, "there are %d streams, and that many are allowed; try again later", len(s.open))
	case s.ofKeys[stream.key] >= s.ofKey:
		return rollcall.Errorf(rollcall.CodeThrottled, "this key has %d streams, and that many are allowed; end one of them", s.ofKeys[stream.key])
	}
	s.open[stream] = nil
	s.ofKeys[stream.key]++
	return nil
}

// take notes the connection of a stream that has begun.
func (s *Streams) take(stream *Stream, conn net.Conn) {
	stream.conn = conn
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open[stream] = conn
}

func (s *Streams) end(stream *Stream) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, stream)
	if s.ofKeys[stream.key]--; s.ofKeys[stream.key] == 0 {
		delete(s.ofKeys, stream.key)
	}
	if s.drained && len(s.open) == 0 {
		close(s.over)
	}
}
