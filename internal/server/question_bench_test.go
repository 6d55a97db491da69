package server_test

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// BenchmarkQuestion is all that this server does for a signed question, with
// the headers that boto3 sends, on a floor of 5000 agents: all of a request but
// the network and net/http.
func BenchmarkQuestion(b *testing.B) {
	s := run(b, settings())
	for from := 0; from < 5000; from += 500 {
		var events []string
		for i := from; i < from+500; i++ {
			events = append(events, callEvent(i, i))
		}
		s.put(events...)
	}
	const site = `{"Filters":{"UserHierarchyGroups":["site-3"]},"MaxResults":100`
	_, rest, _ := strings.Cut(s.post(questions, site+"}").body, `{"NextToken":"`)
	token, _, _ := strings.Cut(rest, `"`)
	for _, c := range []struct{ name, body string }{
		{"one-agent", `{"Filters":{"Agents":["00004711-7c1e-4f8f-9a54-2f0d51e6c201"]},"MaxResults":100}`},
		{"first-page", site + "}"},
		{"next-page", site + `,"NextToken":"` + token + `"}`},
	} {
		b.Run(c.name, func(b *testing.B) {
			h := s.HTTPHandler()
			r := s.arrived(b, c.body)
			body := strings.NewReader("")
			r.Body = io.NopCloser(body)
			w := &discarded{header: http.Header{}}
			b.ReportAllocs()
			for b.Loop() {
				body.Reset(c.body)
				clear(w.header)
				h.ServeHTTP(w, r)
			}
			if w.status != http.StatusOK {
				b.Fatal(w.status)
			}
		})
	}
}

// arrived is a signed question as net/http gives it to handlers, without its
// body.
func (r *running) arrived(b *testing.B, body string) *http.Request {
	b.Helper()
	req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, r.URL()+questions, http.NoBody)
	if err != nil {
		b.Fatal(err)
	}
	for name, value := range map[string]string{
		"Accept-Encoding": "identity",
		"User-Agent": "Boto3/1.40.0 md/Botocore#1.40.0 ua/2.1 os/linux#6.1 md/arch#x86_64 lang/python#3.11.2 " +
			"cfg/retry-mode#legacy",
		"Amz-Sdk-Invocation-Id": "6f0e0000-8d21-4c7b-9a55-000000000000",
		"Amz-Sdk-Request":       "attempt=1",
	} {
		req.Header.Set(name, value)
	}
	req.ContentLength = int64(len(body))
	if err := r.sign(req, body); err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Content-Length", strconv.Itoa(len(body)))
	req.Host = req.URL.Host
	req.RemoteAddr = "127.0.0.1:51234"
	return req
}

// discarded is a ResponseWriter that remembers the status alone.
type discarded struct {
	header http.Header
	status int
}

func (d *discarded) Header() http.Header         { return d.header }
func (d *discarded) Write(p []byte) (int, error) { return len(p), nil }
func (d *discarded) WriteHeader(status int)      { d.status = status }

// SetReadDeadline is for http.ResponseController.
func (d *discarded) SetReadDeadline(time.Time) error { return nil }
