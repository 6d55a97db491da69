package emit_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-cmp/cmp"

	"rollcall/internal/emit"
	"rollcall/internal/ownclient"
)

// answers is a server that gives prepared answers in turn, the last one again
// and again, and remembers the bodies.
type answers struct {
	give   []func(w http.ResponseWriter, documents int)
	bodies []string
}

func (a *answers) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	a.bodies = append(a.bodies, string(body))
	give := a.give[min(len(a.bodies), len(a.give))-1]
	give(w, strings.Count(string(body), "\n"))
}

func accept(w http.ResponseWriter, documents int) {
	fmt.Fprintf(w, `{"accepted":%d,"position":"p"}`, documents)
}

func status(code int) func(http.ResponseWriter, int) {
	return func(w http.ResponseWriter, _ int) {
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(code)
		fmt.Fprint(w, `{"error":{"code":"x","message":"not now"}}`)
	}
}

// run emits an input to a server with these answers.
func run(t *testing.T, input string, give ...func(http.ResponseWriter, int)) (emit.Summary, []emit.Refused, *answers, []time.Duration, error) {
	t.Helper()
	a := &answers{give: give}
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	var refused []emit.Refused
	var waits []time.Duration
	e := &emit.Emitter{
		Server:    ownclient.New(server.URL, "us-east-1", credentials.NewStaticCredentialsProvider("AKID", "secret", "")),
		OnRefused: func(r emit.Refused) { refused = append(refused, r) },
		Wait: func(_ context.Context, d time.Duration) error {
			waits = append(waits, d)
			return nil
		},
	}
	err := e.Emit(t.Context(), "in.jsonl", strings.NewReader(input))
	return e.Summary(), refused, a, waits, err
}

func TestEmit_SendsADocumentALine(t *testing.T) {
	summary, _, a, _, err := run(t, "[{\"a\": 1},\n{\"b\":\n2}]", accept)
	if err != nil || summary.Kept != 2 || summary.Position != "p" {
		t.Errorf("summary %+v, %v", summary, err)
	}
	if diff := cmp.Diff([]string{"{\"a\":1}\n{\"b\":2}\n"}, a.bodies); diff != "" {
		t.Errorf("bodies (-want +got):\n%s", diff)
	}
}

func TestEmit_NamesRefusedDocumentsByLine(t *testing.T) {
	summary, refused, _, _, err := run(t, "{\"a\":1}\n\nnonsense\n{\"b\":2}\n", func(w http.ResponseWriter, _ int) {
		fmt.Fprint(w, `{"accepted":1,"position":"p","refused":[{"number":2,"offset":8,"member":"AgentARN","reason":"missing"}]}`)
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []emit.Refused{
		{Input: "in.jsonl", Line: 3, Reason: refused[0].Reason},
		{Input: "in.jsonl", Line: 4, Member: "AgentARN", Reason: "missing"},
	}
	if diff := cmp.Diff(want, refused); diff != "" {
		t.Errorf("refused (-want +got):\n%s", diff)
	}
	if summary.Kept != 1 || summary.Refused != 2 {
		t.Errorf("summary %+v, want 1 kept and 2 refused", summary)
	}
}

func TestEmit_LeavesOutWhatIsRollcallsOwn(t *testing.T) {
	own := `{"EventType":"ROLLCALL_FORGET_AGENT","AgentARN":"x"}` + "\n"
	waits := `{"detail-type":"ROLLCALL_FORGET_WAIT"}` + "\n"
	event := `{"EventType":"LOGIN","Note":"ROLLCALL_"}` + "\n"
	summary, refused, a, _, err := run(t, own+event+waits+own, accept)
	if err != nil || summary.Kept != 1 || summary.LeftOut != 3 || len(refused) != 0 {
		t.Errorf("summary %+v, refused %v, %v", summary, refused, err)
	}
	if diff := cmp.Diff([]string{event}, a.bodies); diff != "" {
		t.Errorf("bodies (-want +got):\n%s", diff)
	}
}

func TestEmit_CountsRefusalsThatTheServerDidNotList(t *testing.T) {
	summary, refused, _, _, err := run(t, "{}\n{}\n{}\n", func(w http.ResponseWriter, _ int) {
		fmt.Fprint(w, `{"accepted":0,"refused":[{"number":1,"reason":"bad"}]}`)
	})
	if err != nil || summary.Refused != 3 || len(refused) != 1 {
		t.Errorf("summary %+v, %d named, %v", summary, len(refused), err)
	}
}

func TestEmit_CutsABatchThatIsTooLarge(t *testing.T) {
	summary, _, a, _, err := run(t, "{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n", status(http.StatusRequestEntityTooLarge), accept)
	if err != nil || summary.Kept != 3 {
		t.Errorf("summary %+v, %v", summary, err)
	}
	want := []string{"{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n", "{\"a\":1}\n", "{\"b\":2}\n{\"c\":3}\n"}
	if diff := cmp.Diff(want, a.bodies); diff != "" {
		t.Errorf("bodies (-want +got):\n%s", diff)
	}
}

func TestEmit_RefusesADocumentThatIsTooLargeAlone(t *testing.T) {
	summary, refused, _, _, err := run(t, "{\"a\":1}\n", status(http.StatusRequestEntityTooLarge))
	if err != nil || summary.Refused != 1 || refused[0].Reason != "not now" {
		t.Errorf("summary %+v, refused %+v, %v", summary, refused, err)
	}
}

func TestEmit_WaitsAsLongAsTheServerAsks(t *testing.T) {
	summary, _, _, waits, err := run(t, "{}\n", status(http.StatusServiceUnavailable), status(http.StatusTooManyRequests), accept)
	if err != nil || summary.Kept != 1 {
		t.Errorf("summary %+v, %v", summary, err)
	}
	if len(waits) != 2 || waits[0] < 7*time.Second || waits[1] < 7*time.Second {
		t.Errorf("waited %v, want twice at least 7s", waits)
	}
}

func TestEmit_GivesUpOnAServerThatStaysFull(t *testing.T) {
	_, _, a, _, err := run(t, "{}\n", status(http.StatusServiceUnavailable))
	if err == nil || !strings.Contains(err.Error(), "not now") {
		t.Errorf("error %v, want the server's word", err)
	}
	if len(a.bodies) != 10 {
		t.Errorf("sent %d times", len(a.bodies))
	}
}

func TestEmit_DoesNotRepeatWhatCannotSucceed(t *testing.T) {
	_, _, a, _, err := run(t, "{}\n", status(http.StatusForbidden))
	if err == nil || len(a.bodies) != 1 {
		t.Errorf("sent %d times, %v", len(a.bodies), err)
	}
}

func TestEmit_SaysAtOnceThatNoServerIsThere(t *testing.T) {
	server := httptest.NewServer(nil)
	server.Close()
	e := &emit.Emitter{
		Server: ownclient.New(server.URL, "us-east-1", credentials.NewStaticCredentialsProvider("AKID", "secret", "")),
		Wait: func(context.Context, time.Duration) error {
			t.Error("waited for a server that never answered")
			return nil
		},
	}
	err := e.Emit(t.Context(), "in", strings.NewReader("{}"))
	if err == nil || !strings.Contains(err.Error(), "rollcall serve") {
		t.Errorf("error %v, want what to do", err)
	}
}
