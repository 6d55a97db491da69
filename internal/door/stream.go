package door

import (
	"net/http"
	"sync"
	"time"

	"rollcall"
)

// StreamPatience is how long a write to a stream may be blocked: who takes
// nothing for so long is cut.
const StreamPatience = 10 * time.Second

// Streams are the answers that go on until the client, or the server, has
// enough of them. They have a limit of their own, apart from the connections of
// requests that are answered at once, and so can't shut those out. It is safe
// for concurrent use.
type Streams struct {
	limit, ofKey int

	mu       sync.Mutex
	open     map[string]int // :: key id -> streams; no entry for none
	total    int
	draining chan struct{}
	drained  bool
}

// NewStreams allows limit streams, of which a key may have ofKey.
func NewStreams(limit, ofKey int) *Streams {
	return &Streams{limit: limit, ofKey: ofKey, open: make(map[string]int), draining: make(chan struct{})}
}

// Open is how many there are.
func (s *Streams) Open() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.total
}

// Drain tells all handlers that the server is about to end, and lets no stream
// begin any more.
func (s *Streams) Drain() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.drained {
		s.drained = true
		close(s.draining)
	}
}

func (s *Streams) begin(key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.drained:
		return rollcall.Errorf(rollcall.CodeUnavailable, "the server is about to end; ask another, or again in a moment")
	case s.total >= s.limit:
		return rollcall.Errorf(rollcall.CodeUnavailable, "there are %d streams, and that many are allowed; try again later", s.total)
	case s.open[key] >= s.ofKey:
		return rollcall.Errorf(rollcall.CodeThrottled, "this key has %d streams, and that many are allowed; end one of them", s.open[key])
	}
	s.total++
	s.open[key]++
	return nil
}

func (s *Streams) end(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.total--
	if s.open[key]--; s.open[key] == 0 {
		delete(s.open, key)
	}
}

// Stream is an answer that goes on. The goroutine that serves its call owns it.
type Stream struct {
	call    *Call
	control *http.ResponseController
	key     string
}

// Stream makes the call one whose answer goes on: nothing bounds its time but
// StreamPatience for each Write. It counts until Close. The error says that there
// are too many, or that the server is about to end.
func (c *Call) Stream() (*Stream, error) {
	s := &Stream{call: c, control: http.NewResponseController(c.ResponseWriter)}
	if c.Pass != nil {
		s.key = c.Pass.KeyID()
	}
	if err := c.door.Streams.begin(s.key); err != nil {
		return nil, err
	}
	for w := c.ResponseWriter; w != nil; {
		if leaver, ok := w.(interface{ LeaveConnections() }); ok {
			leaver.LeaveConnections()
			break
		}
		inner, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			break
		}
		w = inner.Unwrap()
	}
	return s, nil
}

// Write sends p to the client at once. After an error there is no client any
// more.
func (s *Stream) Write(p []byte) (int, error) {
	if err := s.control.SetWriteDeadline(time.Now().Add(StreamPatience)); err != nil {
		return 0, err
	}
	n, err := s.call.Write(p)
	if err == nil {
		err = s.control.Flush()
	}
	return n, err
}

// Draining is closed when the server is about to end: handlers then have
// --drain-timeout to say so.
func (s *Stream) Draining() <-chan struct{} { return s.call.door.Streams.draining }

// Close ends the stream; what becomes of the connection is net/http's.
func (s *Stream) Close() { s.call.door.Streams.end(s.key) }
