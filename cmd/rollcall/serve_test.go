package main

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"rollcall/internal/server"
	"rollcall/internal/store"
)

// until is a writer that calls stop after the first write.
type until struct {
	strings.Builder
	stop func()
}

func (u *until) Write(p []byte) (int, error) {
	defer u.stop()
	return u.Builder.Write(p)
}

// What is shown at the first start is true, and can be copied as it stands.
func TestRunServer_ShowsTheFirstKey(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	for _, c := range []struct {
		name   string
		change func(c *server.Config)
		want   string
	}{
		{"kept", func(c *server.Config) { c.DataDir = dir }, "is kept in " + filepath.Join(dir, "keys.yaml") + "."},
		{"forgotten", func(c *server.Config) { c.Ephemeral = true }, "is forgotten at exit"},
		{"all addresses", func(c *server.Config) { c.Ephemeral, c.Listen = true, ":0" }, "AWS_ENDPOINT_URL_CONNECT=http://127.0.0.1:"},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := server.NewConfig()
			config.Listen, config.AdminListen, config.DataDir = "127.0.0.1:0", "", filepath.Join(t.TempDir(), "none")
			c.change(&config)
			o := store.NewOptions()
			keepOn(&config, &o)
			ctx, stop := context.WithCancel(t.Context())
			out := &until{stop: stop}
			if err := runServer(ctx, config, out); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(out.String(), c.want) || !strings.Contains(out.String(), "export AWS_SECRET_ACCESS_KEY=") {
				t.Errorf("no %q in %q", c.want, out.String())
			}
		})
	}
}
