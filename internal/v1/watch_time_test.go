package v1_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"rollcall"
	"rollcall/internal/door"
	"rollcall/internal/floor"
	v1 "rollcall/internal/v1"
)

const anns = "/v1/instances/support/agents/watch?queue=q1&interval=0s"

// pipes are connections in place of a network's, so that time can be the test's.
type pipes struct {
	accept chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.accept:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { p.once.Do(func() { close(p.closed) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

// bubble is live in a time of its own.
type bubble struct {
	*testing.T
	*live
	network *pipes
	all     []*pipe
}

func (b *bubble) connect() *pipe {
	end, theirs := net.Pipe()
	b.network.accept <- theirs
	p := &pipe{Conn: end, t: b.T}
	b.all = append(b.all, p)
	return p
}

// inBubble has a test run in a bubble.
func inBubble(t *testing.T, change func(*v1.Options), test func(b *bubble)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l := &live{floors: floor.New(floor.Options{}), streams: door.NewStreams(1000, 1000), at: rollcall.Position{Epoch: 7}}
		o := v1.Options{Floors: l.floors, Gate: gate(everything), Secrets: [][]byte{[]byte("a secret")}, Door: &door.Door{Streams: l.streams}}
		if change != nil {
			change(&o)
		}
		server, network := &http.Server{Handler: v1.New(o), ReadHeaderTimeout: time.Minute}, &pipes{accept: make(chan net.Conn), closed: make(chan struct{})}
		go func() { _ = server.Serve(network) }()
		b := &bubble{T: t, live: l, network: network}
		defer func() {
			_ = server.Close()
			for _, p := range b.all {
				_ = p.Close()
			}
			synctest.Wait()
		}()
		l.put("ann", "q1")
		test(b)
	})
}

// pipe is a client that watches.
type pipe struct {
	net.Conn
	t     *testing.T
	lines *bufio.Reader
}

// watch asks, and reads up to the end of the state.
func (p *pipe) watch(path string) *pipe {
	p.t.Helper()
	if _, err := io.WriteString(p, "GET "+path+" HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		p.t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(p), nil) //nolint:bodyclose // the connection is
	if err != nil || answer.StatusCode != http.StatusOK {
		p.t.Fatal(answer, err)
	}
	p.lines = bufio.NewReader(answer.Body)
	return p
}

// until reads lines up to one with the beginning; it is false where the stream ends
// in order before that.
func (p *pipe) until(beginning string) bool {
	p.t.Helper()
	for {
		line, err := p.lines.ReadString('\n')
		switch {
		case err == io.EOF:
			return false
		case err != nil:
			p.t.Fatal(err)
		case strings.HasPrefix(line, beginning):
			return true
		}
	}
}

// end reads to the end, and gives when that was.
func (p *pipe) end() time.Time {
	p.t.Helper()
	if p.until("nothing begins so") {
		p.t.Fatal("a line that nobody wrote")
	}
	return time.Now()
}

func TestWatch_SaysThatItLivesEvery15Seconds(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		p := b.connect().watch(anns)
		p.until("event: synced")
		for range 3 {
			before := time.Now()
			p.until(":\n")
			if after := time.Since(before); after != 15*time.Second {
				b.Errorf("a comment after %s of silence", after)
			}
		}
		time.Sleep(10 * time.Second)
		b.put("ann", "q1")
		p.until("event: change")
		before := time.Now()
		p.until(":\n")
		if after := time.Since(before); after != 15*time.Second {
			b.Errorf("a comment %s after a change", after)
		}
	})
}

func TestWatch_WhoTakesNothingFor10SecondsIsCut(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		stuck, other := b.connect().watch(anns), b.connect().watch(anns)
		stuck.until("event: synced")
		other.until("event: synced")
		go func() { _, _ = io.Copy(io.Discard, other.lines) }()
		synctest.Wait()
		b.put("ann", "q1")
		time.Sleep(9 * time.Second)
		synctest.Wait()
		if n := b.streams.Open(); n != 2 {
			b.Errorf("%d streams are open after 9 s, want 2", n)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if n := b.streams.Open(); n != 1 {
			b.Errorf("%d streams are open after 11 s, want the one whose client reads", n)
		}
	})
}

