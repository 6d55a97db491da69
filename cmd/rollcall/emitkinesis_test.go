package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// The real client of Amazon's SDK sends what the command is given, signed with
// the credentials of the environment.
func TestEmit_IntoAStream(t *testing.T) {
	var target, authorization string
	var asked struct {
		StreamName string
		Records    []struct {
			PartitionKey string
			Data         []byte
		}
	}
	double := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		target, authorization = r.Header.Get("X-Amz-Target"), r.Header.Get("Authorization")
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		_, _ = io.WriteString(w, `{"FailedRecordCount":0,"Records":[{"SequenceNumber":"1","ShardId":"shardId-000000000000"}]}`)
	}))
	defer double.Close()
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "eu-west-1",
		"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "NO_PROXY": "127.0.0.1",
	} {
		t.Setenv(name, value)
	}
	const event = `{"AgentARN":"arn:aws:connect:eu-west-1:111122223333:instance/i/agent/a"}`
	run := func(args ...string) error {
		var out bytes.Buffer
		cmd := newEmit()
		cmd.SetArgs(args)
		cmd.SetIn(strings.NewReader(event))
		cmd.SetOut(&out)
		cmd.SetErr(&out)
		return cmd.ExecuteContext(t.Context())
	}
	if err := run("--kinesis", "agent-events", "--kinesis-endpoint-url", double.URL); err != nil {
		t.Fatal(err)
	}
	if target != "Kinesis_20131202.PutRecords" || !strings.Contains(authorization, "AKIDEXAMPLE/") || !strings.Contains(authorization, "/eu-west-1/kinesis/") {
		t.Errorf("asked %q, signed %q", target, authorization)
	}
	if len(asked.Records) != 1 || asked.StreamName != "agent-events" || string(asked.Records[0].Data) != event || !strings.HasSuffix(asked.Records[0].PartitionKey, "agent/a") {
		t.Errorf("asked %+v", asked)
	}
	for want, args := range map[string][]string{
		"--kinesis: want the name":         {"--kinesis", ""},
		"--kinesis-endpoint-url is":        {"--kinesis", "x", "--kinesis-endpoint-url", "localhost"},
		"[kinesis endpoint-url] are set":   {"--kinesis", "x", "--endpoint-url", double.URL},
		"want the name of a stream (lette": {"--kinesis-endpoint-url", double.URL},
	} {
		if err := run(args...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", args, err, want)
		}
	}
}
