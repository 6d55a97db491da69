package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// httpTarget is a server and what it is asked, in turn.
type httpTarget struct {
	Address  string // host:port
	Requests []question
	Key      *key // signs them; nil: sent as they are

	signed [][]byte // the requests as they go over the wire; made at the first open
}

// question is one HTTP request.
type question struct {
	Path string // as it goes over the wire
	Body []byte
}

// open connects, and signs all questions: that is not part of what is measured,
// and a signature is good for five minutes.
func (t *httpTarget) open(ctx context.Context, _ int) (asker, error) {
	for i := len(t.signed); i < len(t.Requests); i++ {
		raw, err := t.Requests[i].wire(ctx, t.Address, t.Key)
		if err != nil {
			return nil, err
		}
		t.signed = append(t.signed, raw)
	}
	a := &httpAsker{requests: t.signed}
	return a, a.dial(ctx, t.Address)
}

// wire gives the bytes of the request, with the headers that AWS clients send.
func (q question) wire(ctx context.Context, address string, k *key) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+address+q.Path, bytes.NewReader(q.Body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept-Encoding", "identity")
	req.Header.Set("User-Agent", "Boto3/1.40.0 md/Botocore#1.40.0 ua/2.1 os/linux#6.1 md/arch#x86_64 lang/python#3.11.2 cfg/retry-mode#legacy")
	req.Header.Set("Amz-Sdk-Invocation-Id", id("0000", 0))
	req.Header.Set("Amz-Sdk-Request", "attempt=1")
	if k != nil {
		if err := k.sign(ctx, req, q.Body); err != nil {
			return nil, err
		}
	}
	var b bytes.Buffer
	if err := req.Write(&b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// httpAsker speaks just enough HTTP/1.1 for a generator of load: what the
// generator spends is taken from the server beside it.
type httpAsker struct {
	conn     net.Conn
	in       *bufio.Reader
	requests [][]byte
}

func (a *httpAsker) dial(ctx context.Context, address string) error {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	a.conn, a.in = conn, bufio.NewReaderSize(conn, 64<<10)
	return conn.SetDeadline(time.Now().Add(2 * time.Minute))
}

func (a *httpAsker) Close() { _ = a.conn.Close() }

func (a *httpAsker) Ask(_ context.Context, i int) (int, error) {
	return a.send(a.requests[i%len(a.requests)])
}

func (a *httpAsker) send(request []byte) (int, error) {
	if _, err := a.conn.Write(request); err != nil {
		return 0, err
	}
	status, length, err := a.readHead()
	if err != nil {
		return 0, err
	}
	if status != http.StatusOK {
		body, _ := io.ReadAll(io.LimitReader(a.in, int64(min(length, 500))))
		return 0, fmt.Errorf("status %d: %s", status, body)
	}
	if _, err := a.in.Discard(length); err != nil {
		return 0, err
	}
	return length, nil
}

var contentLength = []byte("content-length:")

// readHead reads a status line and headers.
func (a *httpAsker) readHead() (status, length int, err error) {
	line, err := a.in.ReadSlice('\n')
	if err != nil {
		return 0, 0, err
	}
	if len(line) < len("HTTP/1.1 200") {
		return 0, 0, fmt.Errorf("status line %q", line)
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, 0, fmt.Errorf("status line %q", line)
	}
	length = -1
	for {
		if line, err = a.in.ReadSlice('\n'); err != nil {
			return 0, 0, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		if n := len(contentLength); len(line) > n && bytes.EqualFold(line[:n], contentLength) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(line[n:]))); err != nil {
				return 0, 0, fmt.Errorf("header %q", line)
			}
		}
	}
	if length < 0 {
		return 0, 0, errors.New("an answer without Content-Length")
	}
	return status, length, nil
}