// ends opens streams, and gives how long after each of them ended, in order.
func ends(b *bubble, n int, then func()) (after []time.Duration) {
	all := make([]*pipe, n)
	for i := range all {
		all[i] = b.connect().watch(anns)
		all[i].until("event: synced")
	}
	began := time.Now()
	then()
	after = make([]time.Duration, n)
	var ended sync.WaitGroup
	for i, p := range all {
		ended.Go(func() { after[i] = p.end().Sub(began) })
	}
	ended.Wait()
	slices.Sort(after)
	return after
}

func TestWatch_EndsAfterItsAgeAFifthMoreOrLess(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		after := ends(b, 50, func() {})
		if after[0] < 8*time.Minute || after[49] > 12*time.Minute || after[49]-after[0] < time.Minute {
			b.Errorf("streams ended after %s to %s", after[0], after[49])
		}
	})
}

func TestWatch_EndsSpreadWhenTheServerDoes(t *testing.T) {
	inBubble(t, func(o *v1.Options) { o.DrainTime = 30 * time.Second }, func(b *bubble) {
		after := ends(b, 50, b.streams.Drain)
		if after[49] > 24*time.Second || after[49]-after[0] < 5*time.Second {
			b.Errorf("streams ended %s to %s after they were told", after[0], after[49])
		}
	})
}

// The permission is looked at whatever a client does: while it reads slowly there
// is always something new to send, and a long state takes it long.
func TestWatch_EndsWhenItIsPermittedNoMore(t *testing.T) {
	for name, slow := range map[string]time.Duration{"at rest": 0, "always something new": 5 * time.Second} {
		t.Run(name, func(t *testing.T) {
			var refused atomic.Bool
			mayNot := func(o *v1.Options) { o.Gate = gate(func(rollcall.ARN) bool { return !refused.Load() }) }
			inBubble(t, mayNot, func(b *bubble) {
				p := b.connect().watch(anns)
				p.until("event: synced")
				over := make(chan struct{})
				if slow > 0 {
					go func() {
						for {
							select {
							case <-over:
								return
							case <-time.After(time.Second):
								b.put("ann", "q1")
							}
						}
					}()
				}
				refused.Store(true)
				began := time.Now()
				for p.until("event: change") {
					if time.Since(began) > time.Minute {
						b.Fatal("the stream goes on")
					}
					time.Sleep(slow)
				}
				close(over)
				if took := time.Since(began); took > 15*time.Second {
					b.Errorf("the stream ended after %s", took)
				}
			})
		})
	}
}

func TestWatch_EndsInALongStateToo(t *testing.T) {
	var refused atomic.Bool
	mayNot := func(o *v1.Options) { o.Gate = gate(func(rollcall.ARN) bool { return !refused.Load() }) }
	inBubble(t, mayNot, func(b *bubble) {
		for i := range 50 {
			e := agent(support, "agent"+string(rune('a'+i)), "q1")
			e.Snapshot.Configuration.FirstName = strings.Repeat("x", 20<<10)
			b.apply(e)
		}
		p := b.connect().watch(anns)
		refused.Store(true)
		got, began := 0, time.Now()
		for buffer := make([]byte, 16<<10); ; {
			n, err := p.lines.Read(buffer)
			if got += n; err == io.EOF {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			time.Sleep(100 * time.Millisecond)
		}
		if took := time.Since(began); got > 500<<10 || took > 10*time.Second {
			b.Errorf("%d bytes of a megabyte came after the permission was gone, for %s", got, took)
		}
	})
}

// What would be too large for a frame is a state in pages, also for those who have
// one already.
func TestWatch_FramesHaveABound(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		large := func(i int) *rollcall.Event {
			e := agent(support, "agent"+string(rune('a'+i%26)), "q1")
			e.Snapshot.Configuration.FirstName = strings.Repeat("x", 1<<20)
			return e
		}
		p := b.connect().watch("/v1/instances/support/agents/watch")
		p.until("event: synced")
		b.apply(large(0))
		if !p.until("event: change") {
			b.Error("no change")
		}
		synctest.Wait()
		for i := range 20 { // 20 MB, within one interval
			b.apply(large(i))
		}
		if !p.until("event: reset") {
			b.Error("no reset")
		}
		pages := 0
		for line := ""; !strings.HasPrefix(line, "event: synced"); pages++ {
			line, _ = p.lines.ReadString('\n')
			if len(line) > 2<<20 {
				b.Errorf("a frame of %d bytes", len(line))
			}
		}
		if pages < 20 {
			b.Errorf("%d lines of a state in pages of one row", pages)
		}
		b.put("ann", "q1")
		if !p.until("event: change") {
			b.Error("no change after it")
		}
	})
}
