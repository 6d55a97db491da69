package main

import (
	"context"
	"encoding/gob"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"
)

// plain is the limit that our answers are held against: a net/http handler
// that finds bytes ready and writes them, with the timeouts that any server in
// earnest has. It is asked with the same requests, headers and bodies, at the
// path /NUMBER.
type plain struct {
	Bodies string // file of the answers, a gob of [][]byte
}

// serve tells its address and serves until ended.
func (p *plain) serve(ctx context.Context, out *json.Encoder, ended <-chan struct{}) error {
	bodies, err := readBodies(p.Bodies)
	if err != nil {
		return err
	}
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s := &http.Server{
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			n, err := strconv.Atoi(r.URL.Path[1:])
			if err != nil || n >= len(bodies) {
				http.NotFound(w, r)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Length", strconv.Itoa(len(bodies[n])))
			_, _ = w.Write(bodies[n])
		}),
	}
	if err := out.Encode(l.Addr().String()); err != nil {
		return err
	}
	go func() {
		<-ended
		_ = s.Close()
	}()
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func readBodies(path string) (bodies [][]byte, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	err = gob.NewDecoder(file).Decode(&bodies)
	return bodies, err
}

func writeBodies(path string, bodies [][]byte) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(gob.NewEncoder(file).Encode(bodies), file.Close())
}
