package main

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"

	"rollcall/internal/source/kinesis/kinesistest"
)

const (
	irish  = "arn:aws:kinesis:eu-west-1:111122223333:stream/agent-events"
	german = "arn:aws:kinesis:eu-central-1:111122223333:stream/agent-events"
)

// inIreland has AWS tools set up for eu-west-1, and by nothing outside the test.
func inIreland(t *testing.T) {
	t.Helper()
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "eu-west-1",
		"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
	} {
		t.Setenv(name, value)
	}
}

// A contact centre in two Regions has a stream in each, of the same name.
func TestServe_StreamsOfSeveralRegions(t *testing.T) {
	inIreland(t)
	k := kinesisSettings{streams: []string{"agent-events", german}, from: "trim-horizon", consumer: usualConsumer}
	all, err := k.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for i := range all {
		names = append(names, all[i].Stream.String())
	}
	if want := []string{"kinesis:agent-events", "kinesis:" + german}; !slices.Equal(names, want) {
		t.Errorf("reads %q, want %q", names, want)
	}
}

func TestServe_KinesisSettingsThatCannotBeMeant(t *testing.T) {
	inIreland(t)
	for want, k := range map[string]kinesisSettings{
		"--kinesis: stream agent-events in eu-west-1 is there twice": {streams: []string{"agent-events", irish}, from: "latest", consumer: usualConsumer},
		"--kinesis: want the name of a stream":                       {streams: []string{"agent/events"}, from: "latest", consumer: usualConsumer},
		"--kinesis-from: want trim-horizon":                          {streams: []string{"agent-events"}, from: "yesterday", consumer: usualConsumer},
		`--kinesis-endpoint-url is "localhost": want a URL`:          {streams: []string{"agent-events"}, from: "latest", endpoint: "localhost", consumer: usualConsumer},
		"--kinesis-endpoint-url is set without --kinesis":            {from: "latest", endpoint: "http://127.0.0.1:1", consumer: usualConsumer},
		"--kinesis-fan-out is set without --kinesis":                 {from: "latest", consumer: usualConsumer, fanOut: true},
		"--kinesis-consumer is set without --kinesis-fan-out":        {streams: []string{"agent-events"}, from: "latest", consumer: "mine"},
		"--kinesis-consumer: want the name of a consumer":            {streams: []string{"agent-events"}, from: "latest", consumer: "a/b", fanOut: true},
	} {
		if _, err := k.open(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: error %v, want %q", k, err, want)
		}
	}
}

// Subscriptions come over HTTP/2, by certificates that AWS's tools believe; what is
// polled comes as before.
func TestServe_FanOutSpeaksHTTP2(t *testing.T) {
	inIreland(t)
	t.Setenv("no_proxy", "*")
	stream := kinesistest.New("agent-events")
	var proto string
	double := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		proto = r.Proto
		stream.ServeHTTP(w, r)
	}))
	double.EnableHTTP2 = true
	double.StartTLS()
	defer double.Close()
	bundle := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(bundle, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: double.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_CA_BUNDLE", bundle)
	for want, fanOut := range map[string]bool{"HTTP/2.0": true, "HTTP/1.1": false} {
		k := kinesisSettings{streams: []string{"agent-events"}, from: "latest", endpoint: double.URL, consumer: usualConsumer, fanOut: fanOut}
		all, err := k.open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := all[0].API.ListShards(t.Context(), &kinesis.ListShardsInput{StreamName: &stream.Name}); err != nil || proto != want {
			t.Errorf("fan-out %t speaks %s, want %s; error %v", fanOut, proto, want, err)
		}
	}
}
