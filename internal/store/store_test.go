package store_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"rollcall/internal/journal"
	"rollcall/internal/store"
)

func TestOptions_ValidateNamesEachFault(t *testing.T) {
	for want, change := range map[string]func(o *store.Options){
		"no --nats-url":                   func(o *store.Options) { o.Cluster.TLSKey = "key.pem" },
		"--nats-replicas is 0":            func(o *store.Options) { o.Cluster.URLs, o.Cluster.Replicas = []string{"nats://n"}, 0 },
		"9 replicas: want 1 to 5":         func(o *store.Options) { o.Cluster.URLs, o.Cluster.Replicas = []string{"nats://n"}, 9 },
		`URL "http://n" of a NATS server`: func(o *store.Options) { o.Cluster.URLs = []string{"http://n"} },
		`stream "a b"`:                    func(o *store.Options) { o.Cluster.URLs, o.Cluster.Stream = []string{"nats://n"}, "a b" },
		"--accept-loss is for the embedded journal": func(o *store.Options) {
			o.Cluster.URLs, o.AcceptLoss = []string{"nats://n"}, true
		},
		"--journal-stall is 1ms: want 0, for no bound, or 1s or more":      func(o *store.Options) { o.JournalStall = time.Millisecond },
		"--journal-stall-exit is 5s: want 0, for no bound, or 10s or more": func(o *store.Options) { o.JournalStallExit = 5 * time.Second },
		"--max-waiting-bytes is 1048576 bytes: want 16777216 or more":      func(o *store.Options) { o.MaxWaitingBytes = 1 << 20 },
	} {
		o := store.NewOptions()
		change(&o)
		switch err := o.Validate(); {
		case err == nil:
			t.Errorf("taken, want %q", want)
		case !strings.Contains(err.Error(), want):
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

// What to do about damage is said where something can be done.
func TestExplain_NamesAcceptLossForTheEmbeddedJournalAlone(t *testing.T) {
	damage := &journal.DamageError{Sequence: 3, Reason: "gone"}
	embedded, cluster := store.NewOptions(), store.NewOptions()
	cluster.Cluster.URLs = []string{"nats://n"}
	if err := embedded.Explain(damage); !errors.Is(err, journal.ErrDamaged) || !strings.Contains(err.Error(), "--accept-loss") {
		t.Errorf("embedded: %v", err)
	}
	if err := cluster.Explain(damage); strings.Contains(err.Error(), "--accept-loss") || !strings.Contains(err.Error(), "journal check") {
		t.Errorf("in a cluster, which refuses it: %v", err)
	}
	other := errors.New("another error")
	if err := embedded.Explain(other); err != other { //nolint:errorlint // the very same
		t.Errorf("%v", err)
	}
}
