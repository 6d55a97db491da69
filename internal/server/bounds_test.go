package server_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rollcall/internal/body"
	"rollcall/internal/server"
)

// pipes is a network of its own, so that time can be the test's.
type pipes struct {
	accept chan net.Conn
	closed chan struct{}
}

func newPipes() *pipes { return &pipes{accept: make(chan net.Conn), closed: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.accept:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	select {
	case <-p.closed:
	default:
		close(p.closed)
	}
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8420} }

// connection is a client's end.
type connection struct {
	net.Conn
	t      *testing.T
	reader *bufio.Reader
}

// bubble is a server on a network and a time of its own.
type bubble struct {
	t       *testing.T
	network *pipes
	server  *running
}

// dial connects; the server may not have accepted yet.
func (b *bubble) dial() *connection {
	client, conn := net.Pipe()
	go func() {
		select {
		case b.network.accept <- conn:
		case <-b.network.closed:
			_ = conn.Close()
		}
	}()
	b.t.Cleanup(func() { _ = client.Close() })
	return &connection{Conn: client, t: b.t, reader: bufio.NewReader(client)}
}

func (c *connection) send(text string) {
	c.t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		c.t.Fatal(err)
	}
}

// answer reads an answer; "cut" stands for the end of the connection.
func (c *connection) answer() string {
	c.t.Helper()
	resp, err := http.ReadResponse(c.reader, nil)
	if err != nil {
		return "cut"
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	line := fmt.Sprintf("%d %s", resp.StatusCode, resp.Header.Get("X-Amzn-Errortype"))
	if resp.StatusCode == http.StatusBadRequest {
		line += " " + string(body)
	}
	return strings.TrimSpace(line)
}

// dribble sends text every second until stop.
func (c *connection) dribble(text string) (stop func()) {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			if _, err := io.WriteString(c, text); err != nil {
				return
			}
			time.Sleep(time.Second)
		}
	}()
	return func() {
		_ = c.Close()
		<-ended
	}
}

// inBubble runs a server on pipes inside synctest.
func inBubble(t *testing.T, change func(c *server.Config), test func(b *bubble)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c := settings()
		c.AdminListen, c.Anonymous, c.AccessKeyID, c.SecretAccessKey = "", true, "", ""
		if change != nil {
			change(&c)
		}
		b := &bubble{t: t, network: newPipes(), server: open(t, c)}
		if err := b.server.SetPublic(b.network); err != nil {
			t.Fatal(err)
		}
		b.server.start()
		test(b)
		if err := b.server.end(); err != nil {
			t.Errorf("Run: %v", err)
		}
	})
}

const (
	unknownPath = "GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n"
	unknown     = "404 UnknownOperationException"
)

func TestBounds_AConnectionThatSaysNothingIsCut(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		startedAt := time.Now()
		c := b.dial()
		if got := c.answer(); got != "cut" {
			b.t.Errorf("got %s", got)
		}
		if took := time.Since(startedAt); took != 10*time.Second {
			b.t.Errorf("cut after %s, want 10s", took)
		}
	})
}

func TestBounds_AHeaderThatComesTooSlowlyIsCut(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		startedAt := time.Now()
		c := b.dial()
		c.send("GET / HTTP/1.1\r\nHost: localhost\r\n")
		defer c.dribble("X")()
		if got := c.answer(); got != "400  400 Bad Request" {
			b.t.Errorf("got %s", got)
		}
		if took := time.Since(startedAt); took != 10*time.Second {
			b.t.Errorf("cut after %s, want 10s", took)
		}
	})
}

func TestBounds_ABodyThatComesTooSlowlyIsCut(t *testing.T) {
	for _, c := range []struct{ path, want string }{
		{questions, `400 InvalidRequestException {"Message":"The request body came too slowly: `},
		{"/v1/events", `the body came too slowly`},
	} {
		inBubble(t, nil, func(b *bubble) {
			startedAt := time.Now()
			conn := b.dial()
			conn.send("POST " + c.path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n")
			defer conn.dribble(" ")()
			if got := conn.answer(); !strings.Contains(got, c.want) {
				b.t.Errorf("%s: got %s, want %s", c.path, got, c.want)
			}
			if took := time.Since(startedAt); took < body.Patience || took > body.Patience+time.Second {
				b.t.Errorf("%s: cut after %s, want %s", c.path, took, body.Patience)
			}
		})
	}
}

func TestBounds_AnIdleConnectionIsCut(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		c := b.dial()
		for range 3 {
			c.send(unknownPath)
			if got := c.answer(); got != unknown {
				b.t.Fatalf("got %s", got)
			}
			time.Sleep(time.Minute)
		}
		startedAt := time.Now()
		if got := c.answer(); got != "cut" {
			b.t.Errorf("got %s", got)
		}
		if took := time.Since(startedAt); took != time.Minute {
			b.t.Errorf("cut after 1m and %s, want 2m", took)
		}
	})
}

// Whoever doesn't read the answer is cut, too: it takes a part of the memory.
func TestBounds_AnAnswerThatNobodyReadsIsCut(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		c := b.dial()
		c.send(unknownPath) // and a pipe has no room for the answer
		synctest.Wait()
		time.Sleep(61 * time.Second)
		synctest.Wait()
		if got := c.answer(); got != "cut" {
			b.t.Errorf("got %s", got)
		}
	})
}

func TestConnections_TheOneIdleLongestMakesRoom(t *testing.T) {
	inBubble(t, func(c *server.Config) { c.MaxConnections = 3 }, func(b *bubble) {
		conns := make([]*connection, 3)
		for i := range conns {
			conns[i] = b.dial()
			conns[i].send(unknownPath)
			if got := conns[i].answer(); got != unknown {
				b.t.Fatalf("connection %d: %s", i, got)
			}
			synctest.Wait() // it is idle
			time.Sleep(time.Second)
		}
		conns[0].send(unknownPath) // so the second is idle longest
		if got := conns[0].answer(); got != unknown {
			b.t.Fatalf("got %s", got)
		}
		synctest.Wait()
		one := b.dial()
		one.send(unknownPath)
		if got := one.answer(); got != unknown {
			b.t.Errorf("one more: %s", got)
		}
		if got := conns[1].answer(); got != "cut" {
			b.t.Errorf("the one idle longest: %s", got)
		}
		for _, i := range []int{0, 2} {
			conns[i].send(unknownPath)
			if got := conns[i].answer(); got != unknown {
				b.t.Errorf("connection %d afterwards: %s", i, got)
			}
		}
	})
}

// The end doesn't wait for connections that never got in.
func TestConnections_TheEndTurnsAwayWhoWaits(t *testing.T) {
	inBubble(t, func(c *server.Config) { c.MaxConnections, c.DrainTimeout = 1, time.Second }, func(b *bubble) {
		working := b.dial()
		working.send("POST " + questions + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{")
		synctest.Wait()
		waiting := b.dial()
		synctest.Wait()
		startedAt := time.Now()
		if err := b.server.end(); err != nil {
			b.t.Errorf("Run: %v", err)
		}
		if took := time.Since(startedAt); took != time.Second {
			b.t.Errorf("took %s, want the drain time-out", took)
		}
		if got := waiting.answer(); got != "cut" {
			b.t.Errorf("who waited: %s", got)
		}
	})
}
