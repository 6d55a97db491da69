package natslog

import (
	"context"
	"sync"
	"time"
)

// connection gives contexts that end when the present connection to the cluster
// is lost: what was asked over it is not answered any more.
type connection struct {
	mu     sync.Mutex
	ctx    context.Context //nolint:containedctx // stands for the connection, not for a call
	cancel context.CancelFunc
	told   string    // the newest trouble that was logged,
	toldAt time.Time // and when
}

func newConnection() *connection {
	c := &connection{}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	return c
}

// lost ends what hangs on the connection.
func (c *connection) lost() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cancel()
}

// made begins a new one.
func (c *connection) made() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cancel()
	c.ctx, c.cancel = context.WithCancel(context.Background())
}

// due tells whether trouble is to be logged: the same not again within a minute.
func (c *connection) due(trouble string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.told == trouble && time.Since(c.toldAt) < time.Minute {
		return false
	}
	c.told, c.toldAt = trouble, time.Now()
	return true
}

// bind gives a context that ends with ctx or with the connection.
func (c *connection) bind(ctx context.Context) (context.Context, context.CancelFunc) {
	c.mu.Lock()
	present := c.ctx
	c.mu.Unlock()
	bound, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(present, cancel)
	return bound, func() { stop(); cancel() }
}
