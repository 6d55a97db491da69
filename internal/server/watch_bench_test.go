package server_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// BenchmarkWatcherMemory tells what memory a watcher takes: thousands of them,
// each of a team of 20 among 10,000 agents, when they have the state, and again
// when each was sent changes. Both ends of every connection are in this process,
// so what two bare ends take is taken off. Beside it, a handler of net/http that
// does no more than hold a stream open. It takes two open files a watcher.
func BenchmarkWatcherMemory(b *testing.B) {
	const agents, team, watchers = 10_000, 20, 8000
	for b.Loop() {
		bare := bareConnections(b, watchers)
		handler := bareStreams(b, watchers) - bare

		c := settings()
		c.MaxConnections, c.MaxWatchersPerKey = 1000, watchers
		c.Ephemeral, c.DataDir = false, b.TempDir() // memory is not the journal's
		s := run(b, c)
		change := func(round int) {
			for from := 0; from < agents; from += 500 {
				var events []string
				for i := from; i < from+500; i++ {
					events = append(events, strings.ReplaceAll(callEvent(round*agents+i, i), fmt.Sprintf("site-%d", i%20), fmt.Sprintf("team-%d", i/team)))
				}
				s.put(events...)
			}
		}
		change(0)
		before := memoryInUse()
		all := openCrowd(b, watchers, strings.TrimPrefix(s.URL(), "http://"), func(i int) []byte { return s.watchTeam(b, i%(agents/team)) })
		all.read("event: synced")
		joined := memoryInUse() - before
		stacks := stacksInUse()
		change(1)
		all.read("event: change")
		changed := memoryInUse() - before
		b.ReportMetric((joined-bare)/watchers, "B/watcher")
		b.ReportMetric((changed-bare)/watchers, "B/watcher-changed")
		b.ReportMetric(stacks/watchers, "B/watcher-stack")
		b.ReportMetric(stacksInUse()/watchers, "B/watcher-changed-stack")
		b.ReportMetric(handler/watchers, "B/handler")
		all.close()
		if err := s.end(); err != nil {
			b.Fatal(err)
		}
	}
}

// watchTeam is a signed request for a team's agents, as it is sent.
func (r *running) watchTeam(b *testing.B, team int) []byte {
	b.Helper()
	req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, fmt.Sprintf("%s%s?hierarchy-group=team-%d", r.URL(), watchAgents, team), http.NoBody)
	if err == nil {
		err = r.sign(req, "")
	}
	var wire bytes.Buffer
	if err == nil {
		err = req.Write(&wire)
	}
	if err != nil {
		b.Fatal(err)
	}
	return wire.Bytes()
}

// memoryInUse is that of the heap and the stacks, in bytes.
func memoryInUse() float64 {
	for range 3 { // each lets a stack shrink by half
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc + m.StackInuse)
}

func stacksInUse() float64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.StackInuse)
}

// bareConnections is what so many connections take, with both ends.
func bareConnections(b *testing.B, n int) float64 {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	var ends []net.Conn
	before := memoryInUse()
	all := openCrowd(b, n, l.Addr().String(), func(int) []byte {
		end, err := l.Accept()
		if err != nil {
			b.Fatal(err)
		}
		ends = append(ends, end)
		return nil
	})
	took := memoryInUse() - before
	all.close()
	for _, end := range ends {
		_ = end.Close()
	}
	return took
}

// bareStreams is what so many streams take that net/http holds.
func bareStreams(b *testing.B, n int) float64 {
	b.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "event: synced\n\n")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}))
	defer server.Close()
	before := memoryInUse()
	all := openCrowd(b, n, server.Listener.Addr().String(), func(int) []byte { return []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n") })
	all.read("event: synced")
	took := memoryInUse() - before
	all.close()
	return took
}

// crowd are the clients' ends of connections.
type crowd struct {
	b     *testing.B
	conns []net.Conn
}

// openCrowd connects, and sends what ask gives for each.
func openCrowd(b *testing.B, n int, address string, ask func(i int) []byte) *crowd {
	b.Helper()
	c := &crowd{b: b}
	var dialer net.Dialer
	for i := range n {
		conn, err := dialer.DialContext(context.WithoutCancel(b.Context()), "tcp", address)
		if err != nil {
			b.Fatal(err)
		}
		c.conns = append(c.conns, conn)
		if _, err := conn.Write(ask(i)); err != nil {
			b.Fatal(err)
		}
	}
	return c
}

// read reads from all until each was sent the text.
func (c *crowd) read(until string) {
	var readers sync.WaitGroup
	turn := make(chan struct{}, 64)
	for _, conn := range c.conns {
		turn <- struct{}{}
		readers.Go(func() {
			defer func() { <-turn }()
			var got []byte
			for !bytes.Contains(got, []byte(until)) {
				var more [8 << 10]byte
				n, err := conn.Read(more[:])
				if got = append(got, more[:n]...); err != nil {
					c.b.Errorf("%v after %s", err, got)
					return
				}
			}
		})
	}
	readers.Wait()
}

func (c *crowd) close() {
	for _, conn := range c.conns {
		_ = conn.Close()
	}
}
