package listen_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall/internal/listen"
)

// sink is a connection that remembers what was written to it.
type sink struct {
	net.Conn
	got    []byte
	broken error
	closed bool
}

func (s *sink) Write(p []byte) (int, error) {
	if s.broken != nil {
		return 0, s.broken
	}
	s.got = append(s.got, p...)
	return len(p), nil
}

func (s *sink) SetWriteDeadline(time.Time) error { return nil }

func (s *sink) Close() error {
	s.closed = true
	return nil
}

// Whatever is written, in inOne or not, has gone out in order when inOne
// returns.
func TestOneWrite_HoldsNothingLonger(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		nc := &sink{}
		conn, inOne := listen.InOne(nc)
		var want []byte
		write := func() {
			piece := bytes.Repeat([]byte{byte('a' + len(want)%26)}, rapid.IntRange(0, 9000).Draw(t, "bytes"))
			if n, err := conn.Write(piece); n != len(piece) || err != nil {
				t.Fatalf("wrote %d bytes of %d: %v", n, len(piece), err)
			}
			want = append(want, piece...)
			if len(piece) <= 4096 {
				clear(piece) // as net/http uses its buffer again
			}
		}
		for range rapid.IntRange(1, 5).Draw(t, "answers") {
			write()
			func() {
				defer func() { _ = recover() }()
				_, err := inOne(func() (int, error) {
					for range rapid.IntRange(0, 9).Draw(t, "pieces") {
						write()
					}
					if rapid.Bool().Draw(t, "panics") {
						panic("in a handler's Write")
					}
					return 0, nil
				})
				if err != nil {
					t.Fatal(err)
				}
			}()
			if !bytes.Equal(nc.got, want) {
				t.Fatalf("%d bytes went out of %d", len(nc.got), len(want))
			}
		}
	})
}

func TestOneWrite_HoldsTheFirstPieceUntilTheRestComes(t *testing.T) {
	nc := &sink{}
	conn, inOne := listen.InOne(nc)
	_, _ = inOne(func() (int, error) {
		_, _ = conn.Write([]byte("header "))
		if len(nc.got) > 0 {
			t.Errorf("%q went out alone", nc.got)
		}
		return conn.Write([]byte("body"))
	})
	if got := string(nc.got); got != "header body" {
		t.Errorf("got %q", got)
	}
}

// net/http was told that the piece is written, and would go on.
func TestOneWrite_ClosesWhenWhatItHeldCantBeWritten(t *testing.T) {
	broken := errors.New("connection reset")
	for name, rest := range map[string]string{"with the rest": "body", "alone": ""} {
		t.Run(name, func(t *testing.T) {
			nc := &sink{broken: broken}
			conn, inOne := listen.InOne(nc)
			n, err := inOne(func() (int, error) {
				n, err := conn.Write([]byte("header "))
				if rest != "" {
					n, err = conn.Write([]byte(rest))
				}
				return n, err
			})
			if !errors.Is(err, broken) || rest != "" && n != 0 || !nc.closed {
				t.Errorf("wrote %d bytes, %v; closed: %t", n, err, nc.closed)
			}
		})
	}
}

// TestOneWrite_ChangesNoByte asks the same over connections that hold pieces
// back and over such that don't.
func TestOneWrite_ChangesNoByte(t *testing.T) {
	const last = "Host: localhost\r\nConnection: close\r\n\r\n"
	requests := map[string]string{
		"GET":         "GET / HTTP/1.1\r\n" + last,
		"HEAD":        "HEAD / HTTP/1.1\r\n" + last,
		"HTTP/1.0":    "GET / HTTP/1.0\r\n\r\n",
		"two at once": "GET / HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HTTP/1.1\r\n" + last,
		"continue":    "POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 4\r\n" + last + "body",
	}
	for what, h := range oddAnswers() {
		for how, request := range requests {
			t.Run(what+"/"+how, func(t *testing.T) {
				held, bare := allBytes(t, h, request, onPort), allBytes(t, h, request, onServer)
				if diff := cmp.Diff(bare, held); diff != "" {
					t.Errorf("-net/http alone, +with pieces held back: %s", diff)
				}
			})
		}
	}
}

