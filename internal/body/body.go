// Package body reads the bodies of requests, for all protocols. What a client
// sends is bounded four ways: in size, in time, in how slowly it may come, and
// in what the bodies of all requests together, and of each sender, hold
// (Budget). Memory is taken as the bytes come, since clients may announce what
// they never send. What answers hold is counted by a Budget, too.
//
// The error is an *Error, which says what was wrong; in which words a client
// is told is for its protocol to say.
package body

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

// Limits bound one body.
type Limits struct {
	Bytes int64
	Time  time.Duration // from the call of Read to the body's end; the http.Server's own limit is replaced
}

// A body must begin to come within Patience, and go on at LeastRate bytes a
// second on average: who only announces one holds no connection for longer.
const (
	Patience  = 10 * time.Second
	LeastRate = 16 << 10
)

// Fault is what can be wrong with a body before anybody looks into it.
type Fault int

// The faults.
const (
	TooLarge  Fault = iota + 1 // more than Limits.Bytes
	NoRoom                     // the budget is spent
	Late                       // not there within Limits.Time
	Slow                       // comes more slowly than Patience and LeastRate allow
	BrokenOff                  // its end never came
)

var faults = map[Fault]string{
	TooLarge: "the body is too large", NoRoom: "the budget for bodies is spent",
	Late: "the body came too late", Slow: "the body came too slowly", BrokenOff: "the body broke off",
}

// Error says why a body could not be read.
type Error struct {
	Fault Fault
	Read  int   // bytes that were read before
	err   error // the reader's; nil if there is none
}

// Error names the fault and its cause.
func (e *Error) Error() string {
	if e.err == nil {
		return fmt.Sprintf("%s after %d bytes", faults[e.Fault], e.Read)
	}
	return fmt.Sprintf("%s after %d bytes: %v", faults[e.Fault], e.Read, e.err)
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.err }

// Read reads the whole body of r into memory of the share's, which ends with it.
// Where net/http would go on to read what is left of a refused body, the
// connection is closed instead.
func Read(w http.ResponseWriter, r *http.Request, l Limits, share *Share) ([]byte, error) {
	if r.ContentLength > l.Bytes {
		w.Header().Set("Connection", "close")
		return nil, &Error{Fault: TooLarge}
	}
	if r.ContentLength == 0 {
		return nil, nil // and net/http waits already for what comes behind the request
	}
	from := &paced{from: r.Body, control: http.NewResponseController(w), began: time.Now(), time: l.Time}
	if r.ContentLength < 0 { // else net/http reads no more than that
		from.from = http.MaxBytesReader(w, r.Body, l.Bytes)
	}
	got, err := share.ReadAll(from, r.ContentLength)
	if err == nil {
		_ = r.Body.Close() // it is read: net/http needn't look for a rest of it
		return got, nil
	}
	return got, explain(w, err, len(got), from)
}

// Stream is the body of r for who reads it part by part: its bytes must come as
// Read asks, its end within the time. How much is read the caller bounds.
func Stream(w http.ResponseWriter, r *http.Request, within time.Duration) io.Reader {
	return &paced{from: r.Body, control: http.NewResponseController(w), began: time.Now(), time: within}
}

// paced is a body whose next bytes must come in time.
type paced struct {
	from    io.Reader
	control *http.ResponseController
	began   time.Time
	time    time.Duration
	read    int64
}

// Read reads what has come by the time at which something must have come. That
// deadline net/http takes away when it has seen the body's end, and must not be
// set afterwards: it waits then for what comes behind the request. Writers that
// have no deadlines are those of tests.
func (p *paced) Read(dst []byte) (int, error) {
	within := Patience + time.Duration(p.read)*time.Second/LeastRate
	_ = p.control.SetReadDeadline(p.began.Add(min(within, p.time)))
	n, err := p.from.Read(dst)
	p.read += int64(n)
	return n, err
}

// explain makes the error of a reader one of ours.
func explain(w http.ResponseWriter, err error, read int, from *paced) error {
	var ours *Error
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &ours):
		w.Header().Set("Connection", "close")
		return err
	case errors.As(err, &over):
		return &Error{Fault: TooLarge, Read: read, err: err}
	case errors.Is(err, os.ErrDeadlineExceeded) && time.Since(from.began) < from.time:
		return &Error{Fault: Slow, Read: read, err: err}
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &Error{Fault: Late, Read: read, err: err}
	}
	return &Error{Fault: BrokenOff, Read: read, err: err}
}

// What is lent for bytes before any of them are there: at first no more than
// what most small bodies have, and when that has come, much at once.
const (
	firstBytes  = 4 << 10
	secondBytes = 32 << 10
)

// ReadAll reads all of from, as far as the budget reaches, which counts what has
// come: an *Error with NoRoom tells that it doesn't, any other error is from's.
// size is what was announced, -1 if nothing was; how much from may give must be
// bounded otherwise. With an error it returns what was read before. The memory
// is the share's, and ends with Close.
func (s *Share) ReadAll(from io.Reader, size int64) ([]byte, error) {
	var dst []byte
	for {
		if len(dst) == cap(dst) {
			grown := firstBytes
			if cap(dst) > 0 {
				grown = max(2*cap(dst), secondBytes)
			}
			if size >= int64(cap(dst)) { // one more, to find the end without growing
				grown = int(min(int64(grown), size+1))
			}
			dst = s.lend(dst, grown)
		}
		n, err := from.Read(dst[len(dst):cap(dst)])
		dst = dst[:len(dst)+n]
		switch {
		case !s.Take(int64(n)):
			return dst, &Error{Fault: NoRoom, Read: len(dst)}
		case errors.Is(err, io.EOF):
			return dst, nil
		case err != nil:
			return dst, err
		}
	}
}
