package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall"
	"rollcall/internal/agentevent"
	"rollcall/internal/ingest"
	"rollcall/internal/journal"
	"rollcall/internal/journal/logtest"
	"rollcall/internal/journal/memlog"
	"rollcall/internal/sigv4"
)

func TestPost_AcknowledgesWhatIsDurable(t *testing.T) {
	h := open(t, nil)
	got := h.post(t, "", good("a")+"\n"+good("b")+"\n")
	if got.Status != http.StatusOK || got.Accepted != 2 || got.RefusedCount != 0 || got.Refused == nil || got.Visible != nil {
		t.Errorf("answer %+v, want 200 with 2 accepted and an empty list", got)
	}
	if want := h.log.End().String(); got.Position != want {
		t.Errorf("position %s, want the journal's end, %s", got.Position, want)
	}
	if diff := cmp.Diff([]string{"a", "b"}, h.kept(t)); diff != "" {
		t.Errorf("kept (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]ingest.Outcome{{Accepted: 2, BodyBytes: len(good("a")+good("b")) + 2}}, h.outcomes); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
}

func TestPost_OneRefusedDocumentKeepsAllOut(t *testing.T) {
	h := open(t, nil)
	got := h.post(t, "", good("a")+"\n{}\n"+good("b")+"\nhello\n")
	want := []refused{
		{
			Number: 2, Offset: int64(len(good("a")) + 1), Member: "AgentARN",
			Reason: "found nothing, expected the ARN of an agent, arn:aws:connect:REGION:ACCOUNT:instance/INSTANCE/agent/AGENT",
		},
		{Number: 4, Offset: int64(len(good("a")+good("b")) + 5), Reason: "not JSON: invalid character 'h' at start of value"},
	}
	if got.Status != http.StatusBadRequest || got.Error.Code != "invalid" || got.Error.RefusedCount != 2 {
		t.Errorf("answer %+v, want 400 invalid with 2 refused", got)
	}
	if diff := cmp.Diff(want, got.Error.Documents); diff != "" {
		t.Errorf("documents (-want +got):\n%s", diff)
	}
	if kept := h.kept(t); kept != nil {
		t.Errorf("kept %v, want nothing", kept)
	}
}

func TestPost_SkipKeepsTheOthers(t *testing.T) {
	h := open(t, nil)
	got := h.post(t, "?on-invalid=skip", good("a")+"{}"+good("b"))
	if got.Status != http.StatusOK || got.Accepted != 2 || got.RefusedCount != 1 || len(got.Refused) != 1 || got.Refused[0].Number != 2 {
		t.Errorf("answer %+v, want 200 with 2 accepted and document 2 refused", got)
	}
	if diff := cmp.Diff([]string{"a", "b"}, h.kept(t)); diff != "" {
		t.Errorf("kept (-want +got):\n%s", diff)
	}
	got = h.post(t, "?on-invalid=skip&wait=visible", "{}")
	if got.Status != http.StatusOK || got.Accepted != 0 || got.Position != "" || got.RefusedCount != 1 || !*got.Visible {
		t.Errorf("all refused: answer %+v, want 200 with none accepted and no position", got)
	}
}

func TestPost_ListsABoundedNumberOfRefusals(t *testing.T) {
	h := open(t, func(o *ingest.Options) { o.Limits.RefusedListed = 3 })
	got := h.post(t, "", strings.Repeat("{}", 10))
	if got.Error.RefusedCount != 10 || len(got.Error.Documents) != 3 {
		t.Errorf("%d refused and %d listed, want 10 and 3", got.Error.RefusedCount, len(got.Error.Documents))
	}
}

func TestPost_RefusesTheFuture(t *testing.T) {
	h := open(t, nil)
	late, last := document("late", now.Add(rollcall.MaxAhead+time.Millisecond)), document("last", now.Add(rollcall.MaxAhead))
	got := h.post(t, "?on-invalid=skip", "{}"+late+last+"{}")
	want := []refused{
		{Number: 1, Offset: 0, Member: "AgentARN", Reason: got.Refused[0].Reason},
		{
			Number: 2, Offset: 2, Member: "EventTimestamp",
			Reason: "found 2026-04-01T12:05:00.001Z, expected at most 5m0s ahead of the server's clock, which says 2026-04-01T12:00:00Z",
		},
		{Number: 4, Offset: int64(2 + len(late+last)), Member: "AgentARN", Reason: got.Refused[0].Reason},
	}
	if diff := cmp.Diff(want, got.Refused); diff != "" {
		t.Errorf("refused (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"last"}, h.kept(t)); diff != "" {
		t.Errorf("kept (-want +got):\n%s", diff)
	}
}

func TestPost_AsksForEveryInstanceOnce(t *testing.T) {
	south := strings.Replace(instance, "north", "south", 1)
	body := func() string {
		s := strings.Replace(good("x"), instance, south, 1)
		return good("a") + s + good("b") + s + s
	}()
	h := open(t, nil)
	if got := h.post(t, "", body); got.Status != http.StatusOK {
		t.Errorf("answer %+v, want 200", got)
	}
	if diff := cmp.Diff([]string{instance, south}, h.gate.asked); diff != "" {
		t.Errorf("asked for (-want +got):\n%s", diff)
	}

	h.gate.allow = map[string]error{south: rollcall.Errorf(rollcall.CodeDenied, "not for you")}
	before := h.log.End()
	got := h.post(t, "?on-invalid=skip", body)
	if got.Status != http.StatusForbidden || got.Error.Code != "denied" || got.Error.Message != "not for you" {
		t.Errorf("answer %+v, want 403", got)
	}
	if h.log.End() != before {
		t.Error("events were kept for a sender who may not put them")
	}
}

func TestPost_Visible(t *testing.T) {
	var waitedFor rollcall.Position
	answer := error(nil)
	h := open(t, func(o *ingest.Options) {
		o.Wait = func(ctx context.Context, p rollcall.Position) error {
			if _, bounded := ctx.Deadline(); !bounded {
				return errors.New("the wait has no end")
			}
			waitedFor = p
			return answer
		}
	})
	got := h.post(t, "?wait=visible", good("a"))
	if got.Status != http.StatusOK || got.Visible == nil || !*got.Visible || got.Position != waitedFor.String() {
		t.Errorf("answer %+v after waiting for %s, want 200 and visible", got, waitedFor)
	}
	answer = context.DeadlineExceeded
	got = h.post(t, "?wait=visible", good("a"))
	if got.Status != http.StatusAccepted || got.Visible == nil || *got.Visible || got.Accepted != 1 || got.Position == "" {
		t.Errorf("answer %+v, want 202, accepted and not visible", got)
	}
	waitedFor = rollcall.Position{}
	if got = h.post(t, "?wait=durable", good("a")); got.Visible != nil || !waitedFor.IsZero() {
		t.Errorf("answer %+v after waiting for %s, want no wait", got, waitedFor)
	}
}

func TestPost_RefusesRequests(t *testing.T) {
	for _, tt := range []struct {
		name, query, body string
		change            func(*ingest.Options)
		status            int
		code, message     string
	}{
		{name: "empty body", status: 400, code: "malformed", message: "the body is empty"},
		{
			name: "too many documents", body: "{}{}{}", change: func(o *ingest.Options) { o.Limits.Documents.Documents = 2 },
			status: 413, code: "too_large", message: "more than 2 documents",
		},
		{
			name: "body too large", body: good("abc"), change: func(o *ingest.Options) { o.Limits.BodyBytes = 50 },
			status: 413, code: "too_large", message: "more than 50 bytes",
		},
		{
			name: "unknown parameter", query: "?on-invald=skip", body: good("a"), status: 400, code: "invalid",
			message: `unknown query parameter "on-invald", expected on-invalid or wait`,
		},
		{name: "unknown value", query: "?wait=long", body: good("a"), status: 400, code: "invalid", message: `query parameter wait is "long", expected durable or visible`},
		{name: "parameter twice", query: "?wait=visible&wait=visible", body: good("a"), status: 400, code: "invalid", message: "given 2 times"},
		{name: "query that is none", query: "?wait=%zz", body: good("a"), status: 400, code: "invalid", message: "the query of the URL can't be read"},
		{
			name: "no room", body: good("a"), status: 400, code: "invalid", message: "more agents than --max-agents",
			change: func(o *ingest.Options) {
				o.Reserve = func(d []agentevent.Document, _ []rollcall.ARN) (func(rollcall.Position), error) {
					return nil, rollcall.Errorf(rollcall.CodeInvalid, "%d more agents than --max-agents", len(d))
				}
			},
		},
		{
			name: "budget spent", body: strings.Repeat(good("a"), 100), change: func(o *ingest.Options) { o.Limits.InFlightBytes = 20 },
			status: 503, code: "unavailable", message: "the 20 bytes that the server takes in at once",
		},
		{
			name: "more than one append", body: good("a") + good("b") + good("c"), status: 413, code: "too_large",
			message: "3 events of ",
			change: func(o *ingest.Options) {
				o.Log = memlog.New(memlog.Options{Limits: journal.Limits{Records: 2}})
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := open(t, tt.change)
			got := h.post(t, tt.query, tt.body)
			if got.Status != tt.status || got.Error.Code != tt.code || !strings.Contains(got.Error.Message, tt.message) {
				t.Errorf("answer %+v, want %d %s with %q", got, tt.status, tt.code, tt.message)
			}
			if retry := got.Header.Get("Retry-After"); (retry != "") != (tt.status == 503) {
				t.Errorf("Retry-After %q on a %d", retry, tt.status)
			}
			if kept := h.kept(t); kept != nil {
				t.Errorf("kept %v, want nothing", kept)
			}
		})
	}
}

func TestPost_RefusesWhoIsNotBelieved(t *testing.T) {
	h := open(t, nil)
	h.gate.admit = &sigv4.Error{Code: sigv4.InvalidSignature, Message: "no"}
	got := h.post(t, "?wait=never", "not even JSON")
	if got.Status != http.StatusUnauthorized || got.Error.Code != "unsigned" || got.Error.Message != "InvalidSignatureException: no" {
		t.Errorf("answer %+v, want 401", got)
	}
	if got.Header.Get("WWW-Authenticate") == "" {
		t.Error("no WWW-Authenticate")
	}
}

func TestPost_OtherMethods(t *testing.T) {
	h := open(t, nil)
	got := h.send(t, httptest.NewRequest(http.MethodGet, ingest.Path, http.NoBody))
	if got.Status != http.StatusMethodNotAllowed || got.Header.Get("Allow") != "POST" || got.Error.Code != "method_not_allowed" {
		t.Errorf("answer %+v, want 405 that allows POST", got)
	}
}

func TestPost_Gzip(t *testing.T) {
	bomb := strings.Repeat(" ", 300_000) + good("a")
	for _, tt := range []struct {
		name, coding string
		body         io.Reader
		inFlight     int64
		status       int
		message      string
	}{
		{name: "gzip", coding: "GZIP", body: zipped(t, strings.Repeat(good("a"), 100)), status: 200},
		{name: "inflates too far", coding: "gzip", body: zipped(t, bomb), status: 413, message: "inflates to more than 200000 bytes"},
		{name: "is none", coding: "gzip", body: strings.NewReader(good("a")), status: 400, message: "not gzip"},
		{name: "is cut", coding: "gzip", body: io.LimitReader(zipped(t, good("a")), 40), status: 400, message: "not gzip"},
		{name: "another coding", coding: "br", body: strings.NewReader(good("a")), status: 400, message: `"br", expected gzip`},
		{name: "no coding", coding: "identity", body: strings.NewReader(good("a")), status: 200},
		{name: "budget spent", coding: "gzip", body: zipped(t, bomb), inFlight: 50_000, status: 503, message: "50000 bytes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := open(t, func(o *ingest.Options) { o.Limits.BodyBytes, o.Limits.InFlightBytes = 200_000, tt.inFlight })
			r := httptest.NewRequest(http.MethodPost, ingest.Path, tt.body)
			r.Header.Set("Content-Encoding", tt.coding)
			if got := h.send(t, r); got.Status != tt.status || !strings.Contains(got.Error.Message, tt.message) {
				t.Errorf("answer %+v, want %d with %q", got, tt.status, tt.message)
			}
			if zip := strings.HasPrefix(h.gate.claimed, "\x1f\x8b"); tt.name == "gzip" && !zip {
				t.Errorf("the gate saw %.20q, want the bytes that were signed", h.gate.claimed)
			}
		})
	}
}

func TestPost_WhenTheJournalFails(t *testing.T) {
	disk := errors.New("secret path: no space left")
	for _, tt := range []struct {
		name    string
		fault   logtest.Fault
		err     error
		status  int
		code    string
		message string
		kept    []string
	}{
		{"not kept, full", logtest.NotKept, fmt.Errorf("%w: queue", journal.ErrFull), 503, "unavailable", "nothing of the request was kept", nil},
		{"not kept, closed", logtest.NotKept, journal.ErrClosed, 503, "unavailable", "nothing of the request was kept", nil},
		{"not kept, failed", logtest.NotKept, fmt.Errorf("%w: %w", journal.ErrFailed, disk), 503, "unavailable", "send them again", nil},
		{"kept, failed", logtest.Kept, fmt.Errorf("%w: %w", journal.ErrFailed, disk), 503, "unavailable", "send them again", []string{"a"}},
		{"kept, time-out", logtest.Kept, context.DeadlineExceeded, 503, "unavailable", "within 30s; the events may or may not have been kept", []string{"a"}},
		{"not kept, unknown", logtest.NotKept, disk, 500, "internal", "the server's log has the cause", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := open(t, nil)
			h.log.Break(tt.fault, tt.err)
			got := h.post(t, "", good("a"))
			if got.Status != tt.status || got.Error.Code != tt.code || !strings.Contains(got.Error.Message, tt.message) {
				t.Errorf("answer %+v, want %d %s with %q", got, tt.status, tt.code, tt.message)
			}
			if strings.Contains(got.Error.Message, "secret") {
				t.Errorf("the message gives the cause: %q", got.Error.Message)
			}
			if diff := cmp.Diff(tt.kept, h.kept(t)); diff != "" {
				t.Errorf("kept (-want +got):\n%s", diff)
			}
			h.log.Mend()
			if got := h.post(t, "", good("b")); got.Status != http.StatusOK {
				t.Errorf("after mending: %+v, want 200", got)
			}
		})
	}
}

// Who owns an instance's id is told to those who may put events there, too.
func TestPost_TellsTheOwnerToWhomItConcerns(t *testing.T) {
	owner := rollcall.ARN{Partition: "aws", Region: "eu-central-1", Account: "555555555555", Instance: "north"}
	for _, c := range []struct {
		name  string
		allow map[string]error
		want  string
	}{
		{"may", nil, "expected " + owner.String() + ": the first"},
		{"may not", map[string]error{owner.String(): errors.New("denied")}, "expected another account or Region: the first"},
	} {
		h := open(t, func(o *ingest.Options) {
			o.Owner = func(id rollcall.InstanceID) (rollcall.ARN, bool) { return owner, id == owner.Instance }
		})
		h.gate.allow = c.allow
		got := h.post(t, "", good("a")+good("b"))
		if got.Status != http.StatusBadRequest || len(got.Error.Documents) != 2 || !strings.Contains(got.Error.Documents[1].Reason, c.want) {
			t.Errorf("%s: got %+v, want 400 with %q twice", c.name, got, c.want)
		}
		if len(h.kept(t)) != 0 {
			t.Errorf("%s: events of another account were kept", c.name)
		}
	}
}
