package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func TestFlags_DurationsHaveDays(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"7d": 7 * 24 * time.Hour, "1.5d": 36 * time.Hour, "1d12h": 36 * time.Hour, "90s": 90 * time.Second, "0": 0, "-1s": -time.Second,
	} {
		if got, err := parseDuration(text); got != want || err != nil {
			t.Errorf("%q: %s, %v, want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "7", "d", "7days", "1d-1h", "99999999d", "200000d", "1h1d"} {
		if got, err := parseDuration(text); err == nil {
			t.Errorf("%q is taken, as %s", text, got)
		}
	}
}

// Every command has the same flags for the same thing.
func TestFlags_AreOfOneKind(t *testing.T) {
	root := newRoot()
	eachCommand(root, func(cmd *cobra.Command) {
		cmd.LocalFlags().VisitAll(func(flag *pflag.Flag) {
			switch flag.Value.Type() {
			case "duration":
				if err := flag.Value.Set("7d"); err != nil || flag.Value.String() != "168h0m0s" {
					t.Errorf("%s --%s 7d: %s, %v", cmd.CommandPath(), flag.Name, flag.Value, err)
				}
			case "bool":
				for word, want := range map[string]string{"yes": "true", "off": "false"} {
					if err := flag.Value.Set(word); flag.Name != "help" && (err != nil || flag.Value.String() != want) {
						t.Errorf("%s --%s=%s: %s, %v", cmd.CommandPath(), flag.Name, word, flag.Value, err)
					}
				}
			}
			if flag.Name == "instance-id" || flag.Name == "instance-arn" {
				t.Errorf("%s has --%s, want --instance", cmd.CommandPath(), flag.Name)
			}
		})
		if cmd.Flags().Lookup("instance") != cmd.Flags().Lookup("instance-id") {
			t.Errorf("%s does not take --instance-id for --instance", cmd.CommandPath())
		}
	})
}

func TestFlags_SettingsOfAFileAreOfTheSameKind(t *testing.T) {
	file := filepath.Join(t.TempDir(), "rollcall.yaml")
	if err := os.WriteFile(file, []byte("anonymous: yes\nretention-age: 7d\nwallboard: off\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	serve, _, err := newRoot().Find([]string{"serve"})
	if err != nil {
		t.Fatal(err)
	}
	if err := serve.ParseFlags([]string{"--config", file}); err != nil {
		t.Fatal(err)
	}
	if err := loadSettings(serve); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"anonymous": "true", "retention-age": "168h0m0s", "wallboard": "false"} {
		if got := serve.Flags().Lookup(name).Value.String(); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}

func TestFlags_WithFewValuesComplete(t *testing.T) {
	for line, want := range map[string]string{
		"agents --contact-state": "CONNECTED_ONHOLD", "agents --output": "json", "serve --log-level": "debug", "serve --log-format": "json",
		"journal stat --output": "table", "agents --group-by": "team", "agents --activity": "Monitoring", "agents --sort": "activity",
	} {
		var out bytes.Buffer
		root := newRoot()
		root.SetOut(&out)
		root.SetErr(&out)
		root.SetArgs(append(append([]string{"__complete"}, strings.Fields(line)...), ""))
		if err := root.Execute(); err != nil || !strings.Contains(out.String(), want+"\n") || !strings.Contains(out.String(), ":4\n") {
			t.Errorf("%s completes to %s, %v, want %s among it and no files", line, &out, err, want)
		}
	}
}
