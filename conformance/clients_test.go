package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// target is where a client sends its requests, and as whom.
type target struct {
	URL             string
	accessKeyID     string
	secretAccessKey string
	sessionToken    string
}

// request is a question, for any client. Its JSON is what the clients'
// programs read.
type request struct {
	Input    object `json:"input"`    // as the operation calls its members
	Attempts int    `json:"attempts"` // the first and those after a failure; 0 means 1
}

// ask is a request for agents of the small floor.
func ask(instance, filters string) request {
	return request{Input: object{"InstanceId": instance, "Filters": json.RawMessage(filters)}}
}

// outcome is what became of a request, as the client's user sees it.
type outcome struct {
	Answer json.RawMessage `json:"answer"` // nil with an exception

	Exception string `json:"exception"` // its name or code
	Typed     bool   `json:"typed"`     // it is of a type that can be caught
	Status    int    `json:"status"`    // 0 where the client doesn't tell
	Message   string `json:"message"`
}

// client is one of Amazon's own.
type client struct {
	name  string
	needs func(t *testing.T) // skips the test where the client isn't installed
	send  func(t *testing.T, to target, requests ...request) []outcome
	types int // the exceptions that it has types for
}

// What a client may have types for.
const (
	nothing     = iota // a command
	ofOperation        // the exceptions that the operation declares
	ofService          // those of all operations of Amazon Connect
)

var clients = []client{
	{"SDK for Go", func(*testing.T) {}, sendByGo, ofOperation},
	{"SDK for JavaScript", needJavaScript, sendByJavaScript, ofService},
	{"boto3", needBoto3, sendByBoto3, ofService},
	{"AWS CLI", needCLI, sendByCLI, nothing},
}

// forEachClient runs a test with every client there is.
func forEachClient(t *testing.T, test func(t *testing.T, c client)) {
	t.Helper()
	for _, c := range clients {
		t.Run(c.name, func(t *testing.T) {
			c.needs(t)
			test(t, c)
		})
	}
}

// environment is that in which Amazon's own tools find the server.
func (to target) environment() []string {
	return append(os.Environ(),
		"AWS_ACCESS_KEY_ID="+to.accessKeyID, "AWS_SECRET_ACCESS_KEY="+to.secretAccessKey, "AWS_SESSION_TOKEN="+to.sessionToken,
		"AWS_REGION="+region, "AWS_DEFAULT_REGION="+region, "AWS_ENDPOINT_URL_CONNECT="+to.URL,
		"AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null",
		"AWS_PAGER=", "AWS_MAX_ATTEMPTS=1", "AWS_RETRY_MODE=standard",
		// Whatever else a client might think of, it reaches nobody but this machine.
		"HTTP_PROXY="+nobody, "HTTPS_PROXY="+nobody, "http_proxy="+nobody, "https_proxy="+nobody,
		"NO_PROXY=127.0.0.1,localhost", "no_proxy=127.0.0.1,localhost")
}

// nobody is a proxy that isn't there.
const nobody = "http://127.0.0.1:9"

// sendByProgram gives the requests to a program on its standard input, and
// reads the outcomes from its standard output.
func sendByProgram(t *testing.T, to target, requests []request, name string, args ...string) []outcome {
	t.Helper()
	input, err := json.Marshal(requests)
	if err != nil {
		t.Fatal(err)
	}
	var outcomes []outcome
	if err := json.Unmarshal(runProgram(t, to, input, name, args...), &outcomes); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if len(outcomes) != len(requests) {
		t.Fatalf("%s: %d outcomes of %d requests", name, len(outcomes), len(requests))
	}
	return outcomes
}

// runProgram gives what a client's program printed.
func runProgram(t *testing.T, to target, input []byte, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Env = to.environment()
	cmd.Stdin = bytes.NewReader(input)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, &stderr)
	}
	return out
}

func TestClients_AllFiltersWholeAnswers(t *testing.T) {
	server := serve(t, t.TempDir())
	server.put(t, smallFloor()...)
	forEachClient(t, func(t *testing.T, c client) {
		t.Helper()
		requests := make([]request, len(questions))
		for i, q := range questions {
			requests[i] = ask(q.instance, q.filters)
		}
		for i, got := range c.send(t, server.target, requests...) {
			t.Run(questions[i].name, func(t *testing.T) {
				if got.Exception != "" {
					t.Fatalf("%s: %s", got.Exception, got.Message)
				}
				same(t, expected(questions[i].agents), got.Answer)
			})
		}
	})
}

// A walk over pages with a token, and another page size on the way.
func TestClients_WalkOverPages(t *testing.T) {
	server := serve(t, t.TempDir())
	server.put(t, smallFloor()...)
	forEachClient(t, func(t *testing.T, c client) {
		t.Helper()
		question := ask(instanceID, `{"Queues":["sales"]}`)
		var walked []string
		for size := 1; size > 0; size++ {
			question.Input["MaxResults"] = size
			got := c.send(t, server.target, question)[0]
			if got.Exception != "" {
				t.Fatalf("page %d: %s: %s", size, got.Exception, got.Message)
			}
			var page struct {
				NextToken             string
				ApproximateTotalCount int
				UserDataList          []struct{ User struct{ ID string } }
			}
			if err := json.Unmarshal(got.Answer, &page); err != nil {
				t.Fatal(err)
			}
			if page.ApproximateTotalCount != 3 {
				t.Errorf("page %d: ApproximateTotalCount %d, want 3", size, page.ApproximateTotalCount)
			}
			for _, u := range page.UserDataList {
				walked = append(walked, fmt.Sprint(size, " ", u.User.ID))
			}
			if question.Input["NextToken"] = page.NextToken; page.NextToken == "" {
				break
			}
		}
		if diff := cmp.Diff([]string{"1 ann", "2 bob", "2 cay"}, walked); diff != "" {
			t.Errorf("page and agent (-want +got):\n%s", diff)
		}
	})
}
