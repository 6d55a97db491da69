package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"rollcall/internal/ownclient"
)

// A node that stands still, and says that it is ready or how old its answers are,
// is believed for that long and no longer.
func TestWitness_FindsANodeThatUnderstates(t *testing.T) {
	for _, c := range []struct {
		name       string
		ready      bool
		age        int // seconds; 0 for none
		behind     time.Duration
		understate bool
	}{
		{"ready and fresh", true, 0, 2 * time.Second, false},
		{"ready and old", true, 0, time.Minute, true},
		{"not ready, old, and no age", false, 0, time.Minute, true},
		{"as old as it says", false, 60, time.Minute, false},
		{"older than it says", false, 20, time.Minute, true},
		{"ready in spite of its age", true, 60, time.Minute, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/readyz" {
					if !c.ready {
						w.WriteHeader(http.StatusServiceUnavailable)
					}
					return
				}
				if c.age > 0 {
					w.Header().Set("X-Rollcall-Age", strconv.Itoa(c.age))
				}
				_ = json.NewEncoder(w).Encode(map[string]any{"UserDataList": []any{}})
			}))
			defer server.Close()
			h := newHistory(io.Discard)
			h.begin = time.Now().Add(-time.Hour)
			h.newestOf[0] = []acknowledgement{{h.now() - c.behind, 1}} // of which nothing is shown
			n := &node{process: &process{name: "node"}, admin: server.URL}
			n.client = ownclient.New(server.URL, region, credentials.NewStaticCredentialsProvider(accessKeyID, secretAccessKey, ""))
			w := &witness{node: n, history: h, agents: []string{agentID(0)}}
			w.look(t.Context())
			if w.asked != 1 || len(w.understated) > 0 != c.understate {
				t.Errorf("asked %d times, found %q", w.asked, w.understated)
			}
		})
	}
}
