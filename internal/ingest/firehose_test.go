package ingest_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"rollcall"
	"rollcall/internal/ingest"
)

// delivery is what Firehose sends of these records.
func delivery(records ...string) string {
	type record struct {
		Data string `json:"data"`
	}
	list := make([]record, len(records))
	for i, r := range records {
		list[i].Data = base64.StdEncoding.EncodeToString([]byte(r))
	}
	body, err := json.Marshal(map[string]any{"requestId": "of-the-body", "timestamp": 1578090903599, "records": list})
	if err != nil {
		panic(err)
	}
	return string(body)
}

func (h *house) deliver(body []byte, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, ingest.FirehosePath, bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// told is the answer, which must be what Firehose understands.
func told(t *testing.T, w *httptest.ResponseRecorder) (requestID, message string) {
	t.Helper()
	var answer struct {
		RequestID    string `json:"requestId"`
		Timestamp    int64  `json:"timestamp"`
		ErrorMessage string `json:"errorMessage"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || answer.Timestamp == 0 {
		t.Fatalf("%d %s: %v", w.Code, w.Body, err)
	}
	if w.Header().Get("Content-Type") != "application/json" || w.Header().Get("Content-Length") != strconv.Itoa(w.Body.Len()) {
		t.Errorf("headers %v", w.Header())
	}
	return answer.RequestID, answer.ErrorMessage
}

func TestFirehose_KeepsTheEventsOfADelivery(t *testing.T) {
	h := open(t, nil)
	body := delivery(good("ann")+"\n", good("bob")+good("cay"), "", "garbage", `{"ContactId":"c","AWSContactTraceRecordFormatVersion":"2017-03-10"}`)
	w := h.deliver([]byte(body), "X-Amz-Firehose-Request-Id", "of-the-header")
	if id, _ := told(t, w); w.Code != http.StatusOK || id != "of-the-header" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if kept := h.kept(t); len(kept) != 3 {
		t.Errorf("kept %q, want three documents", kept)
	}
	if o := h.outcomes; len(o) != 1 || o[0].Accepted != 3 || o[0].Refused != 2 {
		t.Errorf("outcomes %+v", o)
	}
}

func TestFirehose_TakesGzip(t *testing.T) {
	h := open(t, nil)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	fmt.Fprint(z, delivery(good("ann")))
	_ = z.Close()
	w := h.deliver(packed.Bytes(), "Content-Encoding", "gzip")
	if id, _ := told(t, w); w.Code != http.StatusOK || id != "of-the-body" || len(h.kept(t)) != 1 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// Whatever the size, a delivery is kept in parts, and a record that is too large
// for a document is left out.
func TestFirehose_LargeDeliveriesAreKeptInParts(t *testing.T) {
	h := open(t, nil)
	records := make([]string, 10_000)
	for i := range records {
		records[i] = document(fmt.Sprint("agent", i), now)
	}
	records[5] = `{"x":"` + strings.Repeat("y", 1<<20) + `"}`
	w := h.deliver([]byte(delivery(records...)))
	if _, message := told(t, w); w.Code != http.StatusOK || message != "" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if kept := h.kept(t); len(kept) != 9_999 {
		t.Errorf("kept %d documents", len(kept))
	}
}

func TestFirehose_ErrorsAreInItsOwnShape(t *testing.T) {
	unsigned := rollcall.Errorf(rollcall.CodeUnsigned, "not known")
	for name, c := range map[string]struct {
		change func(*gate)
		body   string
		status int
	}{
		"an unknown key":          {func(g *gate) { g.knock = unsigned }, delivery(good("ann")), http.StatusUnauthorized},
		"a key without the right": {func(g *gate) { g.allow = map[string]error{instance: rollcall.Errorf(rollcall.CodeDenied, "no")} }, delivery(good("ann")), http.StatusForbidden},
		"no JSON":                 {func(*gate) {}, "garbage", http.StatusBadRequest},
		"no delivery":             {func(*gate) {}, `{"records":5}`, http.StatusBadRequest},
		"broken off":              {func(*gate) {}, delivery(good("ann"))[:60], http.StatusBadRequest},
		"a record without end":    {func(*gate) {}, `{"records":[{"data":"` + strings.Repeat("A", 9<<20), http.StatusBadRequest},
	} {
		h := open(t, nil)
		c.change(h.gate)
		w := h.deliver([]byte(c.body), "X-Amz-Firehose-Request-Id", "id")
		if id, message := told(t, w); w.Code != c.status || id != "id" || message == "" {
			t.Errorf("%s: %d %s, want %d", name, w.Code, w.Body, c.status)
		}
	}
}

func TestPost_TakesWhatLambdaIsGiven(t *testing.T) {
	h := open(t, nil)
	record := func(document string) string {
		return fmt.Sprintf(`{"kinesis":{"kinesisSchemaVersion":"1.0","data":%q},"eventSource":"aws:kinesis"}`, base64.StdEncoding.EncodeToString([]byte(document)))
	}
	if got := h.post(t, "", `{"Records":[`+record(good("ann"))+","+record(good("bob"))+`]}`); got.Status != http.StatusOK || len(h.kept(t)) != 2 {
		t.Errorf("%+v", got)
	}
	for _, c := range [][2]string{ // body, what is said of it
		{`{"Records":[{"kinesis":{"data":"%"}}]}`, "Records[0].kinesis.data is no base64"},
		{`{"Records":[{"kinesis":{"data":""}},{"eventSource":"aws:s3","s3":{}}]}`, `Records[1] of the Lambda event, from "aws:s3", has neither`},
		{`{"Records":[{"body":"x"}]}`, "1 of 1 documents are refused"},
		{`{"Records":5}`, "begins as a Lambda event and is none"},
		{delivery(good("ann")), "a delivery of Amazon Data Firehose: that goes to /v1/firehose"},
		{`{"awslogs":{"data":"x"}}`, "a CloudWatch Logs subscription"},
		{"\x1f\x8b\x08 and so on", "gzip, as a CloudWatch Logs subscription sends it"},
		{`{"messageType":"DATA_MESSAGE","logGroup":"g"}`, "a CloudWatch Logs subscription"},
		{`{"ContactId":"c","InitiationMethod":"INBOUND"}`, "a contact record, not an agent event"},
	} {
		if got := h.post(t, "", c[0]); got.Status != http.StatusBadRequest || !strings.Contains(fmt.Sprint(got.Error), c[1]) {
			t.Errorf("%.40s: %+v, want %q", c[0], got, c[1])
		}
	}
}
