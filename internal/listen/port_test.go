package listen_test

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"rollcall/internal/listen"
)

func options(l net.Listener) listen.Options {
	return listen.Options{
		Listener: l, Connections: 100, HeaderBytes: 32 << 10, RequestTimeout: 30 * time.Second, WriteTimeout: time.Minute,
		IdleTimeout: 2 * time.Minute, Now: time.Now, Logger: slog.New(slog.DiscardHandler),
	}
}

// network is pipes in place of a network, so that time can be the test's.
type network struct {
	accept chan net.Conn
	once   sync.Once
	closed chan struct{}
}

func newNetwork() *network { return &network{accept: make(chan net.Conn), closed: make(chan struct{})} }

func (n *network) Accept() (net.Conn, error) {
	select {
	case c := <-n.accept:
		return c, nil
	case <-n.closed:
		return nil, net.ErrClosed
	}
}

func (n *network) Close() error   { n.once.Do(func() { close(n.closed) }); return nil }
func (n *network) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 80} }

// from is a connection of somebody.
type from struct {
	net.Conn
	address string
}

func (f from) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.ParseIP(f.address), Port: 4000} }

// bubble is a port with a handler, in a time of its own.
type bubble struct {
	t *testing.T
	*network
	port *listen.Port
}

func inBubble(t *testing.T, h http.HandlerFunc, change func(*listen.Options), test func(b *bubble)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := &bubble{t: t, network: newNetwork()}
		o := options(b.network)
		if change != nil {
			change(&o)
		}
		var err error
		if b.port, err = listen.Open(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error)
		go func() { ended <- b.port.Serve(h) }()
		test(b)
		if err := b.port.Close(); err != nil {
			t.Error(err)
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// dial sends text from an address, and gives what comes back, or "" when the
// connection ends without.
func (b *bubble) dial(address, text string) (answer func() string) {
	client, end := net.Pipe()
	b.t.Cleanup(func() { _ = client.Close() })
	go func() {
		select {
		case b.accept <- from{end, address}:
		case <-b.closed:
			_ = end.Close()
		}
	}()
	go func() { _, _ = io.WriteString(client, text) }()
	return func() string {
		resp, err := http.ReadResponse(bufio.NewReader(client), nil)
		if err != nil {
			return ""
		}
		defer func() { _ = resp.Body.Close() }()
		return strconv.Itoa(resp.StatusCode)
	}
}

func refuse(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }

const (
	get    = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
	silent = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n"
)

// Nine ways to announce a body that does not come: when there is an answer,
// nobody waits for it.
func TestExchange_NobodyWaitsForABodyThatWasNotRead(t *testing.T) {
	large := strings.Repeat("x", 100_000)
	for what, h := range map[string]http.HandlerFunc{
		"refused":        refuse,
		"a large answer": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, large) },
		"nothing said":   func(http.ResponseWriter, *http.Request) {},
	} {
		for how, request := range map[string]string{
			"announced":  silent,
			"half of it": silent + "half",
			"chunked":    "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
		} {
			t.Run(what+"/"+how, func(t *testing.T) {
				inBubble(t, h, nil, func(b *bubble) {
					began := time.Now()
					if got := b.dial("192.0.2.7", request)(); got == "" {
						b.t.Error("no answer")
					}
					for b.port.Counts().Open-b.port.Counts().Idle > 0 {
						time.Sleep(100 * time.Millisecond)
					}
					if took := time.Since(began); took > 2*time.Second {
						b.t.Errorf("the connection was held for %s", took)
					}
				})
			})
		}
	}
}

// A body that is read is given its time, and its connection goes on.
func TestExchange_ABodyThatComesLateIsRead(t *testing.T) {
	inBubble(t, func(w http.ResponseWriter, r *http.Request) {
		got, err := io.ReadAll(r.Body)
		if string(got) != "half and half" || err != nil {
			w.WriteHeader(http.StatusBadRequest)
		}
		time.Sleep(5 * time.Second)
		if r.Context().Err() != nil {
			t.Error("the request was given up while it was answered")
		}
	}, nil, func(b *bubble) {
		client, end := net.Pipe()
		defer func() { _ = client.Close() }()
		b.accept <- end
		answers := bufio.NewReader(client)
		for range 2 {
			for _, part := range []string{"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 13\r\n\r\nhalf", " and half"} {
				if _, err := io.WriteString(client, part); err != nil {
					b.t.Fatal(err)
				}
				time.Sleep(8 * time.Second)
			}
			resp, err := http.ReadResponse(answers, nil)
			if err != nil {
				b.t.Fatal(err)
			}
			_ = resp.Body.Close()
			if resp.StatusCode != http.StatusOK {
				b.t.Errorf("answered %d", resp.StatusCode)
			}
		}
	})
}

