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

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// liar stands between the checker and a node that does nothing wrong, and makes
// it look as if it did.
type liar struct {
	node *httputil.ReverseProxy
	lie  func(l *liar, w http.ResponseWriter, r *http.Request, body []byte) // about a few requests; the others pass

	every  int           // how many requests pass before one that it lies about
	enough chan struct{} // closed when it has lied often enough to be found

	mu     sync.Mutex // requests pass one after the other
	asked  int
	lied   int
	answer *httptest.ResponseRecorder // the newest true one
	held   map[int][]func()           // :: number of a request -> what is forwarded behind it
}

const (
	manyPass   = 10 // requests that pass before a lie about what is sent
	fewPass    = 3  // questions, which come less often
	enoughLies = 5
)

func newLiar(node string, every int) *liar {
	target, _ := url.Parse(node)
	quiet := log.New(io.Discard, "", 0)
	return &liar{every: every, enough: make(chan struct{}), held: make(map[int][]func()), node: &httputil.ReverseProxy{ErrorLog: quiet, Rewrite: func(r *httputil.ProxyRequest) {
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
	if l.asked++; l.asked%l.every == 0 {
		l.lie(l, w, r, body)
		if l.lied++; l.lied == enoughLies {
			close(l.enough)
		}
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
		l.later(2*manyPass+1)(w, r, body)
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
	for _, c := range lies {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			result := tortureLiars(t, openEmbedded, func(s *system) []*liar {
				return []*liar{deceive(t, s.nodes[0], c.about, c.lie)}
			}, nothing)
			mustFind(t, result, c.want)
		})
	}
}

func nothing(context.Context, *system) error { return nil }

// Each node of a cluster lies in another way, and the cluster itself forgets a
// part of what they acknowledged: all is found.
func TestTorture_FindsLiesOfACluster(t *testing.T) {
	t.Parallel()
	chosen := []int{1, 3, 5} // of lies: what is unordered, excess, stale
	result := tortureLiars(t, openCluster, func(s *system) (liars []*liar) {
		for i, lie := range chosen {
			liars = append(liars, deceive(t, s.nodes[i], lies[lie].about, lies[lie].lie))
		}
		return liars
	}, purgeHalf)
	for _, lie := range chosen {
		mustFind(t, result, lies[lie].want)
	}
	mustFind(t, result, lost)
}

// purgeHalf removes the older half of the journal's stream.
func purgeHalf(ctx context.Context, s *system) error {
	conn, err := nats.Connect(strings.Join(s.urls, ","))
	if err != nil {
		return err
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		return err
	}
	journal, err := js.Stream(ctx, stream)
	if err != nil {
		return err
	}
	return journal.Purge(ctx, jetstream.WithPurgeSequence(journal.CachedInfo().State.LastSeq/2+1))
}

// tortureLiars runs a topology in which nothing breaks until those who were put
// before its nodes have lied enough, and then does what is left to do.
func tortureLiars(t *testing.T, open opener, deceive func(*system) []*liar, then func(context.Context, *system) error) *result {
	t.Helper()
	s := newSettings()
	s.duration, s.hold, s.lull, s.rate = 10*time.Minute, time.Second, time.Millisecond, 200
	s.writers, s.agents = 4, 8 // few, so that each agent's next event comes soon
	s.dir, s.binary = t.TempDir(), binary(t)
	result, err := torture(t.Context(), s, func(ctx context.Context, s *settings, dir string, timeline *timeline) (*system, error) {
		system, err := open(ctx, s, dir, timeline)
		if err != nil {
			return system, err
		}
		liars, enough := deceive(system), make(chan struct{})
		system.hands, system.enough = 1, enough
		system.faults = []fault{{name: "lies", copies: 1, strike: func(ctx context.Context, _ *blow) error {
			defer close(enough)
			for _, l := range liars {
				select {
				case <-l.enough:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
			return then(ctx, system)
		}}}
		return system, nil
	}, filepath.Join(t.TempDir(), "evidence"))
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func mustFind(t *testing.T, result *result, want kind) {
	t.Helper()
	if result.Counts[want] == 0 || result.Events == 0 {
		t.Errorf("%s not found in %d events: %v", want, result.Events, result.Examples)
	}
}

// deceive puts a liar before one of a node's pages; what it asks elsewhere
// passes.
func deceive(t *testing.T, n *node, about string, lie func(*liar, http.ResponseWriter, *http.Request, []byte)) *liar {
	t.Helper()
	every := manyPass
	if about != "/v1/events" {
		every = fewPass
	}
	if lie == nil {
		l := newLiar(n.admin, every)
		close(l.enough) // it always lies
		n.admin = l.start(t, about, func(w http.ResponseWriter, r *http.Request) {
			answer := l.forward(r, nil).Body.Bytes()
			slices.Reverse(answer[bytes.Index(answer, []byte(`"sha256":"`))+10 : bytes.Index(answer, []byte(`","instances"`))])
			_, _ = w.Write(answer)
		})
		return l
	}
	l := newLiar(n.client.Endpoint, every)
	l.lie = lie
	n.client.Endpoint = l.start(t, about, l.ServeHTTP)
	n.asker = newAsker(n.client.Endpoint, n.client.Credentials)
	return l
}

// start gives the URL of the node with the liar before it.
func (l *liar) start(t *testing.T, about string, handler http.HandlerFunc) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("/", l.node)
	mux.Handle(about, handler)
	proxy := httptest.NewServer(mux)
	t.Cleanup(proxy.Close)
	return proxy.URL
}
