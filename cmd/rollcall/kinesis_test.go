package main

import (
	"slices"
	"strings"
	"testing"
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
	k := kinesisSettings{streams: []string{"agent-events", german}, from: "trim-horizon"}
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
		"--kinesis: stream agent-events in eu-west-1 is there twice": {streams: []string{"agent-events", irish}, from: "latest"},
		"--kinesis: want the name of a stream":                       {streams: []string{"agent/events"}, from: "latest"},
		"--kinesis-from: want trim-horizon":                          {streams: []string{"agent-events"}, from: "yesterday"},
		`--kinesis-endpoint-url is "localhost": want a URL`:          {streams: []string{"agent-events"}, from: "latest", endpoint: "localhost"},
		"--kinesis-endpoint-url is set without --kinesis":            {from: "latest", endpoint: "http://127.0.0.1:1"},
	} {
		if _, err := k.open(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: error %v, want %q", k, err, want)
		}
	}
}