// Bodies that are awaited make room, though their handlers wait for them.
func TestConnections_ABodyThatIsAwaitedMakesRoom(t *testing.T) {
	inBubble(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body)
		w.WriteHeader(http.StatusForbidden)
	}, func(o *listen.Options) { o.Connections = 40 }, func(b *bubble) {
		for i := range 40 {
			b.dial(fmt.Sprintf("192.0.2.%d", i), silent)
		}
		synctest.Wait()
		began := time.Now()
		if got := b.dial("198.51.100.1", get)(); got != "403" {
			b.t.Errorf("answered %q", got)
		}
		if took := time.Since(began); took > 2*time.Second {
			b.t.Errorf("waited %s", took)
		}
	})
}

func TestConnections_OneAddressHasItsShare(t *testing.T) {
	var hold chan struct{}
	inBubble(t, func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/hold" {
			<-hold
		}
	}, func(o *listen.Options) { o.OfAddress = 2 }, func(b *bubble) {
		hold = make(chan struct{})
		var holders []func() string
		held := strings.Replace(get, "/", "/hold", 1)
		for _, address := range []string{"192.0.2.7", "2001:db8:1:2::1", "127.0.0.1"} {
			holders = append(holders, b.dial(address, held), b.dial(address, held))
		}
		synctest.Wait()
		for address, want := range map[string]string{
			"192.0.2.7": "", "2001:db8:1:2::ffff": "", // the same network
			"127.0.0.1": "200", "192.0.2.8": "200", "2001:db8:1:3::1": "200",
		} {
			if got := b.dial(address, get)(); got != want {
				b.t.Errorf("one more from %s: %q, want %q", address, got, want)
			}
		}
		if refused := b.port.Counts().Refused; refused != 2 {
			b.t.Errorf("%d are counted as refused, want 2", refused)
		}
		close(hold)
		for _, answer := range holders {
			_ = answer()
		}
		synctest.Wait()
		if got := b.dial("192.0.2.7", get)(); got != "200" { // in place of an idle one
			b.t.Errorf("one more when the others are idle: %q", got)
		}
	})
}

// A connection with a request under way is never cut for another: that waits.
func TestConnections_WaitWhenAllAreAtWork(t *testing.T) {
	var hold chan struct{}
	inBubble(t, func(http.ResponseWriter, *http.Request) { <-hold }, func(o *listen.Options) { o.Connections = 2 }, func(b *bubble) {
		hold = make(chan struct{})
		first, second := b.dial("192.0.2.7", get), b.dial("192.0.2.7", get)
		synctest.Wait()
		third := b.dial("192.0.2.7", get)
		answered := make(chan string, 1)
		go func() { answered <- third() }()
		time.Sleep(20 * time.Second)
		synctest.Wait()
		if counts := b.port.Counts(); counts.Open != 2 || counts.Idle != 0 || counts.Cut != 0 {
			b.t.Errorf("%+v, want two at work", counts)
		}
		go func() { hold <- struct{}{}; hold <- struct{}{}; hold <- struct{}{} }()
		if one, other := first(), second(); one != "200" || other != "200" {
			b.t.Errorf("those at work: %q and %q", one, other)
		}
		if got := <-answered; got != "200" {
			b.t.Errorf("the one that waited: %q", got)
		}
	})
}

// What all headers together hold is bounded: an attack with large ones cuts
// itself off, and small ones go on.
func TestConn_HeadersHaveABudget(t *testing.T) {
	inBubble(t, refuse, func(o *listen.Options) { o.Connections = 2000 }, func(b *bubble) {
		large := "GET / HTTP/1.1\r\nHost: x\r\nX-Large: " + strings.Repeat("x", 30_000)
		for range 1000 {
			b.dial("192.0.2.7", large) // and no end
		}
		synctest.Wait()
		if open := b.port.Counts().Open; open > 700 {
			b.t.Errorf("%d connections hold 30 KB of headers each", open)
		}
		if got := b.dial("192.0.2.8", get)(); got != "403" {
			b.t.Errorf("a small header: %q", got)
		}
		time.Sleep(time.Minute) // they are cut
		synctest.Wait()
		if got := b.dial("192.0.2.8", large+"\r\n\r\n")(); got != "403" {
			b.t.Errorf("a large header afterwards: %q", got)
		}
	})
}

// Whoever takes an answer too slowly is cut, long before the time for a request
// is over.
func TestConn_WhoTakesAnAnswerTooSlowlyIsCut(t *testing.T) {
	var failed chan time.Duration
	inBubble(t, func(w http.ResponseWriter, _ *http.Request) {
		began := time.Now()
		_, err := w.Write(make([]byte, 100_000))
		if err == nil {
			t.Error("all was written")
		}
		failed <- time.Since(began)
	}, nil, func(b *bubble) {
		failed = make(chan time.Duration, 1)
		b.dial("192.0.2.7", get) // and reads nothing
		if took := <-failed; took > 20*time.Second {
			b.t.Errorf("cut after %s", took)
		}
	})
}
