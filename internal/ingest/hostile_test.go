package ingest_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"testing"

	"rollcall"
	"rollcall/internal/access"
	"rollcall/internal/ingest"
)

// A delivery is acknowledged only when all of it was read, to its end, and was
// one: else Firehose would throw away what nobody has.
func TestFirehose_AcknowledgesWholeDeliveriesAlone(t *testing.T) {
	packed, err := io.ReadAll(zipped(t, delivery(good("ann"))))
	if err != nil {
		t.Fatal(err)
	}
	damaged := bytes.Clone(packed)
	damaged[len(damaged)-6] ^= 1 // of the checksum
	again, err := io.ReadAll(zipped(t, string(packed)))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		body   []byte
		coding string
	}{
		"something behind it":     {[]byte(delivery(good("ann")) + "x"), ""},
		"another behind it":       {[]byte(delivery(good("ann")) + delivery(good("bob"))), ""},
		"an event, no delivery":   {[]byte(good("ann")), ""},
		"without records":         {[]byte(`{"requestId":"a"}`), ""},
		"an endless request id":   {[]byte(`{"requestId":"` + strings.Repeat("a", 300) + `","records":[]}`), ""},
		"gzip that breaks off":    {packed[:len(packed)-8], "gzip"},
		"gzip with a wrong sum":   {damaged, "gzip"},
		"gzip of gzip":            {again, "gzip"},
		"gzip that says it isn't": {packed, ""},
	} {
		h := open(t, nil)
		w := h.deliver(c.body, "Content-Encoding", c.coding, "X-Amz-Firehose-Request-Id", "id")
		if id, message := told(t, w); w.Code != http.StatusBadRequest || id != "id" || message == "" {
			t.Errorf("%s: %d %s, want 400", name, w.Code, w.Body)
		}
	}
}

func TestFirehose_AnswersIDsThatAreNoText(t *testing.T) {
	for _, body := range []string{delivery(good("ann")), "garbage"} {
		w := open(t, nil).deliver([]byte(body), "X-Amz-Firehose-Request-Id", "\xff\xfe")
		if id, _ := told(t, w); id == "" {
			t.Errorf("%d %q", w.Code, w.Body)
		}
	}
}

// What a delivery that ends badly has begun and kept is told as of any other.
func TestFirehose_TellsWhatDeliveriesDidThatEndBadly(t *testing.T) {
	var acts []access.Act
	h := open(t, func(o *ingest.Options) {
		o.Audit = func(a access.Act) { acts = append(acts, a) }
		o.Owner = func(rollcall.InstanceID) (rollcall.ARN, bool) { return rollcall.ARN{}, false }
	})
	records := make([]string, 10_000) // more than a part
	for i := range records {
		records[i] = document(fmt.Sprint("agent", i), now)
	}
	whole := delivery(records...)
	w := h.deliver([]byte(whole[:len(whole)-100]))
	kept := len(h.kept(t))
	if w.Code != http.StatusBadRequest || kept == 0 {
		t.Fatalf("%d with %d kept, want a part", w.Code, kept)
	}
	if len(acts) != 1 || acts[0].Resource != instance {
		t.Errorf("audited %+v, want that %s was begun", acts, instance)
	}
	if o := h.outcomes; len(o) != 1 || o[0].Accepted != kept {
		t.Errorf("outcomes %+v, want %d accepted", o, kept)
	}
}

// What a sender writes takes memory in proportion to its bytes, in whatever form.
func TestEnvelopes_TakeMemoryInProportion(t *testing.T) {
	const size = 1 << 20
	names := func(before, after string) []byte {
		var b bytes.Buffer
		b.WriteString(before)
		for i := 0; b.Len() < size; i++ {
			fmt.Fprintf(&b, `"%x":1,`, i)
		}
		b.WriteString(`"":1`)
		b.WriteString(after)
		return b.Bytes()
	}
	for name, c := range map[string]struct {
		path string
		body []byte
		most uint64
	}{
		"names in a delivery":     {ingest.FirehosePath, names(`{"records":[],`, `}`), 4 * size},
		"names in its record":     {ingest.FirehosePath, names(`{"records":[{`, `}]}`), 4 * size},
		"names in a Lambda event": {ingest.Path, names(`{"Records":[],`, `}`), 12 * size},
		"records of nothing":      {ingest.Path, []byte(`{"Records":[{}` + strings.Repeat(",{}", size/3) + `]}`), 20 * size},
		"names in what is none":   {ingest.Path, names(`{"ContactId":1,`, `}`), 28 * size},
	} {
		h := open(t, nil)
		r := httptest.NewRequest(http.MethodPost, c.path, bytes.NewReader(c.body))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		h.ServeHTTP(httptest.NewRecorder(), r)
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > c.most {
			t.Errorf("%s: %d bytes took %d of memory, want at most %d", name, len(c.body), took, c.most)
		}
	}
}

// FuzzFirehose holds that any delivery is answered as Firehose understands, and
// that the log grows by what is counted as accepted.
func FuzzFirehose(f *testing.F) {
	f.Add([]byte(delivery(good("a"), "x", good("b")+good("c"))), false)
	f.Add([]byte(`{"records":[],"records":[{"data":null},{"data":"%"}],"requestId":"\ud800"}`), false)
	f.Add([]byte(delivery(good("a"))), true)
	f.Add([]byte(`{"records":[[]]} `), false)
	f.Fuzz(func(t *testing.T, body []byte, packed bool) {
		h := open(t, nil)
		coding := ""
		if packed {
			var b bytes.Buffer
			z, _ := gzip.NewWriterLevel(&b, gzip.NoCompression)
			_, _ = z.Write(body)
			_ = z.Close()
			body, coding = b.Bytes(), "gzip"
		}
		w := h.deliver(body, "Content-Encoding", coding)
		if told(t, w); !slices.Contains([]int{200, 400}, w.Code) {
			t.Errorf("status %d: %s", w.Code, w.Body)
		}
		accepted := 0
		for _, o := range h.outcomes {
			accepted += o.Accepted
		}
		if kept := len(h.kept(t)); kept != accepted {
			t.Errorf("status %d, accepted %d, kept %d", w.Code, accepted, kept)
		}
		if held := h.InFlightBytes(); held != 0 {
			t.Errorf("%d bytes are in flight after the answer", held)
		}
	})
}
