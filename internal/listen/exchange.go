package listen

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"time"
)

// unreadPatience is how long net/http may look for the rest of a body that
// nobody read, once there is an answer: enough for one that is on its way.
const unreadPatience = 500 * time.Millisecond

// exchange is a request and its answer. It sees when the request's body has been
// read to its end. Until then its connection may have to make room for others;
// and when there is an answer by then, nobody waits for the rest of it: net/http
// would, for as long as the request may take, before and after it sends the
// answer.
type exchange struct {
	http.ResponseWriter
	conn    *conn // nil for one that doesn't count
	plain   bool  // nothing is between the answer and conn
	request http.Request
	body    io.ReadCloser // nil when there is none, or all of it was read
	begun   bool          // something was answered
}

// exchanges makes every request of h an exchange.
func exchanges(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := &exchange{ResponseWriter: w}
		x.conn, x.plain = connOf(r)
		if r.ContentLength != 0 {
			x.body = r.Body
			x.request = *r // whose Body is net/http's own
			x.request.Body = (*exchangeBody)(x)
			r = &x.request
			if x.conn != nil {
				x.conn.of.await(x.conn)
			}
		}
		h.ServeHTTP(x, r)
		x.begin()
	})
}

// Unwrap is for http.ResponseController.
func (x *exchange) Unwrap() http.ResponseWriter { return x.ResponseWriter }

// WriteHeader begins the answer.
func (x *exchange) WriteHeader(status int) {
	if status >= http.StatusOK {
		x.begin()
	}
	x.ResponseWriter.WriteHeader(status)
}

// Write sends large answers in one write.
func (x *exchange) Write(p []byte) (int, error) {
	x.begin()
	if len(p) > firstPieceBytes && x.plain {
		return x.conn.inOne(func() (int, error) { return x.ResponseWriter.Write(p) })
	}
	return x.ResponseWriter.Write(p)
}

// WriteParts writes parts of an answer, one behind the other, in one write and
// without copying what is large.
func (x *exchange) WriteParts(parts ...[]byte) (n int, err error) {
	x.begin()
	write := func() (int, error) {
		for _, p := range parts {
			if err == nil {
				var written int
				written, err = x.ResponseWriter.Write(p)
				n += written
			}
		}
		return n, err
	}
	if !x.plain {
		return write()
	}
	return x.conn.inOne(func() (int, error) {
		if n, err := write(); err != nil {
			return n, err
		}
		return n, http.NewResponseController(x.ResponseWriter).Flush() // what is left in net/http's buffer
	})
}

// begin gives up on a body that isn't there when the answer is.
func (x *exchange) begin() {
	if x.begun {
		return
	}
	x.begun = true
	if x.body != nil {
		_ = http.NewResponseController(x.ResponseWriter).SetReadDeadline(time.Now().Add(unreadPatience))
	}
}

// Hijack gives the connection to whoever answers for long, which is counted
// otherwise: it counts here no more.
func (x *exchange) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	x.begun = true
	if x.conn != nil {
		x.conn.of.remove(x.conn)
	}
	return http.NewResponseController(x.ResponseWriter).Hijack()
}

// exchangeBody is the request's body.
type exchangeBody exchange

// Read reads, and notices the end.
func (b *exchangeBody) Read(p []byte) (int, error) {
	if b.body == nil {
		return 0, io.EOF
	}
	n, err := b.body.Read(p)
	if errors.Is(err, io.EOF) {
		b.body = nil
		if b.conn != nil {
			b.conn.of.work(b.conn)
		}
	}
	return n, err
}

// Close is for net/http to do, when the exchange is over.
func (b *exchangeBody) Close() error { return nil }
