package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"rollcall/internal/ownclient"
	"rollcall/internal/source"
)

func TestServe_SeedsFromInstancesOfOneAccountAtOnePace(t *testing.T) {
	inIreland(t)
	const irish, other = "arn:aws:connect:eu-west-1:111122223333:instance/one", "arn:aws:connect:eu-west-1:111122223333:instance/two"
	const german = "arn:aws:connect:eu-central-1:111122223333:instance/three"
	s := seedSettings{instances: []string{irish, other, german}}
	all, err := s.open(t.Context())
	if err != nil || len(all) != 3 {
		t.Fatal(all, err)
	}
	if all[0].Pace != all[1].Pace || all[0].Pace == all[2].Pace || all[2].Client.Region != "eu-central-1" {
		t.Errorf("%+v", all)
	}
	for want, s := range map[string]seedSettings{
		"--seed-from-connect: want the ARN of an instance": {instances: []string{"one"}},
		"is there twice": {instances: []string{irish, irish}},
		`--seed-endpoint-url is "localhost": want a URL`:         {instances: []string{irish}, endpoint: "localhost"},
		"--seed-endpoint-url is set without --seed-from-connect": {endpoint: "http://127.0.0.1:1"},
	} {
		if _, err := s.open(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: error %v, want %q", s, err, want)
		}
	}
}

// seed waits for the look that answers it, not for one before, and shows what it sees.
func TestSeed_WaitsForItsOwnLook(t *testing.T) {
	now := time.Now()
	looks := []*source.SeedStatus{
		{Pass: 3, BeganAt: now, EndedAt: now}, // an old one
		{Pass: 4, BeganAt: now, Doing: "SearchUsers", Names: 100},
		{Pass: 4, BeganAt: now, Doing: "GetCurrentUserData", Agents: 200, Of: 300},
		{Pass: 4, BeganAt: now, EndedAt: now, Agents: 300, New: 300, Of: 300},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := map[string]any{"seeds": []any{map[string]any{"source": "connect:x", "pass": 4}}}
		if r.Method == http.MethodGet {
			answer = map[string]any{"sources": []source.Status{{Source: "connect:x", Seed: looks[0]}}}
			looks = looks[1:]
		}
		if err := json.NewEncoder(w).Encode(answer); err != nil {
			t.Error(err)
		}
	}))
	defer server.Close()
	var progress bytes.Buffer
	all, err := seed(t.Context(), ownclient.New(server.URL, "us-east-1", credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", "")), &progress)
	if err != nil || len(all) != 1 || all[0].Seed.New != 300 || len(looks) != 0 {
		t.Errorf("%+v, %v, with %d answers left", all, err, len(looks))
	}
	want := "connect:x: is about to begin\nconnect:x: SearchUsers, 100 users\nconnect:x: GetCurrentUserData, 200 of 300 agents\n"
	if progress.String() != want {
		t.Errorf("it shows %q, want %q", progress.String(), want)
	}
	if table := laySeeds(all).String(); !strings.Contains(table, "connect:x  300     300") {
		t.Errorf("the table:\n%s", table)
	}
}
