package door_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"rollcall/internal/body"
	"rollcall/internal/door"
)

// listener hands out the server's ends of pipes.
type listener struct {
	conns chan net.Conn
	once  sync.Once
	ended chan struct{}
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.ended:
		return nil, net.ErrClosed
	}
}
func (l *listener) Close() error   { l.once.Do(func() { close(l.ended) }); return nil }
func (l *listener) Addr() net.Addr { return &net.TCPAddr{} }

func TestStream_WhoTakesNothingIsCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		streams := door.NewStreams(10, 10)
		d := &door.Door{Streams: streams}
		var wrote atomic.Int32
		h := d.Routes([]door.Route{{Method: http.MethodGet, Pattern: "/v1/room", Handler: func(c *door.Call) error {
			return c.Stream(func(s *door.Stream) error {
				for { // far longer than the server's own bound
					if _, err := s.Write([]byte("data: x\n\n")); err != nil {
						return err
					}
					wrote.Add(1)
					time.Sleep(time.Minute)
				}
			})
		}}})
		server := &http.Server{Handler: h, WriteTimeout: 30 * time.Second, ReadHeaderTimeout: time.Second}
		l := &listener{conns: make(chan net.Conn), ended: make(chan struct{})}
		go func() { _ = server.Serve(l) }()
		client, end := net.Pipe()
		l.conns <- end
		if _, err := io.WriteString(client, "GET /v1/room HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, 10<<10)
		for !strings.Contains(string(got), "data: x\n\n\r\n9\r\ndata: x") { // the header, and frames from two minutes
			n, err := client.Read(got[len(strings.TrimRight(string(got), "\x00")):])
			if err != nil {
				t.Fatalf("%d bytes, %v: %s", n, err, got)
			}
		}
		if streams.Open() != 1 {
			t.Errorf("%d streams are open, want 1", streams.Open())
		}
		before := wrote.Load()
		time.Sleep(time.Minute + door.StreamPatience + time.Second)
		synctest.Wait()
		if streams.Open() != 0 || wrote.Load() > before+1 {
			t.Errorf("%d streams are open, and %d more writes were taken of a client that took nothing", streams.Open(), wrote.Load()-before)
		}
		_ = server.Close()
	})
}

// A stream has its connection to itself, so it must do what net/http does:
// notice who goes, survive its handler, and end each protocol's answer.
func TestStream_EndsAlone(t *testing.T) {
	streams := door.NewStreams(10, 10)
	outcomes := make(chan door.Outcome, 1)
	what := make(chan func(*door.Stream) error, 1)
	d := &door.Door{Streams: streams, Observe: func(o door.Outcome) { outcomes <- o }}
	server := httptest.NewServer(d.Routes([]door.Route{{Method: http.MethodGet, Pattern: "/v1/room", Handler: func(c *door.Call) error {
		c.Header().Set("Content-Type", "text/plain")
		return c.Stream(<-what)
	}}}))
	defer server.Close()
	large := strings.Repeat("0123456789", 10_000) // several pieces
	write := func(s *door.Stream) error {
		_, err := s.Write([]byte(large))
		return err
	}
	for name, c := range map[string]struct {
		protocol  string
		run       func(*door.Stream) error
		want      string // the answer's end
		leave     bool   // the client does, when it has seen the beginning
		abandoned door.Outcome
	}{
		"in order": {protocol: "1.1", run: write, want: "\r\n0\r\n\r\n"},
		"HTTP/1.0": {protocol: "1.0", run: write, want: large},
		"in panic": {protocol: "1.1", run: func(s *door.Stream) error {
			_ = write(s)
			panic("no")
		}, want: "89\r\n", abandoned: door.Outcome{Panicked: true, Interrupted: true}},
		"the client goes": {protocol: "1.1", run: func(s *door.Stream) error {
			for {
				if err := s.Wait(time.Now().Add(time.Hour)); err != nil {
					return err
				}
			}
		}, leave: true},
	} {
		what <- c.run
		conn, err := net.Dial("tcp", strings.TrimPrefix(server.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, "GET /v1/room HTTP/"+c.protocol+"\r\nHost: x\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		var got []byte
		if c.leave {
			_, err = conn.Read(make([]byte, 10))
			_ = conn.Close()
		} else {
			got, err = io.ReadAll(conn)
		}
		out := <-outcomes
		if err != nil || !strings.HasSuffix(string(got), c.want) || out.Panicked != c.abandoned.Panicked || out.Interrupted != c.abandoned.Interrupted || out.Status != http.StatusOK {
			t.Errorf("%s: %v, %d bytes to …%.40q, %+v", name, err, len(got), got[max(0, len(got)-40):], out)
		}
	}
	streams.Drain()
	if err := streams.Wait(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestStreams_AreBoundedAndHearOfTheEnd(t *testing.T) {
	streams := door.NewStreams(1, 1)
	d := &door.Door{Streams: streams}
	begun, ended := make(chan struct{}), make(chan struct{})
	h := d.Routes([]door.Route{{Method: http.MethodGet, Pattern: "/v1/room", Handler: func(c *door.Call) error {
		return c.Stream(func(s *door.Stream) error {
			close(begun)
			for !s.Draining() {
				if err := s.Wait(time.Now().Add(time.Hour)); err != nil {
					return err
				}
			}
			return nil
		})
	}}})
	server := httptest.NewServer(h)
	defer server.Close()
	ask := func() int {
		answer, err := server.Client().Get(server.URL + "/v1/room")
		if err != nil {
			t.Error(err)
			return 0
		}
		_, _ = io.Copy(io.Discard, answer.Body)
		_ = answer.Body.Close()
		return answer.StatusCode
	}
	go func() { ask(); close(ended) }()
	<-begun
	if status := ask(); status != http.StatusServiceUnavailable {
		t.Errorf("one stream too many: %d, want 503", status)
	}
	streams.Drain()
	if err := streams.Wait(t.Context()); err != nil {
		t.Error(err)
	}
	<-ended
	if streams.Open() != 0 {
		t.Errorf("%d streams are open at the end", streams.Open())
	}
	if status := ask(); status != http.StatusServiceUnavailable {
		t.Errorf("a stream at the end: %d, want 503", status)
	}
}

func TestHold_EndsWithTheCall(t *testing.T) {
	answers := body.NewBudget(1000, 0, 0)
	d := &door.Door{Answers: answers}
	h := d.Routes([]door.Route{{Method: http.MethodGet, Pattern: "/v1/room", Handler: func(c *door.Call) error {
		if err := c.Hold(600); err != nil {
			return err
		}
		if answers.Used() != 600 {
			t.Errorf("%d bytes are held, want 600", answers.Used())
		}
		return c.Hold(600)
	}}})
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/v1/room", http.NoBody))
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || answers.Used() != 0 {
		t.Errorf("%d %v, and %d bytes are held: want 503 and none", w.Code, w.Header(), answers.Used())
	}
}
