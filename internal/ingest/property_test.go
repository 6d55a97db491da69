package ingest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"rollcall"
	"rollcall/internal/ingest"
)

// TestPost_AnyMixOfDocuments holds, for any good and bad documents in any
// order and form of body: each is accepted or refused, the log grows by what
// is accepted and by nothing else, in order, and in one piece.
func TestPost_AnyMixOfDocuments(t *testing.T) {
	h := open(t, nil)
	rapid.Check(t, func(rt *rapid.T) {
		documents := rapid.SliceOfN(rapid.SampledFrom([]string{
			good("a"), good("b"), good("c"), document("future", now.Add(2*rollcall.MaxAhead)),
			"{}", "null", `"text"`, `{"AgentARN":7}`, strings.Replace(good("d"), "HEART_BEAT", "HIC/CUP", 1),
		}), 1, 12).Draw(rt, "documents")
		form := rapid.SampledFrom([]string{"lines", "array", "blanks"}).Draw(rt, "form")
		skip := rapid.Bool().Draw(rt, "skip")
		var want []string
		for _, d := range documents {
			for _, agent := range []string{"a", "b", "c"} {
				if d == good(agent) {
					want = append(want, agent)
				}
			}
		}
		refused := len(documents) - len(want)
		before, kept := h.log.End(), h.kept(t)

		query := ""
		if skip {
			query = "?on-invalid=skip"
		}
		got := h.post(t, query, joined(documents, form))
		after := h.log.End()
		if refused > 0 && !skip {
			if got.Status != http.StatusBadRequest || got.Error.RefusedCount != refused || len(got.Error.Documents) != refused || after != before {
				rt.Fatalf("answer %+v with the log going from %s to %s, want %d refused and no change", got, before, after, refused)
			}
			return
		}
		if got.Status != http.StatusOK || got.Accepted != len(want) || got.RefusedCount != refused {
			rt.Fatalf("answer %+v, want 200 with %d accepted and %d refused", got, len(want), refused)
		}
		if now := h.kept(t); !slices.Equal(now, append(kept, want...)) {
			rt.Fatalf("the log holds %v, want %v and %v", now, kept, want)
		}
		if len(want) == 0 && after != before || len(want) > 0 && (after.Pack != before.Pack+1 || got.Position != after.String()) {
			rt.Fatalf("position %s with the log going from %s to %s, want one pack for %d events", got.Position, before, after, len(want))
		}
	})
}

func joined(documents []string, form string) string {
	switch form {
	case "array":
		return "[" + strings.Join(documents, ",") + "]"
	case "lines":
		return strings.Join(documents, "\n") + "\n"
	}
	return strings.Join(documents, " \r\n\t ")
}

// FuzzPost holds that any request is answered, in JSON, with a status that the
// API knows, and that the log grows only by what is acknowledged.
func FuzzPost(f *testing.F) {
	f.Add("", "", []byte(good("a")))
	f.Add("on-invalid=skip&wait=visible", "", []byte("{}\n"+good("a")+"\n"))
	f.Add("on-invalid=skip", "gzip", []byte("\x1f\x8b\x08"))
	f.Fuzz(func(t *testing.T, query, coding string, body []byte) {
		h := open(t, func(o *ingest.Options) { o.Limits.BodyBytes, o.Limits.RefusedListed = 64<<10, 5 })
		r := httptest.NewRequest(http.MethodPost, ingest.Path, strings.NewReader(string(body)))
		r.URL.RawQuery = query
		r.Header["Content-Encoding"] = []string{coding}
		got := h.send(t, r)
		if !slices.Contains([]int{200, 400, 413}, got.Status) {
			t.Errorf("status %d: %s", got.Status, got.Error.Message)
		}
		if kept := len(h.kept(t)); kept != got.Accepted || (got.Status != 200 && kept != 0) {
			t.Errorf("status %d, accepted %d, kept %d", got.Status, got.Accepted, kept)
		}
	})
}

func BenchmarkPost(b *testing.B) {
	for _, n := range []int{1, 100} {
		for _, kind := range []string{"least", "full"} {
			b.Run(fmt.Sprintf("%s_%d", kind, n), func(b *testing.B) {
				var body strings.Builder
				for i := range n {
					if kind == "least" {
						body.WriteString(good(fmt.Sprintf("agent-%d", i)) + "\n")
					} else {
						body.WriteString(full(i) + "\n")
					}
				}
				h := open(b, func(o *ingest.Options) { o.Log = nowhere{} })
				b.SetBytes(int64(body.Len()))
				b.ReportAllocs()
				for b.Loop() {
					w := httptest.NewRecorder()
					h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, ingest.Path, strings.NewReader(body.String())))
					if w.Code != http.StatusOK {
						b.Fatal(w.Body)
					}
				}
				b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
			})
		}
	}
}
