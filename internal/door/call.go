package door

import (
	"bytes"
	"net/http"
	"time"

	"rollcall"
	"rollcall/internal/access"
	"rollcall/internal/body"
)

// Call is one request on its way through the door, and where its answer is
// written. The goroutine that serves it owns it.
type Call struct {
	http.ResponseWriter
	Request   *http.Request
	ID        string
	StartedAt time.Time
	Pass      access.Pass // nil until the gate has admitted the sender
	Outcome   Outcome     // a handler may set Rows; the rest is the door's

	door    *Door
	stream  *Stream    // that the call became; it has the connection, and ResponseWriter is nil
	held    body.Share // of Door.Answers, once holding
	holding bool
}

// Hold counts bytes of the answer that are about to be kept in memory until the
// client has taken them, for the rest of the call. When answers hold all that
// they may, or the sender's half of it, the error says "later".
func (c *Call) Hold(n int) error {
	budget := c.door.Answers
	if budget == nil {
		return nil
	}
	if !c.holding {
		holder := ""
		if c.Pass != nil {
			holder = c.Pass.KeyID()
		}
		c.held, c.holding = budget.Open(holder), true
	}
	if !c.held.Take(int64(n)) {
		return rollcall.Errorf(rollcall.CodeUnavailable,
			"Answers that clients have not taken yet hold the %d bytes that they may, or those of this key half of them. Read answers as they come, and try again in a moment.", budget.Limit())
	}
	return nil
}

// close gives back what the answer held.
func (c *Call) close() {
	if c.holding {
		c.held.Close()
	}
}

// Unwrap is for http.ResponseController.
func (c *Call) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// WriteHeader remembers the status that was written.
func (c *Call) WriteHeader(status int) {
	if c.Outcome.Status == 0 && status >= http.StatusOK {
		c.Outcome.Status = status
	}
	c.ResponseWriter.WriteHeader(status)
}

// Write writes a part of the answer's body.
func (c *Call) Write(p []byte) (int, error) {
	if c.Outcome.Status == 0 {
		c.Outcome.Status = http.StatusOK
	}
	n, err := c.ResponseWriter.Write(p)
	c.Outcome.Bytes += n
	return n, err
}

// WriteParts writes parts of the answer's body, one behind the other, as if they
// were one: below it they are not copied together.
func (c *Call) WriteParts(parts ...[]byte) (n int, err error) {
	w, ok := c.ResponseWriter.(interface {
		WriteParts(parts ...[]byte) (int, error)
	})
	if !ok {
		return c.Write(bytes.Join(parts, nil))
	}
	if c.Outcome.Status == 0 {
		c.Outcome.Status = http.StatusOK
	}
	n, err = w.WriteParts(parts...)
	c.Outcome.Bytes += n
	return n, err
}
