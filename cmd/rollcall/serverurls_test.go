package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// A list of servers is taken as pflag's own lists are, and what is secret in it
// is not shown, neither as a default nor in an error.
func TestServerURLs_AreTakenWholeAndShownWithoutSecrets(t *testing.T) {
	urls := []string{"nats://default"}
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	flags.Var(&serverURLs{urls: &urls}, "nats-url", "servers")
	if err := flags.Parse([]string{"--nats-url", `nats://SE"CRET@a, nats://b`, "--nats-url=nats://me:SECRET@c"}); err != nil {
		t.Fatal(err)
	}
	if want := []string{`nats://SE"CRET@a`, "nats://b", "nats://me:SECRET@c"}; !slices.Equal(urls, want) {
		t.Errorf("got %q, want %q", urls, want)
	}
	if shown := flags.Lookup("nats-url").Value.String(); strings.Contains(shown, "CRET") || !strings.Contains(shown, "@c") {
		t.Errorf("shown as %s", shown)
	}
}
