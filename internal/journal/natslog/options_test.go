package natslog_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"rollcall/internal/journal/natslog"
)

func TestOptions_DefaultsAreSafe(t *testing.T) {
	o, err := natslog.Complete(natslog.Options{URLs: []string{"nats://a:4222", "tls://b"}})
	if err != nil {
		t.Fatal(err)
	}
	if o.Replicas != 3 || o.SingleCopy || o.Stream != "ROLLCALL" || o.Patience != 30*time.Second {
		t.Errorf("got %+v", o)
	}
	if !regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`).MatchString(o.Node) {
		t.Errorf("the node is called %q", o.Node)
	}
}

func TestOptions_ThatCannotBeMeantAreRefused(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*natslog.Options)
		want   string
	}{
		{"no URL", func(o *natslog.Options) { o.URLs = nil }, "no URL"},
		{"a URL without a scheme", func(o *natslog.Options) { o.URLs = []string{"//localhost:4222"} }, "want nats://"},
		{"an http URL", func(o *natslog.Options) { o.URLs = []string{"http://localhost:4222"} }, "want nats://"},
		{"a URL without a host", func(o *natslog.Options) { o.URLs = []string{"nats://"} }, "names no host"},
		{"two ways to say who asks", func(o *natslog.Options) { o.Token, o.User = "t", "u" }, "a user and a token are set"},
		{"a stream name with a dot", func(o *natslog.Options) { o.Stream = "a.b" }, `stream "a.b"`},
		{"a node with a wildcard", func(o *natslog.Options) { o.Node = "*" }, `node "*"`},
		{"one replica", func(o *natslog.Options) { o.Replicas = 1 }, "lost with one disk"},
		{"six replicas", func(o *natslog.Options) { o.Replicas = 6 }, "want 1 to 5"},
		{"negative bytes", func(o *natslog.Options) { o.MaxBytes = -1 }, "-1 bytes"},
		{"negative patience", func(o *natslog.Options) { o.Patience = -1 }, "negative"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := someOptions()
			c.change(&o)
			if _, err := natslog.Complete(o); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestOpen_WithoutAClusterEndsWithItsContextAndHidesPasswords(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	o := someOptions()
	o.URLs = []string{"nats://me:geheim@127.0.0.1:1"} // nobody listens there
	_, err := natslog.Open(ctx, o)
	if err == nil || strings.Contains(err.Error(), "geheim") || !strings.Contains(err.Error(), "127.0.0.1:1") {
		t.Errorf("got %v, want an error with the server and without the password", err)
	}
}

func TestOpen_WithAnNKeyFileThatIsNoneSaysSo(t *testing.T) {
	o := someOptions()
	o.NKeyFile = filepath.Join(t.TempDir(), "seed")
	if err := os.WriteFile(o.NKeyFile, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := natslog.Open(t.Context(), o); err == nil || !strings.Contains(err.Error(), o.NKeyFile) {
		t.Errorf("got %v, want the name of the file", err)
	}
}
