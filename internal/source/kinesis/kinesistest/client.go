package kinesistest

import (
	"context"
	"net"
	"net/http"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
)

// Pipe gives the options of a client of the SDK that reaches the stream without a
// network, and so in a bubble of testing/synctest, too.
func (s *Stream) Pipe(t testing.TB) kinesis.Options {
	t.Helper()
	pipes := &pipes{made: make(chan net.Conn), closed: make(chan struct{})}
	server := &http.Server{Handler: s} //nolint:gosec // nobody outside the test reaches it
	var work sync.WaitGroup
	work.Go(func() { _ = server.Serve(pipes) })
	transport := &http.Transport{DialContext: pipes.dial, MaxIdleConnsPerHost: 100}
	t.Cleanup(func() {
		_ = server.Close()
		work.Wait()
		transport.CloseIdleConnections()
	})
	return At("http://kinesis.test", &http.Client{Transport: transport})
}

// At gives the options of a client of a stream that is served at a URL.
func At(url string, over *http.Client) kinesis.Options {
	return kinesis.Options{
		Region: Region, BaseEndpoint: &url, HTTPClient: over,
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
	}
}

// pipes is a listener of connections inside the process.
type pipes struct {
	made   chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case p.made <- far:
		return near, nil
	case <-p.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.made:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "kinesis", Net: "pipe"} }
