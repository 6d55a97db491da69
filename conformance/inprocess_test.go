package conformance

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"rollcall/internal/server"
)

// clock is a server's, which a test can move.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// still is a clock that goes on only when it is told to.
type still struct{ at atomic.Int64 }

func newStill() *still {
	s := new(still)
	s.at.Store(time.Now().UnixNano())
	return s
}

func (s *still) now() time.Time          { return time.Unix(0, s.at.Load()) }
func (s *still) advance(d time.Duration) { s.at.Add(int64(d)) }

// inProcess is the server of the binary inside this test, with the small
// floor: for what can't be had of the binary, such as another time. Its key is
// the one that every server here has.
func inProcess(t *testing.T, change func(c *server.Config)) target {
	t.Helper()
	c := server.NewConfig()
	c.Ephemeral, c.Listen, c.AdminListen = true, "127.0.0.1:0", ""
	c.AccessKeyID, c.SecretAccessKey = accessKeyID, secretAccessKey
	change(&c)
	s, err := server.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("server: %v", err)
		}
	})
	return target{URL: s.URL(), accessKeyID: c.AccessKeyID, secretAccessKey: c.SecretAccessKey}
}
