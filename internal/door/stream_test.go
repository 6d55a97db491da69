package door_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
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
		wrote := 0
		h := d.Routes([]door.Route{{Method: http.MethodGet, Pattern: "/v1/room", Handler: func(c *door.Call) error {
			s, err := c.Stream()
			if err != nil {
				return err
			}
			defer s.Close()
			for { // far longer than the server's own bound
				if _, err := s.Write([]byte("data: x\n\n")); err != nil {
					return err
				}
				wrote++
				time.Sleep(time.Minute)
			}
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
		before := wrote
		time.Sleep(time.Minute + door.StreamPatience + time.Second)
		synctest.Wait()
		if streams.Open() != 0 || wrote > before+1 {
			t.Errorf("%d streams are open, and %d more writes were taken of a client that took nothing", streams.Open(), wrote-before)
		}
		_ = server.Close()
	})
}

func TestStreams_AreBoundedAndHearOfTheEnd(t *testing.T) {
	streams := door.NewStreams(1, 1)
	d := &door.Door{Streams: streams}
	begun, ended := make(chan struct{}), make(chan struct{})
	h := d.Routes([]door.Route{{Method: http.MethodGet, Pattern: "/v1/room", Handler: func(c *door.Call) error {
		s, err := c.Stream()
		if err != nil {
			return err
		}
		defer s.Close()
		close(begun)
		<-s.Draining()
		return nil
	}}})
	ask := func() int {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/v1/room", http.NoBody))
		return w.Code
	}
	go func() { ask(); close(ended) }()
	<-begun
	if status := ask(); status != http.StatusServiceUnavailable {
		t.Errorf("one stream too many: %d, want 503", status)
	}
	streams.Drain()
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
