package door_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall"
	"rollcall/internal/door"
	"rollcall/internal/sigv4"
)

// room is a Door with one route, and what is known of it.
type room struct {
	handler  http.Handler
	log      bytes.Buffer
	outcomes []door.Outcome
}

// open makes a room whose GET is h.
func open(h door.Handler) *room {
	r := new(room)
	d := &door.Door{
		Logger: slog.New(slog.NewTextHandler(&r.log, nil)),
		Observe: func(o door.Outcome) {
			o.Took, o.Bytes = 0, 0
			r.outcomes = append(r.outcomes, o)
		},
	}
	r.handler = d.Routes([]door.Route{{Method: http.MethodGet, Pattern: "/v1/room", Handler: h}})
	return r
}

func (r *room) ask(method, target string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r.handler.ServeHTTP(w, httptest.NewRequest(method, target, http.NoBody))
	return w
}

func TestDoor_EveryCodeHasItsStatus(t *testing.T) {
	for _, tt := range []struct {
		err    error
		status int
		code   string
		header string // that must be there
	}{
		{rollcall.Errorf(rollcall.CodeInvalid, "m"), 400, "invalid", ""},
		{rollcall.Errorf(rollcall.CodeMalformed, "m"), 400, "malformed", ""},
		{rollcall.Errorf(rollcall.CodeNotFound, "m"), 404, "not_found", ""},
		{rollcall.Errorf(rollcall.CodeUnsigned, "m"), 401, "unsigned", "WWW-Authenticate"},
		{rollcall.Errorf(rollcall.CodeDenied, "m"), 403, "denied", ""},
		{rollcall.Errorf(rollcall.CodeTooLarge, "m"), 413, "too_large", ""},
		{rollcall.Errorf(rollcall.CodeThrottled, "m"), 429, "throttled", "Retry-After"},
		{rollcall.Errorf(rollcall.CodeUnavailable, "m"), 503, "unavailable", "Retry-After"},
		{rollcall.Errorf(rollcall.CodeUnknownRoute, "m"), 404, "unknown_path", ""},
		{rollcall.Errorf("a code of tomorrow", "m"), 500, "internal", ""},
		{fmt.Errorf("wrapped: %w", rollcall.Errorf(rollcall.CodeDenied, "m")), 403, "denied", ""},
		{&sigv4.Error{Code: sigv4.UnrecognizedClient, Message: "m"}, 401, "unsigned", "WWW-Authenticate"},
		{fmt.Errorf("select: %w", context.DeadlineExceeded), 503, "unavailable", "Retry-After"},
		{errors.New("secret cause"), 500, "internal", ""},
	} {
		r := open(func(*door.Call) error { return tt.err })
		w := r.ask(http.MethodGet, "/v1/room")
		var got struct {
			Error struct {
				Code      string `json:"code"`
				Message   string `json:"message"`
				RequestID string `json:"requestId"`
			} `json:"error"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
			t.Fatalf("%v: %q: %v", tt.err, w.Body, err)
		}
		if w.Code != tt.status || got.Error.Code != tt.code || got.Error.RequestID != w.Header().Get("X-Request-Id") || got.Error.Message == "" {
			t.Errorf("%v: %d %+v, want %d %s", tt.err, w.Code, got, tt.status, tt.code)
		}
		if tt.header != "" && w.Header().Get(tt.header) == "" {
			t.Errorf("%v: no %s", tt.err, tt.header)
		}
		if strings.Contains(w.Body.String(), "secret") {
			t.Errorf("%v: the answer gives the cause: %s", tt.err, w.Body)
		}
		want := []door.Outcome{{Route: "/v1/room", Method: http.MethodGet, Status: tt.status, Code: tt.code}}
		if diff := cmp.Diff(want, r.outcomes); diff != "" {
			t.Errorf("%v: outcome (-want +got):\n%s", tt.err, diff)
		}
		if logged := r.log.String(); (tt.status == 500) != strings.Contains(logged, "request_id="+got.Error.RequestID) {
			t.Errorf("%v: logged %q", tt.err, logged)
		}
	}
}

func TestDoor_APanicFailsItsRequestAlone(t *testing.T) {
	r := open(func(*door.Call) error { panic("secret state") })
	w := r.ask(http.MethodGet, "/v1/room")
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("answer %d %s, want 500 without the cause", w.Code, w.Body)
	}
	if diff := cmp.Diff([]door.Outcome{{Route: "/v1/room", Method: http.MethodGet, Status: 500, Code: "internal", Panicked: true}}, r.outcomes); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
	if logged := r.log.String(); !strings.Contains(logged, "secret state") || !strings.Contains(logged, "door_test.go") {
		t.Errorf("logged %q, want the cause and the stack", logged)
	}
}

func TestDoor_AnErrorInTheMiddleEndsTheConnection(t *testing.T) {
	r := open(func(c *door.Call) error {
		if _, err := io.WriteString(c, strings.Repeat("x", 10_000)); err != nil {
			return err
		}
		return errors.New("disk gone")
	})
	server := httptest.NewServer(r.handler)
	defer server.Close()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/v1/room", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if text, err := io.ReadAll(resp.Body); err == nil {
		t.Errorf("read %d bytes to the end, want an error", len(text))
	}
}

func TestDoor_Methods(t *testing.T) {
	r := open(func(c *door.Call) error {
		return c.WriteJSON(http.StatusOK, struct {
			Names []string `json:"names"`
		}{})
	})
	w := r.ask(http.MethodGet, "/v1/room")
	if w.Code != http.StatusOK || w.Body.String() != "{\"names\":[]}\n" || len(w.Header().Get("X-Request-Id")) != 32 {
		t.Errorf("GET: %d %s %v", w.Code, w.Body, w.Header())
	}
	if w := r.ask(http.MethodHead, "/v1/room"); w.Code != http.StatusOK {
		t.Errorf("HEAD: %d, want 200", w.Code)
	}
	w = r.ask("BREW", "/v1/room")
	if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" || !strings.Contains(w.Body.String(), "does not take the method BREW; it takes GET, HEAD") {
		t.Errorf("BREW: %d %s %v, want 405 that allows GET and HEAD", w.Code, w.Body, w.Header())
	}
	if last := r.outcomes[2]; last.Method != "" || last.Code != "method_not_allowed" {
		t.Errorf("outcome %+v, want no label that a client chose", last)
	}

	w = httptest.NewRecorder()
	new(door.Door).Routes(nil).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/v1/nowhere", http.NoBody))
	if w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "there is no path /v1/nowhere") {
		t.Errorf("unknown path: %d %s, want 404", w.Code, w.Body)
	}
}

func TestQuery(t *testing.T) {
	for target, want := range map[string]string{
		"/":                                 "map[]",
		"/?a=1&b=2":                         "map[a:1 b:2]",
		"/?a=1&X-Amz-Signature=0f&b=%C3%A9": "map[a:1 b:é]",
		"/?a=":                              "map[a:]",
		"/?c=1":                             `unknown query parameter "c", expected a or b`,
		"/?a=1&a=2":                         "query parameter a is given 2 times, expected once",
		"/?a=%":                             `the query of the URL can't be read: invalid URL escape "%"`,
		"/?a=1;b=2":                         "the query of the URL can't be read: invalid semicolon separator in query",
	} {
		got, err := door.Query(httptest.NewRequest(http.MethodGet, target, http.NoBody), "a", "b")
		text := fmt.Sprint(got)
		if err != nil {
			text = err.Error()
		}
		if text != want {
			t.Errorf("Query(%s) = %s, want %s", target, text, want)
		}
	}
}

func TestChoice(t *testing.T) {
	for given, want := range map[string]string{"": "x", "z": "z", "w": `query parameter p is "w", expected x, y or z`} {
		query := map[string]string{}
		if given != "" {
			query["p"] = given
		}
		got, err := door.Choice(query, "p", "x", "y", "z")
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("Choice(%q) = %s, want %s", given, got, want)
		}
	}
}
