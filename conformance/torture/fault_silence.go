package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// silentConnections is how many strangers connect and say nothing, or as many as
// this process may have open.
const (
	silentConnections = 16_000
	filesSpared       = 2_000 // what this process needs itself
)

// silences has strangers take as many connections as a server has, some with half
// a request. The node must answer others all the while.
func silences(name string, copies int, n *node, endpoint string) fault {
	return fault{name: name, copies: copies, strike: func(ctx context.Context, b *blow) error {
		at, err := url.Parse(endpoint)
		if err != nil {
			return err
		}
		held, release := context.WithCancel(ctx)
		strangers := connect(held, at.Host, min(silentConnections, mayOpen()))
		defer strangers.close()
		defer release()
		b.whom = fmt.Sprintf("%s by %d", n.name, strangers.count())
		if _, runs := n.running(); !runs {
			return nil
		}
		for range 3 {
			if err := answers(ctx, endpoint); err != nil {
				return fmt.Errorf("while %d connections are silent: %w", strangers.count(), err)
			}
			b.hold(ctx, 0.1, 0.2)
		}
		return nil
	}}
}

// answers asks something for which no key is needed, over a connection of its own.
// One try may fall to a connection that the server takes back.
func answers(ctx context.Context, endpoint string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recoverWait)
	defer cancel()
	return await(ctx, func() error {
		once, cancel := context.WithTimeout(ctx, requestWait)
		defer cancel()
		req, err := http.NewRequestWithContext(once, http.MethodGet, endpoint+"/healthz", http.NoBody)
		if err != nil {
			return err
		}
		req.Close = true
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		return resp.Body.Close()
	})
}

// crowd are connections that somebody opened and does not use.
type crowd struct {
	mu  sync.Mutex
	all []net.Conn
}

func connect(ctx context.Context, address string, n int) *crowd {
	c := &crowd{}
	dialer := net.Dialer{Timeout: time.Second}
	var hands sync.WaitGroup
	for hand := range 16 {
		hands.Go(func() {
			for i := hand; i < n && ctx.Err() == nil; i += 16 {
				conn, err := dialer.DialContext(ctx, "tcp", address)
				if err != nil {
					return // as many as there is room for
				}
				if i%2 == 0 {
					_, _ = conn.Write([]byte("POST /v1/events HTTP/1.1\r\nHost: here\r\n"))
				}
				c.mu.Lock()
				c.all = append(c.all, conn)
				c.mu.Unlock()
			}
		})
	}
	hands.Wait()
	return c
}

func (c *crowd) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.all)
}

func (c *crowd) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range c.all {
		_ = conn.Close()
	}
}
