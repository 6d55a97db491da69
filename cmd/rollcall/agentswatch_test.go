package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"rollcall/internal/ownclient"
)

// screen is where a watch draws; it tells when it shows something.
type screen struct {
	mu   sync.Mutex
	last string
	drew chan struct{}
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	s.last = string(p)
	s.mu.Unlock()
	select {
	case s.drew <- struct{}{}:
	default:
	}
	return len(p), nil
}

// until waits until the screen shows what is wanted.
func (s *screen) until(t *testing.T, want string) {
	t.Helper()
	for {
		s.mu.Lock()
		last := s.last
		s.mu.Unlock()
		if strings.Contains(last, want) {
			return
		}
		select {
		case <-s.drew:
		case <-t.Context().Done():
			t.Fatalf("the screen shows\n%s\nwant %q", last, want)
		}
	}
}

// A watch that is cut off says so, comes back with the last id, and goes on.
func TestKeepFresh_GoesOnAfterAnInterruption(t *testing.T) {
	const ann, bob = `{"id":"a","name":"Ann","activity":"Available"}`, `{"id":"b","name":"Bob","activity":"Missed"}`
	back := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		write := func(event, id, data string) {
			fmt.Fprintf(w, "event: %s\nid: %s\ndata: %s\n\n", event, id, data)
			http.NewResponseController(w).Flush() //nolint:errcheck // the client may be gone
		}
		select {
		case <-back:
		default:
			if r.Header.Get("Last-Event-ID") != "" {
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			w.Header().Set("Content-Type", "text/event-stream")
			fmt.Fprintf(w, "event: state\ndata: {\"agents\":[%s],\"more\":false}\n\n", ann)
			write("synced", "7-1", `{"total":1}`)
			return // cut off
		}
		if got := r.Header.Get("Last-Event-ID"); got != "7-1" {
			t.Errorf("came back with the id %q", got)
		}
		w.Header().Set("Content-Type", "text/event-stream")
		write("change", "7-2", `{"agents":[`+bob+`],"left":["a"],"total":1}`)
		write("synced", "7-2", `{"total":1}`)
		<-r.Context().Done()
	}))
	defer server.Close()
	ctx, stop := context.WithCancel(t.Context())
	r := &roster{instance: "i", filters: url.Values{}, output: "table", watch: true, every: time.Millisecond}
	if err := r.prepare(); err != nil {
		t.Fatal(err)
	}
	client := ownclient.New(server.URL, "us-east-1", credentials.NewStaticCredentialsProvider("AKID", "secret", ""))
	shown, ended := &screen{drew: make(chan struct{}, 1)}, make(chan error, 1)
	go func() { ended <- r.keepFresh(ctx, client, shown) }()
	shown.until(t, "Ann")
	shown.until(t, "NO NEWS FOR")
	close(back)
	shown.until(t, "Bob")
	shown.mu.Lock()
	if strings.Contains(shown.last, "Ann") || strings.Contains(shown.last, "NO NEWS") {
		t.Errorf("after the interruption:\n%s", shown.last)
	}
	shown.mu.Unlock()
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// What answers may be something else than a server, and says yes to everything.
func TestKeepFresh_WantsAStream(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	defer server.Close()
	r := &roster{instance: "i", filters: url.Values{}, output: "table", watch: true, every: time.Millisecond}
	if err := r.prepare(); err != nil {
		t.Fatal(err)
	}
	client := ownclient.New(server.URL, "us-east-1", credentials.NewStaticCredentialsProvider("AKID", "secret", ""))
	if err := r.keepFresh(t.Context(), client, &screen{drew: make(chan struct{}, 1)}); err == nil || !strings.Contains(err.Error(), "204 No Content") {
		t.Errorf("an answer without a stream: %v", err)
	}
}

// Names come from whoever may put events, and JSON goes to terminals, too.
func TestRoster_WatchedJSONSteersNoTerminal(t *testing.T) {
	r := roster{output: "json"}
	var shown bytes.Buffer
	l := &liveRoster{rows: map[string]json.RawMessage{"a": json.RawMessage(`{"id":"a","name":"` + "\u009b2J\u202e" + `"}`)}}
	if err := r.draw(l, &shown); err != nil {
		t.Fatal(err)
	}
	if want := `[{"id":"a","name":"\u009b2J\u202e"}]` + "\n"; shown.String() != want {
		t.Errorf("shows %q, want %q", shown.String(), want)
	}
}
