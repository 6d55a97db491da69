package connect_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"rollcall"
	"rollcall/internal/connect"
)

// elsewhere is an instance of another account than support's.
var elsewhere = rollcall.ARN{Partition: "aws", Region: "us-east-1", Account: "210987654321", Instance: "elsewhere"}

// Whoever may not ask about an instance gets the same answer whether it is here
// or not, byte for byte but for the name that the request itself has.
func TestAccess_DoesNotTellWhichInstancesAreHere(t *testing.T) {
	floors := supportFloors(7)
	other := agent("ann", profile("p-voice", "q-sales"), available)
	other.Instance, other.Agent = elsewhere, elsewhere.Child(rollcall.TypeAgent, "ann")
	apply(floors, 7, 2, other)
	for name, allow := range map[string]func(string, rollcall.ARN) bool{
		"nothing":            func(string, rollcall.ARN) bool { return false },
		"the other account":  func(_ string, r rollcall.ARN) bool { return r.Account == elsewhere.Account },
		"the other Region":   func(_ string, r rollcall.ARN) bool { return r.Region == elsewhere.Region },
		"one other instance": func(_ string, r rollcall.ARN) bool { return r.Instance == elsewhere.Instance },
		"agents anywhere":    func(_ string, r rollcall.ARN) bool { return r.Type == rollcall.TypeAgent },
		"its account, not it": func(_ string, r rollcall.ARN) bool {
			return r.Account == support.Account && r.Type != rollcall.TypeQueue
		},
	} {
		a := newAsker(t, connect.Options{Floors: floors, Gate: &fakeGate{allow: allow}})
		for _, body := range []string{
			`{"Filters":{"Queues":["q-sales"]}}`,
			`{"Filters":{"Queues":["q-sales","` + support.Child(rollcall.TypeQueue, "q-sales").String() + `"]}}`,
			`{"Filters":{"Queues":["a/b"]},"MaxResults":0}`,
			`{"Filters":{}}`,
			`{"Filters":{"Queues":["q-sales"]},"NextToken":"x"}`,
		} {
			here, gone := a.askAt("/metrics/userdata/support", body), a.askAt("/metrics/userdata/nowhere", body)
			if here.status != http.StatusForbidden {
				continue // this much is permitted
			}
			told := bytes.ReplaceAll(here.body, []byte("instance/support"), []byte("instance/nowhere"))
			if here.status != gone.status || !bytes.Equal(told, gone.body) {
				t.Errorf("a key for %s, asking %s\nhere: %d %s\nnot here: %d %s", name, body, here.status, here.body, gone.status, gone.body)
			}
			if strings.Contains(string(here.body), support.Account) {
				t.Errorf("a key for %s is told the account: %s", name, here.body)
			}
		}
	}
}

// A denial names the resource in full where that is no secret: when the server
// has one account, or the request names the instance by its ARN.
func TestAccess_DenialNamesTheResource(t *testing.T) {
	deny := &fakeGate{allow: func(string, rollcall.ARN) bool { return false }}
	a := newAsker(t, connect.Options{Gate: deny})
	want := "403 AccessDeniedException\nUser: test is not authorized to perform: connect:GetCurrentUserData on resource: " +
		"arn:aws:connect:eu-west-1:123456789012:instance/support/agent/ada"
	for _, path := range []string{
		"/metrics/userdata/support",
		"/metrics/userdata/arn%3Aaws%3Aconnect%3Aeu-west-1%3A123456789012%3Ainstance%2Fsupport",
	} {
		if got := a.askAt(path, aboutAda).summary(t); got != want {
			t.Errorf("%s: %s", path, got)
		}
	}
}

func TestAccess_WithoutAnyInstanceNothingIsHere(t *testing.T) {
	a := newAsker(t, connect.Options{Floors: newFloors(7)})
	want := "404 ResourceNotFoundException\nInstance \"support\" doesn't exist in this account and Region."
	if got := a.ask(aboutAda).summary(t); got != want {
		t.Errorf("%s", got)
	}
}
