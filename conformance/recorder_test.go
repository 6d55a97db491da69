package conformance

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"
)

// recorder stands between a client and a server, changes nothing that is
// signed, and keeps what the client sent.
type recorder struct {
	target // of the recorder, with the server's key

	mu       sync.Mutex
	captured []*captured
	answered func(*http.Response) // is shown each answer and may change it; nil: nothing
}

// captured is a request as it arrived.
type captured struct {
	request *http.Request // its body is read
	body    []byte
}

func record(t *testing.T, server target) *recorder {
	t.Helper()
	to, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	r := &recorder{target: server}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			p.Out.URL.Scheme, p.Out.URL.Host = to.Scheme, to.Host
			p.Out.Host = p.In.Host // it is signed
		},
		ModifyResponse: func(resp *http.Response) error {
			r.mu.Lock()
			defer r.mu.Unlock()
			if r.answered != nil {
				r.answered(resp)
			}
			return nil
		},
	}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, in *http.Request) {
		body, err := io.ReadAll(in.Body)
		if err != nil {
			t.Errorf("read a request: %v", err)
		}
		r.mu.Lock()
		r.captured = append(r.captured, &captured{request: in.Clone(in.Context()), body: body})
		r.mu.Unlock()
		in.Body = io.NopCloser(bytes.NewReader(body))
		proxy.ServeHTTP(w, in)
	}))
	t.Cleanup(front.Close)
	r.URL = front.URL
	return r
}

// take gives what was captured since it was asked last.
func (r *recorder) take() []*captured {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := r.captured
	r.captured = nil
	return all
}

// with is the request with a body that can be read again.
func (c *captured) with(body []byte) *http.Request {
	r := c.request.Clone(c.request.Context())
	r.Body = io.NopCloser(bytes.NewReader(body))
	return r
}
