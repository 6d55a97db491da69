package conformance

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
)

// twinned is what a client's twin program found.
type twinned struct {
	Asked, Differ int
	Differences   []json.RawMessage
	Cases         []twinCase
}

// twinCase is a request of the twin, and what must become of it.
type twinCase struct {
	Operation string          `json:"operation"`
	Input     json.RawMessage `json:"input"`
	Member    string          `json:"member,omitempty"`    // that is gathered from all pages; empty for a whole answer
	Answer    json.RawMessage `json:"answer,omitempty"`    // nil with an exception
	Exception string          `json:"exception,omitempty"` // its name
}

// needTwin skips where boto3 hasn't all members and operations that the twin knows.
func needTwin(t *testing.T) {
	t.Helper()
	needBoto3Of(t, 1, 43, "older ones lack members that the twin looks at")
}

// Every operation answers as a twin works it out by brute force over the events
// that it sent: with every filter, for pages of every size, and with the exceptions
// of the model. Amazon's other SDKs see the same as boto3.
func TestTwin_EveryOperationAnswersAsBruteForceDoes(t *testing.T) {
	needTwin(t)
	server := serve(t, t.TempDir())
	found := twin(t, server.target, nil, "python3", "twin", "1")
	if found.Asked < 3000 {
		t.Errorf("the twin asked %d requests", found.Asked)
	}
	cases, err := json.Marshal(found.Cases)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("SDK for JavaScript", func(t *testing.T) {
		needJavaScript(t)
		twin(t, server.target, cases, "node", filepath.Join("js", "twin.mjs"))
	})
	t.Run("SDK for Go", func(t *testing.T) {
		client, differ := sdkClient(server.target, func(o *connect.Options) { o.Retryer = aws.NopRetryer{} }), 0
		for _, c := range found.Cases {
			if want, got := c.outcome(), c.sendByGo(t, client); !agree(want, got) {
				if differ++; differ <= 5 {
					t.Errorf("%s %s: %v, want %v", c.Operation, c.Input, got, want)
				}
			}
		}
		t.Logf("%d of %d answers differ", differ, len(found.Cases))
	})
}

// With Amazon's quotas every operation throttles by the exception of its model.
func TestTwin_EveryOperationThrottles(t *testing.T) {
	needTwin(t)
	server := serve(t, t.TempDir(), "--aws-quotas")
	twin(t, server.target, nil, "python3", "twin", "quotas")
}

// twin runs a twin's program, and fails the test where something differs.
func twin(t *testing.T, to target, input []byte, name string, args ...string) (found twinned) {
	t.Helper()
	if err := json.Unmarshal(runProgram(t, to, input, name, args...), &found); err != nil {
		t.Fatal(err)
	}
	if found.Differ > 0 {
		t.Errorf("%d of %d answers differ:\n%s", found.Differ, found.Asked, bytes.Join(rawBytes(found.Differences), []byte("\n")))
	}
	return found
}

func rawBytes(raw []json.RawMessage) [][]byte {
	lines := make([][]byte, len(raw))
	for i, r := range raw {
		lines[i] = r
	}
	return lines
}

// outcome is the answer, decoded, or the exception's name.
func (c twinCase) outcome() any {
	if c.Exception != "" {
		return c.Exception
	}
	var answer any
	_ = json.Unmarshal(c.Answer, &answer) // which was decoded before
	return answer
}
