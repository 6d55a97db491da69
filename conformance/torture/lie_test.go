package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// liar stands between the checker and a node that does nothing wrong, and makes
// it look as if it did.
type liar struct {
	node *httputil.ReverseProxy
	lie  func(l *liar, w http.ResponseWriter, r *http.Request, body []byte) // about a few requests; the others pass

	mu     sync.Mutex // requests pass one after the other
	asked  int
	answer *httptest.ResponseRecorder // the newest true one
	held   map[int][]func()           // :: number of a request -> what is forwarded behind it
}

// everyNth is how often it lies. The first requests pass.
const everyNth = 10

func newLiar(node string) *liar {
	target, _ := url.Parse(node)
	quiet := log.New(io.Discard, "", 0)
	return &liar{held: make(map[int][]func()), node: &httputil.ReverseProxy{ErrorLog: quiet, Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = r.In.Host // which is signed
	}}}
}

func (l *liar) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.asked++; l.asked%everyNth == 0 {
		l.lie(l, w, r, body)
		return
	}
	l.answer = l.forward(r, body)
	copyAnswer(w, l.answer)
	for _, forward := range l.held[l.asked] {
		forward()
	}
}

// later acknowledges a request, and forwards it when so many more have passed.
func (l *liar) later(after int) func(http.ResponseWriter, *http.Request, []byte) {
	return func(w http.ResponseWriter, r *http.Request, body []byte) {
		r = r.Clone(context.WithoutCancel(r.Context()))
		l.held[l.asked+after] = append(l.held[l.asked+after], func() { l.forward(r, body) })
		l.acknowledge(w, body)
	}
}

func (l *liar) forward(r *http.Request, body []byte) *httptest.ResponseRecorder {
	r = r.Clone(context.WithoutCancel(r.Context()))
	r.Body = io.NopCloser(bytes.NewReader(body))
	answer := httptest.NewRecorder()
	l.node.ServeHTTP(answer, r)
	return answer
}

func copyAnswer(w http.ResponseWriter, answer *httptest.ResponseRecorder) {
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}

// acknowledge says that all is durable, at some position.
func (l *liar) acknowledge(w http.ResponseWriter, body []byte) {
	_, rest, _ := strings.Cut(l.answer.Body.String(), `"position":"`)
	position, _, _ := strings.Cut(rest, `"`)
	_, _ = fmt.Fprintf(w, `{"accepted":%d,"position":%q,"refusedCount":0,"refused":[]}`, bytes.Count(body, []byte("\n")), position)
}

// lies are what a liar may do, and what the checker must find, apart from what
// follows from it.
var lies = []struct {
	name  string
	about string // path
	lie   func(l *liar, w http.ResponseWriter, r *http.Request, body []byte)
	want  kind
}{
	{"it acknowledges and keeps nothing", "/v1/events", func(l *liar, w http.ResponseWriter, _ *http.Request, body []byte) {
		l.acknowledge(w, body)
	}, lost},
	{"it acknowledges, and keeps what comes next before it", "/v1/events", func(l *liar, w http.ResponseWriter, r *http.Request, body []byte) {
		l.later(1)(w, r, body)
	}, unordered},
	{"it acknowledges, and keeps it much later", "/v1/events", func(l *liar, w http.ResponseWriter, r *http.Request, body []byte) {
		l.later(2*everyNth+1)(w, r, body)
	}, reversed},
	{"it keeps twice what was sent once", "/v1/events", func(l *liar, w http.ResponseWriter, r *http.Request, body []byte) {
		l.forward(r, body)
		copyAnswer(w, l.forward(r, body))
	}, excess},
	{"it keeps what it says it refused", "/v1/events", func(l *liar, w http.ResponseWriter, r *http.Request, body []byte) {
		l.forward(r, body)
		http.Error(w, "nothing of the request was kept", http.StatusServiceUnavailable)
	}, excess},
	{"it answers with a floor of long ago", "/metrics/userdata/", func(l *liar, w http.ResponseWriter, _ *http.Request, _ []byte) {
		copyAnswer(w, l.answer)
	}, stale},
	{"its floor is another one", "/debug/floor/digest", nil, differing},
}

// TestTorture_FindsLies runs the checker against a server that is all right,
// through a proxy that lies.
func TestTorture_FindsLies(t *testing.T) {
	s := newSettings()
	s.duration, s.hold, s.lull, s.rate = 2*time.Second, time.Second, time.Millisecond, 200
	s.writers, s.agents = 4, 8 // few, so that each agent's next event comes soon
	s.dir = t.TempDir()
	if err := s.prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, c := range lies {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			result, err := torture(t.Context(), s, func(ctx context.Context, s *settings, dir string, timeline *timeline) (*system, error) {
				system, err := openEmbedded(ctx, s, dir, timeline)
				if err == nil {
					system.faults = []fault{{name: "calm", copies: 1, strike: func(ctx context.Context, b *blow) error {
						b.hold(ctx, 1, 1)
						return nil
					}}}
					deceive(t, system.nodes[0], c.about, c.lie)
				}
				return system, err
			}, filepath.Join(t.TempDir(), "evidence"))
			if err != nil {
				t.Fatal(err)
			}
			if result.Counts[c.want] == 0 || result.Events == 0 {
				t.Errorf("%s not found in %d events: %v", c.want, result.Events, result.Examples)
			}
		})
	}
}

// deceive puts a liar before one of a node's pages; what it asks elsewhere
// passes.
func deceive(t *testing.T, n *node, about string, lie func(*liar, http.ResponseWriter, *http.Request, []byte)) {
	t.Helper()
	if lie == nil {
		n.admin = startProxy(t, n.admin, about, func(l *liar) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				answer := l.forward(r, nil).Body.Bytes()
				slices.Reverse(answer[bytes.Index(answer, []byte(`"sha256":"`))+10 : bytes.Index(answer, []byte(`","instances"`))])
				_, _ = w.Write(answer)
			}
		})
		return
	}
	n.client.Endpoint = startProxy(t, n.client.Endpoint, about, func(l *liar) http.HandlerFunc {
		l.lie = lie
		return l.ServeHTTP
	})
	n.asker = newAsker(n.client.Endpoint, n.client.Credentials)
}

func startProxy(t *testing.T, node, about string, handler func(*liar) http.HandlerFunc) string {
	t.Helper()
	l := newLiar(node)
	mux := http.NewServeMux()
	mux.Handle("/", l.node)
	mux.Handle(about, handler(l))
	proxy := httptest.NewServer(mux)
	t.Cleanup(proxy.Close)
	return proxy.URL
}
