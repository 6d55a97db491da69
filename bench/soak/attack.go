package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// attack is the attacker's process, as the driver sees it.
type attack struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// startAttack returns when the attack is in place.
func startAttack(ctx context.Context, p plan) (*attack, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	args := append(behind(), self, attackWord)
	a := &attack{cmd: exec.CommandContext(ctx, args[0], args[1:]...)}
	a.cmd.Stderr = os.Stderr
	if a.in, err = a.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := a.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	a.out = bufio.NewReader(out)
	if err := a.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the attacker: %w", err)
	}
	if err := json.NewEncoder(a.in).Encode(p); err != nil {
		return nil, err
	}
	if _, err := a.out.ReadString('\n'); err != nil {
		return nil, errors.Join(fmt.Errorf("the attacker ended: %w", err), a.cmd.Wait())
	}
	return a, nil
}

// behind is a command that lets another have only the processor time that the
// server and the good clients leave: an attacker would bring machines of its own.
func behind() []string {
	nice, err := exec.LookPath("nice")
	if err != nil {
		return nil
	}
	return []string{nice, "-n", "15"}
}

// end stops the attack and gives what it did.
func (a *attack) end() (c counts, err error) {
	_ = a.in.Close()
	err = json.NewDecoder(a.out).Decode(&c)
	return c, errors.Join(err, a.cmd.Wait())
}

// counts are what the attacker did. Their JSON is for the driver.
type counts struct {
	Seconds     float64 `json:"seconds"`
	Idle        int64   `json:"idle"`    // connections held at the end
	IdleCut     int64   `json:"idleCut"` // closed by the server
	SlowCut     int64   `json:"slowCut"`
	SlowRefused int64   `json:"slowRefused"` // answered before they were done
	Garbage     int64   `json:"garbage"`     // requests sent
	Answered    int64   `json:"answered"`    // of those
	Missed      int64   `json:"missed"`      // garbage that was due and for which there was no time
	Failed      int64   `json:"failed"`      // connections that could not be had
}

// attacker does all that the plan says until its context is done.
type attacker struct {
	plan      plan
	startedAt time.Time
	wg        sync.WaitGroup

	idle, idleCut, slowCut, slowRefused, garbage, answered, missed, failed atomic.Int64
}

func newAttacker(p plan) *attacker { return &attacker{plan: p, startedAt: time.Now()} }

// start returns when the idle connections stand. All else goes on meanwhile.
func (a *attacker) start(ctx context.Context) {
	for i := range a.plan.Slow {
		a.wg.Go(func() { a.writeSlowly(ctx, i) })
	}
	for i := range a.plan.Unread {
		a.wg.Go(func() { a.hold(ctx, i, "GET /v1/openapi.json HTTP/1.1\r\nHost: "+a.plan.Address+"\r\n\r\n", 200) })
	}
	for i := range a.plan.False {
		a.wg.Go(func() {
			head := "POST /v1/events HTTP/1.1\r\nHost: " + a.plan.Address + "\r\n" + a.claim() + "Content-Length: 8000000\r\n\r\n"
			a.hold(ctx, i, head+strings.Repeat(" ", 4<<20+1), 1)
		})
	}
	a.wg.Go(func() { a.sendGarbage(ctx) })
	const together = 100 // connections that are being made
	standing := make(chan struct{}, a.plan.Idle)
	room := make(chan struct{}, together)
	for i := range a.plan.Idle {
		a.wg.Go(func() { a.sitIdle(ctx, i, room, standing) })
	}
	for range a.plan.Idle {
		select {
		case <-standing:
		case <-ctx.Done():
			return
		}
	}
}

func (a *attacker) wait() { a.wg.Wait() }

func (a *attacker) counts() counts {
	return counts{
		Seconds: time.Since(a.startedAt).Seconds(), Idle: a.idle.Load(), IdleCut: a.idleCut.Load(),
		SlowCut: a.slowCut.Load(), SlowRefused: a.slowRefused.Load(),
		Garbage: a.garbage.Load(), Answered: a.answered.Load(), Missed: a.missed.Load(), Failed: a.failed.Load(),
	}
}

// dial connects from one of several addresses of loopback, since one has too
// few ports. It gives nil when ctx is done.
func (a *attacker) dial(ctx context.Context, i int) net.Conn {
	for {
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: loopback(i)}, Timeout: 10 * time.Second}
		conn, err := d.DialContext(ctx, "tcp", a.plan.Address)
		if err == nil {
			_ = conn.(*net.TCPConn).SetLinger(0) // leave no port behind
			return conn
		}
		if ctx.Err() != nil {
			return nil
		}
		a.failed.Add(1)
		if !rest(ctx, time.Second) {
			return nil
		}
	}
}

// rest tells whether there is something left to do afterwards.
func rest(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// sitIdle holds a connection that has asked once, and takes another when it is
// cut.
func (a *attacker) sitIdle(ctx context.Context, i int, room chan struct{}, standing chan<- struct{}) {
	for first := true; ctx.Err() == nil; first = false {
		room <- struct{}{}
		conn := a.dial(ctx, i)
		if conn == nil {
			<-room
			return
		}
		stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
		var b [512]byte
		_, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: "+a.plan.Address+"\r\n\r\n")
		if err == nil {
			_, err = conn.Read(b[:])
		}
		<-room
		if err == nil {
			a.idle.Add(1)
			if first {
				standing <- struct{}{}
			}
			for err == nil {
				_, err = conn.Read(b[:])
			}
			if ctx.Err() == nil {
				a.idle.Add(-1)
				a.idleCut.Add(1)
			}
		}
		stop()
		_ = conn.Close()
	}
}

// hold sends the text so many times, reads nothing of what comes, and waits until
// the server cuts it; then it begins anew.
func (a *attacker) hold(ctx context.Context, i int, text string, times int) {
	for ctx.Err() == nil {
		conn := a.dial(ctx, i)
		if conn == nil {
			return
		}
		stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
		_ = conn.(*net.TCPConn).SetReadBuffer(2 << 10)
		var err error
		for n := 0; n < times && err == nil; n++ {
			_, err = io.WriteString(conn, text)
		}
		for err == nil && rest(ctx, time.Second) {
			_, err = io.WriteString(conn, " ")
		}
		stop()
		_ = conn.Close()
	}
}

// writeSlowly sends requests of which a byte comes every second.
func (a *attacker) writeSlowly(ctx context.Context, i int) {
	for ctx.Err() == nil {
		conn := a.dial(ctx, i)
		if conn == nil {
			return
		}
		stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
		head, drip := a.slowRequest(i)
		_, err := io.WriteString(conn, head)
		answered := make(chan bool, 1)
		go func() {
			var b [512]byte
			n, _ := conn.Read(b[:])
			answered <- n > 0
		}()
		for refused := false; err == nil && !refused; {
			select {
			case yes := <-answered:
				if refused = true; yes {
					a.slowRefused.Add(1)
				}
				continue
			case <-time.After(time.Second):
			}
			_, err = io.WriteString(conn, drip)
		}
		if ctx.Err() == nil {
			a.slowCut.Add(1)
		}
		stop()
		_ = conn.Close()
	}
}