// oddAnswers are handlers that answer in all ways there are.
func oddAnswers() map[string]http.HandlerFunc {
	large := bytes.Repeat([]byte("0123456789"), 20_000)
	announce := func(w http.ResponseWriter, size int) { w.Header().Set("Content-Length", strconv.Itoa(size)) }
	answers := map[string]http.HandlerFunc{
		"chunked": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(large) },
		"in pieces": func(w http.ResponseWriter, _ *http.Request) {
			announce(w, 105_010)
			for _, size := range []int{5000, 10, 100_000} {
				_, _ = w.Write(large[:size])
			}
		},
		"after the body was read": func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			_, _ = w.Write(append(body, large...))
		},
		"flushed": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(large[:5000])
			_ = http.NewResponseController(w).Flush()
			_, _ = w.Write(large[:6000])
		},
		"less than announced": func(w http.ResponseWriter, _ *http.Request) {
			announce(w, 100_000)
			_, _ = w.Write(large[:5000])
		},
		"more than announced": func(w http.ResponseWriter, _ *http.Request) {
			announce(w, 5000)
			if _, err := w.Write(large); !errors.Is(err, http.ErrContentLength) {
				panic(err)
			}
		},
		"a panic": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(large)
			panic("after the answer was begun")
		},
		"no content": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusNoContent)
			_, _ = w.Write(large)
		},
		"hijacked": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(large)
			conn, buffered, err := http.NewResponseController(w).Hijack()
			if err == nil {
				_, _ = buffered.WriteString("behind")
				_ = errors.Join(buffered.Flush(), conn.Close())
			}
		},
	}
	for what, sizes := range map[string][]int{
		"in parts": {30, 100_000, 40}, "in large parts": {9000, 9000, 9000, 9000}, "in small parts": {1, 0, 3000, 3000, 4096, 1},
	} {
		answers[what] = func(w http.ResponseWriter, _ *http.Request) {
			var parts [][]byte
			for i, size := range sizes {
				parts = append(parts, large[i:i+size])
			}
			whole := bytes.Join(parts, nil)
			announce(w, len(whole))
			port, ok := w.(interface {
				WriteParts(parts ...[]byte) (int, error)
			})
			if !ok {
				_, _ = w.Write(whole)
			} else if n, err := port.WriteParts(parts...); n != len(whole) || err != nil {
				panic(fmt.Sprint(n, err))
			}
		}
	}
	for _, size := range []int{1, 2047, 2048, 4000, 4096, 4097, 8000, 8192, 8193, len(large)} {
		answers[fmt.Sprint(size, " bytes")] = func(w http.ResponseWriter, _ *http.Request) {
			announce(w, size)
			_, _ = w.Write(large[:size])
		}
	}
	return answers
}

var dateHeader = regexp.MustCompile(`Date: [^\r]*`)

// onPort serves h on l as a Port does, onServer as net/http does.
func onPort(t *testing.T, l net.Listener, h http.Handler) (stop func() error) {
	t.Helper()
	p, err := listen.Open(t.Context(), options(l))
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = p.Serve(h) }()
	return p.Close
}

func onServer(_ *testing.T, l net.Listener, h http.Handler) (stop func() error) {
	server := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute, ErrorLog: log.New(io.Discard, "", 0)}
	go func() { _ = server.Serve(l) }()
	return server.Close
}

// allBytes serves one connection and gives all that came over it.
func allBytes(t *testing.T, h http.Handler, request string, serve func(*testing.T, net.Listener, http.Handler) func() error) string {
	t.Helper()
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	stop := serve(t, l, h)
	defer func() { _ = stop() }()
	var dialer net.Dialer
	conn, err := dialer.DialContext(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	return dateHeader.ReplaceAllString(string(answer), "Date: now")
}
