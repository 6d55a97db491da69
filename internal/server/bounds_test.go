package server_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rollcall/internal/body"
	"rollcall/internal/listen"
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

// trySend is send for another goroutine than the test's: the answer tells
// whether it was sent.
func (c *connection) trySend(text string) { _, _ = io.WriteString(c, text) }

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

// Three hundred clients that ask for the largest pages and read nothing hold
// little, and are cut; whoever reads is answered beside them.
func TestBounds_ClientsThatDoNotReadHoldLittle(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		var events strings.Builder
		for i := range 1000 {
			events.WriteString(strings.ReplaceAll(login(fmt.Sprintf("agent-%d-%s", i, strings.Repeat("x", 200))), "2026-03-02", "1999-12-31")) // a bubble begins in 2000
		}
		c := b.dial()
		go c.trySend(fmt.Sprintf("POST /v1/events?wait=visible HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s", events.Len(), events.String()))
		if got := c.answer(); got != "200" {
			b.t.Fatalf("put: %s", got)
		}
		page := "GET /v1/instances/support/agents?limit=1000 HTTP/1.1\r\nHost: localhost\r\n\r\n"
		c.send(page)
		resp, err := http.ReadResponse(c.reader, nil)
		if err != nil {
			b.t.Fatal(err)
		}
		size, err := io.Copy(io.Discard, resp.Body)
		if err != nil || size < 500_000 {
			b.t.Fatalf("a page of %d bytes, %v", size, err)
		}
		_ = resp.Body.Close()
		before := heap()
		const silent = 300
		for range silent {
			go b.dial().trySend(page)
		}
		synctest.Wait()
		if held := (heap() - before) / silent; held > 200<<10 {
			b.t.Errorf("each of %d clients that don't read holds %d bytes of a page of %d", silent, held, size)
		}
		c.send(page)
		if got := c.answer(); got != "200" {
			b.t.Errorf("who reads: %s", got)
		}
		time.Sleep(listen.Patience + 5*time.Second)
		synctest.Wait()
		if open, _ := b.server.Gauge("rollcall_connections"); open > 1 {
			b.t.Errorf("%v connections are open", open)
		}
	})
}

// heap is what is held, in bytes.
func heap() int64 {
	runtime.GC()
	runtime.GC() // what pools kept
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
