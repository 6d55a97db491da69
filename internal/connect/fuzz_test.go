package connect_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"rollcall/internal/connect"
)

// declared are the exceptions that a request, whatever is in it, may get from a
// service that is well.
var declared = map[string]int{
	"InvalidRequestException":   http.StatusBadRequest,
	"InvalidParameterException": http.StatusBadRequest,
	"ResourceNotFoundException": http.StatusNotFound,
	"UnknownOperationException": http.StatusNotFound,
}

// checkReply holds what is true of every answer: strict JSON, a request id, a
// length; an exception that is declared, with its status and a message that is
// not long; or rows with their total.
func checkReply(t *testing.T, r reply) {
	t.Helper()
	if !jsontext.Value(r.body).IsValid() {
		t.Fatalf("not strict JSON: %q", r.body)
	}
	if r.header.Get("X-Amzn-Requestid") == "" || r.header.Get("Content-Length") == "" {
		t.Errorf("headers: %v", r.header)
	}
	if r.status == http.StatusOK {
		page := decodePage(t, r.body)
		if len(page.UserDataList) > page.ApproximateTotalCount || len(page.UserDataList) > 100 {
			t.Errorf("%d rows of %d", len(page.UserDataList), page.ApproximateTotalCount)
		}
		return
	}
	name := r.header.Get("X-Amzn-Errortype")
	if status, ok := declared[name]; !ok || status != r.status {
		t.Errorf("%d %s: %s", r.status, name, r.body)
	}
	var body struct {
		Message string `json:"Message"`
	}
	if err := json.Unmarshal(r.body, &body); err != nil || body.Message == "" {
		t.Errorf("no message: %v in %s", err, r.body)
	}
	if len(body.Message) > 8<<10 {
		t.Errorf("a message of %d bytes", len(body.Message))
	}
}

// Any body gets an answer or a declared exception, and encoding/json agrees
// that what is answered was JSON.
func FuzzBody(f *testing.F) {
	for _, seed := range []string{
		`{"Filters":{"Queues":["q-sales"]},"MaxResults":1}`,
		`{"Filters":{"Agents":["ada"],"ContactFilter":{"ContactStates":["CONNECTED","PAUSED"]}},"NextToken":"x"}`,
		`{"Filters":{"UserHierarchyGroups":["emea","` + support.Child("agent-group", "uk").String() + `"],"RoutingProfiles":[]},"MaxResults":1e9}`,
		`{"Filters":null,"Filters":{},"x":[[[{"y":1}]]]}`, "", "null", "{", `{"Filters":{"Queues":["\ud800"]}}`, "\xef\xbb\xbf{}",
	} {
		f.Add([]byte(seed))
	}
	a := newAsker(f, connect.Options{})
	f.Fuzz(func(t *testing.T, body []byte) {
		a := asker{t, a.service}
		r := a.ask(string(body))
		checkReply(t, r)
		if r.status == http.StatusOK && !json.Valid(body) {
			t.Errorf("answered though it isn't JSON: %q", body)
		}
		if again := a.ask(string(body)); !bytes.Equal(again.body, r.body) {
			t.Errorf("asked again, another answer:\n%s\n%s", r.body, again.body)
		}
	})
}

// Any path gets an answer or a declared exception; only the operation's path,
// naming the instance, gets rows.
func FuzzPath(f *testing.F) {
	for _, seed := range []string{
		"/metrics/userdata/support", "/metrics/userdata/arn%3Aaws%3Aconnect%3Aeu-west-1%3A123456789012%3Ainstance%2Fsupport",
		"/", "/metrics/userdata/", "/metrics/userdata/..%2f..", "/metrics//userdata/support", "/metrics/userdata/%ff", "*", "/%zz",
	} {
		f.Add(seed)
	}
	a := newAsker(f, connect.Options{})
	f.Fuzz(func(t *testing.T, path string) {
		u, err := url.ParseRequestURI(path)
		if err != nil {
			return // net/http answers such a request itself
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(aboutAda))
		r.URL = u
		r.Header.Set("Authorization", "key test")
		w := httptest.NewRecorder()
		a.service.ServeHTTP(w, r)
		checkReply(t, reply{w.Code, w.Header(), w.Body.Bytes()})
		if w.Code != http.StatusOK {
			return
		}
		path = regexp.MustCompile("/+").ReplaceAllString(u.EscapedPath(), "/")
		label, ok := strings.CutPrefix(path, "/metrics/userdata/")
		if name, err := url.PathUnescape(label); !ok || err != nil || (name != "support" && name != support.String()) {
			t.Errorf("rows for the path %q", path)
		}
	})
}

// Any token that the service didn't give is an InvalidParameterException; one
// that it gave goes on where the page ended.
func FuzzToken(f *testing.F) {
	a := newAsker(f, connect.Options{})
	given := a.page(allVoice, 1, "").NextToken
	f.Add(given)
	f.Add(a.page(allSales, 1, "").NextToken)
	f.Add(strings.Repeat("A", len(given)))
	f.Add("")
	f.Fuzz(func(t *testing.T, token string) {
		body, err := json.Marshal(map[string]any{
			"Filters": map[string]any{"RoutingProfiles": []string{"p-voice"}}, "MaxResults": 1, "NextToken": token,
		})
		if err != nil {
			t.Fatal(err)
		}
		r := asker{t, a.service}.ask(string(body))
		checkReply(t, r)
		got := r.summary(t)
		switch {
		case token == "" && got == "200 ada of 3, more", token == given && got == "200 ben of 3, more":
		case token != "" && token != given && strings.HasPrefix(got, "400 InvalidParameterException\nNextToken "):
		default:
			t.Errorf("token %q: %s", token, got)
		}
	})
}
